// The testing clock: time stands still, and a pause of the client moves it on at once. In bundles, too: only what every runtime has.

/** The twin of the core's `TestingClock`, for the engine whose clock is its host's. Times are in milliseconds outside, in microseconds within. */
class TestingClock {
  #elapsed = 0;
  #sleeps = [];

  now() {
    return Date.UTC(2026) + this.#elapsed / 1000;
  }

  monotonic() {
    return this.#elapsed;
  }

  random() {
    return 0.5;
  }

  pause(ms, done) {
    const until = this.#elapsed + Math.trunc(ms * 1000);
    this.#sleeps.push(ms);
    void Promise.resolve().then(() => {
      // Not `+=`: pauses that began together pass together.
      this.#elapsed = Math.max(this.#elapsed, until);
      done();
    });
    return () => undefined;
  }

  advance(ms) {
    this.#elapsed += Math.trunc(ms * 1000);
  }

  takeSleeps() {
    return this.#sleeps.splice(0);
  }
}

/** Options of a client on a testing clock; `receive` gets its handle. */
export const onTestingClock = (receive = () => {}) => ({
  [Symbol.for('logto-management.testing')]: Object.assign((clock) => receive(clock), { clock: new TestingClock() }),
});
