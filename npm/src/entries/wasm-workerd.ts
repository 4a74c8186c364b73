/** The package in Cloudflare Workers: workerd compiles the module with the Worker, and refuses to compile one from bytes. */
import { wasmModule } from '../engine/wasm.js';
import { bind } from '../facade.js';
import module from '../../wasm/logto_management_bg.wasm';

export * from '../exports.js';

export const { createManagementApi, createManagementApiFromEnv, createApiClient, engineKind, errorNames } = bind(
  wasmModule(module, { shared: false }),
);
