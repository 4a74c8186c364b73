//! One error type for everything that can go wrong.
//!
//! [`Error`] is cheap to clone, because callers that waited for the same token share its failure. [`Error::name`] is the stable machine name that
//! every language's exception classes are chosen by; all of them stand in [`ERROR_NAMES`].

mod body;
mod names;

use std::{error::Error as StdError, fmt, sync::Arc, time::Duration};

use crate::bytes::Bytes;

use crate::{http::StatusCode, json::Writer, text, transport::TransportError};

pub use body::ApiErrorBody;
use body::describe_body;
pub use names::ERROR_NAMES;
use names::status_name;
pub(crate) use names::{name, transport_name};

/// What kind of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client or the call is set up wrongly. Nothing was sent.
    Config,
    /// No access token: the token endpoint refused.
    Auth,
    /// No complete answer arrived.
    Transport,
    /// The API answered with an error status.
    Api,
    /// The answer is not what it should be.
    Decode,
    /// The server answered with a redirect, which the client never follows.
    UnexpectedRedirect,
    /// The call's deadline ended while it waited.
    BudgetExhausted,
}

impl ErrorKind {
    /// Its name: `Api`, `Transport`, …
    const fn name(self) -> &'static str {
        match self {
            Self::Config => "Config",
            Self::Auth => "Auth",
            Self::Transport => "Transport",
            Self::Api => "Api",
            Self::Decode => "Decode",
            Self::UnexpectedRedirect => "UnexpectedRedirect",
            Self::BudgetExhausted => "BudgetExhausted",
        }
    }
}

/// Everything that can go wrong, in one type. See [`kind`](Self::kind) and [`name`](Self::name), and the `is_*` predicates.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) kind: ErrorKind,
    pub(crate) name: &'static str,
    pub(crate) message: String,
    pub(crate) status: Option<u16>,
    pub(crate) body: Option<Bytes>,
    pub(crate) api: ApiErrorBody,
    pub(crate) request_id: Option<String>,
    pub(crate) method: Option<String>,
    pub(crate) route: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) hint: Option<String>,
    pub(crate) source: Option<TransportError>,
}

impl Inner {
    pub(crate) fn new(kind: ErrorKind, name: &'static str, message: impl Into<String>) -> Self {
        Self::with_message(kind, name, message.into())
    }

    /// Once in the program, not in each place where something can go wrong.
    #[inline(never)]
    fn with_message(kind: ErrorKind, name: &'static str, message: String) -> Self {
        Self {
            kind,
            name,
            message,
            status: None,
            body: None,
            api: ApiErrorBody::default(),
            request_id: None,
            method: None,
            route: None,
            attempts: 0,
            retry_after: None,
            hint: None,
            source: None,
        }
    }
}

impl From<Inner> for Error {
    fn from(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }
}

/// What an error status of the API or the token endpoint came with.
pub(crate) struct Answered<'a> {
    pub(crate) status: StatusCode,
    pub(crate) body: &'a Bytes,
    pub(crate) request_id: Option<&'a str>,
    pub(crate) method: &'a str,
    pub(crate) route: &'a str,
    pub(crate) attempts: u32,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) hint: Option<String>,
}

impl Error {
    /// A wrong set-up of the client.
    pub(crate) fn config(message: impl Into<String>) -> Self {
        Inner::new(ErrorKind::Config, name::CONFIG, message).into()
    }

    /// A wrong set-up, found by a door or a transport: kind Config, name `config.invalid`.
    #[must_use]
    pub fn invalid_config(message: impl Into<String>) -> Self {
        Self::config(message)
    }

    /// A failure that a [`TokenSource`](crate::TokenSource) of one's own reports: kind Auth, name `auth.token_request_failed`.
    #[must_use]
    pub fn token_unavailable(message: impl Into<String>) -> Self {
        Inner::new(ErrorKind::Auth, name::AUTH_FAILED, message).into()
    }

    /// A wrong call: found before anything was sent.
    pub(crate) fn request(message: impl Into<String>) -> Self {
        Inner::new(ErrorKind::Config, name::REQUEST, message).into()
    }

    /// An error status.
    pub(crate) fn answered(kind: ErrorKind, name: Option<&'static str>, answer: Answered<'_>) -> Self {
        let api = ApiErrorBody::parse(answer.body);
        let message = match (&api.error_description, &api.message) {
            (Some(description), Some(message)) if !text::contains(message, description) => {
                words![message, " (", description, ")"]
            }
            (Some(text), None) | (_, Some(text)) => text.clone(),
            (None, None) => describe_body(answer.status, answer.body),
        };
        let mut inner =
            Inner::new(kind, name.unwrap_or_else(|| status_name(answer.status.as_u16())), message);
        inner.status = Some(answer.status.as_u16());
        inner.body = Some(answer.body.clone());
        inner.api = api;
        inner.request_id = answer.request_id.map(str::to_owned);
        inner.method = Some(answer.method.to_owned());
        inner.route = Some(answer.route.to_owned());
        inner.attempts = answer.attempts;
        inner.retry_after = answer.retry_after;
        inner.hint = answer.hint;
        inner.into()
    }

