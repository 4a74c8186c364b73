//! Runtimes that threads of ours drive, where nobody who waits does. The threads end with the process.

use std::{future::pending, io, thread};

use tokio::runtime::{Builder, Handle};

use crate::runtime::Runtime;

/// A runtime whose thread calls `before_sleep` before it goes idle.
///
/// # Errors
/// Where the system has no more descriptors or threads.
pub fn with_a_thread(before_sleep: impl Fn() + Send + Sync + 'static) -> io::Result<Runtime> {
    let runtime = Runtime::before_sleep(before_sleep)?;
    let driven = runtime.clone();
    spawn("logto-management", move || driven.block_on(pending()))?;
    Ok(runtime)
}

/// A runtime of tokio's, for what is [`OnTokio`](crate::OnTokio).
///
/// # Errors
/// Where the system has no more descriptors or threads.
pub fn tokio_with_a_thread() -> io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    spawn("logto-management-redis", move || runtime.block_on(pending()))?;
    Ok(handle)
}

/// Starts a thread that somebody may look for by its name.
///
/// # Errors
/// Where the system has no more threads.
pub fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(work).map(drop)
}
