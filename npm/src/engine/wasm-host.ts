/**
 * What the WASM module asks of the JavaScript around it: exchanges, timers, tokens, and somebody to tell what came of a call. The module sees {@link Host} as `bindings/wasm/src/host.rs` describes it.
 *
 * Calls have even numbers, given here; what a call waits for has an odd key, given by the module, which is resumed under that key. The module runs in the turn of whatever woke it: in a Worker, everything that a
 * request causes then stays in that request.
 */
import type { TokenStore } from '../store.js';
import { messageOf, readError, TokenFailures } from './common.js';
import type { EngineOptions, EnginePage, EngineResponse, EngineToken } from './engine.js';
import { vaultStep } from './vault.js';
import { exchange, type Outcome } from './wasm-fetch.js';

/** Something under way that can be given up. */
interface Operation {
  abort(): void;
}

interface Call {
  resolve(value: never): void;
  reject(failure: unknown): void;
}

/** One instance of the module: what is under way in it, and the guard around every entry. */
export class Instance {
  readonly #resume: (key: number) => void;
  readonly #calls = new Map<number, Call>();
  readonly #operations = new Map<number, Operation>();
  #lastCall = 0;
  #trap: unknown;
  #dead = false;

  /** @param resume The module's export of that name. */
  constructor(resume: (key: number) => void) {
    this.#resume = resume;
  }

  /** Whether it trapped. Nothing may enter it then. */
  get dead(): boolean {
    return this.#dead;
  }

  /** Enters the module. A trap (a Rust panic, memory that ran out) leaves it in no known state: it is the end of this instance and fails every call in it. */
  enter(work: () => void): void {
    if (this.#dead) {
      return;
    }
    try {
      work();
    } catch (trap) {
      this.#dead = true;
      this.#trap = trap;
      for (const operation of this.#operations.values()) {
        operation.abort();
      }
      this.#operations.clear();
      for (const number of [...this.#calls.keys()]) {
        this.reject(number, this.failure());
      }
    }
  }

  /** The failure of a call in an instance that is dead. */
  failure(): CoreFailure {
    const message = `The WASM module stopped: ${String(this.#trap)}. The next call starts a new one`;
    return new CoreFailure(JSON.stringify({ name: 'transport.other', kind: 'Transport', message, attempts: 0 }));
  }

  /** Begins a call: `start` hands its number to the module. */
  call<T>(start: (number: number) => void): { number: number; result: Promise<T> } {
    const number = (this.#lastCall += 2);
    const result = new Promise<T>((resolve, reject) => {
      this.#calls.set(number, { resolve, reject });
    });
    this.enter(() => {
      start(number);
    });
    return { number, result };
  }

  /** Settles a call; says whether it was still under way. */
  resolve(number: number, value: unknown): boolean {
    const call = this.#take(number);
    call?.resolve(value as never);
    return call !== undefined;
  }

  /** Settles a call; says whether it was still under way. */
  reject(number: number, failure: unknown): boolean {
    const call = this.#take(number);
    call?.reject(failure);
    return call !== undefined;
  }

  /** What a call waits for, under the module's key. */
  begin(key: number, operation: Operation): void {
    this.#operations.set(key, operation);
  }

  /** Resumes what waits for it, unless it was given up meanwhile. */
  end(key: number, operation: Operation, keep?: () => void): void {
    if (this.#operations.get(key) === operation) {
      this.#operations.delete(key);
      keep?.();
      this.enter(() => {
        this.#resume(key);
      });
    }
  }

  abort(key: number): void {
    const operation = this.#operations.get(key);
    this.#operations.delete(key);
    operation?.abort();
  }

  #take(number: number): Call | undefined {
    const call = this.#calls.get(number);
    this.#calls.delete(number);
    return call;
  }
}

/** What a failed call rejects with: the core's JSON of the error. */
export class CoreFailure {
  /** @param exchange The key of the request that failed it. */
  constructor(
    readonly json: string,
    readonly exchange?: number,
  ) {}
}

const DATA = ['none', 'json', 'text', 'bytes'] as const;

/** The host of one engine. */
export class Host {
  readonly givesTokens: boolean;
  readonly sharesTokens: boolean;
  readonly failures = new TokenFailures();
  readonly #instance: Instance;
  readonly #options: Pick<EngineOptions, 'events' | 'fetch' | 'getToken' | 'warn' | 'tokenStore'>;
  readonly #outcomes = new Map<number, Outcome>();
  readonly #tokens = new Map<number, string>();

