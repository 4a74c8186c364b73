//! One request and its answer on a connection, which the call polls itself: nothing else has to run for it.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::{
    body::{Body, Incoming},
    client::conn::http1::{self, SendRequest},
};
use hyper_util::rt::TokioIo;
use logto_management::{
    core::{TransportError, TransportErrorKind},
    exchange::{WholeBody, failure},
};

use crate::{
    connect::{Connected, Stream, Via},
    source::Source,
};

/// A connection that speaks HTTP/1.1.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    /// Reads and writes. `None` once it has ended.
    io: Option<http1::Connection<TokioIo<Stream>, Full<Bytes>>>,
    source: Arc<Source>,
    pub(crate) via: Via,
}

/// Why there is no answer.
pub(crate) enum Failed {
    /// Nothing was sent; the request comes back.
    Unsent(Box<Request<Full<Bytes>>>),
    /// Any other reason.
    Answer(TransportError),
}

impl From<TransportError> for Failed {
    fn from(error: TransportError) -> Self {
        Self::Answer(error)
    }
}

/// The request began to go out, and the connection broke.
fn broken(error: hyper::Error) -> TransportError {
    failure(TransportErrorKind::Interrupted, error)
}

impl Connection {
    pub(crate) async fn new(connected: Connected) -> hyper::Result<Self> {
        let Connected { stream, source, via } = connected;
        let (sender, io) = http1::handshake(TokioIo::new(stream)).await?;
        Ok(Self { sender, io: Some(io), source, via })
    }

    /// Lets the connection read and write what it can.
    fn turn(&mut self, context: &mut Context<'_>) {
        if let Some(io) = &mut self.io
            && Pin::new(io).poll(context).is_ready()
        {
            // What broke it, the request is told.
            self.io = None;
        }
    }

    /// Whether another request can go this way. Nobody has polled the connection while it was idle, so it asks the system whether the server has closed it: however short that was, a request that
    /// cannot be sent twice would be lost.
    pub(crate) fn is_still_open(&mut self) -> bool {
        self.source.look();
        self.is_open()
    }

    /// Whether another request could go this way when the answer came.
    pub(crate) fn is_open(&mut self) -> bool {
        self.turn(&mut Context::from_waker(std::task::Waker::noop()));
        self.io.is_some() && self.sender.is_ready()
    }

    /// Sends a request, and waits for the whole answer. Dropping the future leaves a connection that is to be dropped too.
    pub(crate) async fn exchange(
        &mut self,
        request: Box<Request<Full<Bytes>>>,
        limit: usize,
    ) -> Result<Response<Bytes>, Failed> {
        let response = {
            let mut response = std::pin::pin!(self.sender.try_send_request(*request));
            let io = &mut self.io;
            poll_fn(|context| {
                if let Some(open) = io
                    && Pin::new(open).poll(context).is_ready()
                {
                    *io = None;
                }
                response.as_mut().poll(context)
            })
            .await
        };
        let response = response.map_err(|mut error| match error.take_message() {
            Some(request) => Failed::Unsent(Box::new(request)),
            None => broken(error.into_error()).into(),
        })?;
        let (parts, mut incoming) = response.into_parts();
        let mut body = WholeBody::new(limit, incoming.size_hint().exact())?;
        while let Some(part) = self.part(&mut incoming).await? {
            body.push(part)?;
        }
        Ok(Response::from_parts(parts, body.finish()))
    }

    /// The next part of a body.
    async fn part(&mut self, body: &mut Incoming) -> Result<Option<Bytes>, TransportError> {
        if body.is_end_stream() {
            return Ok(None);
        }
        poll_fn(|context| {
            loop {
                let mut frame = Pin::new(&mut *body).poll_frame(context);
                if frame.is_pending() {
                    // Now the connection knows that the body is wanted.
                    self.turn(context);
                    frame = Pin::new(&mut *body).poll_frame(context);
                }
                return match frame {
                    Poll::Pending => Poll::Pending,
                    Poll::Ready(None) => Poll::Ready(Ok(None)),
                    Poll::Ready(Some(Err(error))) => Poll::Ready(Err(broken(error))),
                    Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                        Ok(data) => Poll::Ready(Ok(Some(data))),
                        // Trailers.
                        Err(_) => continue,
                    },
                };
            }
        })
        .await
    }
}
