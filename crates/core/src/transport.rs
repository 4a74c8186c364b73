//! How the client reaches the network: one trait, and its erased twin.
//!
//! A transport sends one request and gives back one answer with its whole body. The contract, which
//! `logto_testkit::contract` tests for every transport:
//!
//! - any status is `Ok`; an error means that no complete answer arrived;
//! - redirects are never followed (the bearer token would travel with them);
//! - nothing is sent twice, nothing is logged, no header is added beyond what HTTP itself needs;
//! - dropping the future aborts the request on the wire;
//! - the body is buffered up to the request's [`ResponseLimit`], and [`TransportErrorKind::Body`] beyond it;
//! - a connection takes at most the transport's own connect timeout; the time of the whole request is watched by the
//!   pipeline, which drops the future.

use std::{error::Error as StdError, fmt, future::Future, sync::Arc};

use crate::bytes::Bytes;

use crate::{
    http::{Request, Response},
    rt::{BoxFuture, MaybeSend, MaybeSync},
};

/// Sends one HTTP request. See the [module documentation](self) for what an implementation must hold.
pub trait HttpTransport: MaybeSend + MaybeSync + 'static {
    /// Sends `request`, whose URI is absolute, and resolves when the whole body of the answer is there.
    ///
    /// # Errors
    /// A [`TransportError`] where no complete answer arrived.
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, TransportError>> + MaybeSend;
}

/// A request extension: the most bytes of a response body that the transport may buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResponseLimit(pub usize);

impl ResponseLimit {
    /// The limit that a request carries, or 64 MiB.
    #[must_use]
    pub fn of<B>(request: &Request<B>) -> usize {
        request.extensions().get::<Self>().map_or(crate::config::DEFAULT_MAX_RESPONSE_BYTES, |limit| limit.0)
    }
}

/// A request extension: nobody looks into the body of a success here. A transport whose runtime has that body already may keep it and hand over its first byte alone, by which an answer without a
/// content type is known to be JSON; nothing, where it is empty. Bodies of other answers it hands over whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyStaysOutside;

impl BodyStaysOutside {
    /// Whether a request says so.
    #[must_use]
    pub fn of<B>(request: &Request<B>) -> bool {
        request.extensions().get::<Self>().is_some()
    }
}

/// What went wrong on the way; each variant says which calls are tried again after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection could be made: name resolution, TCP, TLS, proxy. The request was never sent, so **every call** is tried again.
    Connect,
    /// No answer in time. The server may have acted, so only **idempotent calls** are tried again.
    Timeout,
    /// The connection broke after the request began to go out, before the whole answer was in. The server may have
    /// acted, so only **idempotent calls** are tried again.
    Interrupted,
    /// The answer's body is larger than the limit or cannot be decoded. Trying again would bring the same: **never**.
    Body,
    /// The caller cancelled. **Never** tried again.
    Cancelled,
    /// Anything else, a defect of the transport or its set-up among them. **Never** tried again.
    Other,
}

/// A failed exchange. Its text names no header, no body and no query.
#[derive(Clone)]
pub struct TransportError {
    kind: TransportErrorKind,
    message: String,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl TransportError {
    /// A failure of this kind, in words for the developer who reads the log.
    pub fn new(kind: TransportErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    /// Adds the error that lies below. It must not print the request's headers or body.
    #[must_use]
    pub fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Which kind of failure, and by that, which calls are tried again.
    #[must_use]
    pub const fn kind(&self) -> TransportErrorKind {
        self.kind
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportError")
            .field("kind", &self.kind)
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

impl TransportError {
    /// What happened, in words.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// Object-safe twin of [`HttpTransport`], private: the boxing happens in one place.
trait DynTransport: MaybeSend + MaybeSync {
    fn send_boxed(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>>;
}

impl<T: HttpTransport> DynTransport for T {
    fn send_boxed(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(self.send(request))
    }
}

/// Any transport, erased: what the doors use, so that the client is compiled once.
#[derive(Clone)]
pub struct BoxTransport(Arc<dyn DynTransport>);

impl BoxTransport {
    /// Erases a transport.
    pub fn new(transport: impl HttpTransport) -> Self {
        Self(Arc::new(transport))
    }
}

impl fmt::Debug for BoxTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoxTransport")
    }
}

impl HttpTransport for BoxTransport {
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, TransportError>> + MaybeSend {
        self.0.send_boxed(request)
    }
}
