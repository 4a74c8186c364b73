//! The body of an answer: whole, or one that breaks where it is told to.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::wire::WireControl;
use super::{ConnectionStats, Handler};

/// How much is handed to the connection at a time: large bodies wait until the client has read.
const CHUNK: usize = 256 * 1024;

/// The connection is broken on purpose.
#[derive(Debug)]
pub(super) struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("broken on purpose")
    }
}

impl std::error::Error for Broken {}

/// A request that is being answered. Dropped before it is done, the client has gone away.
pub(super) struct Pending<H: Handler> {
    handler: Arc<H>,
    control: Arc<WireControl>,
    done: bool,
}

impl<H: Handler> Pending<H> {
    pub(super) fn begin(handler: Arc<H>, control: Arc<WireControl>) -> Self {
        control.begin_request();
        Self { handler, control, done: false }
    }

    pub(super) fn done(&mut self) {
        self.done = true;
    }

    pub(super) fn handler(&self) -> &H {
        &self.handler
    }

    pub(super) fn control(&self) -> &WireControl {
        &self.control
    }
}

impl<H: Handler> Drop for Pending<H> {
    fn drop(&mut self) {
        self.control.end_request();
        if !self.done {
            ConnectionStats::count(&self.handler.stats().aborted);
        }
    }
}

/// What follows the last byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The next request.
    KeepAlive,
    /// FIN, though the answer promised more requests.
    Close,
    /// The connection breaks; the answer promised more bytes.
    Break,
}

pub(super) struct Answer<H: Handler> {
    rest: Bytes,
    end: End,
    pending: Option<Pending<H>>,
    flushed_before_break: bool,
}

impl<H: Handler> Answer<H> {
    pub(super) fn new(bytes: Bytes, end: End, mut pending: Pending<H>) -> Self {
        // Nobody polls an empty body: what follows its end happens here. A broken answer is no client's abort.
        if bytes.is_empty() || end == End::Break {
            pending.done();
        }
        if bytes.is_empty() && end == End::Close {
            pending.control().close_when_flushed();
        }
        let pending = (!bytes.is_empty() || end == End::Break).then_some(pending);
        Self { rest: bytes, end, pending, flushed_before_break: false }
    }
}

impl<H: Handler> Body for Answer<H> {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        if self.rest.is_empty() {
            if self.end != End::Break {
                return Poll::Ready(None);
            }
            if self.flushed_before_break {
                return Poll::Ready(Some(Err(Broken)));
            }
            // Pending once: hyper then sends what it has, before it learns of the break.
            self.flushed_before_break = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let next = self.rest.len().min(CHUNK);
        let chunk = self.rest.split_to(next);
        if self.rest.is_empty()
            && self.end != End::Break
            && let Some(mut pending) = self.pending.take()
        {
            pending.done();
            if self.end == End::Close {
                pending.control().close_when_flushed();
            }
        }
        Poll::Ready(Some(Ok(Frame::data(chunk))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.end != End::Break
    }

    fn size_hint(&self) -> SizeHint {
        match self.end {
            // The head already says how long the body should have been.
            End::Break => SizeHint::default(),
            End::KeepAlive | End::Close => SizeHint::with_exact(self.rest.len() as u64),
        }
    }
}
