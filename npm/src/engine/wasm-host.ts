/**
 * The JavaScript around the WASM module: an {@link Instance} of it, and what it asks for: exchanges, timers, tokens, and somebody to tell what came of a call. The module's side is `bindings/wasm/src/host.rs` and `exports.rs`.
 *
 * Calls have even numbers, given here; what a call waits for has an odd key, given by the module, which is resumed under that key. The module runs in the turn of whatever woke it: in a Worker, everything that a
 * request causes then stays in that request.
 */
import type { TokenStore } from '../store.js';
import { messageOf, readError, TokenFailures, unpack } from './common.js';
import type { EngineOptions, HostClock, EnginePage, EngineResponse, EngineToken, ErrorData } from './engine.js';
import { vaultStep } from './vault.js';
import { realClock } from './wasm-clock.js';
import type { Exports } from './wasm-exports.js';
import { Answer, exchange, type Failed, initOf } from './wasm-fetch.js';
import { Memory, type Placed } from './wasm-memory.js';

/** Something under way that can be given up. */
interface Operation {
  abort(): void;
}

interface Call {
  resolve(value: never): void;
  reject(failure: unknown): void;
  /** Told when it is settled, before whoever waits for it. */
  ended: ((number: number) => void) | undefined;
  failures: TokenFailures | undefined;
  /** Whether its answer may come as a text. */
  text: boolean;
  /** What came last of its exchanges: headers and bodies stay on this side. */
  answer?: Answer;
  /** What came of sending it by a permit. */
  sent: Sent | undefined;
}

/** A request that was sent by a permit (see `wasm-permit.ts`). */
export interface Sent {
  /** What it carried. */
  headers: string;
  came: Answer | Failed;
}

const DATA = ['none', 'json', 'text', 'bytes'] as const;
const NOWHERE: Placed = [0, 0];

/** What a call resolves with. A class: an object with a getter of its own costs more than all else in it. */
export class Told implements EngineResponse {
  constructor(
    readonly status: number,
    readonly body: string | Uint8Array<ArrayBuffer>,
    readonly data: EngineResponse['data'],
    readonly attempts: number,
    readonly error: ErrorData | undefined,
    private readonly answer: Answer | undefined,
  ) {}

  get headers(): string {
    return this.answer?.headers ?? '';
  }

  get requestId(): string | undefined {
    return this.answer?.requestId ?? undefined;
  }
}

/** The host of one engine. */
export interface Host {
  options: EngineOptions;
  /** What `getToken` and `fetch` threw, by the keys under which they were asked. */
  failures: TokenFailures;
}

/** One instance of the module: what is under way in it, and the guard around every entry. */
export class Instance {
  readonly exports: Exports;
  readonly heap: Memory;
  /** What an export said beside its number. */
  said = '';
  /** Whether it trapped. Nothing may enter it then. */
  dead = false;
  private readonly calls = new Map<number, Call>();
  private readonly operations = new Map<number, Operation>();
  private readonly hosts = new Map<number, Host>();
  private lastCall = 0;
  private lastHost = 0;
  private trap: unknown;

  constructor(module: WebAssembly.Module) {
    this.exports = new WebAssembly.Instance(module, { host: this.imports() }).exports as unknown as Exports;
    this.heap = new Memory(this.exports);
  }

  /** Enters the module. A trap (a Rust panic, memory that ran out) leaves it in no known state: it is the end of this instance and fails every call in it. */
  enter(work: (exports: Exports) => void): void {
    if (this.dead) {
      return;
    }
    try {
      work(this.exports);
    } catch (trap) {
      this.dead = true;
      this.trap = trap;
      for (const operation of this.operations.values()) {
        operation.abort();
      }
      this.operations.clear();
      for (const number of [...this.calls.keys()]) {
        this.reject(number, this.failure());
      }
    }
  }

  /** The failure of a call in an instance that is dead. */
  failure(): ErrorData {
    const message = `The WASM module stopped: ${String(this.trap)}. The next call starts a new one`;
    return { name: 'transport.other', kind: 'Transport', message, attempts: 0 };
  }

  /** A host, and the number by which the module knows it. */
  addHost(options: EngineOptions): { host: Host; number: number } {
    const host: Host = { options, failures: new TokenFailures() };
    const number = (this.lastHost += 1);
    this.hosts.set(number, host);
    return { host, number };
  }

