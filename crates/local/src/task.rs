//! A future that runs by itself.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use crate::runtime::{Shared, lock};

pub(crate) type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

pub(crate) struct Task {
    /// Where the runtime keeps it.
    pub(crate) key: usize,
    runtime: Weak<Shared>,
    /// `None` once it has ended.
    future: Mutex<Option<Job>>,
    queued: AtomicBool,
}

impl Task {
    /// A task that waits for its first turn.
    pub(crate) fn new(
        key: usize,
        runtime: &Arc<Shared>,
        future: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        Self {
            key,
            runtime: Arc::downgrade(runtime),
            future: Mutex::new(Some(Box::pin(future))),
            queued: AtomicBool::new(true),
        }
    }

    /// Gives the future a turn. Whether it has ended by that: the runtime lets go of the task.
    pub(crate) fn run(self: &Arc<Self>) -> bool {
        self.queued.store(false, Ordering::Release);
        let mut future = lock(&self.future);
        let Some(running) = future.as_mut() else { return false };
        let waker = Waker::from(Arc::clone(self));
        let mut context = Context::from_waker(&waker);
        // Whoever drives has nothing to do with what goes wrong here.
        let turn = catch_unwind(AssertUnwindSafe(|| running.as_mut().poll(&mut context)));
        let done = !matches!(turn, Ok(Poll::Pending));
        let ended = if done { future.take() } else { None };
        drop(future);
        drop(ended);
        done
    }

    /// Takes the future away, if it has not ended.
    pub(crate) fn end(&self) -> Option<Job> {
        lock(&self.future).take()
    }
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel)
            && let Some(runtime) = self.runtime.upgrade()
        {
            runtime.queue(Arc::clone(self));
        }
    }
}
