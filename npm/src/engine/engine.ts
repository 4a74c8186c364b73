/**
 * What the façade needs of an engine: the one core, behind whichever border this runtime has (a Node addon, a WASM module).
 *
 * An engine has no behaviour of its own, and the façade has none: retries, tokens, limits, paging and the meaning of errors live in the core. Across this border travel plain data only: strings, numbers,
 * flat arrays, bytes. The façade turns failures into classes, an engine never throws a class of its own.
 *
 * Rules that every engine holds:
 * - Creating one does no I/O, sets no timer and draws no random number.
 * - What fails rejects (or, in `createEngine`, throws) with an {@link ErrorData}: a plain object, the core's `Error::to_json()` parsed. Two exceptions, so that callers get back what is theirs: an aborted call rejects
 *   with `signal.reason`, as `fetch` does, and a call whose `getToken` threw rejects with what it threw.
 * - An aborted call aborts on the wire.
 * - Warnings are handed to `warn` before the call that caused them settles.
 */
import type { TokenStore } from '../store.js';

/** The engines' module: what an entry of the package loads for its runtime. */
export interface EngineModule {
  /** Which one it is, for diagnostics. */
  readonly kind: 'native' | 'wasm';
  /** Every name that {@link ErrorData.name} can have: the core's `ERROR_NAMES`. */
  readonly errorNames: readonly string[];
  /** Every name that {@link EngineCall.options} can have: the core's `CALL_OPTIONS`. */
  readonly callOptions: readonly string[];
  /** The usual phrase of a status; empty where there is none. */
  phrase(status: number): string;
  /** @throws {ErrorData} where the configuration is wrong: a plain object, no `Error`. */
  createEngine(options: EngineOptions): Engine;
}

export interface EngineOptions {
  /** Base url and resource indicator follow from it, unless they are given. */
  tenantId?: string | undefined;
  clientId?: string | undefined;
  clientSecret?: string | undefined;
  baseUrl?: string | undefined;
  apiIndicator?: string | undefined;
  /** The five `LOGTO_*` variables, for the core's `Config::from_vars`. The five members above are not given then. */
  vars?: Record<string, string>;
  /** Client options by their names, as the caller gave them; the core checks names and values. `undefined` members are left out. */
  options?: Record<string, unknown> | undefined;
  /** Where tokens come from instead of the client credentials. Called for each request that needs one. */
  getToken?: () => Promise<string>;
  /** Where the tokens of the client credentials are shared: an object, or with the native engine the address of a Redis. */
  tokenStore?: TokenStore | string;
  /** Carries the requests instead of the engine's own transport. Only an engine whose transport is `fetch` takes it. */
  fetch?: FetchLike;
  /** Receives the core's warnings. `code` is stable (`scope`, `insecure_http`). */
  warn: (code: string, message: string) => void;
  /** Receives the core's events, where anybody listens. */
  events?: EventSink | undefined;
  /** Builds the client on the core's testing clock: see {@link Testing}. */
  testing?: boolean;
  /** That clock, for an engine whose clock is its host's. */
  testingClock?: TestingClock | undefined;
}

/** Where the core's events go. They come in their order, at the latest with the answer of a call. */
export interface EventSink {
  /** Asked before each call: an engine makes no event where nobody listens. */
  readonly isOpen: boolean;
  /** @param event The core's `Event::to_json()`. */
  event(event: string): void;
}

/** A `fetch`: the WHATWG one, or anything of its shape. */
export type FetchLike = (input: Request) => Promise<Response>;

/** A `fetch`, or an object that has one as its method: a service binding of a Worker as it is, `env.LOGTO`. */
export type FetchSource = FetchLike | { fetch: FetchLike };

/** One client: its configuration, token, rate limit and connections. */
export interface Engine {
  /** The base url as the core understood it, without a trailing slash. */
  readonly baseUrl: string;
  /** Sends one request. Any status resolves, except a redirect. */
  send(call: EngineCall, signal?: AbortSignal): Promise<EngineResponse>;
  /** Starts a listing; nothing is sent before `next`. What is wrong with the request, `next` says. */
  pager(list: EngineList): EnginePager;
  /** The token that a request would carry now. */
  token(signal?: AbortSignal): Promise<EngineToken>;
  /** Lets go of connections and memory. Later calls reject; calling it again does nothing. */
  dispose(): void;
  /** There exactly when the engine was created with `testing`. */
  readonly testing?: Testing | undefined;
}

