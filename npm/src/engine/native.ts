/** The engine over the Node addon (`bindings/node`). It translates, and has no behaviour. */
import { phrase } from '../phrases.js';
import type {
  Engine,
  EngineCall,
  EngineList,
  EngineModule,
  EngineOptions,
  EnginePager,
  EngineResponse,
  EngineToken,
  ErrorData,
  EventSink,
  Testing,
} from './engine.js';
import { checkStore, storeStep, type StoreStep, type TokenStore } from '../store.js';
import { handOver, messageOf, PLAIN_OPTIONS, readError, TokenFailures } from './common.js';

/** What the addon exports. Calls are begun with a ticket, and what they come to is taken from the port: see {@link Port}. */
export interface Addon {
  errorNames(): string[];
  callOptions(): string[];
  /** `receive` gets an outcome; or nothing at all, where there is something to take. */
  Port: new (receive: Receive, inEventLoop: boolean) => AddonPort;
  Engine: {
    create(options: string, port: AddonPort, ask?: (ticket: number) => void, askStore?: AskStore): AddonEngine | string;
  };
}

type StoreCall = (step: StoreStep, key: string, value: string, ttlMs: number) => void;
type AskStore = (ticket: number, ...step: Parameters<StoreCall>) => void;

interface AddonPort {
  take(): unknown[];
  cancel(ticket: number): void;
}

interface AddonEngine {
  baseUrl(): string;
  send(
    ticket: number,
    flags: number,
    method: string,
    target: string,
    route: string | undefined,
    headers: string,
    body: string | Uint8Array | undefined,
    options: string | undefined,
  ): void;
  token(ticket: number, flags: number): void;
  pager(list: string): AddonPager;
  settleToken(ticket: number, token: string | undefined): void;
  settleStore(ticket: number, value: string | undefined, failure: string | undefined): void;
  observe(on: boolean): void;
  dispose(): void;
  advance(ms: number): void;
  takeSleeps(): number[];
}

interface AddonPager {
  next(ticket: number, flags: number): void;
  cursor(): string | null;
  dispose(): void;
}

/** The ticket of a call, a code, a text, a body, and what is wrong. `bindings/node/src/outcome.rs` says what they are. */
type Outcome = [ticket: number, code: number, text: string, body: unknown, error: string | null];
type Receive = (ticket: number | undefined, ...rest: Outcome extends [number, ...infer Rest] ? Rest : never) => void;

/** The lowest ten bits of a code, where they are no status. */
const enum Kind {
  Nothing,
  Failed,
  Page,
  Token,
  Warning,
  Event,
}

/** `flags` in `bindings/node/src/lib.rs`. */
const enum CallFlags {
  Text = 1,
  Abortable = 2,
  Json = 4,
}

/** What an answer's body is read as. */
const READ = { bytes: 0, text: CallFlags.Text, json: CallFlags.Json } as const;

const DATA = ['none', 'json', 'text', 'bytes'] as const;

/** The engines of a loaded addon. */
export const nativeModule = (addon: Addon): EngineModule => {
  const port = new Port(addon);
  return {
    kind: 'native',
    errorNames: addon.errorNames(),
    callOptions: addon.callOptions(),
    phrase,
    createEngine: (options) => new NativeEngine(addon, port, options),
  };
};

/** Whether this thread's event loop is Node's own. Deno and Bun name Node's version too. */
const inNode = (): boolean => {
  const { versions } = process;
  return 'uv' in versions && !('deno' in versions) && !('bun' in versions);
};

/** A call under way. */
interface Call {
  readonly engine: NativeEngine;
  readonly resolve: (value: never) => void;
  readonly reject: (failure: unknown) => void;
  /** Lets go of its signal. */
  readonly release: (() => void) | undefined;
}

/**
 * The calls of this thread that are under way in the addon. Node's event loop drives them beside all else that it does, and hands over in one go what ended. Elsewhere a thread of the addon's drives them, and wakes us once for all that ended meanwhile: waking a thread costs more than most else about a call.
 */
class Port {
  readonly inner: AddonPort;
  /** By their tickets. A list, because the tables that a `Map` leaves behind as calls come and go hold on to each other, and with them to the answers of calls long gone, until the next full collection. */
  readonly #calls: (Call | undefined)[] = [];
  /** Tickets that nobody holds. */
  readonly #free: number[] = [];

  constructor(addon: Addon) {
    this.inner = new addon.Port((ticket, code, text, body, error) => {
      if (ticket === undefined) {
        this.#takeAll();
      } else {
        this.#settle(ticket, code, text, body, error);
      }
    }, inNode());
  }

