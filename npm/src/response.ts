/**
 * The `Response`s of an engine's answers: real ones for openapi-fetch and whoever it shows them to, light ones for callers whose calls went without it.
 */
import { unpack } from './engine/common.js';
import type { EngineCall, EngineResponse } from './engine/engine.js';
import { type LogtoError, toError } from './errors.js';
import { adopt, LaterResponse } from './later.js';
import { reasonPhrase } from './status.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What a call's answer tells beyond a `Response`. */
export interface AnswerInfo {
  /** How many times the request was sent. */
  readonly attempts: number;
  /** Logto's id of the request. */
  readonly requestId: string | undefined;
}

/** An engine's answer, the call that it answers, and where that went. */
type Source = readonly [answer: EngineResponse, call: Pick<EngineCall, 'method' | 'route'>, target: string];

/** The `Response` of an answer, for eyes that may want anything of it. */
export const toResponse = (
  answer: EngineResponse,
  call: Pick<EngineCall, 'method' | 'route'>,
  target: string,
): Response => new ManagementResponse([answer, call, target]);

/** What an answer holds, as text or JSON, and a `Response` that was read. */
export function readAnswer(
  answer: EngineResponse,
  call: Pick<EngineCall, 'method' | 'route'>,
  target: string,
  as: 'json' | 'text',
): { read: unknown; response: Response } {
  const source: Source = [answer, call, target];
  const { body, data } = answer;
  const text = (): string => (typeof body === 'string' ? body : decoder.decode(body));
  const read = as === 'text' ? text() : data === 'bytes' ? body : parse(source, text());
  return { read, response: new ReadResponse(source) as unknown as Response };
}

const urlOf = ([, , target]: Source): string => {
  const url = new URL(target);
  url.hash = '';
  return url.href;
};

const headersOf = ([{ headers }]: Source): Headers => unpack(headers);

const errorOf = ([{ error }]: Source): LogtoError | undefined => error && toError(error);

/** JSON, as a caller has it: a success that is no JSON is no error. `204`, an empty body and Logto's `text/plain` ("Created") give `undefined`, other text a string; the core tells them apart by what arrived. */
function parse([answer, { method, route }]: Source, text: string): unknown {
  const { data } = answer;
  if (data !== 'json') {
    return data === 'none' ? undefined : text;
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    const { status, attempts, requestId } = answer;
    const message = 'The answer says that it is JSON, and is not';
    const known = { ...(route !== undefined && { route }), ...(requestId !== undefined && { requestId }) };
    const failure = { name: 'decode.invalid_json', kind: 'Decode', message, status, method, attempts, ...known };
    throw toError(failure, { cause });
  }
}

/** The answer as a `Response`. It differs from one of `fetch` in `json()`: see {@link parse}; other types than JSON and text give bytes. */
export class ManagementResponse extends LaterResponse implements AnswerInfo {
  readonly #source: Source;

  constructor(source: Source) {
    const { status, body } = source[0];
    const bodiless = status === 204 || status === 205 || status === 304 || source[1].method === 'HEAD';
    // As bytes: a text would get a content type of its own.
    const bytes = typeof body === 'string' ? encoder.encode(body) : body;
    // A status that `Response` does not know (only odd proxies send one) is put right below.
    const known = status >= 200 && status <= 599;
    super(bodiless ? null : bytes, {
      status: known ? status : 500,
      statusText: reasonPhrase(status),
      headers: headersOf(source),
    });
    if (!known) {
      Object.defineProperty(this, 'status', { value: status });
    }
    const { headers } = this;
    if (status < 300 && !bodiless && !headers.has('content-length')) {
      // Without it openapi-fetch parses a success by itself and throws on "Created"; with it, it asks `json()`. Nobody else sees a header that did not come.
      const get = (name: string): string | null =>
        /^content-length$/i.test(name) ? String(bytes.length) : Headers.prototype.get.call(headers, name);
      Object.defineProperty(headers, 'get', { value: get });
    }
    this.#source = source;
  }

  override get url(): string {
    return urlOf(this.#source);
  }

  /** As of an answer that came over the network; a `Response` that a program makes is of the type `default`. */
  override get type(): ResponseType {
    return 'basic';
  }

  get attempts(): number {
    return this.#source[0].attempts;
  }

  get requestId(): string | undefined {
    return this.#source[0].requestId;
  }

  /** What a status that is no success stands for. Not `Response.error`, which is a static method. */
  get error(): LogtoError | undefined {
    return errorOf(this.#source);
  }

  override async json(): Promise<unknown> {
    return this.#source[0].data === 'bytes'
      ? new Uint8Array(await this.arrayBuffer())
      : parse(this.#source, await this.text());
  }

  override clone(): ManagementResponse {
    if (this.bodyUsed) {
      throw new TypeError('Response.clone: Body has already been consumed.');
    }
    return new ManagementResponse(this.#source);
  }
}

/**
 * A {@link ManagementResponse} that is not made yet, and was read. Callers ask it for its status or a header, if for anything. Whatever else is asked of it, a real one answers, which is made then.
 */
class ReadResponse implements AnswerInfo {
  readonly #source: Source;
  #headers: Headers | undefined;
  #real: Response | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  get status(): number {
    return this.#source[0].status;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status <= 299;
  }

  get statusText(): string {
    return reasonPhrase(this.status);
  }

  get url(): string {
    return urlOf(this.#source);
  }

  get bodyUsed(): boolean {
    return true;
  }

  get headers(): Headers {
    return (this.#headers ??= headersOf(this.#source));
  }

  get attempts(): number {
    return this.#source[0].attempts;
  }

  get requestId(): string | undefined {
    return this.#source[0].requestId;
  }

  get error(): LogtoError | undefined {
    return errorOf(this.#source);
  }

  /** The real one, as much read as this. */
  real(): Response {
    if (!this.#real) {
      this.#real = new ManagementResponse(this.#source);
      void this.#real.arrayBuffer();
    }
    return this.#real;
  }
}

type Members = Record<string, (...args: unknown[]) => unknown>;
const real = (response: unknown): Members => (response as ReadResponse).real() as never;

let taken = false;

/** Before the first of these. See `later.ts`. */
export function takeUpResponse(): void {
  if (taken) {
    return;
  }
  taken = true;
  adopt(ManagementResponse, globalThis.Response);
  const light = ReadResponse.prototype as unknown as Members;
  // What is not written above, a real one answers.
  for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(globalThis.Response.prototype))) {
    if (!(name in light)) {
      const member = get
        ? {
            get(this: unknown) {
              return real(this)[name];
            },
          }
        : {
            value(this: unknown, ...args: unknown[]) {
              return real(this)[name]?.(...args);
            },
          };
      Object.defineProperty(light, name, { configurable: true, ...member });
    }
  }
  // A Response for `instanceof`, and for whoever prints it.
  for (const prototype of [light, ManagementResponse.prototype] as { constructor?: unknown }[]) {
    delete prototype.constructor;
  }
  Object.setPrototypeOf(light, ManagementResponse.prototype);
}
