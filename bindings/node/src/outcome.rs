//! What a call came to, and how JavaScript gets it. A failure is an outcome too, as the core's JSON.

use std::io::ErrorKind;

use bytes::Bytes;
use logto_management::{AccessToken, Data, Error, Page, Response, Total};
use napi::{
    Env, Result,
    bindgen_prelude::{ToNapiValue, Uint8Array},
    sys,
};
use serde_json::json;

use crate::ascii;

/// See [`Outcome::values`] for what JavaScript sees of each.
pub(crate) enum Outcome {
    /// Cancelled, or the end of a listing.
    Nothing,
    /// The core's `Error::to_json()`; the ticket with which `getToken` failed (JavaScript has what it threw); and what lay below a transport failure, in Node's terms: its code (`ECONNREFUSED`; empty where
    /// there is none) and, on a line of their own, the system's words.
    Failed { error: String, asked: Option<u32>, cause: Option<String> },
    /// Facts as JSON.
    Page { facts: String, items: Body },
    /// As JSON.
    Token(String),
    /// Code and message. The call's own outcome follows.
    Warning(String, String),
    /// The core's `Event::to_json()`. The call's own outcome follows.
    Event(String),
    /// A response, of any status.
    Response { code: u32, head: Vec<u8>, body: Body, error: Option<String> },
}

/// A body in the cheapest form that JavaScript can use.
pub(crate) enum Body {
    Bytes(Bytes),
    /// Nothing but ASCII: a string of one byte a character, without a look at any of them.
    Ascii(Bytes),
    Text(String),
}

impl Body {
    /// Bytes, decoded as `TextDecoder` does: without a byte order mark, and what is not UTF-8 replaced.
    fn text(bytes: Bytes) -> Self {
        if bytes.is_ascii() {
            return Self::Ascii(bytes);
        }
        let text = without_bom(&bytes);
        Self::Text(String::from_utf8_lossy(text).into_owned())
    }

    /// JSON that says the same.
    fn json(bytes: Bytes) -> Self {
        if bytes.is_ascii() {
            return Self::Ascii(bytes);
        }
        ascii::json(without_bom(&bytes)).map_or_else(|| Self::text(bytes), Self::Ascii)
    }
}

/// How JavaScript reads a response's body.
#[derive(Clone, Copy)]
pub(crate) enum Read {
    Bytes,
    /// As text, where it is JSON or text.
    Text,
    /// The same; and of JSON, nothing but what it says.
    Json,
}

