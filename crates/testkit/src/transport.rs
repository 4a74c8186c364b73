//! A simulated server as a transport, in process and in virtual time.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use logto_management_core::{
    Clock, HttpTransport, TransportError, TransportErrorKind, transport::ResponseLimit,
};
use logto_simulator::{Outcome, Reply};

use crate::clock::VirtualClock;

type Respond = dyn Fn(&Request<Bytes>, u64) -> Outcome + Send + Sync;

/// Hands requests to a simulated server, takes the time it says, and turns what it does into what a client would meet.
#[derive(Clone)]
pub struct SimulatedTransport {
    clock: VirtualClock,
    respond: Arc<Respond>,
    /// One way.
    way: Duration,
}

impl SimulatedTransport {
    /// A transport to `respond(request, now in ms)`.
    pub fn new(
        clock: VirtualClock,
        respond: impl Fn(&Request<Bytes>, u64) -> Outcome + Send + Sync + 'static,
    ) -> Self {
        Self { clock, respond: Arc::new(respond), way: Duration::ZERO }
    }

    /// The same, over a network that takes so long each way.
    #[must_use]
    pub const fn with_way(mut self, way: Duration) -> Self {
        self.way = way;
        self
    }
}

impl HttpTransport for SimulatedTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let limit = ResponseLimit::of(&request);
        // A server knows a request by its target and the Host header, not by an absolute URI.
        let host = request.uri().authority().map(|host| host.as_str().to_owned()).unwrap_or_default();
        let (mut parts, body) = request.into_parts();
        if let Ok(value) = host.parse() {
            parts.headers.insert(http::header::HOST, value);
        }
        parts.uri = parts
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str())
            .parse()
            .expect("a target is a URI");
        let request = Request::from_parts(parts, body);

        self.clock.wait(self.way).await;
        let outcome = (self.respond)(&request, self.clock.now().0);
        self.clock.wait(outcome.delay).await;
        let error = |kind, text: &str| Err(TransportError::new(kind, text));
        let response = match outcome.reply {
            Reply::Answer(response) | Reply::AnswerThenClose(response) => response,
            Reply::Refuse => return error(TransportErrorKind::Connect, "connection refused"),
            Reply::Hang => std::future::pending().await,
            Reply::Reset => return error(TransportErrorKind::Interrupted, "connection reset"),
            Reply::Truncate(..) | Reply::ResetDuring(..) => {
                return error(
                    TransportErrorKind::Interrupted,
                    "connection closed before the answer was complete",
                );
            }
        };
        self.clock.wait(self.way).await;
        if response.body().len() > limit {
            return error(TransportErrorKind::Body, "the answer's body is larger than the limit");
        }
        Ok(response)
    }
}
