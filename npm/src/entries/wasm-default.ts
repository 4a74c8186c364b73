/**
 * The package in browsers, service workers and Deno: the module's bytes are part of the bundle, so that there is no file to find and nothing to wait for. A service worker has no top-level await, and a bundler moves
 * files about.
 */
import { knowCodes } from '../engine/wasm-codes.js';
import { wasmModule } from '../engine/wasm.js';
import { bind } from '../facade.js';
import bytes from '../../wasm/logto_management_bg.wasm?bytes';

export * from '../exports.js';

knowCodes();

export const { createManagementApi, createManagementApiFromEnv, createApiClient, engineKind, errorNames } = bind(
  wasmModule(new WebAssembly.Module(bytes), { shared: true }),
);