  #takeAll(): void {
    const done = this.inner.take();
    for (let at = 0; at < done.length; at += 5) {
      this.#settle(...(done.slice(at, at + 5) as Outcome));
    }
  }

  /** Begins a call. An aborted one rejects at once, and is dropped in the addon, which closes its connection. */
  call<T>(
    engine: NativeEngine,
    signal: AbortSignal | undefined,
    start: (ticket: number, flags: number) => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      engine.listen();
      const ticket = this.#free.at(-1) ?? this.#calls.length;
      start(ticket, signal ? CallFlags.Abortable : 0);
      this.#free.pop();
      let release;
      if (signal) {
        const abort = (): void => {
          this.inner.cancel(ticket);
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', abort, { once: true });
        release = (): void => {
          signal.removeEventListener('abort', abort);
        };
      }
      this.#calls[ticket] = { engine, resolve, reject, release };
    });
  }

  #settle(ticket: number, code: number, text: string, body: unknown, error: string | null): void {
    const call = this.#calls[ticket] as Call;
    if (code === Kind.Warning || code === Kind.Event) {
      call.engine.told(code, text, body as string);
      return;
    }
    this.#calls[ticket] = undefined;
    this.#free.push(ticket);
    call.release?.();
    if (code === Kind.Failed) {
      call.reject(call.engine.failure(text, body as number | null, error));
    } else {
      call.resolve(read(code, text, body as never, error) as never);
    }
  }
}

function read(code: number, text: string, body: never, error: string | null | undefined): unknown {
  switch (code) {
    case Kind.Nothing:
      return undefined;
    case Kind.Page:
      return { body, ...readFacts(text) };
    case Kind.Token:
      return readFacts(text);
    default: {
      const cut = text.indexOf('\n');
      return {
        status: code & 1023,
        headers: text.slice(cut + 1),
        body,
        data: DATA[(code >> 10) & 3] as EngineResponse['data'],
        attempts: code >>> 12,
        requestId: text.slice(0, cut) || undefined,
        error: error == null ? undefined : readError(error),
      } satisfies EngineResponse;
    }
  }
}

/** JSON, with nothing where it has `null`. */
const readFacts = (json: string): object => JSON.parse(json, (_, value: unknown) => value ?? undefined) as object;

class NativeEngine implements Engine {
  readonly baseUrl: string;
  readonly testing?: Testing;
  readonly #port: Port;
  readonly #inner: AddonEngine;
  readonly #warn: EngineOptions['warn'];
  readonly #events: EventSink | undefined;
  #observed = false;
  readonly #failures = new TokenFailures();

  constructor(addon: Addon, port: Port, options: EngineOptions) {
    const plain = Object.fromEntries(PLAIN_OPTIONS.map((name) => [name, options[name]]));
    const { getToken, tokenStore } = options;
    const ask = getToken && ((ticket: number): void => void this.#ask(getToken, ticket));
    checkStore(tokenStore, true);
    const redis = typeof tokenStore === 'string' ? tokenStore : undefined;
    const askStore: AskStore | undefined =
      typeof tokenStore === 'object'
        ? (ticket, ...step): void => void this.#askStore(tokenStore, ticket, step)
        : undefined;
    const inner = addon.Engine.create(JSON.stringify({ ...plain, redis }), port.inner, ask, askStore);
    if (typeof inner === 'string') {
      // plain data, as the interface says
      throw readError(inner);
    }
    this.#port = port;
    this.#inner = inner;
    this.#warn = options.warn;
    this.#events = options.events;
    this.baseUrl = inner.baseUrl();
    if (options.testing) {
      this.testing = { advance: (ms) => inner.advance(ms), takeSleeps: () => inner.takeSleeps() };
    }
  }

  send(call: EngineCall, signal?: AbortSignal): Promise<EngineResponse> {
    const { method, target, route, headers, body, text, options } = call;
    return this.#port.call(this, signal, (ticket, flags) => {
      const given = options && JSON.stringify(options);
      this.#inner.send(ticket, flags | READ[text ?? 'bytes'], method, target, route, headers, body, given);
    });
  }

  token(signal?: AbortSignal): Promise<EngineToken> {
    return this.#port.call(this, signal, (ticket, flags) => {
      this.#inner.token(ticket, flags);
    });
  }

  pager(list: EngineList): EnginePager {
    const inner = this.#inner.pager(JSON.stringify(list));
    return {
      next: (signal) =>
        this.#port.call(this, signal, (ticket, flags) => {
          inner.next(ticket, flags);
        }),
      cursor: () => inner.cursor() ?? undefined,
      dispose: () => {
        inner.dispose();
      },
    };
  }

  dispose(): void {
    this.#inner.dispose();
  }

  /** For the port, before a call: the addon makes no event where nobody listens. */
  listen(): void {
    const listened = this.#events?.isOpen ?? false;
    if (listened !== this.#observed) {
      this.#observed = listened;
      this.#inner.observe(listened);
    }
  }

  /** For the port: a warning's code and message, or an event, of a call that is about to settle. */
  told(kind: Kind, text: string, message: string): void {
    if (kind === Kind.Warning) {
      handOver([text, message], this.#warn);
    } else {
      this.#events?.event(text);
    }
  }

  /** For the port: what a call rejects with. `asked` is the ticket with which `getToken` failed it, `cause` the code and the words of the operating system. */
  failure(error: string, asked: number | null, cause: string | null): unknown {
    const failed = asked === null ? undefined : this.#failures.take(asked);
    if (failed) {
      return failed.thrown;
    }
    const failure: ErrorData = readError(error);
    if (cause !== null) {
      const cut = cause.indexOf('\n');
      failure.cause = Object.assign(new Error(cause.slice(cut + 1)), cut > 0 && { code: cause.slice(0, cut) });
    }
    return failure;
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
