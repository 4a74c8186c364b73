/** Plays the contract of transports in whatever runtime this is bundled for. `contract-module` is the WASM module built with the feature `contract`. */
// eslint-disable-next-line -- a virtual module: see contract.mjs
import * as glue from 'contract-module';
import type { EngineResponse, FetchLike } from '../../src/engine/engine.js';
import { Host, Instance } from '../../src/engine/wasm-host.js';

export interface Peer {
  baseUrl: string;
  refusedUrl: string;
  refusalIsTold: boolean;
}

export interface Finding {
  rule: string;
  /** What was seen instead; `null` where the rule holds. */
  broken: string | null;
}

export async function play(module: WebAssembly.Module, peer: Peer, fetch?: FetchLike): Promise<Finding[]> {
  glue.initSync({ module });
  const instance = new Instance(glue.resume);
  const host = new Host(instance, { warn: () => undefined, ...(fetch && { fetch }) });
  const { result } = instance.call<EngineResponse>((call) => {
    glue.checkContract(call, peer.baseUrl, peer.refusedUrl, peer.refusalIsTold, host);
  });
  return JSON.parse(new TextDecoder().decode((await result).body)) as Finding[];
}
