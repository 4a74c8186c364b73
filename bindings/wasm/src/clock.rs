//! Time and chance, as the host of a client has them: the JavaScript runtime's, or those of a test (`npm/src/engine/wasm-clock.ts`).
//!
//! In Workers time stands still between two I/O events; pauses are I/O, so nothing waits for a moment that does not come.

use std::time::Duration;

use logto_management_core::{Clock, UnixMillis};

use crate::{host::Host, tasks::Waiting};

/// The longest timer that JavaScript knows, 24.8 days: it takes a longer one for 0.
const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);

/// Milliseconds, to the microsecond. Not `as_micros`: 128 bits.
pub(crate) fn millis(duration: Duration) -> f64 {
    (duration.as_secs() * 1_000_000 + u64::from(duration.subsec_micros())) as f64 / 1000.0
}

/// Milliseconds that a timer of JavaScript's can be set to.
pub(crate) fn timer_millis(duration: Duration) -> f64 {
    millis(duration.min(LONGEST))
}

/// The clock of a host.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HostClock(pub(crate) Host);

impl HostClock {
    /// The runtime's own, whatever a test says: no host has this number.
    pub(crate) const REAL: Self = Self(Host(0));
}

impl Clock for HostClock {
    fn now(&self) -> UnixMillis {
        // Saturating: a negative or absurd date counts as 1970.
        UnixMillis(self.0.now() as u64)
    }

    fn monotonic(&self) -> Duration {
        Duration::from_micros(self.0.monotonic() as u64)
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> {
        let host = self.0;
        // Not before somebody waits.
        async move {
            let pause = Waiting::new();
            host.begin_timer(pause.key(), timer_millis(duration));
            pause.await;
        }
    }

    fn timeout(&self, duration: Duration) -> impl Future<Output = ()> {
        Self::REAL.sleep(duration)
    }

    fn jitter(&self) -> f64 {
        self.0.chance()
    }
}
