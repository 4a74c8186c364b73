/** The engine over the WASM module (`bindings/wasm`). It translates, and has no behaviour. */
import {
  callOptions,
  cancel,
  Engine as ModuleEngine,
  type EnginePager as ModulePager,
  errorNames,
  initSync,
  resume,
  __wbg_reset_state as renew,
} from '../../wasm/logto_management.js';
import { PLAIN_OPTIONS, readError } from './common.js';
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
  Testing,
} from './engine.js';
import { checkStore } from '../store.js';
import { CoreFailure, Host, Instance } from './wasm-host.js';

/** What a runtime lets an engine do. */
export interface Runtime {
  /** Calls may wait on each other's I/O: they share a token request, and a listing is not held to six connections. Not so in Workers. */
  shared: boolean;
}

/**
 * The engines of the compiled module.
 *
 * Instantiating it is all that happens: no I/O, timer or random number.
 */
export function wasmModule(module: WebAssembly.Module, runtime: Runtime): EngineModule {
  initSync({ module });
  return {
    kind: 'wasm',
    errorNames: errorNames().split('\n'),
    callOptions: callOptions().split('\n'),
    createEngine: (options) => new WasmEngine(options, runtime),
  };
}

const encoder = new TextEncoder();

let current = new Instance(resume);

/** The instance that lives. After a trap a new one is made from the same module; what it held (tokens, the rate limit) is gone. */
function alive(): Instance {
  if (current.dead) {
    renew();
    current = new Instance(resume);
  }
  return current;
}

/** An engine's half inside an instance; made anew with it. */
interface Inside {
  instance: Instance;
  host: Host;
  engine: ModuleEngine;
  /** Whether it was told that somebody listens to events. */
  observed: boolean;
}

class WasmEngine implements Engine {
  readonly baseUrl: string;
  readonly testing?: Testing;
  readonly #options: EngineOptions;
  readonly #runtime: Runtime;
  /** Calls under way, and how to give each up. */
  readonly #underWay = new Map<number, () => void>();
  #inside: Inside | undefined;
  #disposed = false;

