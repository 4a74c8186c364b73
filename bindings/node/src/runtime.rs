//! What is driven by a thread of ours: the calls that JavaScript's event loop does not drive, in Deno and Bun and on Windows; and connections to Redis, which live on a runtime of tokio's.
//!
//! Each is one runtime for the process, driven by one thread that is started when it is needed and never ends: a worker thread of JavaScript's that ends must not take the connections of others along, and nothing may run in code that is
//! being unloaded (napi pins the module for that). It does not keep the process alive; calls under way do.
//!
//! One thread for calls, because handing a connection's answer from one thread to another costs more than what it does. JavaScript's own thread is the bottleneck long before it is.

use std::{io, sync::OnceLock};

use logto_management_local::{Runtime, threads};
use napi::{Error, Result};
use tokio::runtime::Handle;

use crate::port;

/// The runtime of calls.
pub(crate) fn with_a_thread() -> Result<Runtime> {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    // Before it goes idle the thread tells JavaScript of everything that came in since: one wake-up for a batch.
    started(&RUNTIME, || threads::with_a_thread(port::tell))
}

/// The runtime of Redis.
pub(crate) fn of_redis() -> Result<Handle> {
    static RUNTIME: OnceLock<Option<Handle>> = OnceLock::new();
    started(&RUNTIME, threads::tokio_with_a_thread)
}

fn started<T: Clone>(runtime: &OnceLock<Option<T>>, start: impl FnOnce() -> io::Result<T>) -> Result<T> {
    let runtime = runtime.get_or_init(|| start().ok()).clone();
    runtime.ok_or_else(|| Error::from_reason("logto-management: no thread could be started"))
}
