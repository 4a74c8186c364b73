/**
 * Aborts requests that take too long.
 *
 * A timer and a controller cost a Worker as much as all else that is done for a request, so a call hands them on to the one that begins after it in the same turn of the event loop. Not to later ones: those may be part
 * of another request to the Worker, where neither would work.
 */

import type { FetchLike } from './engine.js';
import type { Permit } from './wasm-permit.js';

/** Between two calls that follow each other lie some turns of the microtask queue: those of the façade, and of the caller's own functions. */
const PATIENCE = 12;
/** So many calls share one: what a runtime remembers of a signal's past is not for us to clear away. */
const MOST_CALLS = 100;

/** What one request at a time is watched by. */
export class Watch {
  /** Its time was over, or its client's. */
  isOver = false;
  calls = 0;
  /** When the request was sent, by `Date.now()`. */
  began = 0;
  /** See `initBy`. */
  template: RequestInit | undefined;
  permit: Permit | undefined;
  sends: FetchLike | typeof fetch | undefined;
  private readonly controller = new AbortController();
  readonly signal = this.controller.signal;
  private readonly after: number;
  private ringing: unknown;

  constructor(ms: number) {
    this.after = ms;
  }

  begin(): this {
    this.calls += 1;
    this.began = Date.now();
    // One that rings for an earlier call is set again then.
    this.ringing ??= this.ringIn(this.after);
    return this;
  }

  private ringIn(ms: number): unknown {
    return setTimeout(() => {
      const left = this.began + this.after - Date.now();
      if (left > 0) {
        this.ringing = this.ringIn(left);
      } else {
        this.abort();
      }
    }, ms);
  }

  abort(): void {
    this.isOver = true;
    this.controller.abort();
  }

  stop(): void {
    clearTimeout(this.ringing as number);
  }
}

/** Those of one client. */
export class Watches {
  private readonly known = new Set<Watch>();
  private readonly spare: Watch[] = [];

  /** @param ms The same for all of them. */
  begin(ms: number): Watch {
    let watch = this.spare.pop();
    if (!watch) {
      watch = new Watch(ms);
      this.known.add(watch);
    }
    return watch.begin();
  }

  /** The request is over. */
  end(watch: Watch): void {
    if (watch.isOver || watch.calls >= MOST_CALLS) {
      this.stopOne(watch);
    } else {
      this.spare.push(watch);
      void this.stopUnused(watch, watch.calls);
    }
  }

  /** Aborts everything. */
  abort(): void {
    for (const watch of this.known) {
      watch.abort();
    }
  }

  /** Stops one that nobody takes in this turn. */
  private async stopUnused(watch: Watch, calls: number): Promise<void> {
    for (let left = PATIENCE; left > 0; left -= 1) {
      await undefined;
      if (watch.calls !== calls) {
        return;
      }
    }
    this.spare.splice(this.spare.indexOf(watch), 1);
    this.stopOne(watch);
  }

  private stopOne(watch: Watch): void {
    watch.stop();
    this.known.delete(watch);
  }
}
