//! Time and chance, handed in.
//!
//! Nothing in this crate reads a global clock, sleeps or draws a random number: `Instant::now` panics on
//! `wasm32-unknown-unknown`, Workers forbid timers and randomness in global scope, and tests want hours to pass at once.

use std::{
    fmt,
    future::Future,
    sync::{Arc, Mutex},
    time::Duration,
};

use crate::rt::{BoxFuture, MaybeSend, MaybeSync, lock};

/// Milliseconds since 1970-01-01T00:00:00Z, the unit of every time in Logto's API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixMillis(pub u64);

impl UnixMillis {
    /// This instant plus `duration`, saturating.
    #[must_use]
    pub const fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis(duration)))
    }

    /// How long ago `earlier` was; nothing where it was not.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// This instant minus `duration`, not before 1970.
    #[must_use]
    pub const fn before(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(millis(duration)))
    }
}

/// Whole milliseconds of a duration, saturating.
#[must_use]
#[inline(never)]
pub(crate) const fn millis(duration: Duration) -> u64 {
    // Neither `as_millis` nor `saturating_mul`: 128 bits.
    let seconds = duration.as_secs();
    if seconds >= u64::MAX / 1000 {
        return u64::MAX;
    }
    seconds * 1000 + duration.subsec_millis() as u64
}

/// A duration from milliseconds, as other languages have them; to the microsecond (above thirty years, to the millisecond). None where they are negative or beyond all time.
#[must_use]
pub(crate) fn from_millis(ms: f64) -> Option<Duration> {
    // Not `Duration::try_from_secs_f64`: exact to the last bit, in a hundred times the code.
    match ms {
        0.0..1e12 => Some(Duration::from_micros((ms * 1000.0 + 0.5) as u64)),
        1e12..1e19 => Some(Duration::from_millis(ms as u64)),
        _ => None,
    }
}

/// So much of a duration, to the microsecond.
#[must_use]
pub(crate) fn part_of(duration: Duration, part: f64) -> Duration {
    let micros = duration.as_secs() as f64 * 1e6 + f64::from(duration.subsec_micros());
    Duration::from_micros((micros * part) as u64)
}

/// The client's view of time and chance.
pub trait Clock: MaybeSend + MaybeSync + 'static {
    /// Wall time: when tokens end, what a `Retry-After` date means.
    fn now(&self) -> UnixMillis;

    /// Time that never runs backwards: budgets and the rate limit.
    fn monotonic(&self) -> Duration;

    /// Resolves after `duration`: a pause that the client takes (back-off, its turn at the rate limit).
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + MaybeSend;

    /// Resolves after `duration`: the end of somebody's patience with a request. The same as [`sleep`](Self::sleep), except
    /// for a [`TestingClock`].
    fn timeout(&self, duration: Duration) -> impl Future<Output = ()> + MaybeSend {
        self.sleep(duration)
    }

    /// A random number in `[0, 1)`, for jitter; it protects nothing.
    fn jitter(&self) -> f64;
}

trait DynClock: MaybeSend + MaybeSync {
    fn now_dyn(&self) -> UnixMillis;
    fn monotonic_dyn(&self) -> Duration;
    fn sleep_boxed(&self, duration: Duration) -> BoxFuture<'_, ()>;
    fn timeout_boxed(&self, duration: Duration) -> BoxFuture<'_, ()>;
    fn jitter_dyn(&self) -> f64;
}

impl<C: Clock> DynClock for C {
    fn now_dyn(&self) -> UnixMillis {
        Clock::now(self)
    }
    fn monotonic_dyn(&self) -> Duration {
        Clock::monotonic(self)
    }
    fn sleep_boxed(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(self.sleep(duration))
    }
    fn timeout_boxed(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(self.timeout(duration))
    }
    fn jitter_dyn(&self) -> f64 {
        Clock::jitter(self)
    }
}

/// Any clock, erased.
#[derive(Clone)]
pub struct BoxClock(Arc<dyn DynClock>);

impl BoxClock {
    /// Erases a clock.
    pub fn new(clock: impl Clock) -> Self {
        Self(Arc::new(clock))
    }
}

impl fmt::Debug for BoxClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoxClock")
    }
}

impl Clock for BoxClock {
    fn now(&self) -> UnixMillis {
        self.0.now_dyn()
    }
    fn monotonic(&self) -> Duration {
        self.0.monotonic_dyn()
    }
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + MaybeSend {
        self.0.sleep_boxed(duration)
    }
    fn timeout(&self, duration: Duration) -> impl Future<Output = ()> + MaybeSend {
        self.0.timeout_boxed(duration)
    }
    fn jitter(&self) -> f64 {
        self.0.jitter_dyn()
    }
}

/// A clock for tests of code that uses the client: an hour passes when the test says so, and a back-off takes no time.
///
/// It starts at 2026-01-01T00:00:00Z and stands still. [`advance`](Self::advance) moves it; a pause of the client moves it on by that
/// pause at once and is written down for [`take_sleeps`](Self::take_sleeps). Request timeouts stay those of the real clock below, since a
/// real server takes real time. Jitter is always 0.5. Clones share one time.
#[derive(Clone)]
pub struct TestingClock<C> {
    real: C,
    state: Arc<Mutex<TestingState>>,
}

struct TestingState {
    elapsed: Duration,
    sleeps: Vec<Duration>,
}

/// When a [`TestingClock`] starts: 2026-01-01T00:00:00Z.
pub const TESTING_CLOCK_START: UnixMillis = UnixMillis(1_767_225_600_000);

impl<C: Clock> TestingClock<C> {
    /// A testing clock whose request timeouts are those of `real`.
    pub fn new(real: C) -> Self {
        Self {
            real,
            state: Arc::new(Mutex::new(TestingState { elapsed: Duration::ZERO, sleeps: Vec::new() })),
        }
    }

    /// The same clock, with the request timeouts of another real one: those of the runtime that a client lives on.
    #[must_use]
    pub fn beside<D: Clock>(&self, real: D) -> TestingClock<D> {
        TestingClock { real, state: Arc::clone(&self.state) }
    }

    /// Moves the clock on.
    pub fn advance(&self, duration: Duration) {
        let mut state = lock(&self.state);
        state.elapsed = state.elapsed.saturating_add(duration);
    }

    /// The pauses that the client made since the last call, in order.
    #[must_use]
    pub fn take_sleeps(&self) -> Vec<Duration> {
        std::mem::take(&mut lock(&self.state).sleeps)
    }
}

impl<C> fmt::Debug for TestingClock<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestingClock").field("elapsed", &lock(&self.state).elapsed).finish_non_exhaustive()
    }
}

impl<C: Clock> Clock for TestingClock<C> {
    fn now(&self) -> UnixMillis {
        TESTING_CLOCK_START.after(self.monotonic())
    }
    fn monotonic(&self) -> Duration {
        lock(&self.state).elapsed
    }
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + MaybeSend {
        let until = self.monotonic().saturating_add(duration);
        async move {
            let mut state = lock(&self.state);
            state.sleeps.push(duration);
            // Not `+=`: pauses that began together pass together.
            state.elapsed = state.elapsed.max(until);
        }
    }
    fn timeout(&self, duration: Duration) -> impl Future<Output = ()> + MaybeSend {
        self.real.timeout(duration)
    }
    fn jitter(&self) -> f64 {
        0.5
    }
}
