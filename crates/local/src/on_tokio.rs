//! What needs a tokio runtime, for clients that live on another one.

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::pin,
    time::Duration,
};

use logto_management::{
    StoreError, TokenStore,
    core::{
        BoxFuture, SharedLimit,
        shared_limit::{LimitStep, Measures, SharedTurn},
    },
};
use tokio::runtime::Handle;

/// A store or a limit whose connections live on a tokio runtime, usable from wherever: it is polled by its caller, within that runtime, whose own thread carries what comes in.
#[derive(Clone)]
pub struct OnTokio<T> {
    runtime: Handle,
    inner: T,
}

impl<T> OnTokio<T> {
    /// Puts `inner` on a runtime. Somebody else drives that.
    #[must_use]
    pub const fn new(runtime: Handle, inner: T) -> Self {
        Self { runtime, inner }
    }
}

async fn within<F: Future + Send>(runtime: &Handle, future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|context| {
        let _within = runtime.enter();
        future.as_mut().poll(context)
    })
    .await
}

impl<T: fmt::Debug> fmt::Debug for OnTokio<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OnTokio").field(&self.inner).finish()
    }
}

impl<T: TokenStore> TokenStore for OnTokio<T> {
    fn get(&self, key: &str) -> impl Future<Output = Result<Option<String>, StoreError>> + Send {
        within(&self.runtime, self.inner.get(key))
    }

    fn put(
        &self,
        key: &str,
        value: &str,
        ttl: Duration,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        within(&self.runtime, self.inner.put(key, value, ttl))
    }

    fn lock(&self, key: &str, ttl: Duration) -> impl Future<Output = Result<bool, StoreError>> + Send {
        within(&self.runtime, self.inner.lock(key, ttl))
    }

    fn unlock(&self, key: &str) -> impl Future<Output = Result<(), StoreError>> + Send {
        within(&self.runtime, self.inner.unlock(key))
    }
}

impl<T: SharedLimit> SharedLimit for OnTokio<T> {
    fn run(&self, measures: Measures, step: LimitStep) -> BoxFuture<'_, Result<SharedTurn, StoreError>> {
        Box::pin(within(&self.runtime, self.inner.run(measures, step)))
    }

    fn tell(&self, measures: Measures, step: LimitStep) {
        let _within = self.runtime.enter();
        self.inner.tell(measures, step);
    }
}
