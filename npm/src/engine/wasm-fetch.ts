/**
 * The JavaScript half of the transport over `fetch` (the other is `bindings/wasm/src/fetch.rs`, which says what it holds): one request, its answer with the whole body, or what kind of failure it was.
 *
 * The loop over the body and the look at an error happen here, because each crossing of the border between JavaScript and WebAssembly costs. Nothing here decides anything about a call: no retry, no token, no limit, no redirect.
 * Only globals that every runtime has are used, and each is looked up when it is used, so that tests may replace it.
 */
import type { FetchLike } from './engine.js';

/** What an exchange that failed came to. */
export interface Failed {
  failure: Failure;
  message: string;
  /** What `fetch` threw, for {@link LogtoError.cause}. */
  thrown?: unknown;
}

/** An answer. */
export class Answer {
  readonly #headers: Headers;
  #packed: string | undefined;

  constructor(
    readonly status: number,
    headers: Headers,
    /** The headers that the core is shown; all of them unless said. */
    readonly shown: string | undefined,
    /** What of the body the core is shown. */
    readonly whole: string | Uint8Array<ArrayBuffer>,
    /** The body, where it stays on this side. */
    readonly kept: string | Uint8Array<ArrayBuffer> | undefined,
  ) {
    this.#headers = headers;
  }

  /** All of its headers, packed; made when somebody asks. */
  get headers(): string {
    return (this.#packed ??= toPairs(this.#headers));
  }
}

/** Numbers for the core's `TransportErrorKind`, as `fetch.rs` reads them. */
const enum Failure {
  Connect = 1,
  Timeout,
  Interrupted,
  Body,
  Cancelled,
}

const failed = (failure: Failure, message: string): Failed => ({ failure, message });

/** What the core looks at in a success whose body stays here, beside its type: that makes no pause, so when to come again is none of it. */
const REQUEST_ID = 'logto-core-request-id';

/** Headers for `fetch`, out of names and values in turn. Names that come again are joined, as `fetch` does. */
export function toFields(packed: string): Record<string, string> {
  const parts = packed.split('\n');
  const fields = new Map<string, string>();
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const name = parts[at] as string;
    const before = fields.get(name);
    fields.set(name, `${before === undefined ? '' : `${before}, `}${parts[at + 1] as string}`);
  }
  return Object.fromEntries(fields);
}

/** @param fields Headers: see {@link toFields}. */
export async function exchange(
  custom: FetchLike | undefined,
  method: string,
  url: string,
  fields: Record<string, string>,
  body: Uint8Array<ArrayBuffer> | undefined,
  limit: number,
  bodyStays: 'no' | 'bytes' | 'text',
  signal: AbortSignal,
): Promise<Answer | Failed> {
  let answered = false;
  try {
    // A copy, since who stands in for `fetch` may add to it. Workers refuse `cache`, `mode` and `credentials`, and forward the Authorization to wherever a redirect leads.
    const init: RequestInit = { method, headers: { ...fields }, redirect: 'manual', signal };
    if (body) {
      init.body = body;
    }
    const response = await (custom ? custom(new Request(url, init)) : fetch(url, init));
    answered = true;
    const { status, headers } = response;
    const stays = bodyStays !== 'no' && status >= 200 && status <= 299;
    const type = headers.get('content-type');
    const asText = stays && bodyStays === 'text' && type !== null && /\bjson\b/i.test(type);
    const read = await readBody(response, headers, limit, asText);
    if (stays) {
      const id = headers.get(REQUEST_ID);
      const shown = `${type === null ? '' : `content-type\n${type}\n`}${id === null ? '' : `${REQUEST_ID}\n${id}`}`;
      return new Answer(status, headers, shown, read.slice(0, 1), read);
    }
    // Browsers hide which redirect it was; any of them makes the core say what it is.
    return new Answer(response.type === 'opaqueredirect' ? 302 : status, headers, undefined, read, undefined);
  } catch (error) {
    return { ...classify(error, answered), thrown: presentable(error) };
  }
}

class TooLarge extends Error {}

/** What was thrown, unless its words hold a url, and with it a path and a query: some runtimes put it there. */
function presentable(error: unknown): unknown {
  for (let each = error as Telling | undefined; each instanceof Error; each = each.cause as Telling | undefined) {
    if (each.message.includes('://')) {
      return Object.assign(new Error('The request failed'), typeof each.code === 'string' && { code: each.code });
    }
  }
  return error;
}

