//! Where futures run.
//!
//! One tokio runtime for the process, driven by one thread that is started at the first call and never ends: a worker thread of JavaScript's that ends must not take the connections of others along, and nothing may run in code that is
//! being unloaded (napi pins the module for that). It does not keep the process alive; calls under way do.
//!
//! One thread, because handing a connection's answer from one thread to another costs more than what it does. JavaScript's own thread is the bottleneck long before it is.

use std::{
    future::Future,
    io, mem,
    pin::Pin,
    sync::{Mutex, OnceLock},
    thread,
};

use napi::{Error, Result};
use tokio::{runtime::Builder, sync::Notify};

use crate::port::{self, lock};

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Calls that were begun and not taken up yet: waking the thread once for many costs less than once for each.
struct Inbox {
    jobs: Mutex<Vec<Job>>,
    arrived: Notify,
}

static INBOX: Inbox = Inbox { jobs: Mutex::new(Vec::new()), arrived: Notify::const_new() };

fn start() -> io::Result<()> {
    // Before it goes idle the thread tells JavaScript of everything that came in since: one wake-up for a batch.
    let runtime = Builder::new_current_thread().enable_all().on_thread_park(port::tell).build()?;
    thread::Builder::new().name("logto-management".to_owned()).spawn(move || runtime.block_on(take_up()))?;
    Ok(())
}

async fn take_up() {
    let mut jobs = Vec::new();
    loop {
        INBOX.arrived.notified().await;
        mem::swap(&mut *lock(&INBOX.jobs), &mut jobs);
        jobs.drain(..).for_each(|job| drop(tokio::spawn(job)));
    }
}

/// Runs a future, whoever waits for it: as soon as the thread is woken, or has something else to do.
pub(crate) fn begin(future: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    static STARTED: OnceLock<bool> = OnceLock::new();
    if !STARTED.get_or_init(|| start().is_ok()) {
        return Err(Error::from_reason("logto-management: no thread could be started"));
    }
    lock(&INBOX.jobs).push(Box::pin(future));
    Ok(())
}

/// Lets the thread see what was begun.
pub(crate) fn wake() {
    INBOX.arrived.notify_one();
}
