//! The end of the interpreter, with daemon threads in calls.
//!
//! CPython before 3.14 ends a daemon thread where it next asks for the GIL, by `pthread_exit`. That unwinds its stack, and cannot get through Rust: the process would abort. So from the beginning of the end (`atexit`) on, no
//! thread but the main one stays below a function of ours with Python to run: it sleeps, without the GIL, until the process ends. Newer versions do the same by themselves.
//!
//! A thread comes to that where it enters one of our functions and where it comes back from the runtime. Those that run Python below one at that moment (a few steps of asyncio, a hook) are waited for.

use std::{
    cell::Cell,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

use pyo3::prelude::*;

/// The most time that the end waits for others to come out of Python: a hook may take as long as it likes.
const PATIENCE: Duration = Duration::from_secs(1);

/// The main thread, once the interpreter goes down.
static EXITING: OnceLock<ThreadId> = OnceLock::new();
/// Threads that run Python, or are about to, below a function of ours.
static WITHIN: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// How many of our functions this thread is below.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// This thread runs Python below a function of ours, while it lives.
pub(crate) struct Within(());

impl Within {
    /// Does not return to any but the main thread while the interpreter goes down.
    pub(crate) fn enter(py: Python<'_>) -> Self {
        if DEPTH.replace(DEPTH.get() + 1) == 0 && !come_in() {
            py.detach(sleep);
        }
        Self(())
    }
}

impl Drop for Within {
    fn drop(&mut self) {
        if DEPTH.replace(DEPTH.get() - 1) == 1 {
            WITHIN.fetch_sub(1, SeqCst);
        }
    }
}

/// Counts this thread in, unless it must not go on. The order matters: whoever sets `EXITING` looks at `WITHIN` afterwards.
fn come_in() -> bool {
    WITHIN.fetch_add(1, SeqCst);
    let may = EXITING.get().is_none_or(|main| *main == thread::current().id());
    if !may {
        WITHIN.fetch_sub(1, SeqCst);
    }
    may
}

/// Until the process ends.
fn sleep() {
    loop {
        thread::park();
    }
}

/// Without the GIL, and out of what the end waits for. Does not return to any but the main thread while the interpreter goes down.
pub(crate) fn detached<T: Send>(py: Python<'_>, act: impl FnOnce() -> T + Send) -> T {
    py.detach(|| {
        let counted = DEPTH.get() > 0;
        if counted {
            WITHIN.fetch_sub(1, SeqCst);
        }
        let done = act();
        if !come_in() {
            sleep();
        }
        if !counted {
            WITHIN.fetch_sub(1, SeqCst);
        }
        done
    })
}

/// Called by `atexit`: the interpreter is going down, and only its main thread goes on.
#[pyfunction]
pub(crate) fn exiting(py: Python<'_>) {
    let _ = EXITING.set(thread::current().id());
    let own = usize::from(DEPTH.get() > 0);
    let until = Instant::now() + PATIENCE;
    py.detach(|| {
        while WITHIN.load(SeqCst) > own && Instant::now() < until {
            thread::sleep(Duration::from_millis(1));
        }
    });
}

/// Called in the child of a fork: the other threads stayed behind.
#[pyfunction]
pub(crate) fn forked() {
    WITHIN.store(usize::from(DEPTH.get() > 0), SeqCst);
}
