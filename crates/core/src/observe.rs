//! What the client tells while it works: warnings, and events for logs and metrics.
//!
//! Events are plain data. None holds a token, a secret, a query or a body; paths are the route templates.

use std::time::Duration;

use crate::{
    clock::{UnixMillis, millis},
    json::Writer,
    rt::{MaybeSend, MaybeSync},
};

/// Something the client did or noticed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Something that works today and will hurt: said once per client.
    Warning {
        /// Stable name: `scope`, `insecure_http`, `token_store`, `shared_limit`.
        code: &'static str,
        /// What it means, and what to do.
        message: &'a str,
    },
    /// A request goes out.
    Request {
        /// HTTP method.
        method: &'a str,
        /// Route template, or `/oidc/token`.
        route: &'a str,
        /// 1 for the first time.
        attempt: u32,
    },
    /// An answer came in, of any status.
    Response {
        /// HTTP method.
        method: &'a str,
        /// Route template, or `/oidc/token`.
        route: &'a str,
        /// Which attempt it answers.
        attempt: u32,
        /// HTTP status.
        status: u16,
        /// Logto's request id.
        request_id: Option<&'a str>,
        /// From sending to the end of the body.
        elapsed: Duration,
    },
    /// A call is tried again after a pause.
    Retry {
        /// HTTP method.
        method: &'a str,
        /// Route template, or `/oidc/token`.
        route: &'a str,
        /// The attempt that failed.
        attempt: u32,
        /// The pause before the next.
        delay: Duration,
        /// Why: a status as text, or a transport error's name.
        reason: &'a str,
    },
    /// A new access token was issued.
    Token {
        /// The scope granted.
        scope: Option<&'a str>,
        /// How long it lives.
        lifetime: Duration,
    },
}

impl Event<'_> {
    /// The event as a JSON object, for doors of other languages: `type` (`warning`, `request`, `response`, `retry`, `token`), `at` (milliseconds since 1970), and the members above in
    /// camelCase, durations in milliseconds as `elapsedMs`, `delayMs`, `lifetimeMs`. What is not known is left out.
    #[must_use]
    pub fn to_json(&self, at: UnixMillis) -> String {
        let mut json = Writer::new();
        let begin = |json: &mut Writer, kind| {
            json.text("type", Some(kind));
            json.number("at", Some(at.0));
        };
        let call = |json: &mut Writer, kind, method, route, attempt| {
            begin(json, kind);
            json.text("method", Some(method));
            json.text("route", Some(route));
            json.number("attempt", Some(u64::from(attempt)));
        };
        match *self {
            Self::Warning { code, message } => {
                begin(&mut json, "warning");
                json.text("code", Some(code));
                json.text("message", Some(message));
            }
            Self::Request { method, route, attempt } => call(&mut json, "request", method, route, attempt),
            Self::Response { method, route, attempt, status, request_id, elapsed } => {
                call(&mut json, "response", method, route, attempt);
                json.number("status", Some(u64::from(status)));
                json.text("requestId", request_id);
                json.number("elapsedMs", Some(millis(elapsed)));
            }
            Self::Retry { method, route, attempt, delay, reason } => {
                call(&mut json, "retry", method, route, attempt);
                json.number("delayMs", Some(millis(delay)));
                json.text("reason", Some(reason));
            }
            Self::Token { scope, lifetime } => {
                begin(&mut json, "token");
                json.text("scope", scope);
                json.number("lifetimeMs", Some(millis(lifetime)));
            }
        }
        json.end()
    }
}

/// Receives [`Event`]s. Called on the caller's path: it must be quick and must not block. Closures of the right shape are observers.
pub trait Observer: MaybeSend + MaybeSync + 'static {
    /// Called for each event.
    fn event(&self, event: &Event<'_>);
}

impl<F: Fn(&Event<'_>) + MaybeSend + MaybeSync + 'static> Observer for F {
    fn event(&self, event: &Event<'_>) {
        self(event);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_as_json() {
        let at = UnixMillis(5);
        let response = Event::Response {
            method: "GET",
            route: "/api/users/{userId}",
            attempt: 2,
            status: 503,
            request_id: None,
            elapsed: Duration::from_millis(12),
        };
        assert_eq!(
            response.to_json(at),
            r#"{"type":"response","at":5,"method":"GET","route":"/api/users/{userId}","attempt":2,"status":503,"elapsedMs":12}"#
        );
        let token = Event::Token { scope: Some("all"), lifetime: Duration::from_secs(1) };
        assert_eq!(token.to_json(at), r#"{"type":"token","at":5,"scope":"all","lifetimeMs":1000}"#);
    }
}
