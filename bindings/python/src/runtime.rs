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
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use pyo3::{PyErr, PyResult, exceptions::PyRuntimeError};
use tokio::{
    runtime::{Builder, Runtime},
    sync::Notify,
};

use crate::bridge;

/// Locks without panicking: nothing of ours panics while it holds a lock.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

type Slot = Mutex<Option<(u32, &'static Runtime)>>;

static CALLERS: Slot = Mutex::new(None);
static BACKGROUND: Slot = Mutex::new(None);

/// The runtime that blocking calls drive themselves.
pub(crate) fn callers() -> PyResult<&'static Runtime> {
    of_this_process(&CALLERS, |builder| builder.build().map(Box::new).map(Box::leak).map(|runtime| &*runtime))
}

/// The runtime with a thread, for asyncio.
pub(crate) fn background() -> PyResult<&'static Runtime> {
    of_this_process(&BACKGROUND, |builder| {
        // Before it goes idle the thread tells the loops of everything that came in since: one wake-up for a batch.
        let runtime: &'static Runtime = Box::leak(Box::new(builder.on_thread_park(bridge::tell).build()?));
        thread::Builder::new()
            .name("logto-management".to_owned())
            .spawn(move || runtime.block_on(std::future::pending::<()>()))?;
        Ok(runtime)
    })
}

fn of_this_process(
    slot: &Slot,
    make: impl FnOnce(&mut Builder) -> io::Result<&'static Runtime>,
) -> PyResult<&'static Runtime> {
    let pid = std::process::id();
    let mut slot = lock(slot);
    match *slot {
        Some((owner, runtime)) if owner == pid => Ok(runtime),
        _ => {
            let runtime = make(Builder::new_current_thread().enable_all()).map_err(unusable)?;
            *slot = Some((pid, runtime));
            Ok(runtime)
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
            .spawn(move || runtime.block_on(stopped.notified()))
            .map_err(unusable)?;
        Ok(Self(stop))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}
