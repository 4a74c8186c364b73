/**
 * Plain GETs that are sent from here, without a way through the module: it permits one (`Client::permit` of the core), and a success is all that there is to it. Whatever else comes of one, the module judges: it is told
 * what came, as of the first exchange of the call.
 *
 * In a Worker this halves what the package adds to the time of a `fetch`.
 */
import type { EngineCall } from './engine.js';
import { toFields } from './wasm-fetch.js';

/** What such requests carry, until there is another. */
export interface Permit {
  number: number;
  timeoutMs: number;
  /** The most bytes of the answer's body. */
  limit: number;
  headers: string;
  fields: Record<string, string>;
}

/** Reads what the module says of a permit. */
export function readPermit(number: number, said: string): Permit {
  const [timeoutMs, limit, ...rest] = said.split('\n');
  const headers = rest.join('\n');
  return { number, timeoutMs: Number(timeoutMs), limit: Number(limit), headers, fields: toFields(headers) };
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
