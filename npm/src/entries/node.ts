/** The package in Node: the addon, or the WASM engine where there is none. `LOGTO_MANAGEMENT_ENGINE=wasm` or `=native` insists on one. */
import { channel } from 'node:diagnostics_channel';
import { createRequire } from 'node:module';
import type { EngineModule } from '../engine/engine.js';
import { loadAddon } from '../engine/load-addon.js';
import { nativeModule } from '../engine/native.js';
import { wasmModuleOfNode } from '../engine/wasm-node.js';
import { EVENT_TYPES, type Channels } from '../events.js';
import { bind } from '../facade.js';

export * from '../exports.js';

function chooseEngine(): EngineModule {
  const wanted = process.env['LOGTO_MANAGEMENT_ENGINE'];
  const addon = wanted === 'wasm' ? undefined : loadAddon(createRequire(import.meta.url));
  if (!addon) {
    if (wanted === 'native') {
      throw new Error('logto-management: LOGTO_MANAGEMENT_ENGINE=native, but there is no addon for this platform');
    }
    return wasmModuleOfNode();
  }
  const native = nativeModule(addon);
  let wasm: EngineModule | undefined;
  return {
    ...native,
    // The addon has a transport of its own; the WASM engine's is whatever `fetch` it is given.
    createEngine: (options) => (options.fetch ? (wasm ??= wasmModuleOfNode()) : native).createEngine(options),
  };
}

/** `logto-management:request`, `:response`, `:retry`, `:token`. */
const channels = Object.fromEntries(
  EVENT_TYPES.map((type) => [type, channel(`logto-management:${type}`)]),
) as unknown as Channels;

export const { createManagementApi, createManagementApiFromEnv, createApiClient, engineKind, errorNames } = bind(
  chooseEngine(),
  channels,
);
