/**
 * The `Response`s that openapi-fetch gets from an engine: real ones for eyes that may want anything of them, light ones that are read by openapi-fetch and nobody else before the caller has them.
 */
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

/** The `Response` of an answer: a light one only where openapi-fetch reads the body, as text or JSON, before anybody else sees it. */
export const toResponse = (
  light: boolean,
  answer: EngineResponse,
  call: Pick<EngineCall, 'method' | 'route'>,
  target: string,
): Response => {
  const { status, body } = answer;
  const { method } = call;
  const source: Source = [answer, call, target];
  return light && body.length > 0 && status !== 204 && method !== 'HEAD'
    ? (new LightResponse(source) as unknown as Response)
    : new ManagementResponse(source);
};

const urlOf = ([, , target]: Source): string => {
  const url = new URL(target);
  url.hash = '';
  return url.href;
};

function headersOf([{ headers: packed }]: Source): Headers {
  const headers = new Headers();
  const pairs = packed.split('\n');
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    headers.append(pairs[at] as string, pairs[at + 1] as string);
  }
  return headers;
}

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
 * A {@link ManagementResponse} that is not made yet. openapi-fetch reads its status, its length and its body; the caller then has a response that was read, and asks it for its status or a header, if for anything. Whatever else is
 * asked of it, a real one answers, which is made then.
 */
class LightResponse implements AnswerInfo {
  readonly #source: Source;
  #read = false;
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
    return this.#read;
  }

  get headers(): Headers {
    // openapi-fetch wants to know whether there is a body. There is: see toResponse.
    return this.#read ? (this.#headers ??= headersOf(this.#source)) : UNREAD;
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

  async text(): Promise<string> {
    return this.#read ? this.real().text() : this.#text();
  }

  async json(): Promise<unknown> {
    return this.#read ? this.real().json() : this.#json();
  }

  /** Its body, if it is one of these and nobody has read it. */
  static read(response: Response, as: 'json' | 'text'): { value: unknown } | undefined {
    return #read in response && !response.#read
      ? { value: as === 'json' ? response.#json() : response.#text() }
      : undefined;
  }

  #json(): unknown {
    const { data, body } = this.#source[0];
    this.#read = true;
    return data === 'bytes' ? body : parse(this.#source, this.#text());
  }

  #text(): string {
    this.#read = true;
    const { body } = this.#source[0];
    return typeof body === 'string' ? body : decoder.decode(body);
  }

  /** The real one, as much read as this. */
  real(): Response {
    if (!this.#real) {
      this.#real = new ManagementResponse(this.#source);
      if (this.#read) {
        void this.#real.arrayBuffer();
      }
    }
    return this.#real;
  }
}

/** The body of a light response at once: nobody can wait for what is there. */
export const readLight = (response: Response, as: 'json' | 'text'): { value: unknown } | undefined =>
  LightResponse.read(response, as);

const UNREAD = { get: (name: string) => (name.toLowerCase() === 'content-length' ? 'some' : null) } as Headers;

type Members = Record<string, (...args: unknown[]) => unknown>;
const real = (response: unknown): Members => (response as LightResponse).real() as never;

/** Before the first of these. */
export function takeUpResponse(): void {
  adopt(ManagementResponse, globalThis.Response);
  const light = LightResponse.prototype as unknown as Members;
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
