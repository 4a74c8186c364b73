/** `wasm-node.ts` in CommonJS: tools that trace files know no other way to write it there. */
import type { EngineModule } from './engine.js';

export function wasmModuleOfNode(): EngineModule {
  return (require('./wasm-engine.cjs') as typeof import('./wasm-beside.js')).wasmModuleBeside();
}
