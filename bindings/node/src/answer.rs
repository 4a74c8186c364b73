//! What promises resolve to. A failure is an answer too, as the core's JSON.

use std::io::ErrorKind;

use logto_management::{AccessToken, Data, Error, Page, Response, Total};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

/// What went wrong, and what the answer takes along. Everything absent: cancelled, or the end of a listing.
#[napi(object, object_from_js = false)]
#[derive(Default)]
pub struct Answer {
    /// The core's `Error::to_json()`.
    pub failure: Option<String>,
    /// What lay below a transport failure, in Node's terms: its code (`ECONNREFUSED`; empty where there is none) and the system's words.
    pub cause: Option<Vec<String>>,
    /// The ticket with which `getToken` failed: JavaScript has what it threw.
    pub failed_ticket: Option<u32>,
    /// Codes and messages in turn.
    pub warnings: Option<Vec<String>>,
    /// The core's `Event::to_json()`, in order; only after `observe(true)`.
    pub events: Option<Vec<String>>,
    pub response: Option<Answered>,
    pub page: Option<ListedPage>,
    pub token: Option<Token>,
}

/// A response, of any status.
#[napi(object, object_from_js = false)]
pub struct Answered {
    pub status: u16,
    /// Names and values in turn.
    pub headers: Vec<String>,
    pub body: Buffer,
    /// `none`, `json`, `text`, `bytes`.
    #[napi(ts_type = "'none' | 'json' | 'text' | 'bytes'")]
    pub data: &'static str,
    pub attempts: u32,
    pub request_id: Option<String>,
    /// What a status that is no success stands for, as the core's JSON.
    pub error: Option<String>,
}

/// A page of a listing.
#[napi(object, object_from_js = false)]
pub struct ListedPage {
    /// A JSON array.
    pub body: Buffer,
    pub number: f64,
    pub size: u32,
    pub total: Option<f64>,
    pub total_is_exact: bool,
    pub cursor: Option<String>,
    pub request_id: Option<String>,
}

/// An access token.
#[napi(object, object_from_js = false)]
pub struct Token {
    pub value: String,
    /// Milliseconds since 1970.
    pub expires_at: f64,
    pub scope: Option<String>,
}

impl From<Response> for Answered {
    fn from(response: Response) -> Self {
        let data = match response.data() {
            Data::None => "none",
            Data::Json(_) => "json",
            Data::Text(_) => "text",
            _ => "bytes",
        };
        let error = response.error().map(|error| error.to_json());
        let attempts = response.attempts();
        let request_id = response.request_id().map(str::to_owned);
        let (status, headers, body) = response.into_parts();
        let mut pairs = Vec::with_capacity(headers.len() * 2);
        for (name, value) in &headers {
            pairs.push(name.as_str().to_owned());
            // Latin-1, as `fetch` reads header values.
            pairs.push(value.as_bytes().iter().map(|byte| char::from(*byte)).collect());
        }
        Self {
            status: status.as_u16(),
            headers: pairs,
            body: Vec::from(body).into(),
            data,
            attempts,
            request_id,
            error,
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "JavaScript has no other number")]
impl From<Page> for ListedPage {
    fn from(page: Page) -> Self {
        Self {
            number: page.number() as f64,
            size: page.size(),
            total: page.total().map(|total| total.number() as f64),
            total_is_exact: !matches!(page.total(), Some(Total::AtLeast(_))),
            cursor: page.next().map(ToString::to_string),
            request_id: page.request_id().map(str::to_owned),
            body: Vec::from(page.body().clone()).into(),
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "JavaScript has no other number")]
impl From<&AccessToken> for Token {
    fn from(token: &AccessToken) -> Self {
        Self {
            value: token.value().to_owned(),
            expires_at: token.expires_at().0 as f64,
            scope: token.scope().map(str::to_owned),
        }
    }
}

impl From<Error> for Answer {
    fn from(error: Error) -> Self {
        Self { failure: Some(error.to_json()), cause: cause(&error), ..Self::default() }
    }
}

/// The operating system's part in a failure. Programs that handle `fetch`'s errors look at `cause.code`.
fn cause(error: &Error) -> Option<Vec<String>> {
    let mut below = std::error::Error::source(error);
    let mut found = None;
    while let Some(error) = below {
        let text = error.to_string();
        if let Some(io) = error.downcast_ref::<std::io::Error>() {
            found = Some(vec![code(io.kind()).to_owned(), text]);
        } else if found.is_none() && text.starts_with("dns error") {
            found = Some(vec!["ENOTFOUND".to_owned(), text]);
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
