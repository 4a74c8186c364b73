//! Status codes.

use std::fmt;

/// A status, 100 to 999.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusCode(u16);

/// A number that is no status.
#[derive(Debug)]
pub struct InvalidStatusCode;

impl Default for StatusCode {
    fn default() -> Self {
        Self(200)
    }
}

impl StatusCode {
    /// 204
    pub const NO_CONTENT: Self = Self(204);
    /// 302
    pub const FOUND: Self = Self(302);
    /// 304
    pub const NOT_MODIFIED: Self = Self(304);
    /// 401
    pub const UNAUTHORIZED: Self = Self(401);
    /// 429
    pub const TOO_MANY_REQUESTS: Self = Self(429);

    /// A status by its number.
    ///
    /// # Errors
    /// Where it has not three digits.
    pub fn from_u16(number: u16) -> Result<Self, InvalidStatusCode> {
        (100..1000).contains(&number).then_some(Self(number)).ok_or(InvalidStatusCode)
    }

    /// Its number.
    #[must_use]
    pub const fn as_u16(self) -> u16 {
        self.0
    }

    /// 2xx
    #[must_use]
    pub const fn is_success(self) -> bool {
        self.0 / 100 == 2
    }

    /// 3xx
    #[must_use]
    pub const fn is_redirection(self) -> bool {
        self.0 / 100 == 3
    }

    /// 4xx
    #[must_use]
    pub const fn is_client_error(self) -> bool {
        self.0 / 100 == 4
    }

    /// 5xx
    #[must_use]
    pub const fn is_server_error(self) -> bool {
        self.0 / 100 == 5
    }

    /// The usual phrase.
    #[must_use]
    pub fn canonical_reason(self) -> Option<&'static str> {
        let phrases = PHRASES.get(usize::from(self.0 / 100).checked_sub(2)?)?;
        let phrase = crate::text::split(phrases, b",").nth(usize::from(self.0 % 100))?;
        (!phrase.is_empty()).then_some(phrase)
    }
}

/// The phrases from 200, 300, 400 and 500 on: texts, since a table has a pointer and a length for each.
const PHRASES: [&str; 4] = [
    "OK,Created,Accepted,Non-Authoritative Information,No Content,Reset Content,Partial Content,Multi-Status,Already Reported,,,,,,,,,,,,,,,,,,IM Used",
    "Multiple Choices,Moved Permanently,Found,See Other,Not Modified,Use Proxy,,Temporary Redirect,Permanent Redirect",
    "Bad Request,Unauthorized,Payment Required,Forbidden,Not Found,Method Not Allowed,Not Acceptable,Proxy Authentication Required,Request Timeout,Conflict,Gone,Length Required,Precondition Failed,Payload Too Large,URI Too Long,Unsupported Media Type,Range Not Satisfiable,Expectation Failed,I'm a Teapot,,,Misdirected Request,Unprocessable Entity,Locked,Failed Dependency,Too Early,Upgrade Required,,Precondition Required,Too Many Requests,,Request Header Fields Too Large,,,,,,,,,,,,,,,,,,,,Unavailable For Legal Reasons",
    "Internal Server Error,Not Implemented,Bad Gateway,Service Unavailable,Gateway Timeout,HTTP Version Not Supported,Variant Also Negotiates,Insufficient Storage,Loop Detected,Bandwidth Limit Exceeded,Not Extended,Network Authentication Required",
];

impl fmt::Display for StatusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&words![self.0, " ", self.canonical_reason().unwrap_or("<unknown status code>")])
    }
}
