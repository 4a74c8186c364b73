/** The WASM engine from the file beside `lib/`: a bundle of its own, `lib/wasm-engine.cjs`, that is loaded where it is needed. See `wasm-node.ts`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineModule } from './engine.js';
import { knowCodes } from './wasm-codes.js';
import { wasmModule } from './wasm.js';

/** Reads and compiles the module: synchronously, since CommonJS cannot wait. */
export function wasmModuleBeside(): EngineModule {
  // Written out, so that tools that trace files (Next.js, Vercel) take it along.
  const bytes = readFileSync(join(__dirname, '../wasm/logto_management_bg.wasm'));
  knowCodes();
  return wasmModule(new WebAssembly.Module(bytes), { shared: true });
}