    /// What kind of thing went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The stable machine name, one of [`ERROR_NAMES`]: `api.not_found`, `transport.timeout`, …
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.0.name
    }

    /// The HTTP status, where there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Logto's error code, `user.username_already_in_use`. Stable, unlike the message.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.api.code.as_deref()
    }

    /// What happened, in words.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The `data` member of Logto's error body, as JSON.
    #[must_use]
    pub fn data(&self) -> Option<&str> {
        self.0.api.data.as_deref()
    }

    /// The `details` member of Logto's error body, as JSON.
    #[must_use]
    pub fn details(&self) -> Option<&str> {
        self.0.api.details.as_deref()
    }

    /// The body of the error answer, as it arrived.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.0.body.as_ref()
    }

    /// Logto's request id (`Logto-Core-Request-Id`): quote it when you ask for support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The HTTP method of the failed call.
    #[must_use]
    pub fn method(&self) -> Option<&str> {
        self.0.method.as_deref()
    }

    /// The route template of the failed call, `/api/users/{userId}`; never the filled path.
    #[must_use]
    pub fn route(&self) -> Option<&str> {
        self.0.route.as_deref()
    }

    /// How many times the request was sent.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long the server asked to wait (`Retry-After`).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The likely cause and what to do, where the client knows one.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The thing asked for does not exist.
    ///
    /// # Troubleshooting
    /// With `route` right, the id is wrong or the row is gone. A 404 with an empty `code` comes from a path that the server does not know:
    /// an older Logto, or a body over the server's 1 MiB.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.name() == name::NOT_FOUND
    }

    /// The API refused the token for want of a permission.
    ///
    /// # Troubleshooting
    /// Give the machine-to-machine application the role "Logto Management API access".
    #[must_use]
    pub fn is_permission_denied(&self) -> bool {
        self.name() == name::FORBIDDEN
    }

    /// No token could be got, or the API refused a fresh one.
    #[must_use]
    pub fn is_authentication(&self) -> bool {
        self.kind() == ErrorKind::Auth || self.name() == name::UNAUTHORIZED
    }

    /// The server said 429, and trying again within the budget was no option. See [`retry_after`](Self::retry_after).
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.status() == Some(429)
    }

    /// The input is understood and refused: a duplicate, a rule of the tenant (409 and 422).
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self.status(), Some(409 | 422))
    }

    /// A request, or the whole call, took longer than allowed.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.name(), name::TIMEOUT | name::BUDGET)
    }

    /// No connection could be made: the request was never sent.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.name() == name::CONNECT
    }

    /// The set-up or the call is wrong; nothing was sent.
    #[must_use]
    pub fn is_config(&self) -> bool {
        self.kind() == ErrorKind::Config
    }

    /// The same call may work later: connection failures, timeouts, 408, 429 and 5xx. The client has already tried again where that was safe.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(
            self.name(),
            name::CONNECT | name::TIMEOUT | name::INTERRUPTED | name::BUDGET | name::RATE_LIMITED
        ) || matches!(self.status(), Some(408 | 500 | 502 | 503 | 504))
    }

    /// All of it as one JSON object of plain data, for other languages: `name, kind, status, code, message, data, details, requestId, method, route,
    /// attempts, retryAfterMs, hint`; what is not known is left out.
    #[must_use]
    pub fn to_json(&self) -> String {
        let inner = &*self.0;
        let mut json = Writer::new();
        json.text("name", Some(inner.name));
        json.text("kind", Some(inner.kind.name()));
        json.number("status", inner.status.map(u64::from));
        json.text("code", self.code());
        json.text("message", Some(&inner.message));
        json.raw("data", self.data());
        json.raw("details", self.details());
        json.text("requestId", self.request_id());
        json.text("method", self.method());
        json.text("route", self.route());
        json.number("attempts", Some(u64::from(inner.attempts)));
        json.number("retryAfterMs", inner.retry_after.map(crate::clock::millis));
        json.text("hint", self.hint());
        json.end()
    }

    /// The same error, with what the pipeline knows of the call.
    pub(crate) fn of_call(self, method: &str, route: &str, attempts: u32) -> Self {
        if self.0.method.is_some() {
            return self;
        }
        match Arc::try_unwrap(self.0) {
            Ok(mut inner) => {
                inner.method = Some(method.to_owned());
                inner.route = Some(route.to_owned());
                inner.attempts = attempts;
                inner.into()
            }
            Err(shared) => Self(shared),
        }
    }
}

impl From<TransportError> for Inner {
    fn from(error: TransportError) -> Self {
        let mut inner = Self::new(ErrorKind::Transport, transport_name(error.kind()), error.message());
        inner.source = Some(error);
        inner
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let (Some(method), Some(route)) = (self.method(), self.route()) {
            f.write_str(&words![method, " ", route, ": "])?;
        }
        if let Some(status) = inner.status {
            f.write_str(&words![status, " "])?;
        }
        if let Some(code) = self.code() {
            f.write_str(&words![code, ": "])?;
        }
        f.write_str(&inner.message)?;
        if let Some(hint) = self.hint() {
            f.write_str(&words![". ", hint])?;
        }
        if let Some(id) = self.request_id() {
            f.write_str(&words![" (request id ", id, ")"])?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("name", &inner.name)
            .field("message", &inner.message)
            .field("status", &inner.status)
            .field("code", &inner.api.code)
            .field("method", &inner.method)
            .field("route", &inner.route)
            .field("attempts", &inner.attempts)
            .field("retry_after", &inner.retry_after)
            .field("request_id", &inner.request_id)
            .field("hint", &inner.hint)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| source as _)
    }
}
