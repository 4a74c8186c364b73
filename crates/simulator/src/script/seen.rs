//! What a scripted server was asked.

use std::borrow::Cow;

use bytes::Bytes;
use http::Request;
use http::header::HOST;
use serde::Serialize;

/// One request, as it arrived.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// `GET`
    pub method: String,
    /// Path and query, byte for byte.
    pub target: String,
    /// Names in lower case, in the order of arrival (values of one name stay together).
    pub headers: Vec<(String, String)>,
    /// The body as text. Bytes that are no UTF-8 become U+FFFD.
    pub body: String,
    /// How many bytes the body had.
    pub bytes: usize,
}

impl Seen {
    pub(super) fn record(request: &Request<Bytes>) -> Self {
        Self {
            method: request.method().as_str().to_owned(),
            target: target(request).into_owned(),
            headers: request
                .headers()
                .iter()
                .map(|(name, value)| {
                    (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
                })
                .collect(),
            body: String::from_utf8_lossy(request.body()).into_owned(),
            bytes: request.body().len(),
        }
    }

    /// The value of a header; of the first one, if there are more.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The host that was addressed.
    pub fn host(&self) -> Option<&str> {
        self.header(HOST.as_str())
    }
}

/// Path and query as they stand on the request line.
pub(super) fn target(request: &Request<Bytes>) -> Cow<'_, str> {
    match request.uri().path_and_query() {
        Some(target) => Cow::Borrowed(target.as_str()),
        None => Cow::Borrowed("/"),
    }
}
