/** The package in edge runtimes of Vercel's kind (Next.js middleware): as in Workers, with their way to name a module. */
import { wasmModule } from '../engine/wasm.js';
import { bind } from '../facade.js';
import module from '../../wasm/logto_management_bg.wasm?module';

export * from '../exports.js';

export const { createManagementApi, createManagementApiFromEnv, createApiClient, engineKind, errorNames } = bind(
  wasmModule(module, { shared: false }),
);
