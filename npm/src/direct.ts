/**
 * The way past openapi-fetch's `Request` and `Response`, for calls that nobody looks into: no middleware, no serialisers of the caller's own. Most calls are so, and what openapi-fetch builds for other eyes (headers
 * twice, an init, a request) costs as much as all else that is done for one. Paths, queries, headers and bodies are still made by its functions, and the result is the same.
 */
import {
  createFinalURL,
  createQuerySerializer,
  defaultBodySerializer,
  defaultPathSerializer,
  type HeadersOptions,
  mergeHeaders,
} from 'openapi-fetch';
import type { EngineCall, EngineResponse } from './engine/engine.js';
import { fromEngine } from './errors.js';
import { pack } from './engine/common.js';
import type { CallExtras } from './request.js';
import { readAnswer, toResponse } from './response.js';

/** The options of a direct call, without the core's. */
export interface DirectInit {
  params?: { query?: Record<string, unknown>; path?: Record<string, unknown>; header?: unknown } | undefined;
  headers?: unknown;
  body?: unknown;
  signal?: AbortSignal | null;
}

const querySerializer = createQuerySerializer();

/** Whether nothing else is given. */
export function onlyHas(init: object, names: ReadonlySet<string>): boolean {
  for (const name in init) {
    if (!names.has(name) && init[name as never] !== undefined) {
      return false;
    }
  }
  return true;
}

const MEMBERS = new Set(['params', 'headers', 'body', 'parseAs', 'signal']);

/** Whether openapi-fetch and `Request` would do nothing more for a call, and refuse nothing. `method` is one of openapi-fetch's. */
export const isDirect = (method: string, path: string, init: DirectInit): boolean =>
  onlyHas(init, MEMBERS) &&
  path[0] === '/' &&
  // `Request` refuses it.
  method !== 'TRACE' &&
  (init.signal == null || init.signal instanceof AbortSignal) &&
  (init.body === undefined || !(/^(GET|HEAD)$/.test(method) || init.body instanceof FormData));

/** What an engine needs of such a call. */
export function directCall(
  baseUrl: string,
  method: string,
  base: HeadersOptions | undefined,
  { params = {}, headers: given, body }: DirectInit,
  { route = '', text, options }: CallExtras,
): EngineCall {
  const target = createFinalURL(route, {
    baseUrl,
    params: params as Parameters<typeof createFinalURL>[1]['params'],
    querySerializer,
    pathSerializer: defaultPathSerializer,
  });
  let headers = '';
  if ((base ?? given ?? params.header) != null || body !== undefined) {
    const others = [base, given as HeadersOptions, params.header as HeadersOptions] as const;
    body =
      body === undefined
        ? body
        : (defaultBodySerializer as (body: unknown, headers: Headers) => unknown)(body, mergeHeaders(...others));
    const merged = mergeHeaders(body === undefined ? {} : { 'Content-Type': 'application/json' }, ...others);
    if (body !== undefined && !merged.has('content-type')) {
      // As `Request` does.
      merged.set('content-type', 'text/plain;charset=UTF-8');
    }
    headers = pack(merged);
  }
  return { method, target, route, headers, body: body as string | undefined, text, options };
}

/** Sends such a call, and gives the result as openapi-fetch does. */
export async function direct(
  make: () => EngineCall,
  send: (call: EngineCall) => Promise<EngineResponse>,
): Promise<unknown> {
  const call = make();
  const { method, text, target } = call;
  let answer;
  try {
    answer = await send(call);
  } catch (failure) {
    throw fromEngine(failure);
  }
  const { status } = answer;
  const ok = status >= 200 && status <= 299;
  const as = ok && text === 'json' ? 'json' : 'text';
  let read: unknown;
  let response: Response;
  if (answer.body.length > 0 && status !== 204 && method !== 'HEAD') {
    ({ read, response } = readAnswer(answer, call, target, as));
  } else {
    response = toResponse(answer, call, target);
    const { headers } = response;
    const isEmpty =
      status === 204 ||
      method === 'HEAD' ||
      (headers.get('content-length') === '0' && !headers.get('transfer-encoding')?.includes('chunked'));
    read = isEmpty ? undefined : await response[as]();
  }
  if (ok) {
    return { data: read, response };
  }
  try {
    read = JSON.parse(read as string);
  } catch {
    // The text is the error.
  }
  return { error: read, response };
}
