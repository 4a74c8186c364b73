/**
 * Plain GETs that are sent from here, without a way through the module: it permits one (`Client::permit` of the core), and a success is all that there is to it. Whatever else comes of one, the module judges: it is told
 * what came, as of the first exchange of the call.
 *
 * In a Worker this halves what the package adds to the time of a `fetch`.
 */
import { unpack } from './common.js';
import type { EngineCall, FetchLike } from './engine.js';
import { initOf } from './wasm-fetch.js';
import type { Watch } from './wasm-watch.js';

/** What such requests carry, until there is another. */
export interface Permit {
  number: number;
  timeoutMs: number;
  /** The most bytes of the answer's body. */
  limit: number;
  headers: string;
  fields: Headers;
}

/** Reads what the module says of a permit. */
export function readPermit(number: number, said: string): Permit {
  const [timeoutMs, limit, ...rest] = said.split('\n');
  const headers = rest.join('\n');
  return { number, timeoutMs: Number(timeoutMs), limit: Number(limit), headers, fields: unpack(headers) };
}

/**
 * What a request by a permit is sent with. For the runtime's own `fetch` a `Request` with all of it but the url, the same for the calls that a watch is handed on to: to read each part of an object, and make headers of it,
 * takes longer than all of our own code that a call runs through. Who stands in for `fetch` may add to what it is given, and gets its own.
 */
export function initBy(permit: Permit, watch: Watch, sends: FetchLike | typeof fetch): RequestInit {
  const init = (headers: Headers): RequestInit => initOf('GET', headers, watch.signal);
  // For a single call it would be one request more to make.
  if (watch.calls > 1 && (watch.permit !== permit || watch.sends !== sends)) {
    watch.permit = permit;
    watch.sends = sends;
    // Of one that was bound, or stands behind a Proxy, this text has no name.
    watch.template =
      String(sends) === 'function fetch() { [native code] }'
        ? (new Request('http://_', init(permit.fields)) as RequestInit)
        : undefined;
  }
  return watch.template ?? init(new Headers(permit.fields));
}

/** Paths of which the core would change and refuse nothing, and which carry the token. */
const PLAIN = /^\/api(?!\/status(?:\?|$))(?:\/[\w-]+)+(?:\?[\w.~&=%-]*)?$/;

/** Whether nothing about a call is special. */
export const isPlain = ({ method, target, headers, body, text, options }: EngineCall, baseUrl: string): boolean =>
  method === 'GET' &&
  headers === '' &&
  body === undefined &&
  text !== undefined &&
  options === undefined &&
  target.startsWith(baseUrl) &&
  PLAIN.test(target.slice(baseUrl.length));