  /** The engine of this host is gone. */
  removeHost(number: number): void {
    this.hosts.delete(number);
  }

  /**
   * Begins a call: `start` hands its number to the module.
   * @param failures Of the host that it is for.
   */
  call<T>(
    text: boolean,
    start: (exports: Exports, number: number) => void,
    ended?: (number: number) => void,
    failures?: TokenFailures,
    sent?: Sent,
  ): { number: number; result: Promise<T> } {
    const number = (this.lastCall += 2);
    const result = new Promise<T>((resolve, reject) => {
      this.calls.set(number, { resolve, reject, ended, failures, text, sent });
    });
    this.enter((exports) => {
      start(exports, number);
    });
    return { number, result };
  }

  /** Settles a call; says whether it was still under way. */
  resolve(number: number, value: unknown): boolean {
    const call = this.take(number);
    call?.resolve(value as never);
    return call !== undefined;
  }

  /** Settles a call; says whether it was still under way. */
  reject(number: number, failure: unknown): boolean {
    const call = this.take(number);
    call?.reject(failure);
    return call !== undefined;
  }

  private take(number: number): Call | undefined {
    const call = this.calls.get(number);
    this.calls.delete(number);
    call?.ended?.(number);
    return call;
  }

  /** Resumes what waits for it, unless it was given up meanwhile. */
  private finish(key: number, operation: Operation, number: number, text: string, body?: string | Uint8Array): void {
    if (this.operations.get(key) === operation) {
      this.operations.delete(key);
      this.enter(({ resume }) => {
        const [place, length] = this.heap.put(text);
        const [bodyPlace, bodyLength] = body === undefined ? NOWHERE : this.heap.put(body);
        resume(key, number, place, length, bodyPlace, bodyLength);
      });
    }
  }

  /** A question to somebody who cannot be told to stop. It ends with 1 and a text, or 0 where there is none. */
  private question(
    key: number,
    answer: Promise<string | undefined>,
    failed: (thrown: unknown) => [number, string],
  ): void {
    const operation: Operation = { abort: () => undefined };
    this.operations.set(key, operation);
    answer
      .then((text): [number, string] => (text === undefined ? [0, ''] : [1, text]), failed)
      .then(([number, text]) => {
        this.finish(key, operation, number, text);
      });
  }

