//! Time and chance of the JavaScript runtime.
//!
//! Every global is looked up when it is used and never before: Workers refuse timers and randomness outside a request, and tests
//! replace `Date` and `setTimeout` under our feet. In Workers time stands still between two I/O events; pauses are I/O, so
//! nothing waits for a moment that does not come.

use std::time::Duration;

use logto_management_core::{Clock, TestingClock, UnixMillis};

use crate::{host, tasks::Waiting};

/// The longest timer that JavaScript knows, 24.8 days: it takes a longer one for 0.
pub(crate) const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);

/// Whole microseconds. Not `as_micros`: 128 bits.
pub(crate) fn micros(duration: Duration) -> u64 {
    duration.as_secs() * 1_000_000 + u64::from(duration.subsec_micros())
}

/// The runtime's own clock: `Date.now`, `performance.now`, `setTimeout`, `Math.random`. Or the core's testing clock, over it.
#[derive(Clone, Debug)]
pub(crate) struct HostClock(Option<TestingClock<Real>>);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Real;

impl HostClock {
    pub(crate) fn new(testing: bool) -> Self {
        Self(testing.then(|| TestingClock::new(Real)))
    }

    pub(crate) const fn testing(&self) -> Option<&TestingClock<Real>> {
        self.0.as_ref()
    }
}

impl Clock for HostClock {
    fn now(&self) -> UnixMillis {
        self.0.as_ref().map_or_else(|| Real.now(), Clock::now)
    }

    fn monotonic(&self) -> Duration {
        self.0.as_ref().map_or_else(|| Real.monotonic(), Clock::monotonic)
    }

    async fn sleep(&self, duration: Duration) {
        match &self.0 {
            Some(testing) => testing.sleep(duration).await,
            None => Real.sleep(duration).await,
        }
    }

    fn timeout(&self, duration: Duration) -> impl Future<Output = ()> {
        // Real time in either.
        Real.sleep(duration)
    }

    fn jitter(&self) -> f64 {
        self.0.as_ref().map_or_else(|| Real.jitter(), Clock::jitter)
    }
}

impl Clock for Real {
    fn now(&self) -> UnixMillis {
        // Saturating: a negative or absurd date counts as 1970.
        UnixMillis(host::date_now() as u64)
    }

    fn monotonic(&self) -> Duration {
        Duration::from_micros((host::performance_now() * 1000.0) as u64)
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> {
        let duration = duration.min(LONGEST);
        // Not before somebody waits.
        async move {
            let pause = Waiting::new();
            host::begin_timer(pause.key(), micros(duration) as f64 / 1000.0);
            pause.await;
        }
    }

    fn jitter(&self) -> f64 {
        host::chance()
    }
}
