/** The engine over the WASM module (`bindings/wasm`). It translates, and has no behaviour. */
import { readError } from './common.js';
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
  TestingClock,
} from './engine.js';
import { checkStore } from '../store.js';
import type { Exports } from './wasm-exports.js';
import { Answer, exchange, Failure } from './wasm-fetch.js';
import { type Host, Instance, type Sent, Told } from './wasm-host.js';
import { optionsText } from './wasm-options.js';
import { Watches } from './wasm-watch.js';
import { initBy, isPlain, type Permit, readPermit } from './wasm-permit.js';

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
  let current = new Instance(module);
  /** The instance that lives. After a trap a new one is made from the same module; what it held (tokens, the rate limit) is gone. */
  const alive = (): Instance => (current.dead ? (current = new Instance(module)) : current);
  current.exports.names();
  const [errorNames = '', callOptions = ''] = current.said.split('\n\n');
  return {
    kind: 'wasm',
    errorNames: errorNames.split('\n'),
    callOptions: callOptions.split('\n'),
    phrase: (status) => {
      const instance = alive();
      instance.exports.phrase(status);
      return instance.said;
    },
    createEngine: (options) => new WasmEngine(options, runtime, alive),
  };
}

/** An engine's half inside an instance; made anew with it. */
interface Inside {
  instance: Instance;
  host: Host;
  /** The numbers by which the instance knows the two. */
  hostNumber: number;
  engine: number;
  /** Whether it was told that somebody listens to events. */
  observed: boolean;
  permit?: Permit;
}

class WasmEngine implements Engine {
  readonly baseUrl: string;
  readonly testing?: TestingClock | undefined;
  private readonly given: EngineOptions;
  private readonly runtime: Runtime;
  private readonly alive: () => Instance;
  /** Calls under way. A trap ends all of them, so they are the living instance's. */
  private readonly underWay = new Set<number>();
  /** Of those that were sent by a permit. */
  private readonly watches = new Watches();
  private inside: Inside | undefined;
  private disposed = false;

  constructor(options: EngineOptions, runtime: Runtime, alive: () => Instance) {
    checkStore(options.tokenStore, false);
    this.given = options;
    this.runtime = runtime;
    this.alive = alive;
    this.testing = options.testingClock;
    this.baseUrl = this.ensureInside().instance.said;
  }

  send(call: EngineCall, signal?: AbortSignal): Promise<EngineResponse> {
    const { events, getToken } = this.given;
    // None is permitted where calls wait for each other, nor with a token of `getToken`, which is asked once for each call.
    const through = signal !== undefined || this.runtime.shared || getToken !== undefined || events?.isOpen;
    if (through || !isPlain(call, this.baseUrl)) {
      return this.sendThrough(call, signal);
    }
    const permit = this.permitOne();
    return permit ? this.sendByPermit(call, permit) : this.sendWithToken(call);
  }

  /**
   * A call that is not permitted as yet. What it lacks is a token, most of the time: the first call of a Worker. Once there is one, it need not go through the module either, most of which a runtime would have to compile
   * for it.
   */
  private async sendWithToken(call: EngineCall): Promise<EngineResponse> {
    await this.token();
    const permit = this.permitOne();
    return permit ? this.sendByPermit(call, permit) : this.sendThrough(call);
  }

  private sendThrough(
    { method, target, route = '', headers, body, text, options }: EngineCall,
    signal?: AbortSignal,
    sent?: Sent & { ago: number },
  ): Promise<EngineResponse> {
    const start = ({ instance, engine }: Inside, exports: Exports, number: number): void => {
      const given = options ? JSON.stringify(options) : '';
      const [place, length] = instance.heap.put(`${method}\n${target}\n${route}\n${given}\n${headers}`);
      const [bodyPlace, bodyLength] = body === undefined ? [0, 0] : instance.heap.put(body);
      exports.send(engine, number, place, length, bodyPlace, bodyLength, sent?.ago ?? -1);
    };
    return this.begin<EngineResponse>(text !== undefined, signal, start, sent).result;
  }

  /** Asks the module to let one plain call be sent from here. Where somebody listens to events, all go through it. */
  private permitOne(): Permit | undefined {
    const inside = this.ensureInside();
    if (this.given.events?.isOpen) {
      return undefined;
    }
    const { instance, engine } = inside;
    let number = 0;
    instance.enter(({ permit }) => {
      number = permit(engine);
    });
    if (number !== 0 && inside.permit?.number !== number) {
      inside.permit = readPermit(number, instance.said);
    }
    return number === 0 ? undefined : inside.permit;
  }

  private async sendByPermit(call: EngineCall, permit: Permit): Promise<EngineResponse> {
    const { headers, limit, timeoutMs } = permit;
    const watch = this.watches.begin(timeoutMs);
    const { fetch: custom } = this.given;
    let came = await exchange(custom, call.target, initBy(permit, watch, custom ?? fetch), limit, 'text');
    this.watches.end(watch);
    // A text is JSON.
    if (came instanceof Answer && typeof came.body === 'string' && came.body !== '') {
      return new Told(came.status, came.body, 'json', 1, undefined, came);
    }
    if (watch.isOver) {
      came = { failure: Failure.Timeout, message: `No complete answer within ${timeoutMs} ms` };
    }
    return this.sendThrough(call, undefined, { headers, came, ago: Math.max(Date.now() - watch.began, 0) });
  }

