//! Requests and responses.

use std::{any::Any, fmt, str::FromStr};

use super::{HeaderMap, Method, StatusCode};

/// An absolute url, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uri(String);

/// A text that is no absolute url.
#[derive(Debug)]
pub struct InvalidUri;

impl FromStr for Uri {
    type Err = InvalidUri;

    /// Looks no closer than it must: `fetch` parses it again.
    fn from_str(text: &str) -> Result<Self, InvalidUri> {
        let host = crate::text::split_once(text, "://").map(|(_, rest)| crate::text::before(rest, b"/?"));
        let sound =
            host.is_some_and(|host| !host.is_empty()) && text.bytes().all(|byte| byte > b' ' && byte != 0x7f);
        sound.then(|| Self(text.to_owned())).ok_or(InvalidUri)
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Values that travel with a request, one of a type.
#[derive(Debug, Default)]
pub struct Extensions(Vec<Box<dyn Any + Send + Sync>>);

impl Extensions {
    /// Adds a value.
    pub fn insert(&mut self, value: impl Any + Send + Sync) {
        self.0.push(Box::new(value));
    }

    /// The value of a type.
    #[must_use]
    pub fn get<T: Any>(&self) -> Option<&T> {
        self.0.iter().rev().find_map(|value| value.downcast_ref())
    }
}

/// A request.
#[derive(Debug)]
pub struct Request<B> {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    extensions: Extensions,
    body: B,
}

impl<B> Request<B> {
    /// A GET of nowhere.
    pub fn new(body: B) -> Self {
        let (uri, headers, extensions) = (Uri::default(), HeaderMap::new(), Extensions::default());
        Self { method: Method::GET, uri, headers, extensions, body }
    }

    /// The method.
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// The method.
    pub const fn method_mut(&mut self) -> &mut Method {
        &mut self.method
    }

    /// The url.
    pub const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The url.
    pub const fn uri_mut(&mut self) -> &mut Uri {
        &mut self.uri
    }

    /// The headers.
    pub const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The headers.
    pub const fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.headers
    }

    /// What travels with it.
    pub const fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// What travels with it.
    pub const fn extensions_mut(&mut self) -> &mut Extensions {
        &mut self.extensions
    }

    /// The body.
    pub const fn body(&self) -> &B {
        &self.body
    }
}

/// A response.
#[derive(Debug)]
pub struct Response<B> {
    parts: Parts,
    body: B,
}

/// A response without its body.
#[derive(Debug, Default)]
pub struct Parts {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
}

impl<B> Response<B> {
    /// A 200.
    pub fn new(body: B) -> Self {
        Self { parts: Parts::default(), body }
    }

    /// The status.
    pub const fn status(&self) -> StatusCode {
        self.parts.status
    }

    /// The status.
    pub const fn status_mut(&mut self) -> &mut StatusCode {
        &mut self.parts.status
    }

    /// The headers.
    pub const fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// The headers.
    pub const fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.parts.headers
    }

    /// The body.
    pub const fn body(&self) -> &B {
        &self.body
    }

    /// Takes it apart.
    pub fn into_parts(self) -> (Parts, B) {
        (self.parts, self.body)
    }
}
