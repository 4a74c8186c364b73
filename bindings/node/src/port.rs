//! Calls on their way back to JavaScript.
//!
//! Every JavaScript thread that loads the addon has one [`Port`]. JavaScript numbers its calls, and a number is free for another once its outcome is taken; what a call came to is put into the port's queue under its ticket. JavaScript takes the whole queue in one crossing and settles promises of its own:
//! when its event loop has given the calls their turn, or, where another thread drives them, when that thread has told it, once for all that finished before it goes idle.
//!
//! Each ticket gets exactly one outcome, whatever happens to its call, and what else there is to tell before it.

use std::{
    cell::RefCell,
    collections::HashMap,
    future::Future,
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use futures_util::future::{AbortHandle, AbortRegistration};
use logto_management_local::Runtime;
use napi::{
    Env, JsValue, Result, Status,
    bindgen_prelude::{Array, Function},
    check_status, sys,
    threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode},
};
use napi_derive::napi;

#[cfg(unix)]
use crate::event_loop::EventLoop;
use crate::{
    outcome::{Outcome, value},
    runtime,
};

/// Tells a JavaScript thread that there is something to take. Weak: it keeps the process alive only while calls are under way.
type Wake = ThreadsafeFunction<(), (), (), Status, false, true>;

/// So many outcomes are not kept waiting for the thread to go idle.
const BATCH: usize = 32;

/// Locks without panicking: nothing of ours panics while it holds a lock.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who drives the calls of a JavaScript thread.
enum Driver {
    /// That thread itself.
    #[cfg(unix)]
    EventLoop(EventLoop),
    /// A thread of ours.
    Thread { wake: Wake, runtime: Runtime },
}

/// Finished calls that their JavaScript thread has not taken yet.
pub(crate) struct Queue {
    driver: Driver,
    done: Mutex<Vec<(u32, Outcome)>>,
    aborts: Mutex<HashMap<u32, AbortHandle>>,
    /// How many calls are under way. Changed by JavaScript's thread alone.
    under_way: AtomicU32,
}

thread_local!(static UNTOLD: RefCell<Vec<Arc<Queue>>> = const { RefCell::new(Vec::new()) });

/// Wakes every JavaScript thread that something finished for. Called by the runtime's thread before it goes idle.
pub(crate) fn tell() {
    UNTOLD.with_borrow_mut(|untold| untold.drain(..).for_each(|queue| queue.wake_up()));
}

impl Queue {
    #[cfg(unix)]
    pub(crate) const fn event_loop(&self) -> Option<&EventLoop> {
        match &self.driver {
            Driver::EventLoop(event_loop) => Some(event_loop),
            Driver::Thread { .. } => None,
        }
    }

    /// What calls of this JavaScript thread run on.
    pub(crate) const fn runtime(&self) -> &Runtime {
        match &self.driver {
            #[cfg(unix)]
            Driver::EventLoop(event_loop) => &event_loop.runtime,
            Driver::Thread { runtime, .. } => runtime,
        }
    }

    /// Runs a call, or what else is to be done, whoever waits for it. From JavaScript's thread.
    pub(crate) fn run(&self, future: impl Future<Output = ()> + Send + 'static) {
        match &self.driver {
            #[cfg(unix)]
            Driver::EventLoop(event_loop) => {
                event_loop.start(future);
                if !self.is_empty() {
                    // Not now: JavaScript is about to write down the ticket.
                    event_loop.runtime.wake();
                }
            }
            Driver::Thread { runtime, .. } => runtime.spawn(future),
        }
    }

    /// Lets JavaScript take what has come. Its own event loop does by itself.
    fn wake_up(&self) {
        match &self.driver {
            #[cfg(unix)]
            Driver::EventLoop(_) => {}
            // A thread that has ended refuses: nobody is left to wake.
            Driver::Thread { wake, .. } => {
                wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
            }
        }
    }

