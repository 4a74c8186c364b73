//! Awaited calls: from an asyncio loop to the runtime and back.
//!
//! A loop has one [`Bridge`]. Each call is a task of the runtime, which leaves its outcome in the call's [`Ticket`] and puts the call's number into the bridge's [`Queue`]. The loop drives the runtime itself, wherever that
//! can be ([`EventLoops`](logto_management_local::EventLoops) tells when): it watches the runtime's descriptor (`loop.add_reader`), so its thread writes a request when the call is made, and reads the answer.
//! Otherwise a thread of ours does, and wakes the loop.
//!
//! Then the loop completes the futures of all that has finished. The Python objects of an answer are made when its own task goes on, one answer after the other: so they are not all there at once, which
//! would call the garbage collector.

use std::{
    collections::HashMap,
    future::Future,
    mem,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use logto_management_local::{EventLoop, EventLoops, Started, Turn};
use pyo3::{IntoPyObjectExt, PyTraverseError, PyVisit, exceptions::PyRuntimeError, intern, prelude::*};

use crate::{
    exit::{Within, detached},
    live::Owned,
    outbox::{OUTBOX, Outbox},
    outcome::Outcome,
    queue::{Errand, Queue, Waker},
    runtime::{self, lock},
};

/// The way between the runtime and one asyncio loop.
#[pyclass(module = "logto_management._native", frozen, weakref)]
#[derive(Debug)]
pub(crate) struct Bridge {
    queue: Arc<Queue>,
    waiting: Mutex<Waiting>,
    event_loop: Owned<EventLoop>,
    /// What the loop is asked through, if it can watch descriptors.
    ties: Option<Py<PyAny>>,
    /// The loop watches the runtime's descriptor.
    watches: AtomicBool,
    /// When it comes back in any case.
    armed: Mutex<Option<Instant>>,
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
    /// Starts `call`. Its outcome, if that is there at once; else a ticket that has it when `future` is completed.
    pub(crate) fn start(
        this: &Bound<'_, Self>,
        loops: &EventLoops,
        future: Bound<'_, PyAny>,
        call: impl Future<Output = Outcome> + Send + 'static,
    ) -> PyResult<Py<PyAny>> {
        let (py, bridge) = (this.py(), this.get());
        // It is of some size, and is handed on a few times yet.
        let call = Box::pin(call);
        // It is none of these in a forked child.
        let event_loop = bridge.event_loop.look().filter(|event_loop| event_loop.is_of(loops));
        let event_loop = event_loop.ok_or_else(left_behind)?;
        let id = {
            let mut waiting = lock(&bridge.waiting);
            waiting.last += 1;
            let id = waiting.last;
            waiting.futures.insert(id, future.unbind());
            id
        };
        let slot = Arc::new(Mutex::new(None));
        let (queue, to) = (Arc::clone(&bridge.queue), Arc::clone(&slot));
        let outbox = Outbox::Loop(Arc::clone(&queue), id);
        let call = OUTBOX.scope(outbox, async move {
            let outcome = call.await;
            *lock(&to) = Some(outcome);
            queue.finish(id);
        });
        let ((started, turn), finished) = bridge.outside(py, || event_loop.start(call));
        if let Turn::Here(next) = turn {
            Self::come_back(this, next)?;
        }
        let outcome = lock(&slot).take();
        if outcome.is_some() {
            drop(lock(&bridge.waiting).futures.remove(&id));
        }
        if finished {
            bridge.complete(py)?;
        }
        match outcome {
            Some(outcome) => outcome.into_python(py),
            None => Ticket { id, call: started, slot, bridge: this.clone().unbind() }.into_py_any(py),
        }
    }

    /// A turn of the loop in the runtime, and whether something finished in it.
    fn outside<T: Send>(&self, py: Python<'_>, turn: impl FnOnce() -> T + Send) -> (T, bool) {
        detached(py, || self.queue.on_loop(turn))
    }

    /// Has the loop come back when the runtime has something, or at `next`. A timer that comes too early is set again then; that costs less than to set it anew for each call.
    fn come_back(this: &Bound<'_, Self>, next: Option<Instant>) -> PyResult<()> {
        let (py, bridge) = (this.py(), this.get());
        let Some(ties) = bridge.ties.as_ref().map(|ties| ties.bind(py)) else { return Ok(()) };
        if !bridge.watches.swap(true, Ordering::Relaxed)
            && let Err(error) = ties.call_method1(intern!(py, "watch"), (this,))
        {
            bridge.watches.store(false, Ordering::Relaxed);
            bridge.event_loop.get().inspect(|event_loop| event_loop.cannot_watch());
            // A thread drives then.
            return if error.is_instance_of::<PyRuntimeError>(py) { Ok(()) } else { Err(error) };
        }
        let Some(next) = next else { return Ok(()) };
        let sooner = {
            let mut armed = lock(&bridge.armed);
            let sooner = armed.is_none_or(|armed| next < armed);
            if sooner {
                *armed = Some(next);
            }
            sooner
        };
        if sooner {
            let seconds = next.saturating_duration_since(Instant::now()).as_secs_f64();
            ties.call_method1(intern!(py, "later"), (this, seconds))?;
        }
        Ok(())
    }

    /// Completes the futures of what has finished.
    fn complete(&self, py: Python<'_>) -> PyResult<()> {
        let done = self.queue.take_done();
        self.event_loop.look().inspect(|event_loop| event_loop.finished(done.len()));
        for id in done {
            let future = lock(&self.waiting).futures.remove(&id);
            // Cancelled, or given up: nobody waits any more.
            let Some(future) = future.map(|future| future.into_bound(py)) else { continue };
            if !future.call_method0(intern!(py, "done"))?.is_truthy()? {
                future.call_method1(intern!(py, "set_result"), (py.None(),))?;
            }
        }
        Ok(())
    }

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

fn left_behind() -> PyErr {
    PyRuntimeError::new_err("this event loop was left behind by a fork: run another")
}

#[pymethods]
impl Bridge {
    /// With `ties`, the loop can watch descriptors; else `wake` is called (from a thread) when something has finished.
    #[new]
    #[pyo3(signature = (ties = None, wake = None))]
    fn new(ties: Option<Py<PyAny>>, wake: Option<Py<PyAny>>) -> PyResult<Self> {
        let waker = match wake {
            Some(wake) => Waker::thread(wake)?,
            None => Waker::pipe()?,
        };
        Ok(Self {
            queue: Queue::new(waker),
            waiting: Mutex::default(),
            event_loop: Owned::new(runtime::event_loops()?.attach(ties.is_some())),
            ties,
            watches: AtomicBool::new(false),
            armed: Mutex::default(),
        })
    }

    /// The pipe that the loop must watch.
    #[cfg(unix)]
    fn fileno(&self) -> PyResult<i32> {
        use std::os::fd::AsRawFd;
        let pipe = self.queue.pipe().map(AsRawFd::as_raw_fd);
        pipe.ok_or_else(|| PyRuntimeError::new_err("this bridge has no pipe"))
    }

    /// The runtime's descriptor, for a loop that drives it.
    #[cfg(unix)]
    #[getter]
    fn descriptor(&self) -> PyResult<i32> {
        use std::os::fd::AsRawFd;
        self.event_loop.get().map(|event_loop| event_loop.runtime().as_raw_fd()).ok_or_else(left_behind)
    }

    /// How many calls are under way.
    #[getter]
    fn pending(&self) -> usize {
        lock(&self.waiting).futures.len()
    }

    /// Called by the loop when the pipe is readable: something was finished by a thread, or a transport of Python's is wanted.
    fn drain(&self, py: Python<'_>) -> PyResult<()> {
        let _within = Within::enter(py);
        if self.event_loop.get().is_none() {
            return Ok(());
        }
        self.queue.woken();
        for errand in self.queue.take_errands() {
            self.run(py, errand)?;
        }
        self.complete(py)
    }

    /// Called by the loop when the runtime's descriptor is readable.
    fn turn(this: &Bound<'_, Self>) -> PyResult<()> {
        let (py, bridge) = (this.py(), this.get());
        let _within = Within::enter(py);
        let Some(event_loop) = bridge.event_loop.get() else { return Ok(()) };
        let (turn, finished) = bridge.outside(py, || event_loop.turn());
        if finished {
            bridge.complete(py)?;
        }
        match (turn, &bridge.ties) {
            (Turn::Here(next), _) => Self::come_back(this, next),
            (Turn::Elsewhere, Some(ties)) if bridge.watches.swap(false, Ordering::Relaxed) => {
                *lock(&bridge.armed) = None;
                ties.call_method1(py, intern!(py, "let_go"), (this,)).map(drop)
            }
            (Turn::Elsewhere, _) => Ok(()),
        }
    }

    /// Called by the loop when the time has come.
    fn late(this: &Bound<'_, Self>) -> PyResult<()> {
        *lock(&this.get().armed) = None;
        Self::turn(this)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        if let Some(ties) = &self.ties {
            visit.call(ties)?;
        }
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

/// A call under way.
#[pyclass(module = "logto_management._native", frozen)]
#[derive(Debug)]
pub(crate) struct Ticket {
    id: u64,
    call: Started,
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
    fn abort(&self, py: Python<'_>) {
        let bridge = self.bridge.get();
        let future = lock(&bridge.waiting).futures.remove(&self.id);
        drop(future);
        if bridge.event_loop.get().is_some() {
            // What it holds may be Python's, and is let go of later then.
            py.detach(|| self.call.abort());
        }
    }

    /// The future of a call leads to its task, and a task to its call's ticket.
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.bridge)
    }
}