fn without_bom(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

impl Outcome {
    /// A call that ended without an answer: a panic.
    pub(crate) fn defect() -> Self {
        let error = json!({
            "name": "transport.other", "kind": "Transport", "message": "A defect of logto-management ended this call", "attempts": 0
        });
        Self::Failed { error: error.to_string(), asked: None, cause: None }
    }

    pub(crate) fn failed(error: &Error, asked: Option<u32>) -> Self {
        Self::Failed { error: error.to_json(), asked, cause: cause(error) }
    }

    pub(crate) fn response(response: Response, read: Read) -> Self {
        let (data, is_text) = match response.data() {
            Data::None => (0, true),
            Data::Json(_) => (1, true),
            Data::Text(_) => (2, true),
            _ => (3, false),
        };
        let error = response.error().map(|error| error.to_json());
        let code = u32::from(response.status().as_u16()) | data << 10 | response.attempts() << 12;
        // An error's body is read as text, whatever it is.
        let is_text = is_text || error.is_some();
        let mut head = Vec::with_capacity(1024);
        head.extend_from_slice(response.request_id().unwrap_or_default().as_bytes());
        let (_, headers, body) = response.into_parts();
        for (name, value) in &headers {
            for part in [name.as_str().as_bytes(), value.as_bytes()] {
                head.push(b'\n');
                head.extend_from_slice(part);
            }
        }
        let body = match read {
            // What is wrong is for people, as it came.
            Read::Json if data == 1 && error.is_none() => Body::json(body),
            Read::Text | Read::Json if is_text => Body::text(body),
            _ => Body::Bytes(body),
        };
        Self::Response { code, head, body, error }
    }

    pub(crate) fn page(page: &Page) -> Self {
        let facts = json!({
            "number": page.number(),
            "size": page.size(),
            "total": page.total().map(|total| total.number()),
            "totalIsExact": !matches!(page.total(), Some(Total::AtLeast(_))),
            "cursor": page.next().map(ToString::to_string),
            "requestId": page.request_id(),
        });
        Self::Page { facts: facts.to_string(), items: Body::json(page.body().clone()) }
    }

    pub(crate) fn token(token: &AccessToken) -> Self {
        let token =
            json!({ "value": token.value(), "expiresAt": token.expires_at().0, "scope": token.scope() });
        Self::Token(token.to_string())
    }

    /// Whether it is what the call itself came to.
    pub(crate) const fn ends_call(&self) -> bool {
        !matches!(self, Self::Warning(..) | Self::Event(_))
    }

    /// Four values: a code, a text, a body, and what is wrong.
    ///
    /// The lowest ten bits of the code are a status, or less than 100 for what is no response: 0 nothing, 1 failed, 2 page, 3 token, 4 warning, 5 event. A response's code has above it two bits for what the
    /// body is (none, JSON, text, bytes), and then the number of attempts; its text is the request id, then headers' names and values, each on a line.
    pub(crate) fn values(self, env: &Env) -> Result<[sys::napi_value; 4]> {
        let nothing = || value(env, ());
        let (code, text, body, error) = match self {
            Self::Nothing => (0, nothing()?, nothing()?, None),
            Self::Failed { error, asked, cause } => (1, value(env, error)?, value(env, asked)?, cause),
            Self::Page { facts, items } => (2, value(env, facts)?, items.value(env)?, None),
            Self::Token(token) => (3, value(env, token)?, nothing()?, None),
            Self::Warning(code, message) => (4, value(env, code)?, value(env, message)?, None),
            Self::Event(event) => (5, value(env, event)?, nothing()?, None),
            // Latin-1, as `fetch` reads header values.
            Self::Response { code, head, body, error } => {
                (code, value(env, env.create_string_latin1(head)?)?, body.value(env)?, error)
            }
        };
        Ok([value(env, code)?, text, body, value(env, error)?])
    }
}

/// What JavaScript sees of a value.
pub(crate) fn value<T: ToNapiValue>(env: &Env, value: T) -> Result<sys::napi_value> {
    unsafe { T::to_napi_value(env.raw(), value) }
}

impl Body {
    fn value(self, env: &Env) -> Result<sys::napi_value> {
        match self {
            Self::Bytes(bytes) => value(env, Uint8Array::from(Vec::from(bytes))),
            Self::Ascii(bytes) => value(env, env.create_string_latin1(bytes)?),
            Self::Text(text) => value(env, text),
        }
    }
}

/// The operating system's part in a failure. Programs that handle `fetch`'s errors look at `cause.code`.
fn cause(error: &Error) -> Option<String> {
    let mut below = std::error::Error::source(error);
    let mut found = None;
    while let Some(error) = below {
        let text = error.to_string();
        if let Some(io) = error.downcast_ref::<std::io::Error>() {
            found = Some(format!("{}\n{text}", code(io.kind())));
        } else if found.is_none() && text.starts_with("dns error") {
            found = Some(format!("ENOTFOUND\n{text}"));
        }
        below = error.source();
    }
    found
}

/// What Node calls it.
const fn code(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::ConnectionRefused => "ECONNREFUSED",
        ErrorKind::ConnectionReset => "ECONNRESET",
        ErrorKind::ConnectionAborted => "ECONNABORTED",
        ErrorKind::BrokenPipe => "EPIPE",
        ErrorKind::TimedOut => "ETIMEDOUT",
        ErrorKind::HostUnreachable => "EHOSTUNREACH",
        ErrorKind::NetworkUnreachable => "ENETUNREACH",
        ErrorKind::AddrNotAvailable => "EADDRNOTAVAIL",
        _ => "",
    }
}
