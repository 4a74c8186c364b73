//! A future that runs by itself.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Wake, Waker},
};

use crate::runtime::{Shared, lock};

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

pub(crate) struct Task {
    /// Where the runtime keeps it.
    key: usize,
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

    /// Gives the future a turn. What it was, where it has ended by that: the runtime lets go of the task.
    pub(crate) fn run(self: &Arc<Self>) -> Option<usize> {
        self.queued.store(false, Ordering::Release);
        let mut future = lock(&self.future);
        let waker = Waker::from(Arc::clone(self));
        let done = future.as_mut()?.as_mut().poll(&mut Context::from_waker(&waker)).is_ready();
        done.then(|| {
            *future = None;
            self.key
        })
    }

    /// Drops the future, which closes what it had open.
    pub(crate) fn abort(&self) {
        lock(&self.future).take();
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
