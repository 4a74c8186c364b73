//! The access token, and the token endpoint's answer.

use std::{fmt, time::Duration};

use crate::{
    clock::{UnixMillis, from_millis, millis},
    error::Error,
    http::HeaderValue,
    json::{self, Json},
    secret::Secret,
    text,
};

/// The scope that the Management API asks for.
const ALL: &str = "all";

/// How long a token counts as good when the server does not say (RFC 6749 lets it): short, so that an error is short.
const UNSTATED_LIFETIME: Duration = Duration::from_secs(300);

/// See [`AccessToken::leeway`].
const LEEWAY: Duration = Duration::from_secs(60);

/// An access token. Its value is printed nowhere.
#[derive(Clone)]
pub struct AccessToken {
    value: Secret,
    header: HeaderValue,
    expires_at: UnixMillis,
    lifetime: Duration,
    scope: Option<String>,
    /// Whether the scope is what the token endpoint said; of a token from elsewhere it may simply be untold.
    scope_is_told: bool,
    /// Whether it came out of a token store: somebody else asked for it, and it may be gone at the server.
    pub(crate) shared: bool,
    /// Which renewal it came from: a token is dropped by this, so that one that was replaced already is left alone.
    pub(crate) generation: u64,
}

impl AccessToken {
    /// A token from elsewhere.
    ///
    /// # Errors
    /// Config, if the value cannot stand in a header.
    pub fn new(
        value: impl Into<Secret>,
        expires_at: UnixMillis,
        scope: Option<String>,
    ) -> Result<Self, Error> {
        let value = value.into();
        let Ok(mut header) = HeaderValue::try_from(words!["Bearer ", value.expose()]) else {
            return Err(Error::config("The access token holds characters that a header cannot carry"));
        };
        header.set_sensitive(true);
        Ok(Self {
            value,
            header,
            expires_at,
            lifetime: Duration::ZERO,
            scope_is_told: scope.is_some(),
            scope,
            shared: false,
            generation: 0,
        })
    }

    /// Reads the token endpoint's answer to a request that went out at `asked_at`.
    pub(crate) fn from_answer(body: &[u8], asked_at: UnixMillis) -> Result<Self, String> {
        let answer = Json::parse(body).map_err(|at| {
            // Only where, never what: the text could hold the token.
            words!["its answer is no token response (wrong at byte ", at, ")"]
        })?;
        let text = |name: &str| match answer.member(name).filter(|value| !value.is_null()) {
            Some(value) => match value.as_str() {
                Some(text) => Ok(Some(text.into_owned())),
                None => Err(words!["its answer is no token response (", name, " is no text)"]),
            },
            None => Ok(None),
        };
        let Some(value) = text("access_token")? else {
            return Err("its answer is no token response".to_owned());
        };
        if value.is_empty() {
            return Err("its answer has an empty access_token".to_owned());
        }
        if !text("token_type")?.is_none_or(|kind| kind.eq_ignore_ascii_case("bearer")) {
            return Err("its token is not of the type Bearer".to_owned());
        }
        let lifetime = match answer.member("expires_in").and_then(seconds) {
            Some(seconds) if seconds.is_finite() => {
                from_millis(seconds.clamp(0.0, 1e9) * 1000.0).unwrap_or_default()
            }
            _ => UNSTATED_LIFETIME,
        };
        let mut token = Self::new(value, asked_at.after(lifetime), text("scope")?)
            .map_err(|error| error.message().to_owned())?;
        token.lifetime = lifetime;
        token.scope_is_told = true;
        Ok(token)
    }

    /// For a token store: when it ends and how long it lives in milliseconds, the scope behind a `=` if there is one, and the token, a line each.
    pub(crate) fn to_stored(&self) -> String {
        let mut text = words![self.expires_at.0, "\n", millis(self.lifetime), "\n"];
        if let Some(scope) = &self.scope {
            text.push('=');
            text.push_str(scope);
        }
        text.push('\n');
        text.push_str(self.value());
        text
    }

    /// What [`to_stored`](Self::to_stored) wrote; nothing for anything else.
    pub(crate) fn from_stored(text: &str) -> Option<Self> {
        let mut lines = text::split(text, b"\n");
        let expires_at = UnixMillis(text::whole(lines.next()?)?);
        let lifetime = Duration::from_millis(text::whole(lines.next()?)?);
        let scope = lines.next()?.strip_prefix('=').map(str::to_owned);
        let mut token = Self::new(lines.rest()?, expires_at, scope).ok()?;
        token.lifetime = lifetime;
        token.scope_is_told = true;
        token.shared = true;
        Some(token)
    }

    /// How long before its end everybody waits for a new one: 60 s, or half the lifetime of a token that lives less than two minutes.
    pub(crate) fn leeway(&self) -> Duration {
        LEEWAY.min(self.lifetime / 2)
    }

    /// Whether a store may hand it to others: its leeway has not begun.
    pub(crate) fn is_worth_sharing(&self, now: UnixMillis) -> bool {
        now < self.expires_at.before(self.leeway())
    }

    /// The token itself, for a request of your own.
    #[must_use]
    pub const fn value(&self) -> &str {
        self.value.expose()
    }

    /// When the server refuses it: exactly then, it knows no leeway.
    #[must_use]
    pub const fn expires_at(&self) -> UnixMillis {
        self.expires_at
    }

    /// The scope granted. Absent where the application holds none of what was asked for.
    #[must_use]
    pub fn scope(&self) -> Option<&str> {
        self.scope.as_deref()
    }

    /// How long it lives from when it was asked for.
    pub(crate) const fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// Whether the token may have the scope `all`: not if the server told a scope without it.
    pub(crate) fn may_grant_all(&self) -> bool {
        !self.scope_is_told
            || self.scope.as_deref().is_some_and(|scope| text::split(scope, b" ").any(|scope| scope == ALL))
    }

    /// `Bearer …`, marked sensitive.
    pub(crate) const fn header(&self) -> &HeaderValue {
        &self.header
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("value", &self.value)
            .field("expires_at", &self.expires_at)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// A number, or one in quotes as some gateways write it. Anything else counts as unstated: the token itself is good.
fn seconds(expires_in: Json<'_>) -> Option<f64> {
    expires_in.as_f64().or_else(|| json::decimal(expires_in.as_str()?.trim_ascii()))
}

/// For the fuzzer: reads a token response as the client does.
#[doc(hidden)]
#[must_use]
pub fn parse_token_response(body: &[u8]) -> Option<AccessToken> {
    AccessToken::from_answer(body, UnixMillis(0)).ok()
}