  constructor(
    instance: Instance,
    options: Pick<EngineOptions, 'events' | 'fetch' | 'getToken' | 'warn' | 'tokenStore'>,
  ) {
    this.#instance = instance;
    this.#options = options;
    this.givesTokens = options.getToken !== undefined;
    this.sharesTokens = options.tokenStore !== undefined;
  }

  // For the module: what a call waits for.

  exchange(
    key: number,
    method: string,
    url: string,
    headers: string,
    body: Uint8Array | undefined,
    limit: number,
  ): void {
    const controller = new AbortController();
    this.#instance.begin(key, controller);
    // The bytes lie in the module's memory, which moves: fetch gets a copy.
    const copy = body?.slice() as Uint8Array<ArrayBuffer> | undefined;
    void exchange(this.#options.fetch, method, url, headers, copy, limit, controller.signal).then((outcome) => {
      this.#instance.end(key, controller, () => {
        this.#outcomes.set(key, outcome);
      });
    });
  }

  answer(key: number): Outcome {
    const outcome = this.#outcomes.get(key) as Outcome;
    this.#outcomes.delete(key);
    if (outcome.thrown !== undefined) {
      this.failures.keep(key, outcome.thrown);
    }
    return outcome;
  }

  timer(key: number, ms: number): void {
    const operation: Operation = {
      abort: () => {
        clearTimeout(id);
      },
    };
    const id = setTimeout(() => {
      this.#instance.end(key, operation);
    }, ms);
    this.#instance.begin(key, operation);
  }

  askToken(key: number): void {
    const operation: Operation = { abort: () => undefined };
    this.#instance.begin(key, operation);
    void this.#getToken(key).then((token) => {
      this.#instance.end(key, operation, () => {
        if (token !== undefined) {
          this.#tokens.set(key, token);
        }
      });
    });
  }

  vault(key: number, step: number, secret: string, binding: string, text: string, ttlMs: number): void {
    const operation: Operation = { abort: () => undefined };
    this.#instance.begin(key, operation);
    void vaultStep(this.#options.tokenStore as TokenStore, step, secret, binding, text, ttlMs)
      .then(
        (value) => value !== undefined && `+${value}`,
        (error: unknown) => `-${messageOf(error)}`,
      )
      .then((told) => {
        this.#instance.end(key, operation, () => {
          if (told) {
            this.#tokens.set(key, told);
          }
        });
      });
  }

  givenToken(key: number): string | undefined {
    const token = this.#tokens.get(key);
    this.#tokens.delete(key);
    return token;
  }

  abort(key: number): void {
    this.#instance.abort(key);
  }

  warn(code: string, message: string): void {
    try {
      this.#options.warn(code, message);
    } catch {
      // It was told.
    }
  }

  event(json: string): void {
    this.#options.events?.event(json);
  }

  // For the module: what came of a call.

  response(
    number: number,
    status: number,
    headers: string,
    body: Uint8Array,
    data: number,
    attempts: number,
    requestId: string | undefined,
    error: string | undefined,
  ): void {
    this.#resolve(number, {
      status,
      headers,
      body: body.slice() as Uint8Array<ArrayBuffer>,
      data: DATA[data] ?? 'bytes',
      attempts,
      requestId,
      error: error === undefined ? undefined : readError(error),
    } satisfies EngineResponse);
  }

  page(
    number: number,
    body: Uint8Array,
    page: number,
    size: number,
    total: number | undefined,
    totalIsExact: boolean,
    cursor: string | undefined,
    requestId: string | undefined,
  ): void {
    const whole: EnginePage = { body: body.slice(), number: page, size, total, totalIsExact, cursor, requestId };
    this.#resolve(number, whole);
  }

  end(number: number): void {
    this.#resolve(number, undefined);
  }

  token(number: number, value: string, expiresAt: number, scope: string | undefined): void {
    this.#resolve(number, { value, expiresAt, scope } satisfies EngineToken);
  }

  fail(number: number, json: string, exchange: number | undefined): void {
    this.#instance.reject(number, new CoreFailure(json, exchange));
  }

  #resolve(number: number, value: unknown): void {
    this.#instance.resolve(number, value);
  }

  async #getToken(key: number): Promise<string | undefined> {
    try {
      const token: unknown = await this.#options.getToken?.();
      if (typeof token !== 'string') {
        throw new TypeError('getToken gave no string');
      }
      return token;
    } catch (thrown) {
      this.failures.keep(key, thrown);
      return undefined;
    }
  }
}
