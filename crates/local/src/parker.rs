//! A thread that waits for a future of its own.

use std::{
    cell::RefCell,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    task::Wake,
    thread::{self, Thread},
    time::Duration,
};

use crate::runtime::Shared;

pub(crate) struct Parker {
    thread: Thread,
    runtime: Weak<Shared>,
    /// The thread's future is to have a turn.
    woken: AtomicBool,
    /// The thread drives the runtime: it sleeps at the sockets, if it sleeps.
    driving: AtomicBool,
}

thread_local!(static MINE: RefCell<Option<Arc<Parker>>> = const { RefCell::new(None) });

impl Parker {
    /// This thread's, for this runtime.
    pub(crate) fn of_this_thread(runtime: &Arc<Shared>) -> Arc<Self> {
        MINE.with_borrow_mut(|mine| match mine {
            Some(parker) if parker.runtime.as_ptr() == Arc::as_ptr(runtime) => Arc::clone(parker),
            _ => {
                let parker = Arc::new(Self {
                    thread: thread::current(),
                    runtime: Arc::downgrade(runtime),
                    woken: AtomicBool::new(false),
                    driving: AtomicBool::new(false),
                });
                Arc::clone(mine.insert(parker))
            }
        })
    }

    /// A future gets its first turn.
    pub(crate) fn start(&self) {
        self.woken.store(true, Ordering::SeqCst);
    }

    pub(crate) fn take_woken(&self) -> bool {
        self.woken.swap(false, Ordering::SeqCst)
    }

    pub(crate) fn is_woken(&self) -> bool {
        self.woken.load(Ordering::SeqCst)
    }

    pub(crate) fn drives(&self, drives: bool) {
        self.driving.store(drives, Ordering::SeqCst);
    }

    /// Sleeps until the future is woken, or the runtime offered.
    pub(crate) fn park(&self, patience: Option<Duration>) {
        match patience {
            _ if self.is_woken() => {}
            Some(patience) => thread::park_timeout(patience),
            None => thread::park(),
        }
    }

    /// Nobody drives the runtime: the thread may.
    pub(crate) fn offer(&self) {
        self.thread.unpark();
    }
}

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.woken.swap(true, Ordering::SeqCst) {
            return;
        }
        if !self.driving.load(Ordering::SeqCst) {
            self.thread.unpark();
        } else if let Some(runtime) = self.runtime.upgrade() {
            runtime.wake_driver();
        }
    }
}
