//! What the client tells while it works: warnings, and events for logs and metrics.
//!
//! Events are plain data. None holds a token, a secret, a query or a body; paths are the route templates.

use std::time::Duration;

use crate::rt::{MaybeSend, MaybeSync};

/// Something the client did or noticed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Something that works today and will hurt: said once per client.
    Warning {
        /// Stable name: `scope`, `insecure_http`.
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
