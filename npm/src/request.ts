/**
 * The `Request`s that openapi-fetch builds, on their way to an engine.
 *
 * A real one is for eyes: middleware may look at it, copy it or hand back another. Where there is no middleware nobody but openapi-fetch sees it, and {@link LightRequest} does.
 */
import type { EngineCall } from './engine/engine.js';
import { adopt, LaterRequest } from './later.js';

/**
 * A real `Request` that remembers what it was made from.
 *
 * The url is kept as it was given, because a `Request` resolves `.` and `..`: a parameter could lead the call to another route before the core sees it. A text body and the caller's signal are kept because reading
 * them back costs a stream and a listener.
 */
export class ManagementRequest extends LaterRequest {
  readonly #target: string | undefined;
  readonly #text: string | undefined;
  readonly #signal: AbortSignal | undefined;

  constructor(input: RequestInfo | URL, init?: RequestInit) {
    super(input, init);
    this.#target = typeof input === 'string' ? input : undefined;
    this.#text = typeof init?.body === 'string' ? init.body : undefined;
    this.#signal = input instanceof globalThis.Request ? super.signal : (init?.signal ?? undefined);
  }

  /** Middleware may hand back any `Request`, and openapi-fetch asks this class whether it is one. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return Function.prototype[Symbol.hasInstance].call(globalThis.Request, value);
  }

  /** What an engine needs of it. `route`, `text` and `options` are the caller's. */
  static async toCall(request: Request, { route, text, options }: CallExtras): Promise<EngineCall> {
    const given = #text in request ? request.#text : undefined;
    return {
      method: request.method,
      target: (#target in request ? request.#target : undefined) ?? request.url,
      route,
      headers: pack(request.headers),
      body: given ?? (request.body === null ? undefined : new Uint8Array(await request.arrayBuffer())),
      text,
      options,
    };
  }

  /** The signal to listen to, where anybody could abort. */
  static signalOf(request: Request): AbortSignal | undefined {
    return #target in request ? request.#signal : request.signal;
  }
}

/** Before the first of these. */
export const takeUpRequest = (): void => {
  adopt(ManagementRequest, globalThis.Request);
};

/** The members of an {@link EngineCall} that no `Request` has. */
export type CallExtras = Pick<EngineCall, 'route' | 'text' | 'options'>;

/** The options of a call whose `Request` can be light: those that `new Request` neither reads nor could refuse. Where there are others, a real one reads and refuses them. */
const PLAIN = new Set(['params', 'headers', 'body', 'parseAs', 'querySerializer', 'bodySerializer', 'method']);
const BODILESS = /^(GET|HEAD)$/;
const METHODS = /^(GET|PUT|POST|DELETE|OPTIONS|HEAD|PATCH)$/;

/** Whether `new Request` would take these options as they are. */
export const isPlain = (init: Record<string, unknown>): boolean => {
  for (const name in init) {
    const value = init[name];
    if (!PLAIN.has(name) && !(name === 'signal' && (value == null || value instanceof AbortSignal))) {
      return false;
    }
  }
  return true;
};

/** What openapi-fetch gives to a `Request`, kept as it is. Only for calls that are {@link isPlain}, and whose url is the client's own. */
export class LightRequest {
  readonly url!: string;
  readonly method!: string;
  readonly signal: AbortSignal | null | undefined;
  readonly #init: { method: string; headers: Headers; body?: unknown; signal?: AbortSignal | null };

  constructor(url: string, init: never) {
    this.#init = init;
    const { method, body, signal } = this.#init;
    // Whatever it should read or refuse, the real one does.
    if (!METHODS.test(method) || (body !== undefined && (typeof body !== 'string' || BODILESS.test(method)))) {
      return new ManagementRequest(url, init) as never;
    }
    this.url = url;
    this.method = method;
    this.signal = signal;
  }

  toCall({ route, text, options }: CallExtras): EngineCall {
    const { headers, body } = this.#init;
    if (body !== undefined && !headers.has('content-type')) {
      // As `Request` does.
      headers.set('content-type', 'text/plain;charset=UTF-8');
    }
    return {
      method: this.method,
      target: this.url,
      route,
      headers: pack(headers),
      body: body as string,
      text,
      options,
    };
  }
}

function pack(headers: Headers): string {
  let packed = '';
  for (const [name, value] of headers) {
    packed += `${packed && '\n'}${name}\n${value}`;
  }
  return packed;
}
