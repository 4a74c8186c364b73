/** What a client and a call can be told. The core checks core options: their names, types and ranges, and it has the defaults. */
import type { ClientOptions as FetchClientOptions } from 'openapi-fetch';
import type { EngineOptions, FetchSource, Testing, TestingClock } from './engine/engine.js';
import { toFetch } from './fetch.js';
import type { TokenStore } from './store.js';
import type { Hooks } from './events.js';

/** The rate that the client keeps itself within: a token bucket. */
export interface RateLimit {
  /** So many requests… */
  requests?: number;
  /** … in so many milliseconds, … */
  perMs?: number;
  /** … and so many at once after a rest. Default: `requests`. */
  burst?: number;
}

/** Options of the core. Times are in milliseconds. */
export interface CoreOptions {
  /** How many times a failed call is tried again where that is safe. Default 2; 0 switches it off. */
  retries?: number | undefined;
  /** The most time for one request, up to the end of its answer. Default 30,000. */
  timeoutMs?: number | undefined;
  /** The same as {@link timeoutMs}, in milliseconds too. */
  timeout?: number | undefined;
  /** The most time for one connection. Default 10,000. */
  connectTimeoutMs?: number | undefined;
  /** No retry starts later than this after the first sending. Default 30,000. */
  retryBudgetMs?: number | undefined;
  /** The bound of the first back-off (full jitter); it doubles from there. Default 500. */
  retryInitialDelayMs?: number | undefined;
  /** The highest bound of a back-off. Default 8,000. */
  retryMaxDelayMs?: number | undefined;
  /** All that a token store may take of a call that needs a new token; then the client goes on without it. Default 250. */
  tokenStoreTimeoutMs?: number | undefined;
  /** Default: 200 requests in 10 s, burst 200, for `*.logto.app`; off elsewhere. `false` switches it off. */
  rateLimit?: RateLimit | false | undefined;
  /** What the token is asked for. Default `all`. */
  scope?: string | undefined;
  /** How the client shows its secret: HTTP Basic, or in the form. Default `basic`. */
  clientAuth?: 'basic' | 'post' | undefined;
  /** Default `logto-management/<version>`. */
  userAgent?: string | undefined;
  /** Requests under way at once; more wait their turn, outside their timeout. Default 256. On Workers the platform has a limit of its own, and this one is not used. */
  maxConnections?: number | undefined;
  /** A larger answer is an error. Default 64 MiB. */
  maxResponseBytes?: number | undefined;
  /** A larger JSON body is an error before it is sent. Default 1 MiB, the server's own limit, beyond which it answers 404. */
  maxRequestBytes?: number | undefined;
}

/** What a single call may set for itself. */
export interface CallOptions {
  /** The most time for one sending of the request. */
  timeoutMs?: number | undefined;
  /** The same as {@link timeoutMs}, in milliseconds too. */
  timeout?: number | undefined;
  /** How many times the call is tried again. */
  retries?: number | undefined;
  /** The most time for the whole call: waiting for its turn and the token, every attempt and pause. Default: none. */
  deadlineMs?: number | undefined;
  /** Doing it twice is as good as doing it once: a POST marked so is tried again like a PUT. */
  idempotent?: boolean | undefined;
}

/** A warning of the client. `code` is stable: `scope` (the token was granted none), `insecure_http`, `token_store` and `shared_limit` (it is away). */
export interface Warning {
  code: string;
  message: string;
}

/** What every way of making a client takes: the core's options, openapi-fetch's client options, and where warnings go. */
export interface SharedOptions
  extends CoreOptions, Hooks, Omit<FetchClientOptions, 'baseUrl' | 'fetch' | 'body' | 'method'> {
  /** Carries the requests instead of the package's own transport: msw, undici's MockAgent, a service binding of a Worker as it is (`fetch: env.LOGTO`). */
  fetch?: FetchSource | undefined;
  /**
   * Shares access tokens with other isolates or processes: a Workers KV namespace as it is, {@link cacheTokenStore}, any object with `get` and `put`; in Node also `redis://…` or `rediss://…`, which shares the rate limit
   * as well. Tokens lie there sealed under the client secret. A store that fails, or takes longer than `tokenStoreTimeoutMs`, costs that wait. Without use where tokens come from `getToken`.
   */
  tokenStore?: TokenStore | string | undefined;
  /** Receives warnings, each once. Default: `console.warn`. */
  onWarning?: ((warning: Warning) => void) | undefined;
}

