/** The engine over the Node addon (`bindings/node`). It translates, and has no behaviour. */
import type {
  Engine,
  EngineCall,
  EngineList,
  EngineModule,
  EngineOptions,
  EnginePage,
  EnginePager,
  EngineResponse,
  EngineToken,
  ErrorData,
  EventSink,
  Testing,
} from './engine.js';
import { checkStore, storeStep, type StoreStep, type TokenStore } from '../store.js';
import { handOver, messageOf, PLAIN_OPTIONS, readError, TokenFailures } from './common.js';

/** What the addon exports. Nothing at all in an answer: cancelled, or the end of a listing. */
export interface Addon {
  errorNames(): string[];
  callOptions(): string[];
  Cancellation: new () => Cancellation;
  Engine: { create(options: string, ask?: (ticket: number) => void, askStore?: AskStore): AddonEngine | string };
}

type StoreCall = (step: StoreStep, key: string, value: string, ttlMs: number) => void;
type AskStore = (ticket: number, ...step: Parameters<StoreCall>) => void;

interface Cancellation {
  cancel(): void;
}

interface Answer {
  failure?: string;
  cause?: [code: string, message: string];
  failedTicket?: number;
  warnings?: string[];
  events?: string[];
  response?: Omit<EngineResponse, 'error'> & { error?: string };
  page?: EnginePage;
  token?: EngineToken;
}

interface AddonEngine {
  baseUrl(): string;
  send(
    method: string,
    target: string,
    route: string | undefined,
    headers: readonly string[],
    body: Uint8Array | undefined,
    options: string | undefined,
    cancellation: Cancellation | undefined,
  ): Promise<Answer>;
  token(cancellation: Cancellation | undefined): Promise<Answer>;
  pager(list: string): AddonPager;
  settleToken(ticket: number, token: string | undefined): void;
  settleStore(ticket: number, value: string | undefined, failure: string | undefined): void;
  observe(on: boolean): void;
  dispose(): void;
  advance(ms: number): void;
  takeSleeps(): number[];
}

interface AddonPager {
  next(cancellation: Cancellation | undefined): Promise<Answer>;
  cursor(): string | null;
  dispose(): void;
}

/** The engines of a loaded addon. */
export const nativeModule = (addon: Addon): EngineModule => ({
  kind: 'native',
  errorNames: addon.errorNames(),
  callOptions: addon.callOptions(),
  createEngine: (options) => new NativeEngine(addon, options),
});

class NativeEngine implements Engine {
  readonly baseUrl: string;
  readonly testing?: Testing;
  readonly #addon: Addon;
  readonly #inner: AddonEngine;
  readonly #warn: EngineOptions['warn'];
  readonly #events: EventSink | undefined;
  #observed = false;
  readonly #failures = new TokenFailures();

  constructor(addon: Addon, options: EngineOptions) {
    const plain = Object.fromEntries(PLAIN_OPTIONS.map((name) => [name, options[name]]));
    const { getToken, tokenStore } = options;
    const ask = getToken && ((ticket: number): void => void this.#ask(getToken, ticket));
    checkStore(tokenStore, true);
    const redis = typeof tokenStore === 'string' ? tokenStore : undefined;
    const askStore: AskStore | undefined =
      typeof tokenStore === 'object'
        ? (ticket, ...step): void => void this.#askStore(tokenStore, ticket, step)
        : undefined;
    const inner = addon.Engine.create(JSON.stringify({ ...plain, redis }), ask, askStore);
    if (typeof inner === 'string') {
      // plain data, as the interface says
      throw readError(inner);
    }
    this.#addon = addon;
    this.#inner = inner;
    this.#warn = options.warn;
    this.#events = options.events;
    this.baseUrl = inner.baseUrl();
    if (options.testing) {
      this.testing = { advance: (ms) => inner.advance(ms), takeSleeps: () => inner.takeSleeps() };
    }
  }

  async send(
    { method, target, route, headers, body, options }: EngineCall,
    signal?: AbortSignal,
  ): Promise<EngineResponse> {
    const given = options && JSON.stringify(options);
    const { response } = await this.#answer(signal, (cancellation) =>
      this.#inner.send(method, target, route, headers, body, given, cancellation),
    );
    const { error, ...rest } = response as NonNullable<Answer['response']>;
    return { ...rest, error: error === undefined ? undefined : readError(error) };
  }

  async token(signal?: AbortSignal): Promise<EngineToken> {
    const { token } = await this.#answer(signal, (cancellation) => this.#inner.token(cancellation));
    return token as EngineToken;
  }

  pager(list: EngineList): EnginePager {
    const inner = this.#inner.pager(JSON.stringify(list));
    return {
      next: async (signal) => (await this.#answer(signal, (cancellation) => inner.next(cancellation))).page,
      cursor: () => inner.cursor() ?? undefined,
      dispose: () => {
        inner.dispose();
      },
    };
  }

  dispose(): void {
    this.#inner.dispose();
  }

  /** Waits for an answer, or for the signal: then the call's future is dropped, which closes its connection. */
  async #answer(
    signal: AbortSignal | undefined,
    start: (cancellation: Cancellation | undefined) => Promise<Answer>,
  ): Promise<Answer> {
    const listened = this.#events?.isOpen ?? false;
    if (listened !== this.#observed) {
      this.#observed = listened;
      this.#inner.observe(listened);
    }
    if (!signal) {
      return this.#settle(await start(undefined));
    }
    signal.throwIfAborted();
    const cancellation = new this.#addon.Cancellation();
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        cancellation.cancel();
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', abort, { once: true });
      start(cancellation)
        .then((answer) => this.#settle(answer))
        .then(resolve, reject)
        .finally(() => {
          signal.removeEventListener('abort', abort);
        });
    });
  }

  #settle(answer: Answer): Answer {
    handOver(answer.warnings, this.#warn);
    if (answer.events) {
      for (const event of answer.events) {
        this.#events?.event(event);
      }
    }
    if (answer.failure === undefined) {
      return answer;
    }
    const failed = answer.failedTicket === undefined ? undefined : this.#failures.take(answer.failedTicket);
    if (failed) {
      throw failed.thrown;
    }
    const failure: ErrorData = readError(answer.failure);
    if (answer.cause) {
      const [code, message] = answer.cause;
      failure.cause = Object.assign(new Error(message), code !== '' && { code });
    }
    throw failure;
  }

  async #askStore(store: TokenStore, ticket: number, step: Parameters<StoreCall>): Promise<void> {
    try {
      this.#inner.settleStore(ticket, await storeStep(store, ...step), undefined);
    } catch (thrown) {
      this.#inner.settleStore(ticket, undefined, messageOf(thrown));
    }
  }

  async #ask(getToken: () => Promise<string>, ticket: number): Promise<void> {
    try {
      const token: unknown = await getToken();
      if (typeof token !== 'string') {
        throw new TypeError('getToken gave no string');
      }
      this.#inner.settleToken(ticket, token);
    } catch (thrown) {
      this.#failures.keep(ticket, thrown);
      this.#inner.settleToken(ticket, undefined);
    }
  }
}
