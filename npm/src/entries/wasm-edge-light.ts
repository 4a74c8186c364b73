/** The package in edge runtimes of Vercel's kind (Next.js middleware): as in Workers, with their way to name a module. */
import { knowCodes } from '../engine/wasm-codes.js';
import { wasmModule } from '../engine/wasm.js';
import { bind } from '../facade.js';
import module from '../../wasm/logto_management_bg.wasm?module';

export * from '../exports.js';

// A local edge runtime compiles the module outside of the context that it runs functions in: it is a module to the engine, and no `instanceof` this context's `WebAssembly.Module`.
if (!(module instanceof WebAssembly.Module)) {
  Object.setPrototypeOf(module, WebAssembly.Module.prototype as object);
}

knowCodes();

export const { createManagementApi, createManagementApiFromEnv, createApiClient, engineKind, errorNames } = bind(
  wasmModule(module, { shared: false }),
);