/** Options of `createManagementApi`. */
export interface CreateManagementApiOptions extends SharedOptions {
  /** The id of a machine-to-machine application that has the role "Logto Management API access". */
  clientId: string;
  /** Its secret. */
  clientSecret: string;
  /** Where Logto is, instead of `https://<tenant id>.logto.app`: a self-hosted server, a custom domain. */
  baseUrl?: string | undefined;
  /** The resource indicator of the Management API, instead of `https://<tenant id>.logto.app/api`. A self-hosted server has `https://default.logto.app/api`. */
  apiIndicator?: string | undefined;
}

/** Options of `createApiClient`. */
export interface CreateApiClientOptions extends SharedOptions {
  /** Where Logto is. */
  baseUrl: string;
  /** Gives the access token. It is called for each request that needs one, so it should cache; it is called again after the API refused its token. */
  getToken: () => Promise<string>;
}

/** Options of `createManagementApiFromEnv`: whatever is given wins over the variables. */
export interface FromEnvOptions extends SharedOptions {
  clientId?: string | undefined;
  clientSecret?: string | undefined;
  baseUrl?: string | undefined;
  apiIndicator?: string | undefined;
}

/**
 * A hidden option for this package's own tests: the client is built on the core's testing clock, and this is called with the clock's handle. An engine whose clock is its host's takes the one given here.
 * @internal
 */
export const TESTING = Symbol.for('logto-management.testing');

/** @internal */
export interface TestingOption {
  [TESTING]?: ((clock: Testing) => void) & { clock?: TestingClock };
}

/** openapi-fetch's client options and those of `RequestInit`, which go on to each `Request`. Everything else is the core's to know or to refuse. */
const FETCH_OPTIONS = new Set([
  'Request',
  'bodySerializer',
  'cache',
  'credentials',
  'dispatcher',
  'duplex',
  'headers',
  'integrity',
  'keepalive',
  'mode',
  'pathSerializer',
  'priority',
  'querySerializer',
  'redirect',
  'referrer',
  'referrerPolicy',
  'requestInitExt',
  'signal',
  'window',
]);

/**
 * What the core calls an option.
 * @internal
 */
export const coreName = (name: string): string => (name === 'timeout' ? 'timeoutMs' : name);

const warnOnConsole = (_code: string, message: string): void => {
  console.warn(`logto-management: ${message}`);
};

/**
 * Tells the core's options from openapi-fetch's.
 * @internal
 */
export function splitOptions(given: SharedOptions & TestingOption): {
  engine: Pick<EngineOptions, 'options' | 'fetch' | 'tokenStore' | 'warn' | 'testing' | 'testingClock'>;
  client: FetchClientOptions;
  hooks: Hooks;
  testing: ((clock: Testing) => void) | undefined;
} {
  const { fetch, tokenStore, onWarning, onRequest, onResponse, onRetry, onToken, [TESTING]: testing, ...rest } = given;
  const ownFetch = toFetch(fetch);
  let options: Record<string, unknown> | undefined;
  const client: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(rest)) {
    if (value !== undefined) {
      (FETCH_OPTIONS.has(name) ? client : (options ??= {}))[coreName(name)] = value;
    }
  }
  return {
    engine: {
      options,
      warn: onWarning ? (code, message) => onWarning({ code, message }) : warnOnConsole,
      ...(ownFetch && { fetch: ownFetch }),
      ...(tokenStore !== undefined && { tokenStore }),
      ...(testing && { testing: true, testingClock: testing.clock }),
    },
    client,
    hooks: { onRequest, onResponse, onRetry, onToken },
    testing,
  };
}
