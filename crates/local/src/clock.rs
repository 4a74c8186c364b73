//! Real time, with a runtime's timers.

use std::{future::Future, time::Duration};

use logto_management::{TokioClock, UnixMillis, core::Clock};

use crate::runtime::Runtime;

/// The clock of clients that live on a [`Runtime`]. Its monotonic time is that of [`TokioClock`], so that clients of one tenant can share a rate limit wherever they live.
#[derive(Clone, Debug)]
pub struct LocalClock(Runtime);

impl LocalClock {
    /// A clock with the timers of this runtime.
    #[must_use]
    pub const fn new(runtime: Runtime) -> Self {
        Self(runtime)
    }
}

impl Clock for LocalClock {
    fn now(&self) -> UnixMillis {
        TokioClock.now()
    }

    fn monotonic(&self) -> Duration {
        TokioClock.monotonic()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        self.0.sleep(duration)
    }

    fn jitter(&self) -> f64 {
        TokioClock.jitter()
    }
}
