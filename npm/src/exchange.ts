/**
 * The seam between openapi-fetch and an engine: its `Request` goes in, a `Response` comes out. Nothing else of the package knows both sides.
 */
import type { EngineCall, EngineResponse } from './engine/engine.js';
import { type LogtoError, toError } from './errors.js';
import { reasonPhrase } from './status.js';

const encoder = new TextEncoder();

/**
 * The `Request` that openapi-fetch builds: a real one that remembers what it was made from.
 *
 * The url is kept as it was given, because a `Request` resolves `.` and `..`: a parameter could lead the call to another route before the core sees it. A text body and the caller's signal are kept because reading
 * them back costs a stream and a listener.
 */
export class ManagementRequest extends globalThis.Request {
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

  static async toCall(
    request: Request,
    route: string,
    options: Record<string, unknown> | undefined,
  ): Promise<EngineCall> {
    const text = #text in request ? request.#text : undefined;
    const body =
      text !== undefined
        ? encoder.encode(text)
        : request.body === null
          ? undefined
          : new Uint8Array(await request.arrayBuffer());
    return {
      method: request.method,
      target: (#target in request ? request.#target : undefined) ?? request.url,
      route,
      headers: [...request.headers].flat(),
      body,
      options,
    };
  }

  /** The signal to listen to, where anybody could abort. */
  static signalOf(request: Request): AbortSignal | undefined {
    return #target in request ? request.#signal : request.signal;
  }
}

/** What a call's answer tells beyond a `Response`. */
export interface AnswerInfo {
  /** How many times the request was sent. */
  readonly attempts: number;
  /** Logto's id of the request. */
  readonly requestId: string | undefined;
}

/**
 * The answer as the `Response` that openapi-fetch and middleware work with.
 *
 * It differs from one of `fetch` in `json()`: a success that is no JSON is no error. `204`, an empty body and Logto's `text/plain` ("Created") give `undefined`, other text gives a string, other types bytes; the core
 * tells them apart by what arrived.
 */
export class ManagementResponse extends globalThis.Response implements AnswerInfo {
  readonly #answer: EngineResponse;
  readonly #call: Pick<EngineCall, 'method' | 'route'>;
  readonly #url: string;

  constructor(answer: EngineResponse, call: Pick<EngineCall, 'method' | 'route'>, url: string) {
    const { status, body } = answer;
    const bodiless = status === 204 || status === 205 || status === 304 || call.method === 'HEAD';
    const headers = new Headers();
    for (let at = 0; at + 1 < answer.headers.length; at += 2) {
      headers.append(answer.headers[at] as string, answer.headers[at + 1] as string);
    }
    if (status < 300 && !bodiless && !headers.has('content-length')) {
      // Without it openapi-fetch parses a success by itself and throws on "Created"; with it, it asks `json()`.
      headers.set('content-length', String(body.length));
    }
    // A status that `Response` does not know (only odd proxies send one) is put right below.
    const known = status >= 200 && status <= 599;
    super(bodiless ? null : (body as Uint8Array<ArrayBuffer>), {
      status: known ? status : 500,
      statusText: reasonPhrase(status),
      headers,
    });
    if (!known) {
      Object.defineProperty(this, 'status', { value: status });
    }
    this.#answer = answer;
    this.#call = call;
    this.#url = url;
  }

  override get url(): string {
    return this.#url;
  }

  /** As of an answer that came over the network; a `Response` that a program makes is of the type `default`. */
  override get type(): ResponseType {
    return 'basic';
  }

  get attempts(): number {
    return this.#answer.attempts;
  }

  get requestId(): string | undefined {
    return this.#answer.requestId;
  }

  override async json(): Promise<unknown> {
    switch (this.#answer.data) {
      case 'none':
        return undefined;
      case 'text':
        return this.text();
      case 'bytes':
        return new Uint8Array(await this.arrayBuffer());
      default:
        return this.#parse(await this.text());
    }
  }

  override clone(): ManagementResponse {
    if (this.bodyUsed) {
      throw new TypeError('Response.clone: Body has already been consumed.');
    }
    return new ManagementResponse(this.#answer, this.#call, this.#url);
  }

  #parse(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (cause) {
      const { status, attempts, requestId } = this.#answer;
      const { method, route } = this.#call;
      const data = {
        name: 'decode.invalid_json',
        kind: 'Decode',
        message: 'The answer says that it is JSON, and is not',
        status,
        method,
        attempts,
        ...(route !== undefined && { route }),
        ...(requestId !== undefined && { requestId }),
      };
      throw toError(data, { cause });
    }
  }

  /** What a status that is no success stands for. Not `Response.error`, which is a static method. */
  get error(): LogtoError | undefined {
    const { error } = this.#answer;
    return error && toError(error);
  }
}
