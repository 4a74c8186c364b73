/** Plays the contracts of transports and of clocks in whatever runtime this is bundled for. The module is the example `contract` of `bindings/wasm`. */
import type { EnginePage, FetchLike } from '../../src/engine/engine.js';
import { knowCodes } from '../../src/engine/wasm-codes.js';
import { Instance } from '../../src/engine/wasm-host.js';

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
  if (peer.refusalIsTold) {
    // As the entries for such runtimes do.
    knowCodes();
  }
  const instance = new Instance(module);
  const { number: host } = instance.addHost({ warn: () => undefined, ...(fetch && { fetch }) });
  const { result } = instance.call<EnginePage>(false, (exports, call) => {
    const { check_contract } = exports as unknown as { check_contract(...given: number[]): void };
    const given = instance.heap.put(`${peer.baseUrl}\n${peer.refusedUrl}`);
    check_contract(host, call, Number(peer.refusalIsTold), ...given);
  });
  const clock = instance.call<EnginePage>(false, (exports, call) => {
    (exports as unknown as { check_clock(...given: number[]): void }).check_clock(call, Date.now());
  });
  const lists = [(await result).body, (await clock.result).body];
  return lists.flatMap((list) => JSON.parse(String(list)) as Finding[]);
}
