/**
 * The `Request`s that openapi-fetch builds, on their way to an engine.
 *
 * Middleware may look at one, copy it or hand back another. Calls that need none go by `direct.ts`.
 */
import { pack } from './engine/common.js';
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

  /** What an engine needs of it. `route` and `options` are the caller's; its answer is read through a `Response`, as bytes. */
  static async toCall(request: Request, { route, options }: Omit<CallExtras, 'text'>): Promise<EngineCall> {
    const given = #text in request ? request.#text : undefined;
    return {
      method: request.method,
      target: (#target in request ? request.#target : undefined) ?? request.url,
      route,
      headers: pack(request.headers),
      body: given ?? (request.body === null ? undefined : new Uint8Array(await request.arrayBuffer())),
      text: undefined,
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
