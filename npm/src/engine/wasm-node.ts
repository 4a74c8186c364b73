/** The WASM engine in Node, for platforms without an addon and for clients with a `fetch` of their own. */
import { createRequire } from 'node:module';
import type { EngineModule } from './engine.js';

/** Loads the engine. Most programs never do, and one that is only imported takes time and memory too. */
export function wasmModuleOfNode(): EngineModule {
  // So written, tools that trace files (Next.js, Vercel) take the engine along.
  const load = createRequire(import.meta.url);
  return (load('./wasm-engine.cjs') as typeof import('./wasm-beside.js')).wasmModuleBeside();
}
