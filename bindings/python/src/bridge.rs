//! Awaited calls: what the runtime's thread has finished, on its way to an asyncio loop.
//!
//! A loop has one [`Bridge`]. Each call is a task of the background runtime, which leaves its outcome in the call's [`Ticket`] and puts the call's number into the bridge's queue; before the thread goes
//! idle, it wakes the loop: once for all that finished meanwhile. The wake-up is a byte in a pipe that the loop watches (`loop.add_reader`), so the runtime's thread never waits for the GIL and never runs
//! Python. The loop then completes the futures of the whole batch. The Python objects of an answer are made when its own task goes on, one answer after the other: so they are not all there at once, which
//! would call the garbage collector.
//!
//! For loops that can watch no pipe (Windows' proactor), a thread of the bridge's own calls `loop.call_soon_threadsafe` instead.

use std::{
    cell::RefCell,
    collections::HashMap,
    future::Future,
    mem,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
};

use futures_util::future::{AbortHandle, Abortable};
use logto_management_local::Runtime;
use pyo3::{PyTraverseError, PyVisit, exceptions::PyRuntimeError, intern, prelude::*};

use crate::{
    outbox::{Ask, OUTBOX, Outbox},
    outcome::Outcome,
    runtime::lock,
};

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
enum Errand {
    /// Begin a request of this call.
    Begin(u64, Box<Ask>),
    /// Give one up.
    GiveUp(u64),
}

#[derive(Debug)]
enum Waker {
    /// Both ends: a pipe that nobody reads any more would end the process where SIGPIPE is not ignored.
    #[cfg(unix)]
    Pipe(std::io::PipeReader, std::io::PipeWriter),
    Thread(mpsc::Sender<()>),
}

impl Waker {
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

thread_local!(static UNTOLD: RefCell<Vec<Arc<Queue>>> = const { RefCell::new(Vec::new()) });

/// Wakes every loop that something finished for. Called by the runtime's thread before it goes idle.
pub(crate) fn tell() {
    UNTOLD.with_borrow_mut(|untold| untold.drain(..).for_each(|queue| queue.waker.wake()));
}

impl Queue {
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