    /// An outcome was put into the queue. JavaScript's own event loop looks there after each turn; another thread wakes it once for many. Where JavaScript has not taken what came before, the wake-up for that is still to
    /// come, or not followed yet.
    fn announce(self: &Arc<Self>, taken: bool, waiting: usize) {
        match &self.driver {
            #[cfg(unix)]
            Driver::EventLoop(_) => {}
            // Nothing else can come.
            Driver::Thread { .. } if taken && self.under_way.load(Ordering::Relaxed) == 1 => self.wake_up(),
            Driver::Thread { .. } if taken => {
                UNTOLD.with_borrow_mut(|untold| untold.push(Arc::clone(self)));
            }
            Driver::Thread { .. } if waiting == BATCH => tell(),
            Driver::Thread { .. } => {}
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        lock(&self.done).is_empty()
    }

    /// Puts what a call came to into the queue. Whether JavaScript has taken all that was there before, and how many wait now.
    fn put(&self, ticket: u32, told: Vec<Outcome>, outcome: Outcome) -> (bool, usize) {
        let mut done = lock(&self.done);
        let taken = done.is_empty();
        done.extend(told.into_iter().map(|told| (ticket, told)));
        done.push((ticket, outcome));
        (taken, done.len())
    }

    /// A call of this JavaScript thread begins.
    pub(crate) fn begin(self: &Arc<Self>, env: &Env, ticket: u32) -> Result<Ticket> {
        if self.under_way.fetch_add(1, Ordering::Relaxed) == 0 {
            self.keep_alive(env, true)?;
        }
        Ok(Ticket { queue: Arc::clone(self), number: ticket, abortable: false, answered: false })
    }

    fn ended(&self, env: &Env, calls: u32) -> Result<()> {
        if calls > 0 && self.under_way.fetch_sub(calls, Ordering::Relaxed) == calls {
            self.keep_alive(env, false)?;
        }
        Ok(())
    }

    fn keep_alive(&self, env: &Env, wanted: bool) -> Result<()> {
        match &self.driver {
            #[cfg(unix)]
            Driver::EventLoop(event_loop) => {
                event_loop.keep_alive(wanted);
                Ok(())
            }
            Driver::Thread { wake, .. } => check_status!(unsafe {
                if wanted {
                    sys::napi_ref_threadsafe_function(env.raw(), wake.raw())
                } else {
                    sys::napi_unref_threadsafe_function(env.raw(), wake.raw())
                }
            }),
        }
    }

    /// Gives out what has finished: for each outcome its ticket and its four [values](Outcome::values).
    pub(crate) fn take(
        &self,
        env: &Env,
        mut give: impl FnMut([sys::napi_value; 5]) -> Result<()>,
    ) -> Result<()> {
        let done = mem::take(&mut *lock(&self.done));
        let ended = done.iter().filter(|(_, outcome)| outcome.ends_call()).count();
        self.ended(env, u32::try_from(ended).unwrap_or(u32::MAX))?;
        for (ticket, outcome) in done {
            let [code, text, body, error] = outcome.values(env)?;
            give([value(env, ticket)?, code, text, body, error])?;
        }
        Ok(())
    }
}

/// A call under way, which owes JavaScript an outcome.
pub(crate) struct Ticket {
    queue: Arc<Queue>,
    number: u32,
    abortable: bool,
    answered: bool,
}

impl Ticket {
    /// Lets [`Port::cancel`] end this call, where JavaScript says that it may want to.
    pub(crate) fn abortable(&mut self, wanted: bool) -> (AbortHandle, AbortRegistration) {
        let (handle, registration) = AbortHandle::new_pair();
        if wanted {
            self.abortable = true;
            lock(&self.queue.aborts).insert(self.number, handle.clone());
        }
        (handle, registration)
    }

    /// There is nothing to cancel any more.
    fn forget(&self) {
        if self.abortable {
            lock(&self.queue.aborts).remove(&self.number);
        }
    }

    /// Answers, on the thread that drives the runtime.
    pub(crate) fn answer(mut self, told: Vec<Outcome>, outcome: Outcome) {
        self.answered = true;
        // JavaScript gives the number to another call as soon as it has the outcome.
        self.forget();
        let (taken, waiting) = self.queue.put(self.number, told, outcome);
        self.queue.announce(taken, waiting);
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if self.answered {
            return;
        }
        // There should be no panic. If there was one, the caller must not wait for ever.
        self.forget();
        if self.queue.put(self.number, Vec::new(), Outcome::defect()).0 {
            self.queue.wake_up();
        }
    }
}

/// A JavaScript thread's end of the queue.
#[napi]
pub struct Port(Arc<Queue>);

#[napi]
impl Port {
    /// `receive` is called for each outcome, with its ticket and its four values; or with nothing, and then is to take what has finished. `in_event_loop` says whether this thread's event loop is Node's own, which can drive the calls.
    #[napi(constructor)]
    pub fn new(
        env: &Env,
        #[napi(ts_arg_type = "(...outcome: unknown[]) => void")] receive: Function<'_, (), ()>,
        in_event_loop: bool,
    ) -> Result<Self> {
        let queue = |driver| {
            let (done, aborts, under_way) = (Mutex::default(), Mutex::default(), AtomicU32::new(0));
            Arc::new(Queue { driver, done, aborts, under_way })
        };
        #[cfg(unix)]
        if in_event_loop && let Some(event_loop) = EventLoop::of(env, receive.raw())? {
            let queue = queue(Driver::EventLoop(event_loop));
            queue.event_loop().map_or(Ok(()), |event_loop| event_loop.attach(&queue))?;
            return Ok(Self(queue));
        }
        #[cfg(not(unix))]
        let _ = (env, in_event_loop);
        let wake = receive.build_threadsafe_function().weak::<true>().build()?;
        Ok(Self(queue(Driver::Thread { wake, runtime: runtime::with_a_thread()? })))
    }

    pub(crate) fn queue(&self) -> Arc<Queue> {
        Arc::clone(&self.0)
    }

    /// What has finished: for each outcome its ticket and its four [values](Outcome::values), all in one list.
    #[napi(ts_return_type = "unknown[]")]
    pub fn take<'env>(&self, env: &'env Env) -> Result<Array<'env>> {
        let list = env.create_array(0)?;
        let mut at = 0;
        self.0.take(env, |outcome| {
            outcome.into_iter().try_for_each(|value| {
                at += 1;
                check_status!(unsafe { sys::napi_set_element(env.raw(), list.raw(), at - 1, value) })
            })
        })?;
        Ok(list)
    }

    /// Drops a call's future, which closes its connection. A call that has ended is left alone.
    #[napi]
    pub fn cancel(&self, ticket: u32) {
        if let Some(handle) = lock(&self.0.aborts).remove(&ticket) {
            handle.abort();
        }
    }
}