/** Browsers hide the compression of an answer of another origin. None makes more of a byte than this, by some margin. */
const MOST_OF_A_BYTE = 2048;

/** Whether the answer says that its body cannot be larger than `limit`. */
function isKnownToFit(response: Response, headers: Headers, limit: number): boolean {
  const told = headers.get('content-length');
  return (
    told !== null &&
    headers.get('content-encoding') === null &&
    Number(told) * (response.type === 'cors' ? MOST_OF_A_BYTE : 1) <= limit
  );
}

/** The whole body; fails as soon as it is larger than `limit`. What is of known length may come as a text. */
async function readBody(
  response: Response,
  headers: Headers,
  limit: number,
  asText: boolean,
): Promise<string | Uint8Array<ArrayBuffer>> {
  // Piece by piece takes several turns of the event loop, so that is for bodies that may need to be stopped.
  if (isKnownToFit(response, headers, limit) || !response.body) {
    return asText ? response.text() : new Uint8Array(await response.arrayBuffer());
  }
  const reader = response.body.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    length += value.byteLength;
    if (length > limit) {
      // What is left would keep the connection busy.
      reader.cancel().catch(() => undefined);
      throw new TooLarge(`The answer's body has more than the ${limit} bytes allowed`);
    }
    chunks.push(value);
  }
  if (chunks.length === 1) {
    return chunks[0] as Uint8Array<ArrayBuffer>;
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

/** Codes of Node, Bun and OpenSSL which say that there never was a connection, so that the request was not sent. */
const NEVER_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused|FailedToOpenSocket|CERT_\w+|ERR_TLS_CERT_\w+|ERR_SSL_\w+|SELF_SIGNED_\w+|DEPTH_ZERO_\w+|UNABLE_TO_\w+)$/;

/** The members that runtimes give their errors, beside the standard ones. */
interface Telling {
  name?: unknown;
  message?: unknown;
  code?: unknown;
  syscall?: unknown;
  cause?: Telling;
}

/**
 * What kind of failure it was, as far as the runtime tells. Where it does not, the request may have reached the server: that counts as an interruption, after which only idempotent calls are tried again.
 *
 * @param answered Whether the head of the answer was there already.
 */
function classify(error: unknown, answered: boolean): Failed {
  if (error instanceof TooLarge) {
    return failed(Failure.Body, error.message);
  }
  const told = (error ?? {}) as Telling;
  const cause = told.cause ?? told;
  const code = typeof cause.code === 'string' ? cause.code : typeof told.code === 'string' ? told.code : '';
  const text = typeof told.message === 'string' ? told.message : '';
  // Some runtimes put the url, and with it the query, into their texts.
  const why = code || (text.includes('://') ? '' : text);
  const say = (kind: Failure, what: string): Failed => failed(kind, why ? `${what} (${why})` : what);

  if (told.name === 'AbortError') {
    return say(Failure.Cancelled, 'The request was cancelled');
  }
  if (told.name === 'TimeoutError' || /^UND_ERR_(HEADERS|BODY)_TIMEOUT$/.test(code)) {
    return say(Failure.Timeout, 'No complete answer in time');
  }
  if (/^Illegal invocation/.test(text)) {
    // A method without its object. Nothing was sent.
    return failed(Failure.Connect, '`fetch` was called without its object: hand over the object (`fetch: env.LOGTO`)');
  }
  if (answered) {
    return /^(Z_|ERR__ERROR_FORMAT|ERR_BROTLI)/.test(code)
      ? say(Failure.Body, "The answer's body cannot be decompressed")
      : say(Failure.Interrupted, "The connection broke inside the answer's body");
  }
  const connecting = cause.syscall === 'connect' || cause.syscall === 'getaddrinfo';
  // The last is Deno's, whose errors have no codes.
  if (connecting || NEVER_CONNECTED.test(code) || text.includes('client error (Connect)')) {
    return say(Failure.Connect, 'No connection could be made');
  }
  return say(Failure.Interrupted, 'The connection broke before an answer came');
}

/** Names and values in turn, joined by line breaks, which neither can hold: one string crosses the border at once, a list item by item. */
export function toPairs(headers: Iterable<readonly [string, string]>): string {
  const parts: string[] = [];
  for (const [name, value] of headers) {
    parts.push(name, value);
  }
  return parts.join('\n');
}