  constructor(options: EngineOptions, runtime: Runtime) {
    checkStore(options.tokenStore, false);
    this.#options = options;
    this.#runtime = runtime;
    this.baseUrl = this.#enter().engine.baseUrl;
    if (options.testing) {
      this.testing = {
        advance: (ms) => {
          this.#enter().engine.advance(ms);
        },
        takeSleeps: () => [...this.#enter().engine.takeSleeps()],
      };
    }
  }

  async send(
    { method, target, route, headers, body, options }: EngineCall,
    signal?: AbortSignal,
  ): Promise<EngineResponse> {
    const given = options && JSON.stringify(options);
    return this.#begin<EngineResponse>(signal, ({ engine }, number) => {
      engine.send(
        number,
        method,
        target,
        route,
        headers,
        typeof body === 'string' ? encoder.encode(body) : body,
        given,
      );
    }).result;
  }

  async token(signal?: AbortSignal): Promise<EngineToken> {
    return this.#begin<EngineToken>(signal, ({ engine }, number) => {
      engine.token(number);
    }).result;
  }

  pager(list: EngineList): EnginePager {
    let made: { by: Inside; pager: ModulePager } | undefined;
    /** Where it stood after the last page: a new instance goes on from there. */
    let cursor: string | undefined;
    let over = false;
    let stop: (() => void) | undefined;
    /** Whoever lists to the end need not say so: memory of the module is not for a garbage collector to find. */
    const end = (): void => {
      over = true;
      stop?.();
      made?.by.instance.enter(() => made?.pager.free());
      made = undefined;
    };
    return {
      next: async (signal) => {
        if (over) {
          return undefined;
        }
        const call = this.#begin<EnginePage | undefined>(signal, (inside, number) => {
          if (made?.by !== inside) {
            const from = cursor === undefined ? list : { ...list, cursor, page: undefined };
            made = { by: inside, pager: inside.engine.pager(JSON.stringify(from)) };
          }
          made.pager.next(number);
        });
        stop = call.stop;
        const page = await call.result;
        cursor = page?.cursor;
        if (cursor === undefined && !over) {
          end();
        }
        return page;
      },
      cursor: () => (made && !made.by.instance.dead ? made.pager.cursor() : cursor),
      dispose: () => {
        if (!over) {
          end();
        }
      },
    };
  }

  dispose(): void {
    if (this.#disposed) {
      return;
    }
    this.#disposed = true;
    for (const giveUp of [...this.#underWay.values()]) {
      giveUp();
    }
    const inside = this.#inside;
    this.#inside = undefined;
    inside?.instance.enter(() => {
      inside.engine.free();
    });
  }

  /** Its half inside the instance that lives. @throws {ErrorData} */
  #enter(): Inside {
    if (this.#disposed) {
      throw DISPOSED;
    }
    const instance = alive();
    if (this.#inside?.instance !== instance) {
      const { events, fetch, getToken, tokenStore, warn } = this.#options;
      const host = new Host(instance, {
        warn,
        events,
        ...(fetch && { fetch }),
        ...(getToken && { getToken }),
        ...(tokenStore !== undefined && { tokenStore }),
      });
      const plain = Object.fromEntries(PLAIN_OPTIONS.map((name) => [name, this.#options[name]]));
      const json = JSON.stringify({ ...plain, shared: this.#runtime.shared });
      this.#inside = { instance, host, engine: create(instance, json, host), observed: false };
    }
    return this.#inside;
  }

  /** Begins a call. `stop` aborts it on the wire, if it is still under way, and resolves it with nothing. */
  #begin<T>(
    signal: AbortSignal | undefined,
    start: (inside: Inside, number: number) => void,
  ): { result: Promise<T>; stop: () => void } {
    signal?.throwIfAborted();
    const inside = this.#enter();
    const { instance, host } = inside;
    const listened = this.#options.events?.isOpen ?? false;
    if (listened !== inside.observed) {
      inside.observed = listened;
      inside.engine.observe(listened);
    }
    const { number, result } = instance.call<T>((number) => {
      start(inside, number);
    });
    const aborted = (settled: boolean): void => {
      if (settled) {
        instance.enter(() => {
          cancel(number);
        });
      }
    };
    const abort = (): void => {
      aborted(instance.reject(number, signal?.reason));
    };
    signal?.addEventListener('abort', abort, { once: true });
    this.#underWay.set(number, () => {
      aborted(instance.reject(number, DISPOSED));
    });
    const settled = async (): Promise<T> => {
      try {
        return await result;
      } catch (failure) {
        throw failure instanceof CoreFailure ? translate(failure, host) : failure;
      } finally {
        this.#underWay.delete(number);
        signal?.removeEventListener('abort', abort);
      }
    };
    const stop = (): void => {
      aborted(instance.resolve(number, undefined));
    };
    return { result: settled(), stop };
  }
}

const DISPOSED: ErrorData = { name: 'config.invalid', kind: 'Config', message: 'The client was disposed of' };

/** @throws {ErrorData} */
function create(instance: Instance, options: string, host: Host): ModuleEngine {
  let engine: ModuleEngine | undefined;
  let refused: string | undefined;
  instance.enter(() => {
    try {
      engine = new ModuleEngine(options, host);
    } catch (thrown) {
      // A refusal is a string; anything else is a trap.
      if (typeof thrown !== 'string') {
        throw thrown;
      }
      refused = thrown;
    }
  });
  if (!engine) {
    throw readError(refused ?? instance.failure().json);
  }
  return engine;
}

/** What a call rejects with: the failure as data, or what `getToken` threw. */
function translate({ json, exchange }: CoreFailure, host: Host): unknown {
  const failure = readError(json);
  const cause = exchange === undefined ? undefined : host.failures.take(exchange);
  if (cause) {
    failure.cause = cause.thrown;
  }
  const question = failure.name === 'auth.token_request_failed' ? /^getToken #(\d+)$/.exec(failure.message) : null;
  const kept = question ? host.failures.take(Number(question[1])) : undefined;
  return kept ? kept.thrown : failure;
}
