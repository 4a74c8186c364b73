// Compiled, not run: each runtime's entry exports exactly what `index.ts` declares.
import type * as declared from '../../src/index.js';
import type * as node from '../../src/entries/node.js';
import type * as browser from '../../src/entries/wasm-default.js';
import type * as edge from '../../src/entries/wasm-edge-light.js';
import type * as worker from '../../src/entries/wasm-workerd.js';

type Equal<A, B> = [A, B] extends [B, A] ? true : never;

export const entries: [
  Equal<typeof node, typeof declared>,
  Equal<typeof browser, typeof declared>,
  Equal<typeof edge, typeof declared>,
  Equal<typeof worker, typeof declared>,
] = [true, true, true, true];
