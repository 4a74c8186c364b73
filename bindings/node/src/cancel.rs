//! `AbortSignal`'s counterpart: JavaScript makes one for a call that can be aborted, and calls `cancel`.

use std::future::Future;

use futures_util::future::{AbortHandle, AbortRegistration, Abortable};
use napi_derive::napi;

/// Cancels the one call that it was given to.
#[napi]
pub struct Cancellation {
    handle: AbortHandle,
    registration: Option<AbortRegistration>,
}

#[napi]
impl Cancellation {
    #[napi(constructor)]
    #[allow(clippy::new_without_default, reason = "it is JavaScript's constructor")]
    pub fn new() -> Self {
        let (handle, registration) = AbortHandle::new_pair();
        Self { handle, registration: Some(registration) }
    }

    /// Drops the call's future, which closes its connection.
    #[napi]
    pub fn cancel(&self) {
        self.handle.abort();
    }
}

/// A call's own pair where it was given a cancellation, a fresh one otherwise.
pub(crate) fn pair(cancellation: Option<&mut Cancellation>) -> (AbortHandle, AbortRegistration) {
    let given = cancellation.and_then(|given| Some((given.handle.clone(), given.registration.take()?)));
    given.unwrap_or_else(AbortHandle::new_pair)
}

/// Runs `future` unless it is cancelled: `None` then.
pub(crate) fn cancellable<F: Future>(
    cancellation: Option<&mut Cancellation>,
    future: F,
) -> impl Future<Output = Option<F::Output>> + use<F> {
    let registration = cancellation.and_then(|given| given.registration.take());
    async move {
        match registration {
            Some(registration) => Abortable::new(future, registration).await.ok(),
            None => Some(future.await),
        }
    }
}
