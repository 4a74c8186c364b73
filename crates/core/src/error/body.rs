//! What an error answer's body says.

use http::StatusCode;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Logto's error body: `{code, message}`, with `data` and `details` for some codes, `{message}` alone for others.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ApiErrorBody {
    /// Stable code, `entity.not_exists_with_id`. Compare this, never the message.
    pub code: Option<String>,
    /// Text for people, in the language of `Accept-Language`.
    pub message: Option<String>,
    /// More, of a shape that depends on the code.
    pub data: Option<Box<RawValue>>,
    /// More, in words or JSON.
    pub details: Option<Box<RawValue>>,
    /// The token endpoint's `error_description`.
    pub error_description: Option<String>,
}

impl ApiErrorBody {
    /// Reads a body; what is no such JSON gives an empty one.
    pub(crate) fn parse(body: &[u8]) -> Self {
        // A list would be taken for the members in their order.
        let object = body.trim_ascii_start().starts_with(b"{");
        object.then(|| serde_json::from_slice(body).ok()).flatten().unwrap_or_default()
    }
}

/// Words for an error answer without Logto's JSON: a proxy's or a firewall's page, mostly.
pub(super) fn describe_body(status: StatusCode, body: &[u8]) -> String {
    let reason = status.canonical_reason().unwrap_or("unknown status");
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    if text.is_empty() || text.starts_with('<') || text.eq_ignore_ascii_case(reason) {
        return format!("The server answered {} {reason}", status.as_u16());
    }
    let short: String = text.chars().take(200).collect();
    format!("The server answered {} {reason}: {short}", status.as_u16())
}
