//! The transport over `fetch`: the runtime's own, or one handed in.
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

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response};
use js_sys::Function;
use logto_management_core::{
    HttpTransport, TransportError, TransportErrorKind, transport::ResponseLimit,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use crate::{
    host::{Answer, Exchange},
    text,
};

/// Sends requests through `fetch`.
#[derive(Clone, Debug, Default)]
pub(crate) struct FetchTransport {
    /// Instead of the global one, which is looked up for each request.
    fetch: Option<Function>,
}

impl FetchTransport {
    /// Through the global `fetch`, or through `fetch`: any function that takes a `Request` and gives a promise of a `Response`.
    pub(crate) const fn new(fetch: Option<Function>) -> Self {
        Self { fetch }
    }
}

impl HttpTransport for FetchTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let mut exchange = self.start(&request);
        drop(request);
        let settled = JsFuture::from(exchange.inner.answer()).await;
        exchange.over = true;
        match settled {
            Ok(answer) => read(answer.unchecked_ref::<Answer>()),
            // host.js fulfils always.
            Err(_) => Err(TransportError::new(TransportErrorKind::Other, "The transport failed")),
        }
    }
}

impl FetchTransport {
    fn start(&self, request: &Request<Bytes>) -> UnderWay {
        let headers = text::of_headers(request.headers());
        let url = request.uri().to_string();
        let body = Some(request.body()).filter(|body| !body.is_empty()).map(|body| &**body);
        let limit = ResponseLimit::of(request) as f64;
        let inner = Exchange::new(self.fetch.as_ref(), request.method().as_str(), &url, &headers, body, limit);
        UnderWay { inner, over: false }
    }
}

/// Aborts the request when its future is dropped before the end.
struct UnderWay {
    inner: Exchange,
    over: bool,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if !self.over {
            self.inner.abort();
        }
    }
}

fn read(answer: &Answer) -> Result<Response<Bytes>, TransportError> {
    let kind = match answer.failure() {
        0 => {
            let mut response = Response::new(Bytes::from(answer.body().to_vec()));
            *response.status_mut() = http::StatusCode::from_u16(answer.status()).map_err(|_| {
                TransportError::new(TransportErrorKind::Other, "The answer's status is none of HTTP's")
            })?;
            let lines = answer.headers();
            for (name, value) in text::pairs(&lines) {
                let name = HeaderName::from_bytes(name.as_bytes());
                let value = HeaderValue::from_bytes(&text::to_bytes(value));
                if let (Ok(name), Ok(value)) = (name, value) {
                    response.headers_mut().append(name, value);
                }
            }
            return Ok(response);
        }
        1 => TransportErrorKind::Connect,
        2 => TransportErrorKind::Timeout,
        3 => TransportErrorKind::Interrupted,
        4 => TransportErrorKind::Body,
        5 => TransportErrorKind::Cancelled,
        _ => TransportErrorKind::Other,
    };
    Err(TransportError::new(kind, answer.message()))
}
