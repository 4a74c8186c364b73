//! The transport over `fetch`: the runtime's own, or one handed in. Its JavaScript half is `npm/src/engine/wasm-fetch.ts`.
//!
//! Holds the core's contract for transports as far as `fetch` lets it. `redirect` is always `manual`, dropping the future aborts the
//! request, and the body is read up to the request's `ResponseLimit` and no further. Besides:
//!
//! - Repeated headers of an answer come joined by `, `, as the fetch standard has it (`set-cookie` apart).
//! - A browser hides what a redirect was; it comes as a bare 302, which the core reports as what it is.
//! - Runtimes differ in what they tell of a failure. A connection that was never made is [`Connect`] where the runtime says so by a
//!   code (Node, Bun, Deno). Where it does not (browsers, workerd), the server may have seen the request, so it counts as
//!   [`Interrupted`], and a POST is not sent twice.
//! - `fetch` knows no connect timeout; that of the whole request, which the pipeline watches, covers it.
//!
//! [`Connect`]: TransportErrorKind::Connect
//! [`Interrupted`]: TransportErrorKind::Interrupted

use std::{error::Error as StdError, fmt};

use logto_management_core::{
    Error, HttpTransport, TransportError, TransportErrorKind,
    bytes::Bytes,
    http::{HeaderName, HeaderValue, Request, Response, StatusCode},
    text::joined,
    transport::{BodyStaysOutside, ResponseLimit},
};

use crate::{
    host::{Exchange, Host, Outcome},
    tasks::{self, Waiting},
    text,
};

/// Sends requests through the host's `fetch`.
#[derive(Clone, Debug)]
pub(crate) struct FetchTransport(pub(crate) Host);

impl HttpTransport for FetchTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let exchange = Waiting::new();
        let key = exchange.key();
        self.begin(key, &request);
        drop(request);
        read(exchange.await).map_err(|error| error.with_source(FailedExchange(key)))
    }
}

/// The key of an exchange that came to nothing: the host has what `fetch` threw.
#[derive(Debug)]
struct FailedExchange(u32);

impl fmt::Display for FailedExchange {
    /// Nobody prints it.
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl StdError for FailedExchange {
    /// In place of the default: a sentence that the module would carry.
    fn description(&self) -> &'static str {
        ""
    }
}

/// Which exchange lies below an error; 0 for none.
pub(crate) fn failed_exchange(error: &Error) -> u32 {
    let exchange = || error.source()?.source()?.downcast_ref::<FailedExchange>();
    exchange().map_or(0, |exchange| exchange.0)
}

impl FetchTransport {
    fn begin(&self, key: u32, request: &Request<Bytes>) {
        let mut head = joined(&[request.method().as_str(), &request.uri().to_string(), ""], "\n");
        text::add_headers(&mut head, request.headers());
        let sent = Exchange {
            head: &head,
            body: request.body(),
            limit: ResponseLimit::of(request),
            body_stays: BodyStaysOutside::of(request),
        };
        self.0.exchange(tasks::current(), key, &sent);
    }
}

fn read(answer: Outcome) -> Result<Response<Bytes>, TransportError> {
    let kind = match answer.number {
        1 => TransportErrorKind::Connect,
        2 => TransportErrorKind::Timeout,
        3 => TransportErrorKind::Interrupted,
        4 => TransportErrorKind::Body,
        5 => TransportErrorKind::Cancelled,
        status => return read_answer(status, answer),
    };
    Err(TransportError::new(kind, answer.text))
}

fn read_answer(status: u32, answer: Outcome) -> Result<Response<Bytes>, TransportError> {
    let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let Some(status) = status else {
        return Err(TransportError::new(TransportErrorKind::Other, "The answer's status is none of HTTP's"));
    };
    let mut response = Response::new(Bytes::from(answer.body));
    *response.status_mut() = status;
    for (name, value) in text::pairs(&answer.text) {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_bytes(&text::to_bytes(value));
        if let (Ok(name), Ok(value)) = (name, value) {
            response.headers_mut().append(name, value);
        }
    }
    Ok(response)
}
