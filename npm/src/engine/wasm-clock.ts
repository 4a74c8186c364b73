/**
 * Time and chance of the runtime. A test has a clock of its own instead: `tests/support/testing.mjs`.
 *
 * Every global is looked up when it is used and never before: Workers refuse timers and randomness outside a request, and tests replace `Date` and `setTimeout` under our feet.
 */
import type { HostClock } from './engine.js';

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
