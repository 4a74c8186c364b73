//! Calls on their way to the background runtime.
//!
//! Spawning a task from another thread costs a system call each time: tokio wakes the runtime's thread whether it sleeps or not. A loop that starts many calls in one turn would make one for each. So
//! calls are put here, and the thread is woken only where it sleeps; otherwise it looks before it goes to sleep.

use std::{
    future::{Future, poll_fn},
    mem,
    pin::Pin,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    task::{Poll, Waker},
};

use crate::runtime::lock;

/// A call, to be run as a task.
pub(crate) type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// With so many waiting, a thread that is too busy to sleep is told.
const BATCH: usize = 32;

/// Calls that are to begin.
#[derive(Default)]
pub(crate) struct Inbox {
    jobs: Mutex<Vec<Job>>,
    asleep: AtomicBool,
    pump: Mutex<Option<Waker>>,
}

impl Inbox {
    /// Has a call begun by the runtime's thread.
    pub(crate) fn put(&self, job: Job) {
        let waiting = {
            let mut jobs = lock(&self.jobs);
            jobs.push(job);
            jobs.len()
        };
        // After the job is there: either the thread sees it before it sleeps, or it is seen asleep here.
        if self.asleep.swap(false, Ordering::SeqCst) || waiting % BATCH == 0 {
            self.wake();
        }
    }

    fn wake(&self) {
        if let Some(pump) = &*lock(&self.pump) {
            pump.wake_by_ref();
        }
    }

    /// The runtime's thread goes to sleep, unless there is something to do.
    pub(crate) fn sleeping(&self) {
        self.asleep.store(true, Ordering::SeqCst);
        if !lock(&self.jobs).is_empty() {
            self.asleep.store(false, Ordering::SeqCst);
            self.wake();
        }
    }

    /// The runtime's thread woke up.
    pub(crate) fn awake(&self) {
        self.asleep.store(false, Ordering::SeqCst);
    }

    /// The task that begins them. It has no end.
    pub(crate) async fn pump(&self) {
        poll_fn(|context| {
            {
                let mut pump = lock(&self.pump);
                if !pump.as_ref().is_some_and(|pump| pump.will_wake(context.waker())) {
                    *pump = Some(context.waker().clone());
                }
            }
            for job in mem::take(&mut *lock(&self.jobs)) {
                tokio::spawn(job);
            }
            Poll::<()>::Pending
        })
        .await;
    }
}