    fn finish(self: &Arc<Self>, id: u64) {
        let waiting = {
            let mut done = lock(&self.done);
            done.push(id);
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
#[pyclass(module = "logto_management._native", frozen, weakref)]
#[derive(Debug)]
pub(crate) struct Bridge {
    queue: Arc<Queue>,
    waiting: Mutex<Waiting>,
}

/// The futures of the calls that are under way.
#[derive(Debug, Default)]
struct Waiting {
    futures: HashMap<u64, Py<PyAny>>,
    last: u64,
    /// What a transport of Python's has begun, by the numbers of its requests.
    tasks: HashMap<u64, Py<PyAny>>,
}

impl Bridge {
    /// Runs `call` in the background; `future` is completed once its outcome can be taken from the ticket.
    pub(crate) fn start(
        this: &Bound<'_, Self>,
        background: &Runtime,
        future: Bound<'_, PyAny>,
        call: impl Future<Output = Outcome> + Send + 'static,
    ) -> Ticket {
        let bridge = this.get();
        let id = {
            let mut waiting = lock(&bridge.waiting);
            waiting.last += 1;
            let id = waiting.last;
            waiting.futures.insert(id, future.unbind());
            id
        };
        let (abort, registration) = AbortHandle::new_pair();
        let slot = Arc::new(Mutex::new(None));
        let (queue, to) = (Arc::clone(&bridge.queue), Arc::clone(&slot));
        let outbox = Outbox::Loop(Arc::clone(&queue), id);
        background.spawn(OUTBOX.scope(outbox, async move {
            if let Ok(outcome) = Abortable::new(call, registration).await {
                *lock(&to) = Some(outcome);
                queue.finish(id);
            }
        }));
        Ticket { id, abort, slot, bridge: this.clone().unbind() }
    }
}

#[pymethods]
impl Bridge {
    /// With `wake`, that is called (from a thread) instead of a byte written into the pipe.
    #[new]
    #[pyo3(signature = (wake = None))]
    fn new(wake: Option<Py<PyAny>>) -> PyResult<Self> {
        let waker = match wake {
            Some(wake) => Waker::Thread(wake_from_a_thread(wake)?),
            None => pipe()?,
        };
        let (done, errands, last) = (Mutex::default(), Mutex::default(), AtomicU64::new(0));
        let queue = Arc::new(Queue { done, errands, last, waker });
        Ok(Self { queue, waiting: Mutex::default() })
    }

    /// The pipe that the loop must watch.
    #[cfg(unix)]
    fn fileno(&self) -> PyResult<i32> {
        use std::os::fd::AsRawFd;
        match &self.queue.waker {
            Waker::Pipe(reader, _) => Ok(reader.as_raw_fd()),
            Waker::Thread(_) => Err(PyRuntimeError::new_err("this bridge has no pipe")),
        }
    }

    /// How many calls are under way.
    #[getter]
    fn pending(&self) -> usize {
        lock(&self.waiting).futures.len()
    }

    /// Completes the futures of what has finished. Called by the loop.
    fn drain(&self, py: Python<'_>) -> PyResult<()> {
        // Before the queue: what finishes from here on writes a byte of its own. The loop calls only when there is one.
        #[cfg(unix)]
        if let Waker::Pipe(reader, _) = &self.queue.waker {
            let _ = std::io::Read::read(&mut &*reader, &mut [0; 64]);
        }
        for errand in mem::take(&mut *lock(&self.queue.errands)) {
            self.run(py, errand)?;
        }
        for id in mem::take(&mut *lock(&self.queue.done)) {
            let future = lock(&self.waiting).futures.remove(&id);
            // Cancelled, or given up: nobody waits any more.
            let Some(future) = future.map(|future| future.into_bound(py)) else { continue };
            if !future.call_method0(intern!(py, "done"))?.is_truthy()? {
                future.call_method1(intern!(py, "set_result"), (py.None(),))?;
            }
        }
        Ok(())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        match self.waiting.try_lock() {
            Ok(waiting) => {
                waiting.futures.values().chain(waiting.tasks.values()).try_for_each(|held| visit.call(held))
            }
            Err(_) => Ok(()),
        }
    }

    fn __clear__(&self) {
        let waiting = mem::take(&mut *lock(&self.waiting));
        drop(waiting);
    }
}

impl Bridge {
    /// Runs an errand of a transport of Python's.
    fn run(&self, py: Python<'_>, errand: Errand) -> PyResult<()> {
        match errand {
            Errand::Begin(call, ask) => {
                let future = lock(&self.waiting).futures.get(&call).map(|future| future.clone_ref(py));
                // Cancelled meanwhile.
                let Some(future) = future.map(|future| future.into_bound(py)) else { return Ok(()) };
                let number = ask.number;
                match ask.carry_out(py, Some(&future)) {
                    Ok(task) if !task.is_none(py) => _ = lock(&self.waiting).tasks.insert(number, task),
                    Ok(_) => {}
                    Err(error) => {
                        if !future.call_method0(intern!(py, "done"))?.is_truthy()? {
                            future.call_method1(intern!(py, "set_exception"), (error,))?;
                        }
                    }
                }
            }
            Errand::GiveUp(number) => {
                let task = lock(&self.waiting).tasks.remove(&number);
                if let Some(task) = task {
                    // One that has ended hears nothing of it.
                    task.call_method0(py, intern!(py, "cancel"))?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(unix)]
fn pipe() -> PyResult<Waker> {
    let (reader, writer) = std::io::pipe()?;
    Ok(Waker::Pipe(reader, writer))
}

#[cfg(not(unix))]
fn pipe() -> PyResult<Waker> {
    Err(PyRuntimeError::new_err("this platform needs a callable that wakes the loop"))
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
    slot: Arc<Mutex<Option<Outcome>>>,
    bridge: Py<Bridge>,
}

#[pymethods]
impl Ticket {
    /// The outcome, once its future is done.
    fn take(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let outcome = lock(&self.slot).take();
        match outcome {
            Some(outcome) => outcome.into_python(py),
            None => Err(PyRuntimeError::new_err("this call has no outcome, or it was taken")),
        }
    }

    /// Drops the call, which aborts its request on the wire.
    fn abort(&self) {
        let future = lock(&self.bridge.get().waiting).futures.remove(&self.id);
        drop(future);
        self.abort.abort();
    }

    /// The future of a call leads to its task, and a task to its call's ticket.
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.bridge)
    }
}
