/**
 * The JavaScript half of the transport over `fetch` (the other is `bindings/wasm/src/fetch.rs`, which says what it holds): one request, its answer with the whole body, or what kind of failure it was.
 *
 * The loop over the body and the look at an error happen here, because each crossing of the border between JavaScript and WebAssembly costs. Nothing here decides anything about a call: no retry, no token, no limit, no redirect.
 * Only globals that every runtime has are used, and each is looked up when it is used, so that tests may replace it.
 */
import { pack } from './common.js';
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
  private packed: string | undefined;

  constructor(
    readonly status: number,
    private readonly given: Headers,
    readonly type: string | null,
    readonly body: string | Uint8Array<ArrayBuffer>,
    /** Whether the body stays on this side. */
    readonly stays: boolean,
  ) {}

  /** All of its headers, packed; made when somebody asks. */
  get headers(): string {
    return (this.packed ??= pack(this.given));
  }

  get requestId(): string | null {
    return this.given.get(REQUEST_ID);
  }

  /** The headers that the core is shown: in a success whose body stays here its type and the request's id. That makes no pause, so when to come again is none of it. */
  get shown(): string {
    if (!this.stays) {
      return this.headers;
    }
    const { type, requestId } = this;
    return `${type === null ? '' : `content-type\n${type}\n`}${requestId === null ? '' : `${REQUEST_ID}\n${requestId}`}`;
  }
}

/** Numbers for the core's `TransportErrorKind`, as `fetch.rs` reads them. */
export const enum Failure {
  Connect = 1,
  Timeout,
  Interrupted,
  Body,
  Cancelled,
}

const failed = (failure: Failure, message: string): Failed => ({ failure, message });

const REQUEST_ID = 'logto-core-request-id';

/** What a request is sent with. Workers refuse `cache`, `mode` and `credentials`, and forward the Authorization to wherever a redirect leads. */
export const initOf = (
  method: string,
  headers: Headers,
  signal: AbortSignal,
  body?: Uint8Array<ArrayBuffer>,
): RequestInit => ({ method, headers, redirect: 'manual', signal, ...(body && { body }) });

/** Sends a request, and reads its answer: up to `limit` bytes, as a text only where that is asked for and it is JSON. Never rejects. */
export async function exchange(
  custom: FetchLike | undefined,
  url: string,
  init: RequestInit,
  limit: number,
  bodyStays: 'no' | 'bytes' | 'text',
): Promise<Answer | Failed> {
  let answered = false;
  try {
    const response = await (custom ? custom(new Request(url, init)) : fetch(url, init));
    answered = true;
    const { status, headers } = response;
    const stays = bodyStays !== 'no' && status >= 200 && status <= 299;
    const type = headers.get('content-type');
    const asText = stays && bodyStays === 'text' && isJson(type);
    let read: Answer['body'];
    if (isKnownToFit(response, headers, limit) || !response.body) {
      read = asText ? await response.text() : new Uint8Array(await response.arrayBuffer());
    } else {
      // This takes several turns of the event loop, so it is for bodies that may need to be stopped.
      const whole = await readPieces(response.body, limit);
      if (!whole) {
        return failed(Failure.Body, `The answer's body has more than the ${limit} bytes allowed`);
      }
      read = asText ? decoder.decode(whole) : whole;
    }
    // Browsers hide which redirect it was; any of them makes the core say what it is.
    return new Answer(status === 0 ? 302 : status, headers, type, read, stays);
  } catch (error) {
    return { ...classify(error, answered), thrown: presentable(error) };
  }
}

const decoder = new TextDecoder();

/** The words for a time-out that a runtime noticed. */
export const LATE = 'No complete answer in time';

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
  const length = Number(told);
  return (
    told !== null &&
    (length * MOST_OF_A_BYTE <= limit ||
      (length <= limit && headers.get('content-encoding') === null && response.type !== 'cors'))
  );
}

/** JSON for certain, as the core tells it by the type. */
const isJson = (type: string | null): boolean => type !== null && /^application\/(?:[\w.-]+\+)?json(?:;|$)/i.test(type);

/** The whole body; nothing as soon as it is larger than `limit`. */
async function readPieces(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const reader = body.getReader();
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
      return undefined;
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

/** What the errors of a runtime's `fetch` tell beyond the standard's: `wasm-codes.ts`. */
export type Codes = (told: Telling, code: string, text: string, answered: boolean) => Told | undefined;
type Told = readonly [kind: Failure, what: string];

let codes: Codes | undefined;
/** Before the first request. workerd's errors have no codes, and a Worker's bundle does without. */
export const useCodes = (given: Codes): void => {
  codes = given;
};

/** The members that runtimes give their errors, beside the standard ones. */
export interface Telling {
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
  const told = (error ?? {}) as Telling;
  const cause = told.cause ?? told;
  const code = typeof cause.code === 'string' ? cause.code : typeof told.code === 'string' ? told.code : '';
  const text = typeof told.message === 'string' ? told.message : '';
  // Some runtimes put the url, and with it the query, into their texts.
  const why = code || (text.includes('://') ? '' : text);
  if (/^Illegal invocation/.test(text)) {
    // A method without its object. Nothing was sent.
    return failed(Failure.Connect, '`fetch` was called without its object: hand over the object (`fetch: env.LOGTO`)');
  }
  const [kind, what]: Told =
    told.name === 'AbortError'
      ? [Failure.Cancelled, 'The request was cancelled']
      : told.name === 'TimeoutError'
        ? [Failure.Timeout, LATE]
        : (codes?.(cause, code, text, answered) ?? [
            Failure.Interrupted,
            `The connection broke ${answered ? "inside the answer's body" : 'before an answer came'}`,
          ]);
  return failed(kind, why ? `${what} (${why})` : what);
}
