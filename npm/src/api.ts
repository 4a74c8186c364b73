/**
 * The operations by name: `api.users.list({ page_size: 50 })`, and calls by path that give the data: `api.get('/api/users')`.
 *
 * Both go through an {@link ApiClient}: middleware sees them, and its options hold. What they add is that they give the data instead of `{ data, error }`, and reject with the typed errors.
 */
import type { HeadersOptions } from 'openapi-fetch';
import type { ApiClient } from './client.js';
import type { FetchSource } from './engine/engine.js';
import type { Api } from './generated/api.js';
import { TABLE } from './generated/table.js';
import type { CallOptions } from './options.js';
import type { PaginateOptions } from './paginate.js';
import type { DataOf, InitOf, PathsWith, Verb } from './paths.js';
import { type CallResult, unwrap } from './unwrap.js';

/** What an operation can be told besides its own parameters. */
export interface OperationOptions extends CallOptions {
  headers?: HeadersOptions | undefined;
  /** Aborts the call, on the wire too. */
  signal?: AbortSignal | undefined;
  /** Carries this call instead of the client's transport. */
  fetch?: FetchSource | undefined;
}

/** What a listing by name can be told besides its query. */
export type ListOptions = Omit<PaginateOptions, 'params'>;

/** A file to be uploaded: by itself (a `File` brings its name), or in a form of your own, under `file`. */
export type Upload = Blob | FormData;

type Rest<Init> = {} extends Init
  ? [init?: Init & { [option: string]: unknown }]
  : [init: Init & { [option: string]: unknown }];
/** A call by path that gives the data. */
export type PathCall<V extends Verb> = <Path extends PathsWith<V>, Init extends InitOf<Path, V>>(
  path: Path,
  ...init: Rest<Init>
) => Promise<DataOf<Path, V>>;

/**
 * Calls by path that give the data, and reject with the typed errors: `const user = await api.get('/api/users/{userId}', { params: { path: { userId } } })`.
 */
export interface PathCalls {
  get: PathCall<'get'>;
  put: PathCall<'put'>;
  post: PathCall<'post'>;
  delete: PathCall<'delete'>;
  patch: PathCall<'patch'>;
}

type Call = (path: string, init: object) => Promise<CallResult<unknown>>;
type Operation = (...given: unknown[]) => unknown;
type Group = Record<string, Operation>;

/**
 * The letters of the table: the word that names begin with, and the method, which a listing has none of. `crates/xtask/src/bin/codegen/ts/table.rs` has the same.
 */
const SIGNS: Record<string, readonly [word: string, verb?: string]> = {
  L: ['list'],
  G: ['get', 'GET'],
  l: ['list', 'GET'],
  P: ['create', 'POST'],
  S: ['assign', 'POST'],
  T: ['add', 'POST'],
  U: ['replace', 'PUT'],
  u: ['update', 'PUT'],
  s: ['upsert', 'PUT'],
  A: ['update', 'PATCH'],
  D: ['delete', 'DELETE'],
};

/** `sso-connectors`, `.well-known`, `list/roles/` in camel case. */
const camel = (path: string): string =>
  path.replace(/\W+(\w?)/g, (_, letter: string, at: number) => (at ? letter.toUpperCase() : letter));

/** The name that follows from a path. What a parameter follows is one of several, and so is what is created. */
const nameOf = (sign: string, segments: string[]): string =>
  camel(
    [SIGNS[sign]![0], ...segments.slice(1), sign === 'P' ? '{' : '']
      .join('/')
      .replace(/ies(?=\/{)/g, 'y')
      .replace(/([^su])s(?=\/{)/g, '$1')
      .replace(/{\w*/g, ''),
  );

/**
 * The operations by name of a client. `createManagementApi` gives them as `api`; this is for clients that `createApiClient` made.
 *
 * ```ts
 * const api = operationsOf(createApiClient({ baseUrl, getToken }));
 * ```
 */
export function operationsOf(client: ApiClient): Api {
  const calls = client as unknown as Record<string, Call>;
  const api: Record<string, Group | Operation> = {};
  for (const verb of ['GET', 'PUT', 'POST', 'DELETE', 'PATCH']) {
    api[verb.toLowerCase()] = (path, init) => unwrap((calls[verb] as Call)(path as string, init as object));
  }
  let segments: string[] = [];
  for (const line of TABLE.split('\n')) {
    const [place = '', ...operations] = line.split(' ');
    // How many segments it shares with the line before, and the others.
    segments = segments.slice(0, Number(place[0]));
    segments.push(...place.slice(1).split('/').filter(Boolean));
    const group = (api[camel(segments[0] as string)] ??= {}) as Group;
    for (const told of operations) {
      const [signs = '', name = nameOf(signs[0] as string, segments)] = told.split('=');
      group[name] = operation(client, `/api/${segments.join('/')}`, signs);
    }
  }
  return api as unknown as Api;
}

/** The function behind a name: the path's parameters, the body, the query, the options, in this order, as far as the operation has them. */
function operation(client: ApiClient, path: string, signs: string): Operation {
  const names = [...path.matchAll(/{(\w+)}/g)].map(([, name]) => name as string);
  const sign = signs[0] as string;
  const verb = SIGNS[sign]![1];
  // `b` and `q` say that it is not as usual.
  const hasBody = /[PSTUusA]/.test(sign) !== signs.includes('b');
  const hasQuery = !verb !== signs.includes('q');
  return (...given) => {
    const params: Record<string, unknown> = {
      // A missing one is an empty one, which the core refuses: openapi-fetch would send the template's own text.
      path: Object.fromEntries(names.map((name) => [name, given.shift() ?? ''])),
    };
    const body = hasBody && { body: asBody(given.shift()) };
    if (hasQuery) {
      params['query'] = given.shift();
    }
    const init = { ...(given[0] as object), params, ...body };
    return verb
      ? unwrap((client as unknown as Record<string, Call>)[verb]!(path, init))
      : client.paginate(path as '/', init);
  };
}

/** A file travels in a form. */
function asBody(body: unknown): unknown {
  if (!(typeof Blob === 'function' && body instanceof Blob)) {
    return body;
  }
  const form = new FormData();
  form.append('file', body);
  return form;
}
