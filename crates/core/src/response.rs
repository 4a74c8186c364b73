//! One answer. Any status: what it means is asked of it.

use std::borrow::Cow;

use crate::bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::{
    error::{Answered, Error, ErrorKind, Inner, name},
    http::{HeaderMap, Method, StatusCode, header},
    pipeline::{NO_API_PREFIX, is_outside_api},
    text,
};

/// The header in which Logto names each request.
const REQUEST_ID: &str = "logto-core-request-id";

/// What an answer's body is, told by what arrived and not by what was promised.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Data<'a> {
    /// Success without data: 204, an empty body, or the `text/plain` with which Logto answers some operations (`Created`, `OK`).
    None,
    /// JSON.
    Json(&'a [u8]),
    /// Text that is not plain: XML, HTML.
    Text(Cow<'a, str>),
    /// Anything else.
    Bytes(&'a [u8]),
}

/// An answer, its body complete.
#[derive(Clone, Debug)]
pub struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) method: Method,
    pub(crate) route: String,
    pub(crate) attempts: u32,
    pub(crate) retry_after: Option<std::time::Duration>,
    /// The likely cause of an error status, where the pipeline knows one.
    pub(crate) hint: Option<String>,
}

impl Response {
    /// The status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    #[must_use]
    pub const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The whole body.
    #[must_use]
    pub const fn body(&self) -> &Bytes {
        &self.body
    }

    /// Logto's request id.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.headers.get(REQUEST_ID).and_then(|value| value.to_str().ok())
    }

    /// How many times the request was sent before this answer came.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The body as text; bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        text::lossy(&self.body)
    }

    /// What the body is.
    #[must_use]
    pub fn data(&self) -> Data<'_> {
        if self.body.is_empty() || self.status == StatusCode::NO_CONTENT || self.method == Method::HEAD {
            return Data::None;
        }
        let content_type =
            self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = text::before(content_type, b";").trim_ascii().to_ascii_lowercase();
        match essence.as_str() {
            "application/json" => Data::Json(&self.body),
            "text/plain" if self.status.is_success() => Data::None,
            "" if matches!(self.body.first(), Some(b'{' | b'[')) => Data::Json(&self.body),
            essence if essence.ends_with("+json") => Data::Json(&self.body),
            essence if essence.starts_with("text/") || essence.ends_with("xml") => Data::Text(self.text()),
            _ => Data::Bytes(&self.body),
        }
    }

    /// Decodes the body. Success without data decodes like `null`, so `()` and `Option<T>` take it.
    ///
    /// # Errors
    /// Decode, where the body is no JSON or not of this shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        match self.data() {
            Data::None => serde_json::from_slice(b"null")
                .map_err(|_| self.undecodable("no data", "success without data")),
            Data::Json(json) => {
                serde_json::from_slice(json).map_err(|error| self.undecodable(&error.to_string(), "JSON"))
            }
            Data::Text(_) => Err(self.undecodable("text", "text")),
            Data::Bytes(_) => Err(self.undecodable("bytes", "bytes")),
        }
    }

    /// The error that an answer of a non-success status stands for.
    #[must_use]
    pub fn error(&self) -> Option<Error> {
        if self.status.is_success() || self.status == StatusCode::NOT_MODIFIED {
            return None;
        }
        Some(Error::answered(
            ErrorKind::Api,
            None,
            Answered {
                status: self.status,
                body: &self.body,
                request_id: self.request_id(),
                method: self.method.as_str(),
                route: &self.route,
                attempts: self.attempts,
                retry_after: self.retry_after,
                hint: self.hint.clone(),
            },
        ))
    }

    /// Takes it apart without copying.
    #[must_use]
    pub fn into_parts(self) -> (StatusCode, HeaderMap, Bytes) {
        (self.status, self.headers, self.body)
    }

    pub(crate) fn undecodable(&self, why: &str, what: &str) -> Error {
        let message = words!["The answer is not what was asked for: it is ", what, " (", why, ")"];
        let mut inner = Inner::new(ErrorKind::Decode, name::DECODE, message);
        inner.status = Some(self.status.as_u16());
        inner.body = Some(self.body.clone());
        inner.request_id = self.request_id().map(str::to_owned);
        inner.method = Some(self.method.as_str().to_owned());
        inner.route = Some(self.route.clone());
        inner.attempts = self.attempts;
        if is_outside_api(&self.route) && self.text().trim_ascii_start().starts_with('<') {
            inner.hint = Some(NO_API_PREFIX.to_owned());
        }
        inner.into()
    }
}
