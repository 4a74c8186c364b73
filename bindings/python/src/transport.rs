//! How requests go out: over connections on the client's runtime, or by a callable of Python's; and requests that go on while nobody waits for them.

use std::{
    future::Future,
    sync::{Arc, OnceLock},
};

use logto_management::{
    Config, Network,
    core::{HttpTransport, TransportError, TransportErrorKind, bytes::Bytes, http},
};
use logto_management_local::{LocalTransport, Runtime};
use pyo3::{Py, PyAny};

use crate::outbox;

tokio::task_local! {
    /// Set while a listing's requests are made: they become tasks of their own, so that an answer is read when it comes and not when somebody asks for its page. Without that, a caller who takes
    /// long over a page would find the next ones timed out.
    static AHEAD: ();
}

/// Runs `future` with its requests as tasks of their own; dropping it aborts them.
pub(crate) fn ahead<F: Future>(future: F) -> impl Future<Output = F::Output> {
    AHEAD.scope((), future)
}

/// The transport of one client in one process.
#[derive(Debug)]
pub(crate) struct Transport {
    runtime: &'static Runtime,
    config: Config,
    network: Network,
    /// Instead of connections.
    callable: Option<Arc<Py<PyAny>>>,
    /// Made by the first request: it reads the system's certificates, which a client that is only set up should not pay for.
    inner: OnceLock<Result<LocalTransport, TransportError>>,
}

impl Transport {
    pub(crate) const fn new(
        runtime: &'static Runtime,
        config: Config,
        network: Network,
        callable: Option<Arc<Py<PyAny>>>,
    ) -> Self {
        Self { runtime, config, network, callable, inner: OnceLock::new() }
    }
}

impl HttpTransport for Transport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        if let Some(callable) = &self.callable {
            // In a box, as what is rare: the future of each request has room for it.
            return Box::pin(outbox::send(callable, request)).await;
        }
        let inner = self
            .inner
            .get_or_init(|| LocalTransport::new(self.runtime.clone(), &self.config, &self.network))
            .as_ref()
            .map_err(Clone::clone)?;
        if AHEAD.try_with(|()| ()).is_err() {
            return inner.send(request).await;
        }
        let inner = inner.clone();
        let sending = Box::pin(async move { inner.send(request).await });
        let answer = self.runtime.join(sending).await;
        answer.unwrap_or_else(|| {
            let message = "The request's task ended before its answer came";
            Err(TransportError::new(TransportErrorKind::Cancelled, message))
        })
    }
}
