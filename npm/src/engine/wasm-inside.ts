/** The WASM engine in Node for programs that are bundled (esbuild, webpack, Next.js): takes the place of `wasm-node.ts` where the bundler chooses the package's entry. */
import type { EngineModule } from './engine.js';
import { knowCodes } from './wasm-codes.js';
import { wasmModule } from './wasm.js';
import bytes from '../../wasm/logto_management_bg.wasm?bytes';

/** Compiles the module that is part of the bundle. */
export function wasmModuleOfNode(): EngineModule {
  knowCodes();
  return wasmModule(new WebAssembly.Module(bytes), { shared: true });
}
