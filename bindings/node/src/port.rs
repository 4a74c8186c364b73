//! Calls on their way back to JavaScript.
//!
//! Every JavaScript thread that loads the addon has one [`Port`]. JavaScript numbers its calls, and a number is free for another once its outcome is taken; what a call came to is put into the port's queue under its ticket, and before the runtime's thread goes idle it wakes JavaScript: once
//! for all that finished meanwhile. JavaScript then takes the whole batch in one crossing and settles promises of its own.
//!
//! Each ticket gets exactly one outcome, whatever happens to its call, and what else there is to tell before it.

use std::{
    cell::RefCell,
    collections::HashMap,
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use futures_util::future::{AbortHandle, AbortRegistration};
use napi::{
    Env, Result, Status,
    bindgen_prelude::Array,
    check_status, sys,
    threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode},
};
use napi_derive::napi;

use crate::{outcome::Outcome, runtime};

/// Tells a JavaScript thread that there is something to take. Weak: it keeps the process alive only while calls are under way.
type Wake = ThreadsafeFunction<(), (), (), Status, false, true>;

/// So many outcomes are not kept waiting for the thread to go idle.
const BATCH: usize = 32;

/// Locks without panicking: nothing of ours panics while it holds a lock.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Finished calls that their JavaScript thread has not taken yet.
pub(crate) struct Queue {
    wake: Wake,
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
    fn wake_up(&self) {
        // A thread that has ended refuses: nobody is left to wake.
        self.wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
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
            check_status!(unsafe { sys::napi_ref_threadsafe_function(env.raw(), self.wake.raw()) })?;
        }
        Ok(Ticket { queue: Arc::clone(self), number: ticket, abortable: false, answered: false })
    }

    fn ended(&self, env: &Env, calls: u32) -> Result<()> {
        if calls > 0 && self.under_way.fetch_sub(calls, Ordering::Relaxed) == calls {
            check_status!(unsafe { sys::napi_unref_threadsafe_function(env.raw(), self.wake.raw()) })?;
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

    /// Answers, on the runtime's thread.
    pub(crate) fn answer(mut self, told: Vec<Outcome>, outcome: Outcome) {
        self.answered = true;
        // JavaScript gives the number to another call as soon as it has the outcome.
        self.forget();
        let (taken, waiting) = self.queue.put(self.number, told, outcome);
        // Where JavaScript has not taken what came before, the wake-up for that is still to come, or not followed yet.
        if taken && self.queue.under_way.load(Ordering::Relaxed) == 1 {
            // Nothing else can come.
            self.queue.wake_up();
        } else if taken {
            UNTOLD.with_borrow_mut(|untold| untold.push(Arc::clone(&self.queue)));
        } else if waiting == BATCH {
            tell();
        }
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
    /// `wake` is called when there is something to take.
    #[napi(constructor)]
    pub fn new(wake: Wake) -> Self {
        let (done, aborts, under_way) = (Mutex::default(), Mutex::default(), AtomicU32::new(0));
        Self(Arc::new(Queue { wake, done, aborts, under_way }))
    }

    pub(crate) fn queue(&self) -> Arc<Queue> {
        Arc::clone(&self.0)
    }

    /// What has finished: for each outcome its ticket and the four values of [`Outcome::write`], all in one list.
    #[napi(ts_return_type = "unknown[]")]
    pub fn take<'env>(&self, env: &'env Env) -> Result<Array<'env>> {
        let done = mem::take(&mut *lock(&self.0.done));
        let mut list = env.create_array(0)?;
        let (mut at, mut ended) = (0, 0);
        for (ticket, outcome) in done {
            ended += u32::from(outcome.ends_call());
            list.set(at, ticket)?;
            outcome.write(env, &mut list, at + 1)?;
            at += 5;
        }
        self.0.ended(env, ended)?;
        Ok(list)
    }

    /// Lets the runtime see the calls that were begun without waking it.
    #[napi]
    pub fn flush(&self) {
        runtime::wake();
    }

    /// Drops a call's future, which closes its connection. A call that has ended is left alone.
    #[napi]
    pub fn cancel(&self, ticket: u32) {
        if let Some(handle) = lock(&self.0.aborts).remove(&ticket) {
            handle.abort();
        }
    }
}
