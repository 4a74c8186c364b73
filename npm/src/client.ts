/**
 * The API client: openapi-fetch, with an engine for its `fetch`.
 *
 * openapi-fetch fills paths, serialises queries and bodies, merges headers and runs middleware, as programs that know it expect. Each call then crosses to the engine once. Calls that nobody looks into go there by a shorter way: see `direct.ts`.
 */
import openapiFetch, {
  mergeHeaders,
  type Client,
  type ClientOptions,
  type HeadersOptions,
  type Middleware,
} from 'openapi-fetch';
import type {
  Engine,
  EngineCall,
  EngineList,
  EngineModule,
  EngineOptions,
  EngineResponse,
  FetchSource,
} from './engine/engine.js';
import { Authorization } from './authorization.js';
import { direct, directCall, type DirectInit, isDirect, onlyHas } from './direct.js';
import { fromEngine } from './errors.js';
import { toFetch } from './fetch.js';
import { Listing, type PaginateOptions } from './paginate.js';
import { coreName } from './options.js';
import { flattenSearchParams } from './query.js';
import { ManagementRequest, takeUpRequest } from './request.js';
import { takeUpResponse, toResponse } from './response.js';
import type { paths } from './generated/paths.js';
import type { ItemAt, ListPath } from './paths.js';

/** In the CommonJS bundle the default import is openapi-fetch's whole module. */
const createFetchClient = ((openapiFetch as { default?: unknown }).default ?? openapiFetch) as typeof openapiFetch;

/** The methods of openapi-fetch's client that send a request. */
const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE'] as const;

/** `[Symbol.dispose]`, where the TypeScript library in use knows it: older ones must be able to read these declarations. */
type DisposeIfKnown = {
  [
    Name in keyof SymbolConstructor as Name extends 'dispose' ? Extract<SymbolConstructor[Name], symbol> : never
  ]: () => void;
};

/** An openapi-fetch client of the Management API, with listings. */
export interface ApiClient extends Client<paths>, DisposeIfKnown {
  /**
   * Lists everything at a path, whatever the number of pages: every item that is there all along comes once, also while others come and go.
   *
   * Middleware does not see these requests. A failure rejects (with {@link ApiError} for an error status) and the iterator can be asked again.
   */
  paginate<Path extends ListPath>(path: Path, options?: PaginateOptions): Listing<ItemAt<Path>>;
  /** The same of items that you name the type of. */
  // JSON of any shape, to be used without casts
  paginate<Item = any>(path: `/${string}`, options?: PaginateOptions): Listing<Item>;
  /** Lets go of connections and memory; later calls reject. Not needed before the process ends, and calling it again does nothing. `using` does it too (`[Symbol.dispose]`), where the runtime knows that symbol. */
  dispose(): void;
}

type Init = Record<string, unknown> & {
  fetch?: FetchSource;
  querySerializer?: unknown;
  params?: { query?: Record<string, unknown> };
  middleware?: Middleware[];
};

/** openapi-fetch's client without the types of paths, which only callers need. */
type UntypedClient = Pick<Client<paths>, 'use' | 'eject'> & {
  request: (method: string, path: string, init: Init) => Promise<unknown>;
};

/** The engines of one client: its own, and for calls that bring a `fetch` of their own, one that sends through that and shares the token. */
class Engines {
  private readonly byFetch = new WeakMap<FetchSource, Engine>();

  constructor(
    readonly main: Engine,
    private readonly module: EngineModule,
    private readonly options: EngineOptions,
  ) {}

  for(given: FetchSource | undefined): Engine {
    if (given === undefined) {
      return this.main;
    }
    let engine = this.byFetch.get(given);
    if (engine === undefined) {
      const fetch = toFetch(given);
      if (fetch === undefined) {
        return this.main;
      }
      const getToken = async (): Promise<string> => (await this.main.token()).value;
      // Its tokens are the main engine's, and so is the store.
      const { tokenStore: _, ...options } = this.options;
      engine = this.module.createEngine({ ...options, fetch, getToken });
      this.byFetch.set(given, engine);
    }
    return engine;
  }
}

