//! Blocking calls: the GIL is released, and a signal that comes in while the main thread waits has its handler run at once, so that Ctrl-C breaks a call and aborts its request on the wire.

use std::{
    cell::Cell,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    ptr,
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};

use logto_management_local::Runtime;
use pyo3::{prelude::*, types::PyModule};

use crate::{
    exit::detached,
    outbox::{Ask, Desk, OUTBOX, Outbox},
};

/// How long a signal may wait for its handler, where it does not break the main thread's sleep: another thread got it, or it came just before, or another thread drives the runtime and this one waits for that.
const TICK: Duration = Duration::from_millis(100);

/// Runs `future` to its end on `runtime`, which the calling thread drives meanwhile.
///
/// # Errors
/// What a signal handler raised: `KeyboardInterrupt`, usually; or what a transport of Python's did that is no failure of a request. The future is dropped then, and its requests are aborted.
pub(crate) fn wait<F>(py: Python<'_>, runtime: &'static Runtime, future: F) -> PyResult<F::Output>
where
    F: Future + Send,
    F::Output: Send,
{
    thread_local!(static MAIN: Known = const { Known::new() });
    // Only the main thread runs signal handlers; the others wait in one piece.
    let main = MAIN.with(|known| known.is_main(py, runtime))?;
    let desk = Arc::new(Desk::default());
    let mut future = pin!(OUTBOX.scope(Outbox::Caller(Arc::clone(&desk)), future));
    loop {
        let step = pin!(turn(future.as_mut(), &desk));
        let step = detached(py, || runtime.block_until(step, main.then(|| Instant::now() + TICK)));
        match step {
            Some(Step::Done(output)) => return Ok(output),
            Some(Step::Asked(asks)) => {
                asks.into_iter().try_for_each(|ask| ask.carry_out(py, None).map(drop))?;
            }
            None => py.check_signals()?,
        }
    }
}

/// Why a caller comes back from the runtime.
enum Step<T> {
    /// The call has come to its end.
    Done(T),
    /// Requests are to be carried out in Python.
    Asked(Vec<Ask>),
}

/// Goes on with a call until it ends, or has put something on the caller's desk. Only its own turns put something there.
fn turn<F: Future>(mut future: Pin<&mut F>, desk: &Desk) -> impl Future<Output = Step<F::Output>> {
    poll_fn(move |context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Step::Done(output));
        }
        let asks = desk.take();
        if asks.is_empty() { Poll::Pending } else { Poll::Ready(Step::Asked(asks)) }
    })
}

/// What a thread knows of itself. Asked once per thread; a fork makes the forking thread the main one, and has a runtime of its own.
struct Known(Cell<(*const Runtime, bool)>);

impl Known {
    const fn new() -> Self {
        Self(Cell::new((ptr::null(), false)))
    }

    /// Whether this is Python's main thread.
    fn is_main(&self, py: Python<'_>, runtime: &Runtime) -> PyResult<bool> {
        match self.0.get() {
            (known, main) if ptr::eq(known, runtime) => Ok(main),
            _ => {
                let threading = PyModule::import(py, "threading")?;
                // By number: `current_thread()` would make a dummy of a thread that Python does not know.
                let main = threading.call_method0("main_thread")?.getattr("ident")?;
                let main = threading.call_method0("get_ident")?.eq(main)?;
                self.0.set((runtime, main));
                Ok(main)
            }
        }
    }
}
