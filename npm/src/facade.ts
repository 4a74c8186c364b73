/** The functions of the package over an engine's module: what each entry exports for its runtime. */
import { operationsOf } from './api.js';
import { createClient, type ApiClient } from './client.js';
import { ClientCredentials } from './credentials.js';
import type { Engine, EngineModule, EngineOptions } from './engine/engine.js';
import { fromEngine } from './errors.js';
import type { Api } from './generated/api.js';
import { eventSink, type Channels } from './events.js';
import {
  splitOptions,
  type CreateApiClientOptions,
  type CreateManagementApiOptions,
  type FromEnvOptions,
  type SharedOptions,
  type TestingOption,
} from './options.js';
import { takePhrases } from './status.js';

/** What `createManagementApi` gives. */
export interface ManagementApi {
  /** Calls by path, as openapi-fetch has them: they give `{ data, error, response }`. */
  apiClient: ApiClient;
  /** The access token, for requests of your own. */
  clientCredentials: ClientCredentials;
  /** Calls by name, and by path, that give the data and reject with the typed errors. Made when it is first asked for. */
  readonly api: Api;
}

const managementApi = (engine: Engine, apiClient: ApiClient): ManagementApi => {
  let api: Api | undefined;
  return {
    apiClient,
    clientCredentials: new ClientCredentials(engine),
    get api() {
      return (api ??= operationsOf(apiClient));
    },
  };
};

/** See `index.ts` for what each does. */
export interface Facade {
  readonly engineKind: EngineModule['kind'];
  readonly errorNames: readonly string[];
  createManagementApi(tenantId: string, options: CreateManagementApiOptions): ManagementApi;
  createManagementApiFromEnv(env?: Record<string, string | undefined>, options?: FromEnvOptions): ManagementApi;
  createApiClient(options: CreateApiClientOptions): ApiClient;
}

/** `process.env`, where there is such a thing. */
const processEnv = (): Record<string, string | undefined> =>
  (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env ?? {};

/** @param channels Where the runtime has `node:diagnostics_channel`; asked for with the first client. */
export function bind(module: EngineModule, channels?: () => Channels): Facade {
  const open = (
    endpoint: Omit<EngineOptions, 'options' | 'warn'>,
    shared: SharedOptions & TestingOption,
  ): { engine: Engine; apiClient: ApiClient } => {
    const { engine: fromShared, client, hooks, testing } = splitOptions(shared);
    const options: EngineOptions = { ...endpoint, ...fromShared, events: eventSink(hooks, channels?.()) };
    let engine;
    try {
      engine = module.createEngine(options);
    } catch (failure) {
      throw fromEngine(failure);
    }
    if (engine.testing) {
      testing?.(engine.testing);
    }
    return { engine, apiClient: createClient(engine, module, options, client) };
  };

  takePhrases(module.phrase);
  return {
    engineKind: module.kind,
    errorNames: module.errorNames,
    createManagementApi(tenantId, { clientId, clientSecret, baseUrl, apiIndicator, ...shared }) {
      const { engine, apiClient } = open({ tenantId, clientId, clientSecret, baseUrl, apiIndicator }, shared);
      return managementApi(engine, apiClient);
    },
    createManagementApiFromEnv(env = processEnv(), { clientId, clientSecret, baseUrl, apiIndicator, ...shared } = {}) {
      const vars: Record<string, string> = {};
      // What is given beside the variables wins over them.
      const given = {
        TENANT_ID: undefined,
        CLIENT_ID: clientId,
        CLIENT_SECRET: clientSecret,
        ENDPOINT: baseUrl,
        API_INDICATOR: apiIndicator,
      };
      for (const [name, value] of Object.entries(given)) {
        const chosen = value ?? env[`LOGTO_${name}`];
        // A Worker's `env` may hold bindings of other types under any name.
        if (typeof chosen === 'string') {
          vars[`LOGTO_${name}`] = chosen;
        }
      }
      const { engine, apiClient } = open({ vars }, shared);
      return managementApi(engine, apiClient);
    },
    createApiClient({ baseUrl, getToken, ...shared }) {
      return open({ tenantId: 'default', baseUrl, getToken }, shared).apiClient;
    },
  };
}
