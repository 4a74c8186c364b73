//! The stable names of errors: one list, from which every door's exception classes are chosen.

use crate::transport::TransportErrorKind;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Stable names of errors.
        #[allow(missing_docs, reason = "each says what it is, and ERROR_NAMES is documented")]
        pub(crate) mod name { $($(#[$doc])* pub(crate) const $name: &str = $text;)* }
        /// Every name that [`Error::name`](crate::Error::name) can give. A door has an exception class for each.
        pub const ERROR_NAMES: &[&str] = &[$($text),*];
    };
}

names! {
    CONFIG = "config.invalid",
    REQUEST = "config.invalid_request",
    BODY_TOO_LARGE = "config.body_too_large",
    AUTH_CLIENT = "auth.invalid_client",
    AUTH_TARGET = "auth.invalid_target",
    AUTH_QUOTA = "auth.quota_exceeded",
    AUTH_FAILED = "auth.token_request_failed",
    CONNECT = "transport.connect",
    TIMEOUT = "transport.timeout",
    INTERRUPTED = "transport.interrupted",
    BODY = "transport.body",
    CANCELLED = "transport.cancelled",
    TRANSPORT = "transport.other",
    BAD_REQUEST = "api.bad_request",
    UNAUTHORIZED = "api.unauthorized",
    FORBIDDEN = "api.forbidden",
    NOT_FOUND = "api.not_found",
    CONFLICT = "api.conflict",
    UNPROCESSABLE = "api.unprocessable",
    RATE_LIMITED = "api.rate_limited",
    SERVER = "api.server_error",
    STATUS = "api.error",
    DECODE = "decode.invalid_json",
    REDIRECT = "redirect.unexpected",
    BUDGET = "budget.exhausted",
}

/// The name of an API error with this status.
pub(super) const fn status_name(status: u16) -> &'static str {
    match status {
        400 => name::BAD_REQUEST,
        401 => name::UNAUTHORIZED,
        403 => name::FORBIDDEN,
        404 => name::NOT_FOUND,
        409 => name::CONFLICT,
        422 => name::UNPROCESSABLE,
        429 => name::RATE_LIMITED,
        500..=599 => name::SERVER,
        _ => name::STATUS,
    }
}

/// The name of a transport failure of this kind.
pub(crate) const fn transport_name(kind: TransportErrorKind) -> &'static str {
    match kind {
        TransportErrorKind::Connect => name::CONNECT,
        TransportErrorKind::Timeout => name::TIMEOUT,
        TransportErrorKind::Interrupted => name::INTERRUPTED,
        TransportErrorKind::Body => name::BODY,
        TransportErrorKind::Cancelled => name::CANCELLED,
        TransportErrorKind::Other => name::TRANSPORT,
    }
}
