//! Methods.

use std::fmt;

use super::headers::is_token;

/// A request method.
#[derive(Clone, PartialEq, Eq)]
pub struct Method(Kind);

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Known(&'static str),
    Other(Box<str>),
}

/// A method that HTTP does not allow.
#[derive(Debug)]
pub struct InvalidMethod;

macro_rules! methods {
    ($($name:ident),*) => {
        impl Method {
            $(#[doc = stringify!($name)] pub const $name: Self = Self(Kind::Known(stringify!($name)));)*
            const KNOWN: &'static [&'static str] = &[$(stringify!($name)),*];
        }
    };
}

methods! { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS, TRACE, CONNECT }

impl Method {
    /// Checks a method.
    ///
    /// # Errors
    /// Where it is no token (RFC 9110, section 5.6.2).
    pub fn from_bytes(method: &[u8]) -> Result<Self, InvalidMethod> {
        if let Some(known) = Self::KNOWN.iter().find(|known| known.as_bytes() == method) {
            return Ok(Self(Kind::Known(known)));
        }
        let text = std::str::from_utf8(method).map_err(|_| InvalidMethod)?;
        let sound = !text.is_empty() && text.bytes().all(is_token);
        sound.then(|| Self(Kind::Other(text.into()))).ok_or(InvalidMethod)
    }

    /// The method.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Kind::Known(name) => name,
            Kind::Other(name) => name,
        }
    }
}

impl fmt::Debug for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
