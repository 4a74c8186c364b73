//! Timers: who is to be woken when. Whoever drives sleeps no longer than until the next.

use std::{
    collections::BTreeMap,
    fmt,
    future::Future,
    mem,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use crate::runtime::{Shared, lock};

/// The timers of a runtime.
#[derive(Default)]
pub(crate) struct Timers {
    due: Mutex<BTreeMap<(Instant, u64), Waker>>,
    /// So many there have been: a number tells timers of the same instant apart.
    given: AtomicU64,
}

impl Timers {
    /// When the next is due.
    pub(crate) fn next(&self) -> Option<Instant> {
        lock(&self.due).first_key_value().map(|((at, _), _)| *at)
    }

    /// Wakes those who wait for what is due; whether there was anybody.
    pub(crate) fn fire(&self) -> bool {
        let mut timers = lock(&self.due);
        let Some(mut first) = timers.first_entry() else { return false };
        let now = Instant::now();
        let mut due = Vec::new();
        while first.key().0 <= now {
            due.push(first.remove());
            let Some(next) = timers.first_entry() else { break };
            first = next;
        }
        drop(timers);
        let any = !due.is_empty();
        due.into_iter().for_each(Waker::wake);
        any
    }
}

/// Resolves when its time has come.
pub struct Sleep {
    runtime: Arc<Shared>,
    /// `None` is beyond all time.
    at: Option<Instant>,
    /// Tells timers of the same instant apart; it is there while the runtime knows of this one.
    number: Option<u64>,
}

impl Sleep {
    pub(crate) fn new(runtime: &Arc<Shared>, duration: Duration) -> Self {
        Self { runtime: Arc::clone(runtime), at: Instant::now().checked_add(duration), number: None }
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep").field("at", &self.at).finish_non_exhaustive()
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Some(at) = self.at else { return Poll::Pending };
        if let Some(number) = self.number {
            // It is with the timers, unless it was fired.
            let before = match lock(&self.runtime.timers.due).get_mut(&(at, number)) {
                None => return Poll::Ready(()),
                Some(waker) if waker.will_wake(context.waker()) => return Poll::Pending,
                Some(waker) => mem::replace(waker, context.waker().clone()),
            };
            // Outside the lock: a waker may be the last to hold a future that has a timer.
            drop(before);
            return Poll::Pending;
        }
        if at <= Instant::now() {
            return Poll::Ready(());
        }
        let number = self.runtime.timers.given.fetch_add(1, Ordering::Relaxed);
        let is_first = {
            let mut due = lock(&self.runtime.timers.due);
            due.insert((at, number), context.waker().clone());
            due.first_key_value().is_some_and(|(first, _)| *first == (at, number))
        };
        self.number = Some(number);
        if is_first {
            // The driver would sleep beyond it.
            self.runtime.wake_driver();
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let (Some(at), Some(number)) = (self.at, self.number) {
            // Outside the lock, as above.
            let waker = lock(&self.runtime.timers.due).remove(&(at, number));
            drop(waker);
        }
    }
}
