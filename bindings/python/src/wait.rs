//! Blocking calls: the GIL is released, and signals are looked at while the main thread waits, so that Ctrl-C breaks a call within about 100 ms and aborts its request on the wire.

use std::{
    cell::Cell,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    thread,
    time::Duration,
};

use pyo3::{prelude::*, types::PyModule};
use tokio::runtime::Runtime;

use crate::outbox::{Ask, Desk, OUTBOX, Outbox};

/// How long a signal may wait for its handler.
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
    // Only the main thread runs signal handlers; the others wait in one piece.
    let main = on_main_thread(py)?;
    let desk = Arc::new(Desk::default());
    let scoped = OUTBOX.scope(Outbox::Caller(Arc::clone(&desk)), after_a_look(future));
    let mut future = pin!(Some(scoped));
    loop {
        let step = turn(future.as_mut(), &desk);
        let step = py.detach(|| {
            if main {
                return runtime
                    .block_on(async { tokio::time::timeout(TICK, step).await.unwrap_or(Step::Tick) });
            }
            let step = runtime.block_on(step);
            never_return_when_exiting();
            step
        });
        let gone_on = match step {
            Step::Done(output) => return Ok(output),
            Step::Asked(asks) => asks.into_iter().try_for_each(|ask| ask.carry_out(py, None).map(drop)),
            Step::Tick => py.check_signals(),
        };
        if let Err(raised) = gone_on {
            py.detach(|| runtime.block_on(abandon(future.as_mut())));
            return Err(raised);
        }
    }
}

/// Why a caller comes back from the runtime.
enum Step<T> {
    /// The call has come to its end.
    Done(T),
    /// Requests are to be carried out in Python.
    Asked(Vec<Ask>),
    /// It is time to look at signals.
    Tick,
}

/// Goes on with a call until it ends, or has put something on the caller's desk. Only its own turns put something there.
fn turn<F: Future>(mut future: Pin<&mut Option<F>>, desk: &Desk) -> impl Future<Output = Step<F::Output>> {
    poll_fn(move |context| {
        let Some(future) = future.as_mut().as_pin_mut() else { return Poll::Pending };
        if let Poll::Ready(output) = future.poll(context) {
            return Poll::Ready(Step::Done(output));
        }
        let asks = desk.take();
        if asks.is_empty() { Poll::Pending } else { Poll::Ready(Step::Asked(asks)) }
    })
}

/// Looks at the sockets before the call begins. Nobody has driven the runtime since the call before, so a connection that the server has closed meanwhile would still count as
/// good, and the call be lost on it. After the look its task sees the end of it before the call's request, which then takes another connection.
async fn after_a_look<F: Future>(future: F) -> F::Output {
    tokio::task::yield_now().await;
    future.await
}

/// Drops a future, and lets the tasks of its connections see it: a runtime that nobody drives closes nothing.
async fn abandon<F>(mut future: Pin<&mut Option<F>>) {
    future.set(None);
    settle().await;
}

/// Gives every task that is ready a turn, and the sockets too.
pub(crate) async fn settle() {
    for _ in 0..4 {
        tokio::task::yield_now().await;
    }
}

/// Whether this is Python's main thread. Asked once per thread; a fork makes the forking thread the main one.
fn on_main_thread(py: Python<'_>) -> PyResult<bool> {
    thread_local!(static MAIN: Cell<Option<(u32, bool)>> = const { Cell::new(None) });
    let pid = std::process::id();
    match MAIN.get() {
        Some((owner, main)) if owner == pid => Ok(main),
        _ => {
            let threading = PyModule::import(py, "threading")?;
            // By number: `current_thread()` would make a dummy of a thread that Python does not know.
            let main = threading.call_method0("main_thread")?.getattr("ident")?;
            let main = threading.call_method0("get_ident")?.eq(main)?;
            MAIN.set(Some((pid, main)));
            Ok(main)
        }
    }
}

static EXITING: AtomicBool = AtomicBool::new(false);

/// Called by `atexit`: the interpreter is going down, and only its main thread comes back from here.
#[pyfunction]
pub(crate) fn exiting() {
    EXITING.store(true, Ordering::Relaxed);
}

/// A daemon thread that asks for the GIL while the interpreter goes down is ended by CPython before 3.14 in a way that takes the process with it (it unwinds through Rust). It sleeps here instead, until the
/// process ends. Newer versions do the same by themselves.
fn never_return_when_exiting() {
    while EXITING.load(Ordering::Relaxed) {
        thread::park();
    }
}