  private imports(): WebAssembly.ModuleImports {
    const host = (number: number): Host => this.hosts.get(number) as Host;
    /** The real one also where there is no such host. */
    const clock = (number: number): HostClock => this.hosts.get(number)?.options.testingClock ?? realClock;
    return {
      // What a call waits for.

      exchange: (
        of: number,
        number: number,
        key: number,
        place: number,
        length: number,
        body: number,
        bodyLength: number,
        limit: number,
        bodyStays: number,
      ): void => {
        const its = host(of);
        const controller = new AbortController();
        this.operations.set(key, controller);
        // The module's memory moves: fetch gets a copy.
        const copy = bodyLength > 0 ? this.heap.bytes(body, bodyLength).slice() : undefined;
        const [method = '', url = '', ...rest] = this.heap.text(place, length).split('\n');
        const headers = rest.join('\n');
        const call = this.calls.get(number);
        const stays = bodyStays === 0 ? 'no' : call?.text ? 'text' : 'bytes';
        const { sent } = call ?? {};
        if (call) {
          call.sent = undefined;
        }
        // With another token than it would have now, it has to be sent again.
        const outcome =
          sent?.headers === headers
            ? Promise.resolve(sent.came)
            : exchange(its.options.fetch, url, initOf(method, unpack(headers), controller.signal, copy), limit, stays);
        void outcome.then((outcome) => {
          if (outcome instanceof Answer) {
            const call = this.calls.get(number);
            if (call) {
              call.answer = outcome;
            }
            const { body, shown, status } = outcome;
            this.finish(key, controller, status, shown, outcome.stays ? body.slice(0, 1) : body);
          } else {
            its.failures.keep(key, outcome.thrown);
            this.finish(key, controller, outcome.failure, outcome.message);
          }
        });
      },

      timer: (of: number, key: number, ms: number): void => {
        const operation: Operation = {
          abort: clock(of).pause(ms, () => {
            this.finish(key, operation, 0, '');
          }),
        };
        this.operations.set(key, operation);
      },

      ask: (of: number, key: number): void => {
        const { options, failures } = host(of);
        const ask = async (): Promise<string> => {
          const token: unknown = await options.getToken?.();
          if (typeof token !== 'string') {
            throw new TypeError('getToken gave no string');
          }
          return token;
        };
        this.question(key, ask(), (thrown) => {
          failures.keep(key, thrown);
          return [0, ''];
        });
      },

      vault: (
        of: number,
        key: number,
        step: number,
        secret: number,
        secretLength: number,
        binding: number,
        bindingLength: number,
        place: number,
        length: number,
        ttlMs: number,
      ): void => {
        const store = host(of).options.tokenStore as TokenStore;
        const [its, name, text] = [
          this.heap.text(secret, secretLength),
          this.heap.text(binding, bindingLength),
          this.heap.text(place, length),
        ];
        this.question(key, vaultStep(store, step, its, name, text, ttlMs), (thrown) => [2, messageOf(thrown)]);
      },

      abort: (key: number): void => {
        const operation = this.operations.get(key);
        this.operations.delete(key);
        operation?.abort();
      },

      // What the core notices.

      warn: (of: number, place: number, length: number): void => {
        const [code = '', ...message] = this.heap.text(place, length).split('\n');
        try {
          host(of).options.warn(code, message.join('\n'));
        } catch {
          // It was told.
        }
      },

      event: (of: number, place: number, length: number): void => {
        host(of).options.events?.event(this.heap.text(place, length));
      },

      // What came of a call.

      response: (
        number: number,
        status: number,
        data: number,
        attempts: number,
        place: number,
        length: number,
        body: number,
        bodyLength: number,
      ): void => {
        const error = this.heap.text(place, length);
        const { answer } = this.calls.get(number) ?? {};
        this.resolve(
          number,
          new Told(
            status,
            // The body of an error comes back from the core, which has taken secrets out of it.
            answer?.stays ? answer.body : this.heap.bytes(body, bodyLength).slice(),
            DATA[data] ?? 'bytes',
            attempts,
            error === '' ? undefined : readError(error),
            answer,
          ),
        );
      },

      page: (
        number: number,
        page: number,
        size: number,
        total: number,
        totalIsExact: number,
        place: number,
        length: number,
        body: number,
        bodyLength: number,
      ): void => {
        const [cursor, requestId] = this.heap.text(place, length).split('\n');
        this.resolve(number, {
          body: this.heap.text(body, bodyLength),
          number: page,
          size,
          total: total < 0 ? undefined : total,
          totalIsExact: totalIsExact !== 0,
          cursor: cursor || undefined,
          requestId: requestId || undefined,
        } satisfies EnginePage);
      },

      end: (number: number): void => {
        this.resolve(number, undefined);
      },

      token: (number: number, expiresAt: number, place: number, length: number): void => {
        const [value = '', scope] = this.heap.text(place, length).split('\n');
        this.resolve(number, { value, expiresAt, scope } satisfies EngineToken);
      },

      fail: (number: number, exchange: number, place: number, length: number): void => {
        this.reject(number, translate(this.heap.text(place, length), exchange, this.calls.get(number)?.failures));
      },

      say: (place: number, length: number): void => {
        this.said = this.heap.text(place, length);
      },

      now: (of: number) => clock(of).now(),
      monotonic: (of: number) => clock(of).monotonic(),
      random: (of: number) => clock(of).random(),
    };
  }
}

/** What a call rejects with: the core's JSON of the error as data, with what `fetch` threw in the exchange of this key; or what `getToken` threw. */
function translate(json: string, exchange: number, failures: TokenFailures | undefined): unknown {
  const failure = readError(json);
  const cause = failures?.take(exchange);
  if (cause) {
    failure.cause = cause.thrown;
  }
  const question = failure.name === 'auth.token_request_failed' ? /^getToken #(\d+)$/.exec(failure.message) : null;
  const kept = question ? failures?.take(Number(question[1])) : undefined;
  return kept ? kept.thrown : failure;
}