export function createClient(
  engine: Engine,
  module: EngineModule,
  engineOptions: EngineOptions,
  clientOptions: ClientOptions,
): ApiClient {
  const engines = new Engines(engine, module, engineOptions);
  const authorization = new Authorization(engine, engineOptions.getToken !== undefined);
  let made: UntypedClient | undefined;
  /** openapi-fetch's client, made for the first call that somebody looks into: most programs make none, and a Worker that starts need not compile it. */
  const base = (): UntypedClient => {
    if (!made) {
      takeUpRequest();
      const options = { Request: ManagementRequest, ...clientOptions, baseUrl: engine.baseUrl };
      made = createFetchClient<paths>(options) as never;
    }
    return made;
  };

  /** Sends, and makes ready for the answer while that is on its way. */
  const send = (given: FetchSource | undefined, call: EngineCall, signal?: AbortSignal): Promise<EngineResponse> => {
    const answer = engines.for(given).send(call, signal);
    takeUpResponse();
    return answer;
  };

  const callOptions = new Set(['timeout', ...module.callOptions]);
  const plain = onlyHas(clientOptions, new Set(['headers']));

  /** Sends a call that nobody looks into by itself, any other through openapi-fetch, with the engine for its `fetch`. `known` says that the method is one of {@link METHODS}. */
  const call = (method: string, route: string, init: Init, known: boolean): Promise<unknown> => {
    const { fetch, params, parseAs: text = 'json' } = init;
    let rest = init;
    let options: Record<string, unknown> | undefined;
    let own: string[] | undefined;
    // Over what is given, which is little.
    for (const name in init) {
      if (callOptions.has(name) && init[name] !== undefined) {
        (own ??= []).push(name);
      }
    }
    if (fetch !== undefined || own) {
      rest = { ...init };
      delete rest.fetch;
      // Sorted: `timeoutMs` stands behind `timeout`, and wins.
      for (const name of own?.sort() ?? []) {
        (options ??= {})[coreName(name)] = init[name];
        delete rest[name];
      }
    }
    if (
      params?.query?.['search_params'] &&
      typeof (init.querySerializer ?? clientOptions.querySerializer) !== 'function'
    ) {
      rest = { ...rest, params: { ...params, query: flattenSearchParams(params.query) } };
    }
    if (
      known &&
      plain &&
      !hasMiddleware &&
      (text === 'json' || text === 'text') &&
      isDirect(method, route, rest as DirectInit)
    ) {
      const given = rest as DirectInit;
      const signal = given.signal ?? undefined;
      const make = (): EngineCall => {
        const made = directCall(engine.baseUrl, method, clientOptions.headers, given, { route, text, options });
        signal?.throwIfAborted();
        made.headers = authorization.settle(made.headers, route, made.target);
        return made;
      };
      return direct(make, (made) => send(fetch, made, signal));
    }
    const { middleware } = init;
    const sendRequest = async (request: Request): Promise<Response> => {
      const signal = ManagementRequest.signalOf(request);
      signal?.throwIfAborted();
      const sent = await ManagementRequest.toCall(request, { route, options });
      sent.headers = authorization.settle(sent.headers, route, sent.target, sendRequest);
      let answer;
      try {
        answer = await send(fetch, sent, signal);
      } catch (failure) {
        throw fromEngine(failure);
      }
      return toResponse(answer, sent, request.url);
    };
    return base().request(method, route, {
      ...rest,
      fetch: sendRequest,
      ...(middleware?.length && !hasMiddleware && { middleware: [authorization.middleware, ...middleware] }),
    });
  };
  /** Whether the token has to be shown to middleware. */
  let hasMiddleware = false;

  const client: Record<string | symbol, unknown> = {
    use: (...middleware: Middleware[]) => {
      if (!hasMiddleware && middleware.length > 0) {
        base().use(authorization.middleware);
        hasMiddleware = true;
      }
      base().use(...middleware);
    },
    eject: (...middleware: Middleware[]) => {
      base().eject(...middleware);
    },
    request: (method: string, path: string, init: Init = {}) => call(method, path, init, false),
    paginate: (path: string, options: PaginateOptions = {}) =>
      new Listing(
        () => engines.for(options.fetch),
        toList(path, options, clientOptions.headers),
        options.signal ?? clientOptions.signal ?? undefined,
      ),
    dispose: () => {
      engine.dispose();
    },
  };
  const { dispose } = Symbol as { dispose?: symbol };
  if (dispose) {
    // Safari has none yet.
    client[dispose] = client['dispose'];
  }
  for (const method of METHODS) {
    client[method] = (path: string, init: Init = {}) => call(method, path, init, true);
  }
  return client as unknown as ApiClient;
}

function toList(path: string, given: PaginateOptions, clientHeaders: HeadersOptions | undefined): EngineList {
  const { params, headers, pageSize, page, concurrency, cursor, signal: _signal, fetch: _fetch, ...options } = given;
  const merged = mergeHeaders(clientHeaders, headers as HeadersOptions, params?.header as HeadersOptions);
  const defined = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [[coreName(name), value]],
  );
  return {
    path,
    pathParams: Object.entries(params?.path ?? {}).flatMap(([name, value]) => [name, String(value)]),
    query: Object.entries(params?.query ?? {}).filter(([, value]) => value !== undefined),
    headers: [...merged].flat(),
    pageSize,
    page,
    concurrency,
    cursor,
    options: defined.length > 0 ? Object.fromEntries(defined) : undefined,
  };
}
