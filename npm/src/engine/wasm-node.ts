/** The WASM engine in Node, for platforms without an addon. */
import { readFileSync } from 'node:fs';
import type { EngineModule } from './engine.js';
import { wasmModule } from './wasm.js';

/** Reads and compiles the module: synchronously, since CommonJS cannot wait. */
export function wasmModuleOfNode(): EngineModule {
  // Written out, so that tools that trace files (Next.js, Vercel) take it along.
  const bytes = readFileSync(new URL('../wasm/logto_management_bg.wasm', import.meta.url));
  return wasmModule(new WebAssembly.Module(bytes), { shared: true });
}
