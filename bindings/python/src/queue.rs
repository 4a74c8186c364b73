//! What an asyncio loop has not heard of yet, and how it hears of it.
//!
//! A loop that drives the runtime itself finds out by that. Where a thread of ours does, it wakes the loop before it goes idle: once for all that finished meanwhile. The wake-up is a byte in a pipe that the loop
//! watches, so the thread never waits for the GIL and never runs Python. For loops that can watch no pipe (Windows' proactor), a thread of the bridge's own calls `loop.call_soon_threadsafe` instead.

use std::{
    cell::{Cell, RefCell},
    mem, ptr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
};

#[cfg(not(unix))]
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::{outbox::Ask, runtime::lock};

/// So many outcomes are not kept waiting for the thread to go idle.
const BATCH: usize = 32;

/// What a loop has not heard of yet.
#[derive(Debug)]
pub(crate) struct Queue {
    /// Finished calls.
    done: Mutex<Vec<u64>>,
    /// Requests for a transport of Python's.
    errands: Mutex<Vec<Errand>>,
    last: AtomicU64,
    waker: Waker,
}

/// What a loop is to do for a transport of Python's.
#[derive(Debug)]
pub(crate) enum Errand {
    /// Begin a request of this call.
    Begin(u64, Box<Ask>),
    /// Give one up.
    GiveUp(u64),
}

/// How the loop is woken.
#[derive(Debug)]
pub(crate) enum Waker {
    /// Both ends: a pipe that nobody reads any more would end the process where SIGPIPE is not ignored.
    #[cfg(unix)]
    Pipe(std::io::PipeReader, std::io::PipeWriter),
    Thread(mpsc::Sender<()>),
}

impl Waker {
    /// With a pipe.
    #[cfg(unix)]
    pub(crate) fn pipe() -> PyResult<Self> {
        let (reader, writer) = std::io::pipe()?;
        Ok(Self::Pipe(reader, writer))
    }

    #[cfg(not(unix))]
    pub(crate) fn pipe() -> PyResult<Self> {
        Err(PyRuntimeError::new_err("this platform needs a callable that wakes the loop"))
    }

    /// By a callable, on a thread that ends with the sender.
    pub(crate) fn thread(wake: Py<PyAny>) -> PyResult<Self> {
        let (sender, receiver) = mpsc::channel();
        thread::Builder::new().name("logto-management-wake".to_owned()).spawn(move || {
            while receiver.recv().is_ok() {
                // A closed loop refuses: nobody is left to wake.
                Python::try_attach(|py| drop(wake.call0(py)));
            }
        })?;
        Ok(Self::Thread(sender))
    }

    /// Wakes the loop. At most three bytes are in the pipe, so writing never blocks.
    fn wake(&self) {
        match self {
            #[cfg(unix)]
            Self::Pipe(_, writer) => {
                let _ = std::io::Write::write(&mut &*writer, &[1]);
            }
            Self::Thread(thread) => {
                let _ = thread.send(());
            }
        }
    }
}

thread_local! {
    /// Loops that something finished for on this thread.
    static UNTOLD: RefCell<Vec<Arc<Queue>>> = const { RefCell::new(Vec::new()) };
    /// This is a loop's thread, and it has its turn.
    static ON_LOOP: Cell<bool> = const { Cell::new(false) };
}

/// Wakes every loop that something finished for. Called by the runtime's thread before it goes idle.
pub(crate) fn tell() {
    UNTOLD.with_borrow_mut(|untold| untold.drain(..).for_each(|queue| queue.waker.wake()));
}

impl Queue {
    pub(crate) fn new(waker: Waker) -> Arc<Self> {
        Arc::new(Self { done: Mutex::default(), errands: Mutex::default(), last: AtomicU64::new(0), waker })
    }

    /// A turn of this loop on its own thread. Whether something finished there, for which the loop looks into the queue without being woken.
    pub(crate) fn on_loop<T>(&self, turn: impl FnOnce() -> T) -> (T, bool) {
        ON_LOOP.set(true);
        let given = turn();
        ON_LOOP.set(false);
        let mut own = false;
        UNTOLD.with_borrow_mut(|untold| {
            for queue in untold.drain(..) {
                if ptr::eq(&raw const *queue, self) {
                    own = true;
                } else {
                    queue.waker.wake();
                }
            }
        });
        (given, own)
    }

    /// The pipe that the loop must watch.
    #[cfg(unix)]
    pub(crate) fn pipe(&self) -> Option<&std::io::PipeReader> {
        match &self.waker {
            Waker::Pipe(reader, _) => Some(reader),
            Waker::Thread(_) => None,
        }
    }

    /// The wake-up has come. Before what it was for is taken: what finishes from here on wakes anew.
    pub(crate) fn woken(&self) {
        // The loop comes here only when there is a byte.
        #[cfg(unix)]
        if let Some(mut pipe) = self.pipe() {
            let _ = std::io::Read::read(&mut pipe, &mut [0; 64]);
        }
    }

    /// The numbers of calls that have finished.
    pub(crate) fn take_done(&self) -> Vec<u64> {
        mem::take(&mut *lock(&self.done))
    }

    /// What is to be done for transports of Python's.
    pub(crate) fn take_errands(&self) -> Vec<Errand> {
        mem::take(&mut *lock(&self.errands))
    }

    /// A number for a request.
    pub(crate) fn number(&self) -> u64 {
        self.last.fetch_add(1, Ordering::Relaxed)
    }

    /// Has the loop carry out a request of a call.
    pub(crate) fn ask(&self, call: u64, ask: Ask) {
        self.send(Errand::Begin(call, Box::new(ask)));
    }

    /// Nobody waits for a request any more.
    pub(crate) fn give_up(&self, number: u64) {
        self.send(Errand::GiveUp(number));
    }

    fn send(&self, errand: Errand) {
        let first = {
            let mut errands = lock(&self.errands);
            errands.push(errand);
            errands.len() == 1
        };
        if first {
            self.waker.wake();
        }
    }

    /// A call has its outcome.
    pub(crate) fn finish(self: &Arc<Self>, id: u64) {
        let waiting = {
            let mut done = lock(&self.done);
            done.push(id);
            done.len()
        };
        // With more than one waiting, the wake-up for the first is still to come, or the loop has not followed it yet.
        if waiting == 1 {
            UNTOLD.with_borrow_mut(|untold| untold.push(Arc::clone(self)));
        } else if waiting == BATCH && !ON_LOOP.get() {
            tell();
        }
    }
}
