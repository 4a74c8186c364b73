//! What an error answer's body says.

use std::borrow::Cow;

use crate::{http::StatusCode, json::Json, text};

/// Logto's error body: `{code, message}`, with `data` and `details` for some codes, `{message}` alone for others.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct ApiErrorBody {
    /// Stable code, `entity.not_exists_with_id`. Compare this, never the message.
    pub code: Option<String>,
    /// Text for people, in the language of `Accept-Language`.
    pub message: Option<String>,
    /// More, of a shape that depends on the code: its JSON.
    pub data: Option<String>,
    /// More, in words or JSON: its JSON.
    pub details: Option<String>,
    /// The token endpoint's `error_description`.
    pub error_description: Option<String>,
}

impl ApiErrorBody {
    /// Reads a body; what is no such JSON, or has members of other types, gives an empty one.
    pub(crate) fn parse(body: &[u8]) -> Self {
        Json::parse(body).ok().and_then(Self::read).unwrap_or_default()
    }

    fn read(body: Json<'_>) -> Option<Self> {
        let mut read = Self::default();
        for (name, value) in body.members().filter(|(_, value)| !value.is_null()) {
            let text = || value.as_str().map(Cow::into_owned);
            match &*name {
                "code" => read.code = Some(text()?),
                "message" => read.message = Some(text()?),
                "error_description" => read.error_description = Some(text()?),
                "data" => read.data = Some(value.text().to_owned()),
                "details" => read.details = Some(value.text().to_owned()),
                _ => {}
            }
        }
        Some(read)
    }
}

/// Words for an error answer without Logto's JSON: a proxy's or a firewall's page, mostly.
pub(super) fn describe_body(status: StatusCode, body: &[u8]) -> String {
    let reason = status.canonical_reason().unwrap_or("unknown status");
    let text = text::lossy(body);
    let text = text.trim_ascii();
    if text.is_empty() || text.starts_with('<') || text.eq_ignore_ascii_case(reason) {
        return words!["The server answered ", status.as_u16(), " ", reason];
    }
    let short: String = text.chars().take(200).collect();
    words!["The server answered ", status.as_u16(), " ", reason, ": ", short]
}
