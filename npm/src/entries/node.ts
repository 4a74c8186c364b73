/**
 * The package in Node: the addon, or the WASM engine where there is none. `LOGTO_MANAGEMENT_ENGINE=wasm` or `=native` insists on one.
 *
 * The engine is loaded with the first client: until then the package costs what its code costs.
 */
import { createRequire } from 'node:module';
import type { EngineModule } from '../engine/engine.js';
import { hasAddon, loadAddon } from '../engine/load-addon.js';
import { nativeModule } from '../engine/native.js';
import { wasmModuleOfNode } from '../engine/wasm-node.js';
import { ERROR_NAMES } from '../error-names.js';
import { EVENT_TYPES, type Channels } from '../events.js';
import { bind } from '../facade.js';
import { phrase } from '../phrases.js';

export * from '../exports.js';

let required: NodeJS.Require | undefined;
const load = (): NodeJS.Require => (required ??= createRequire(import.meta.url));
/** A module of Node's. As an import of an ES module, `node:fs` alone brings all of Node's streams with it; Node before 20.16 has `require` only, which is not made for nothing. */
const builtin = (id: string): unknown => (process.getBuiltinModule ?? load())(id);

const wanted = process.env['LOGTO_MANAGEMENT_ENGINE'];
const found = wanted !== 'wasm' && hasAddon(builtin('node:fs') as typeof import('node:fs'), import.meta.url, load);

function needAddon(): void {
  if (wanted === 'native') {
    throw new Error('logto-management: LOGTO_MANAGEMENT_ENGINE=native, but there is no addon for this platform');
  }
}

if (!found) {
  needAddon();
}

/** By what is installed; should that not load (an old glibc, a sandbox), the first client corrects it. */
export let engineKind: EngineModule['kind'] = found ? 'native' : 'wasm';

function chooseEngine(): EngineModule {
  const addon = found ? loadAddon(load()) : undefined;
  if (!addon) {
    needAddon();
    engineKind = 'wasm';
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

let chosen: EngineModule | undefined;
const engine = (): EngineModule => (chosen ??= chooseEngine());

let channels: Channels | undefined;

/** `logto-management:request`, `:response`, `:retry`, `:token`. Whoever listens already has the same ones. */
function channelsOfNode(): Channels {
  const { channel } = builtin('node:diagnostics_channel') as typeof import('node:diagnostics_channel');
  return (channels ??= Object.fromEntries(
    EVENT_TYPES.map((type) => [type, channel(`logto-management:${type}`)]),
  ) as unknown as Channels);
}

export const { createManagementApi, createManagementApiFromEnv, createApiClient, errorNames } = bind(
  {
    kind: engineKind,
    errorNames: ERROR_NAMES,
    phrase,
    get callOptions() {
      return engine().callOptions;
    },
    createEngine: (options) => engine().createEngine(options),
  },
  channelsOfNode,
);
