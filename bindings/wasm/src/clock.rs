//! Time and chance of the JavaScript runtime.
//!
//! Every global is looked up when it is used and never before: Workers refuse timers and randomness outside a request, and tests
//! replace `Date` and `setTimeout` under our feet. In Workers time stands still between two I/O events; pauses are I/O, so
//! nothing waits for a moment that does not come.

use std::time::Duration;

use futures_util::FutureExt;
use logto_management_core::{Clock, UnixMillis};
use wasm_bindgen_futures::JsFuture;

use crate::host::{self, Timer};

/// The longest timer that JavaScript knows, 24.8 days: it takes a longer one for 0.
const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);

/// The runtime's own clock: `Date.now`, `performance.now`, `setTimeout`, `Math.random`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HostClock;

impl Clock for HostClock {
    fn now(&self) -> UnixMillis {
        // Saturating: a negative or absurd date counts as 1970.
        UnixMillis(host::date_now() as u64)
    }

    fn monotonic(&self) -> Duration {
        Duration::try_from_secs_f64(host::performance_now() / 1000.0).unwrap_or_default()
    }

    async fn sleep(&self, duration: Duration) {
        let timer = Running(Timer::start(duration.min(LONGEST).as_secs_f64() * 1000.0));
        // A timer's promise never rejects.
        JsFuture::from(timer.0.done()).map(drop).await;
    }

    fn jitter(&self) -> f64 {
        host::random()
    }
}

/// Stops the timer when nobody waits for it any more: a timer that runs keeps a Node process alive, and a Worker busy.
struct Running(Timer);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.stop();
    }
}
