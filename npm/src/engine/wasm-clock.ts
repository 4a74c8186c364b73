/**
 * Time and chance of a host: the runtime's own, or a test's.
 *
 * Every global is looked up when it is used and never before: Workers refuse timers and randomness outside a request, and tests replace `Date` and `setTimeout` under our feet.
 */
import type { Testing } from './engine.js';

/** What the module's `clock.rs` asks for. */
export interface HostClock {
  /** Wall time, in milliseconds since 1970. */
  now(): number;
  /** Time that never runs backwards, in microseconds. */
  monotonic(): number;
  /** A number from 0 to below 1. */
  random(): number;
  /** Begins a pause, which ends with `done`, never before this has returned; gives what stops it. */
  pause(ms: number, done: () => void): () => void;
}

export const realClock: HostClock = {
  now: () => Date.now(),
  monotonic: () => performance.now() * 1000,
  random: () => Math.random(),
  pause: (ms, done) => {
    const id = setTimeout(done, ms);
    return () => {
      clearTimeout(id);
    };
  },
};

/** The twin of the core's `TestingClock`. */
export class TestingClock implements HostClock, Testing {
  /** In microseconds. */
  #elapsed = 0;
  #sleeps: number[] = [];

  now(): number {
    return Date.UTC(2026) + this.#elapsed / 1000;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  random(): number {
    return 0.5;
  }

  pause(ms: number, done: () => void): () => void {
    const until = this.#elapsed + Math.trunc(ms * 1000);
    this.#sleeps.push(ms);
    void Promise.resolve().then(() => {
      // Not `+=`: pauses that began together pass together.
      this.#elapsed = Math.max(this.#elapsed, until);
      done();
    });
    return () => undefined;
  }

  advance(ms: number): void {
    this.#elapsed += Math.trunc(ms * 1000);
  }

  takeSleeps(): number[] {
    return this.#sleeps.splice(0);
  }
}
