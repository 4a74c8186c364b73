//! What is driven by a thread of ours: the calls that JavaScript's event loop does not drive, in Deno and Bun and on Windows; and connections to Redis, which live on a runtime of tokio's.
//!
//! Each is one runtime for the process, driven by one thread that is started when it is needed and never ends: a worker thread of JavaScript's that ends must not take the connections of others along, and nothing may run in code that is
//! being unloaded (napi pins the module for that). It does not keep the process alive; calls under way do.
//!
//! One thread for calls, because handing a connection's answer from one thread to another costs more than what it does. JavaScript's own thread is the bottleneck long before it is.

use std::{io, sync::OnceLock, thread};

use logto_management_local::Runtime;
use napi::{Error, Result};
use tokio::runtime::{Builder, Handle};

use crate::port;

/// The runtime of calls.
pub(crate) fn with_a_thread() -> Result<Runtime> {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    started(&RUNTIME, || {
        // Before it goes idle the thread tells JavaScript of everything that came in since: one wake-up for a batch.
        let runtime = Runtime::before_sleep(port::tell)?;
        let driven = runtime.clone();
        spawn("logto-management", move || driven.block_on(std::future::pending()))?;
        Ok(runtime)
    })
}

/// The runtime of Redis.
pub(crate) fn of_redis() -> Result<Handle> {
    static RUNTIME: OnceLock<Option<Handle>> = OnceLock::new();
    started(&RUNTIME, || {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        spawn("logto-management-redis", move || runtime.block_on(std::future::pending()))?;
        Ok(handle)
    })
}

fn started<T: Clone>(runtime: &OnceLock<Option<T>>, start: impl FnOnce() -> io::Result<T>) -> Result<T> {
    let runtime = runtime.get_or_init(|| start().ok()).clone();
    runtime.ok_or_else(|| Error::from_reason("logto-management: no thread could be started"))
}

fn spawn(name: &str, drive: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(drive).map(drop)
}
