// The contract of transports inside workerd.
import module from 'contract-module/wasm';
import { play } from './contract-play.ts';

export default {
  async fetch(request) {
    return Response.json(await play(module, await request.json()));
  },
};
