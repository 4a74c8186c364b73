//! The two tokio runtimes of a process, and what a fork does to them.
//!
//! - [`callers`] has no thread of its own: the threads that wait in blocking calls drive it, one of them at a time, so a lone call costs no hand-off to another thread. Whoever leaves (an answer, a deadline,
//!   Ctrl-C) hands the driving over to another that waits, so nobody depends on a thread that has gone.
//! - [`background`] is driven by one thread of ours, for asyncio.
//!
//! A connection belongs to the runtime that opened it, so a client belongs to one of the two for life.
//!
//! Both are made on first use and belong to the process that made them. A forked child inherits their memory, but not their thread, and shares their epoll instance with its parent: it must neither use
//! nor drop them. It makes its own. That is why runtimes are leaked: two per process and fork, on purpose.

use std::{
    fmt, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use pyo3::{PyErr, PyResult, exceptions::PyRuntimeError};
use tokio::{
    runtime::{Builder, Runtime},
    sync::Notify,
};

use crate::{bridge, inbox::Inbox, wait::settle};

/// Locks without panicking: nothing of ours panics while it holds a lock.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The runtime with a thread, and the way to it.
pub(crate) struct Background {
    pub(crate) inbox: Inbox,
}

/// Where a client's connections live.
#[derive(Clone, Copy)]
pub(crate) enum Home {
    Callers(&'static Runtime),
    Background(&'static Background),
}

impl fmt::Debug for Home {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Callers(_) => "Callers",
            Self::Background(_) => "Background",
        })
    }
}

type Slot<T> = Mutex<Option<(u32, &'static T)>>;

static CALLERS: Slot<Runtime> = Mutex::new(None);
static BACKGROUND: Slot<Background> = Mutex::new(None);

/// The runtime that blocking calls drive themselves.
pub(crate) fn callers() -> PyResult<Home> {
    of_this_process(&CALLERS, |builder| builder.build().map(|runtime| &*Box::leak(Box::new(runtime))))
        .map(Home::Callers)
}

/// The runtime with a thread, for asyncio.
pub(crate) fn background() -> PyResult<Home> {
    let make = |builder: &mut Builder| {
        let background: &'static Background = Box::leak(Box::new(Background { inbox: Inbox::default() }));
        // Before it goes idle the thread tells the loops of everything that came in since, and looks for what they put in meanwhile: one wake-up for a batch, on either side.
        let runtime = builder
            .on_thread_park(|| {
                bridge::tell();
                background.inbox.sleeping();
            })
            .on_thread_unpark(|| background.inbox.awake())
            .build()?;
        let runtime: &'static Runtime = Box::leak(Box::new(runtime));
        runtime.spawn(background.inbox.pump());
        thread::Builder::new()
            .name("logto-management".to_owned())
            .spawn(move || runtime.block_on(std::future::pending::<()>()))?;
        Ok(background)
    };
    of_this_process(&BACKGROUND, make).map(Home::Background)
}

fn of_this_process<T>(
    slot: &Slot<T>,
    make: impl FnOnce(&mut Builder) -> io::Result<&'static T>,
) -> PyResult<&'static T> {
    let pid = std::process::id();
    let mut slot = lock(slot);
    match *slot {
        Some((owner, made)) if owner == pid => Ok(made),
        _ => {
            let made = make(Builder::new_current_thread().enable_all()).map_err(unusable)?;
            *slot = Some((pid, made));
            Ok(made)
        }
    }
}

fn unusable(error: io::Error) -> PyErr {
    PyRuntimeError::new_err(format!("The system refused what network I/O needs: {error}"))
}

/// A thread that drives [`callers`] for as long as this lives: while a blocking listing that asks for several pages at once is being read, its requests go on between two pages.
#[derive(Debug)]
pub(crate) struct Driver(Arc<Notify>);

impl Driver {
    pub(crate) fn start(runtime: &'static Runtime) -> PyResult<Self> {
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        thread::Builder::new()
            .name("logto-management-pages".to_owned())
            .spawn(move || {
                runtime.block_on(async move {
                    stopped.notified().await;
                    // What the end of the listing aborted: after this, perhaps nobody drives the runtime.
                    settle().await;
                });
            })
            .map_err(unusable)?;
        Ok(Self(stop))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}
