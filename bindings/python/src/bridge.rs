//! Awaited calls: what the runtime's thread has finished, on its way to an asyncio loop.
//!
//! A loop has one [`Bridge`]. Each call is a task of the background runtime, which puts its outcome into the bridge's queue and, before the thread goes idle, wakes the loop: once for all that finished
//! meanwhile. The wake-up is a byte on a socket that the loop watches (`loop.add_reader`), so the runtime's thread never waits for the GIL and never runs Python. The loop then takes the whole
//! batch and makes the Python objects in its own thread.
//!
//! For loops that can watch no socket (Windows' proactor), a thread of the bridge's own calls `loop.call_soon_threadsafe` instead.

use std::{
    cell::RefCell,
    future::Future,
    mem,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
};

use pyo3::{exceptions::PyRuntimeError, prelude::*};
use tokio::{runtime::Runtime, task::AbortHandle};

use crate::{outcome::Outcome, runtime::lock};

/// So many outcomes are not kept waiting for the thread to go idle.
const BATCH: usize = 32;

/// Finished calls that their loop has not taken yet.
#[derive(Debug)]
pub(crate) struct Queue {
    done: Mutex<Vec<(u64, Outcome)>>,
    waker: Waker,
    ids: AtomicU64,
}

#[derive(Debug)]
enum Waker {
    #[cfg(unix)]
    Socket(std::os::unix::net::UnixStream),
    Thread(mpsc::Sender<()>),
}

impl Waker {
    /// Wakes the loop. Where it cannot (a full socket: the loop is being woken already; a closed one: nobody is left to wake) there is nothing to do.
    fn wake(&self) {
        match self {
            #[cfg(unix)]
            Self::Socket(socket) => {
                let _ = std::io::Write::write(&mut &*socket, &[1]);
            }
            Self::Thread(thread) => {
                let _ = thread.send(());
            }
        }
    }
}

thread_local!(static UNTOLD: RefCell<Vec<Arc<Queue>>> = const { RefCell::new(Vec::new()) });

/// Wakes every loop that something finished for. Called by the runtime's thread before it goes idle.
pub(crate) fn tell() {
    UNTOLD.with_borrow_mut(|untold| untold.drain(..).for_each(|queue| queue.waker.wake()));
}

impl Queue {
    fn finish(self: &Arc<Self>, id: u64, outcome: Outcome) {
        let waiting = {
            let mut done = lock(&self.done);
            done.push((id, outcome));
            done.len()
        };
        // With more than one waiting, the wake-up for the first is still to come, or the loop has not followed it yet.
        if waiting == 1 {
            UNTOLD.with_borrow_mut(|untold| untold.push(Arc::clone(self)));
        } else if waiting == BATCH {
            tell();
        }
    }
}

/// The way from the runtime to one asyncio loop.
#[pyclass(module = "logto_management._native", frozen)]
#[derive(Debug)]
pub(crate) struct Bridge {
    queue: Arc<Queue>,
    #[cfg(unix)]
    woken: Option<std::os::unix::net::UnixStream>,
}

impl Bridge {
    /// Runs `future` on `runtime`; its outcome goes to the loop.
    pub(crate) fn start(
        &self,
        runtime: &'static Runtime,
        future: impl Future<Output = Outcome> + Send + 'static,
    ) -> Ticket {
        let queue = Arc::clone(&self.queue);
        let id = queue.ids.fetch_add(1, Ordering::Relaxed);
        let task = runtime.spawn(async move { queue.finish(id, future.await) });
        Ticket { id, abort: task.abort_handle() }
    }
}

#[pymethods]
impl Bridge {
    /// With `wake`, that is called (from a thread) instead of a byte sent on the socket.
    #[new]
    #[pyo3(signature = (wake = None))]
    fn new(wake: Option<Py<PyAny>>) -> PyResult<Self> {
        let queue = |waker| Arc::new(Queue { done: Mutex::default(), waker, ids: AtomicU64::new(0) });
        #[cfg(unix)]
        if wake.is_none() {
            let (woken, waker) = std::os::unix::net::UnixStream::pair()?;
            woken.set_nonblocking(true)?;
            waker.set_nonblocking(true)?;
            return Ok(Self { queue: queue(Waker::Socket(waker)), woken: Some(woken) });
        }
        let wake = wake
            .ok_or_else(|| PyRuntimeError::new_err("this platform needs a callable that wakes the loop"))?;
        let waker = Waker::Thread(wake_from_a_thread(wake)?);
        Ok(Self {
            queue: queue(waker),
            #[cfg(unix)]
            woken: None,
        })
    }

    /// The socket that the loop must watch.
    #[cfg(unix)]
    fn fileno(&self) -> PyResult<i32> {
        use std::os::fd::AsRawFd;
        let woken =
            self.woken.as_ref().ok_or_else(|| PyRuntimeError::new_err("this bridge has no socket"))?;
        Ok(woken.as_raw_fd())
    }

    /// What has finished: each call's id and its outcome.
    fn take(&self, py: Python<'_>) -> PyResult<Vec<(u64, Py<PyAny>)>> {
        #[cfg(unix)]
        if let Some(woken) = &self.woken {
            // Before the queue: what finishes from here on sends a byte of its own.
            let _ = std::io::Read::read(&mut &*woken, &mut [0; 64]);
        }
        let done = mem::take(&mut *lock(&self.queue.done));
        done.into_iter().map(|(id, outcome)| Ok((id, outcome.into_python(py)?))).collect()
    }
}

/// Calls `wake` whenever something is sent, until the sender is dropped.
fn wake_from_a_thread(wake: Py<PyAny>) -> PyResult<mpsc::Sender<()>> {
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new().name("logto-management-wake".to_owned()).spawn(move || {
        while receiver.recv().is_ok() {
            // A closed loop refuses: nobody is left to wake.
            Python::try_attach(|py| drop(wake.call0(py)));
        }
    })?;
    Ok(sender)
}

/// A call under way.
#[pyclass(module = "logto_management._native", frozen)]
#[derive(Debug)]
pub(crate) struct Ticket {
    id: u64,
    abort: AbortHandle,
}

#[pymethods]
impl Ticket {
    #[getter]
    const fn id(&self) -> u64 {
        self.id
    }

    /// Drops the call, which aborts its request on the wire.
    fn abort(&self) {
        self.abort.abort();
    }
}