  token(signal?: AbortSignal): Promise<EngineToken> {
    return this.begin<EngineToken>(false, signal, ({ engine }, exports, number) => {
      exports.token(engine, number);
    }).result;
  }

  pager(list: EngineList): EnginePager {
    let made: { by: Inside; pager: number } | undefined;
    /** Where it stood after the last page: a new instance goes on from there. */
    let cursor: string | undefined;
    let over = false;
    let stop: (() => void) | undefined;
    /** Whoever lists to the end need not say so: memory of the module is not for a garbage collector to find. */
    const end = (): void => {
      over = true;
      stop?.();
      made?.by.instance.enter(({ leave }) => {
        leave(made?.pager ?? 0);
      });
      made = undefined;
    };
    return {
      next: async (signal) => {
        if (over) {
          return undefined;
        }
        const call = this.begin<EnginePage | undefined>(false, signal, (inside, exports, number) => {
          if (made?.by !== inside) {
            const from = cursor === undefined ? list : { ...list, cursor, page: undefined };
            made = {
              by: inside,
              pager: exports.list(inside.engine, ...inside.instance.heap.put(JSON.stringify(from))),
            };
          }
          exports.next(made.pager, number);
        });
        stop = call.stop;
        const page = await call.result;
        cursor = page?.cursor;
        if (cursor === undefined && !over) {
          end();
        }
        return page;
      },
      cursor: () => {
        if (!made || made.by.instance.dead) {
          return cursor;
        }
        const { instance } = made.by;
        instance.exports.cursor(made.pager);
        return instance.said || undefined;
      },
      dispose: () => {
        if (!over) {
          end();
        }
      },
    };
  }

  dispose(): void {
    if (this.disposed) {
      return;
    }
    this.disposed = true;
    const inside = this.inside;
    this.inside = undefined;
    this.watches.abort();
    for (const number of [...this.underWay]) {
      if (inside?.instance.reject(number, DISPOSED)) {
        inside.instance.enter(({ cancel }) => {
          cancel(number);
        });
      }
    }
    inside?.instance.enter(({ dispose }) => {
      dispose(inside.engine);
    });
    inside?.instance.removeHost(inside.hostNumber);
  }

  /** Its half inside the instance that lives. @throws {ErrorData} */
  private ensureInside(): Inside {
    if (this.disposed) {
      throw DISPOSED;
    }
    const instance = this.alive();
    if (this.inside?.instance !== instance) {
      const { host, number } = instance.addHost(this.given);
      const engine = create(instance, this.given, this.runtime.shared, number);
      this.inside = { instance, host, hostNumber: number, engine, observed: false };
    }
    return this.inside;
  }

  /** Begins a call. `stop` aborts it on the wire, if it is still under way, and resolves it with nothing. */
  private begin<T>(
    text: boolean,
    signal: AbortSignal | undefined,
    start: (inside: Inside, exports: Exports, number: number) => void,
    sent?: Sent,
  ): { result: Promise<T>; stop: () => void } {
    signal?.throwIfAborted();
    const inside = this.ensureInside();
    const { instance } = inside;
    const listened = this.given.events?.isOpen ?? false;
    if (listened !== inside.observed) {
      inside.observed = listened;
      instance.exports.observe(inside.engine, Number(listened));
    }
    const aborted = (settled: boolean): void => {
      if (settled) {
        instance.enter(({ cancel }) => {
          cancel(number);
        });
      }
    };
    const abort = (): void => {
      aborted(instance.reject(number, signal?.reason));
    };
    const { number, result } = instance.call<T>(
      text,
      (exports, number) => {
        this.underWay.add(number);
        start(inside, exports, number);
      },
      (number) => {
        this.underWay.delete(number);
        signal?.removeEventListener('abort', abort);
      },
      inside.host.failures,
      sent,
    );
    if (this.underWay.has(number)) {
      signal?.addEventListener('abort', abort, { once: true });
    }
    const stop = (): void => {
      aborted(instance.resolve(number, undefined));
    };
    return { result, stop };
  }
}

const DISPOSED: ErrorData = { name: 'config.invalid', kind: 'Config', message: 'The client was disposed of' };

/** @throws {ErrorData} */
function create(instance: Instance, options: EngineOptions, shared: boolean, host: number): number {
  const [flags, text] = optionsText(options, shared);
  let engine = 0;
  instance.enter((exports) => {
    engine = exports.create(host, flags, ...instance.heap.put(text));
  });
  if (engine === 0) {
    instance.removeHost(host);
    throw instance.dead ? instance.failure() : readError(instance.said);
  }
  return engine;
}
