//! What the client tells, as `tracing` events.

use logto_management_core::Event;

/// Writes an event to `tracing`, target `logto_management`. [`ManagementApi`](crate::ManagementApi) does it for every event.
pub fn log_event(event: &Event<'_>) {
    match event {
        Event::Warning { code, message } => tracing::warn!(target: "logto_management", code, "{message}"),
        Event::Request { method, route, attempt } => {
            tracing::debug!(target: "logto_management", method, route, attempt, "request");
        }
        Event::Response { method, route, attempt, status, request_id, elapsed } => {
            tracing::debug!(target: "logto_management", method, route, attempt, status, request_id, ?elapsed, "response");
        }
        Event::Retry { method, route, attempt, delay, reason } => {
            tracing::info!(target: "logto_management", method, route, attempt, ?delay, reason, "trying again");
        }
        Event::Token { scope, lifetime } => {
            tracing::debug!(target: "logto_management", scope, ?lifetime, "new access token")
        }
        _ => {}
    }
}
