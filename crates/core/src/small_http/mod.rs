//! The types of the crate `http`, as far as the client uses them, small: what stands in that crate's place in the module for Workers.
//!
//! `http` is made for servers that see millions of headers: a hash map with a perfect table of the usual names, a parser for every form of url. That is 12 KB (gzip) in a
//! module that sends ten headers. Here they are lists of texts, with the same names, methods and rules, so that the rest of the crate is the same code over either.
//!
//! `--cfg logto_small` chooses these, and only the build of the npm package's module sets it: whoever compiles the crate for wasm32 has the types of `http`. The tests hold the two against each other.

mod headers;
mod message;
mod method;
mod status;
#[cfg(test)]
mod tests;

pub use headers::{HeaderMap, HeaderName, HeaderValue, InvalidHeaderName, InvalidHeaderValue};
pub use message::{Extensions, InvalidUri, Parts, Request, Response, Uri};
pub use method::{InvalidMethod, Method};
pub use status::{InvalidStatusCode, StatusCode};

/// Names of headers.
pub mod header {
    pub use super::headers::{HeaderMap, HeaderName, HeaderValue};

    macro_rules! names {
        ($($name:ident = $text:literal,)*) => {
            $(#[doc = concat!("`", $text, "`")] pub const $name: HeaderName = HeaderName::from_static($text);)*
        };
    }

    names! {
        ACCEPT = "accept",
        AUTHORIZATION = "authorization",
        CONTENT_TYPE = "content-type",
        LINK = "link",
        LOCATION = "location",
        RETRY_AFTER = "retry-after",
        USER_AGENT = "user-agent",
    }
}
