//! The runtimes of a process, and what a fork does to them.
//!
//! - [`callers`] has no thread of its own: the threads that wait in blocking calls drive it, one of them at a time, so a lone call costs no hand-off to another thread. Whoever leaves (an answer, a deadline,
//!   Ctrl-C) hands the driving over to another that waits, so nobody depends on a thread that has gone.
//! - [`event_loops`] is for asyncio: the loop that has calls under way drives it, or a thread of ours where there are several of them, or the loop is busy with something else, or cannot.
//! - [`of_redis`] is tokio's, with one thread. Connections to Redis live on it, whoever uses them.
//!
//! A connection belongs to the runtime that opened it, so a client belongs to one of the first two for life.
//!
//! All are made on first use and belong to the process that made them. A forked child inherits their memory, but not their threads, and shares their epoll instances with its parent: it must neither use
//! nor drop them. It makes its own. That is why runtimes are leaked: a few per process and fork, on purpose.

use std::{
    convert::Infallible,
    io,
    sync::{Mutex, MutexGuard, PoisonError},
};

use logto_management_local::{EventLoops, Runtime, threads};
use pyo3::{PyErr, PyResult, exceptions::PyRuntimeError};
use tokio::{runtime::Handle, sync::oneshot};

use crate::queue;

/// Locks without panicking: nothing of ours panics while it holds a lock.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where a client's connections live.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Home {
    Callers(&'static Runtime),
    EventLoops(&'static EventLoops),
}

impl Home {
    pub(crate) fn runtime(self) -> &'static Runtime {
        match self {
            Self::Callers(runtime) => runtime,
            Self::EventLoops(loops) => loops.runtime(),
        }
    }
}

type Slot<T> = Mutex<Option<(u32, &'static T)>>;

/// The runtime that blocking calls drive themselves.
pub(crate) fn callers() -> PyResult<Home> {
    static CALLERS: Slot<Runtime> = Mutex::new(None);
    of_this_process(&CALLERS, Runtime::new).map(Home::Callers)
}

/// The runtime of asyncio's loops.
pub(crate) fn event_loops() -> PyResult<&'static EventLoops> {
    static EVENT_LOOPS: Slot<EventLoops> = Mutex::new(None);
    // Before it goes idle the thread tells the loops of everything that came in since: one wake-up for a batch.
    of_this_process(&EVENT_LOOPS, || EventLoops::new(queue::tell))
}

/// The runtime of Redis.
pub(crate) fn of_redis() -> PyResult<&'static Handle> {
    static OF_REDIS: Slot<Handle> = Mutex::new(None);
    of_this_process(&OF_REDIS, threads::tokio_with_a_thread)
}

fn of_this_process<T>(slot: &Slot<T>, make: impl FnOnce() -> io::Result<T>) -> PyResult<&'static T> {
    let pid = std::process::id();
    let mut slot = lock(slot);
    match *slot {
        Some((owner, made)) if owner == pid => Ok(made),
        _ => {
            let made = &*Box::leak(Box::new(make().map_err(unusable)?));
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
pub(crate) struct Driver {
    _until_dropped: oneshot::Sender<Infallible>,
}

impl Driver {
    pub(crate) fn start(runtime: &'static Runtime) -> PyResult<Self> {
        let (until_dropped, dropped) = oneshot::channel();
        threads::spawn("logto-management-pages", move || drop(runtime.block_on(dropped)))
            .map_err(unusable)?;
        Ok(Self { _until_dropped: until_dropped })
    }
}
