//! Virtual time: it moves when everybody waits, to the next moment that somebody waits for.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use logto_management_core::{Clock, UnixMillis, clock::TESTING_CLOCK_START};

/// A clock that [`run`](Self::run) moves. Clones share one time. It starts at 2026-01-01T00:00:00Z.
#[derive(Clone, Debug, Default)]
pub struct VirtualClock(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    elapsed: Duration,
    waiting: BTreeMap<(Duration, u64), Waker>,
    next_id: u64,
    sleeps: Vec<Duration>,
    jitter: Option<f64>,
}

impl VirtualClock {
    /// A clock at its start.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no test panics while it holds the clock")
    }

    /// Time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.state().elapsed
    }

    /// Moves the clock on, as a caller who lets time pass.
    pub fn advance(&self, by: Duration) {
        let mut state = self.state();
        state.elapsed += by;
        let now = state.elapsed;
        while let Some(entry) = state.waiting.first_entry().filter(|entry| entry.key().0 <= now) {
            entry.remove().wake();
        }
    }

    /// The pauses that the client made since the last call.
    #[must_use]
    pub fn take_sleeps(&self) -> Vec<Duration> {
        std::mem::take(&mut self.state().sleeps)
    }

    /// Sets the jitter, 0.5 at first.
    pub fn set_jitter(&self, jitter: f64) {
        self.state().jitter = Some(jitter);
    }

    /// Waits without being written down: the time that others take.
    pub fn wait(&self, duration: Duration) -> impl Future<Output = ()> + Send + use<> {
        let mut state = self.state();
        state.next_id += 1;
        Wait { clock: self.clone(), key: (state.elapsed + duration, state.next_id) }
    }

    /// Runs a future to its end, moving time on whenever it can do nothing but wait.
    ///
    /// # Panics
    /// If it waits for nothing that time brings.
    pub fn run<F: Future>(&self, future: F) -> F::Output {
        struct Flag(AtomicBool);
        impl Wake for Flag {
            fn wake(self: Arc<Self>) {
                self.0.store(true, Ordering::SeqCst);
            }
        }
        let flag = Arc::new(Flag(AtomicBool::new(true)));
        let waker = Waker::from(Arc::clone(&flag));
        let mut context = Context::from_waker(&waker);
        let mut future = pin!(future);
        loop {
            while flag.0.swap(false, Ordering::SeqCst) {
                if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                    return output;
                }
            }
            let next = self.state().waiting.first_key_value().map(|(key, _)| key.0);
            let next = next.expect("it waits for something that never comes");
            let by = next.saturating_sub(self.elapsed());
            self.advance(by);
        }
    }
}

struct Wait {
    clock: VirtualClock,
    key: (Duration, u64),
}

impl Future for Wait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.clock.state();
        if state.elapsed >= self.key.0 {
            return Poll::Ready(());
        }
        state.waiting.insert(self.key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        if let Ok(mut state) = self.clock.0.lock() {
            state.waiting.remove(&self.key);
        }
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> UnixMillis {
        TESTING_CLOCK_START.after(self.elapsed())
    }

    fn monotonic(&self) -> Duration {
        self.elapsed()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        self.state().sleeps.push(duration);
        self.wait(duration)
    }

    fn timeout(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        self.wait(duration)
    }

    fn jitter(&self) -> f64 {
        self.state().jitter.unwrap_or(0.5)
    }
}