/** Names and values in turn: `['accept', 'application/json', 'x-a', '1', 'x-a', '2']`. */
export type FlatPairs = readonly string[];

/** Names and values in turn, joined by line breaks, which neither can hold: one string crosses a border at once, a list item by item. Empty where there is none. */
export type PackedPairs = string;

export interface EngineCall {
  /** In upper case. */
  method: string;
  /** A path with its query, or an absolute url; filled and percent-encoded. */
  target: string;
  /** The path template that it was made from, for errors and events. */
  route: string | undefined;
  headers: PackedPairs;
  body: string | Uint8Array<ArrayBuffer> | undefined;
  /** The answer's body is read as this, if at all: an engine may give {@link EngineResponse.body} as a string. Of `json` only the meaning counts, so that a success may come as other JSON that says the same. */
  text: 'json' | 'text' | undefined;
  /** Call options by their names (`timeoutMs`, `retries`, `deadlineMs`, `idempotent`); the core checks them. `undefined` where there is none. */
  options: Record<string, unknown> | undefined;
}

export interface EngineResponse {
  status: number;
  headers: PackedPairs;
  /** A string only where {@link EngineCall.text} allowed it: the bytes as UTF-8, without a byte order mark. */
  body: string | Uint8Array<ArrayBuffer>;
  /** What the body is, as the core tells it by what arrived (`Response::data()`). */
  data: 'none' | 'json' | 'text' | 'bytes';
  /** How many times the request was sent. */
  attempts: number;
  requestId: string | undefined;
  /** What a status that is no success stands for. */
  error: ErrorData | undefined;
}

export interface EngineList {
  /** The path template. */
  path: string;
  pathParams: FlatPairs;
  /** Names, and values of any JSON type, in the order given; the core serialises them. */
  query: readonly (readonly [name: string, value: unknown])[];
  headers: FlatPairs;
  pageSize: number | undefined;
  /** The first page to ask for. */
  page: number | undefined;
  concurrency: number | undefined;
  /** Goes on where the pager stood that gave this cursor. */
  cursor: string | undefined;
  options: Record<string, unknown> | undefined;
}

export interface EnginePager {
  /** The next page, `undefined` after the last. One call at a time. After a rejection, calling again continues where it stopped. */
  next(signal?: AbortSignal): Promise<EnginePage | undefined>;
  /** Where a later pager would go on: see `Pager::cursor` in the core. `undefined` when there is nothing more. */
  cursor(): string | undefined;
  /** Aborts what is under way. */
  dispose(): void;
}

export interface EnginePage {
  /** A JSON array: exactly the items, after de-duplication. */
  body: string | Uint8Array;
  number: number;
  size: number;
  total: number | undefined;
  /** `false` where the server only counts up to `total`: there are at least so many. */
  totalIsExact: boolean;
  /** Where a listing after this page goes on; `undefined` on the last. */
  cursor: string | undefined;
  requestId: string | undefined;
}

export interface EngineToken {
  value: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
  scope: string | undefined;
}

/** The clock of an engine that has none of its own. */
export interface HostClock {
  /** Wall time, in milliseconds since 1970. */
  now(): number;
  /** Time that never runs backwards, in microseconds. */
  monotonic(): number;
  /** A number from 0 to below 1. */
  random(): number;
  /** Begins a pause, which ends with `done`, never before this has returned; gives what stops it. */
  pause(ms: number, done: () => void): () => void;
}

/** A {@link HostClock} that does as the core's testing clock. */
export type TestingClock = HostClock & Testing;

/** The core's testing clock: it starts at 2026-01-01T00:00:00Z, stands still, and a pause of the client moves it on at once. */
export interface Testing {
  advance(ms: number): void;
  /** The pauses since the last call, in milliseconds. */
  takeSleeps(): number[];
}

/** A failure as plain data: the core's `Error::to_json()`, parsed. What is not known is left out. */
export interface ErrorData {
  /** Stable machine name, one of the core's `ERROR_NAMES`: `api.not_found`, `transport.timeout`, … */
  name: string;
  kind: string;
  message: string;
  status?: number;
  code?: string;
  data?: unknown;
  details?: unknown;
  requestId?: string;
  method?: string;
  route?: string;
  attempts?: number;
  retryAfterMs?: number;
  hint?: string;
  /** What a `fetch` threw, or what the operating system said: an `Error` with a `code` as Node has it. */
  cause?: unknown;
}
