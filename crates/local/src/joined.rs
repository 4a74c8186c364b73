//! The output of a future that runs by itself.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::sync::oneshot;

use crate::{runtime::Runtime, task::Task};

/// Resolves to the output, or to nothing where the future was ended before. Dropping it ends the future at once: what that had open is closed, whoever drives the runtime.
pub struct Joined<T> {
    runtime: Runtime,
    task: Arc<Task>,
    output: oneshot::Receiver<T>,
}

impl<T: Send + 'static> Joined<T> {
    pub(crate) fn new(runtime: &Runtime, future: impl Future<Output = T> + Send + 'static) -> Self {
        let (to, output) = oneshot::channel();
        let task = runtime.task(async move {
            // Nobody is there: then the future has been ended.
            let _ = to.send(future.await);
        });
        Self { runtime: runtime.clone(), task, output }
    }
}

impl<T> fmt::Debug for Joined<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Joined")
    }
}

impl<T> Future for Joined<T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        Pin::new(&mut self.output).poll(context).map(Result::ok)
    }
}

impl<T> Drop for Joined<T> {
    fn drop(&mut self) {
        self.runtime.0.abort(&self.task);
    }
}
