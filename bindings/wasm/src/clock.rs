//! Time and chance of the JavaScript runtime.
//!
//! Every global is looked up when it is used and never before: Workers refuse timers and randomness outside a request, and tests
//! replace `Date` and `setTimeout` under our feet. In Workers time stands still between two I/O events; pauses are I/O, so
//! nothing waits for a moment that does not come.

use std::time::Duration;

use logto_management_core::{Clock, UnixMillis};

use crate::{
    host::{self, Host},
    tasks::Waiting,
};

/// The longest timer that JavaScript knows, 24.8 days: it takes a longer one for 0.
const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);

/// The runtime's own clock: `Date.now`, `performance.now`, `setTimeout`, `Math.random`.
#[derive(Clone, Debug)]
pub(crate) struct HostClock(pub(crate) Host);

impl Clock for HostClock {
    fn now(&self) -> UnixMillis {
        // Saturating: a negative or absurd date counts as 1970.
        UnixMillis(host::date_now() as u64)
    }

    fn monotonic(&self) -> Duration {
        Duration::from_micros((host::performance_now() * 1000.0) as u64)
    }

    async fn sleep(&self, duration: Duration) {
        let pause = Waiting::on(&self.0);
        self.0.timer(pause.key(), duration.min(LONGEST).as_micros() as f64 / 1000.0);
        pause.await;
    }

    fn jitter(&self) -> f64 {
        host::random()
    }
}
