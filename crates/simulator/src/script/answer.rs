//! One scripted answer, made ready to be sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Response, StatusCode};
use serde_json::{Value, json};

use std::time::Duration;

use super::format::{AnswerText, Fault, ScriptError};
use crate::outcome::{Outcome, Reply};

/// The id that `users` gives number `n`: `u001`, …, `u1000`.
pub fn user_id(n: u64) -> String {
    format!("u{n:03}")
}

/// The user that `users` makes for number `n`.
pub fn user(n: u64) -> Value {
    json!({
        "id": user_id(n),
        "username": format!("user_{n:03}"),
        "primaryEmail": format!("user{n:03}@example.com"),
        "name": format!("User {n:03}"),
    })
}

#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    headers: Vec<(HeaderName, Text)>,
    body: Body,
    delay: Duration,
    fault: Option<Fault>,
}

#[derive(Debug)]
enum Body {
    Ready(Bytes),
    Json(Value),
    Text(String),
}

/// A header's value: checked when it is read, unless it has a placeholder.
#[derive(Debug)]
enum Text {
    Ready(HeaderValue),
    Template(String),
}

/// What placeholders stand for at the moment of the answer.
pub(super) struct Scene<'a> {
    pub(super) server: &'a str,
    pub(super) now_ms: u64,
}

impl Answer {
    pub(super) fn read(text: AnswerText) -> Result<Self, ScriptError> {
        let status = StatusCode::from_u16(text.status.unwrap_or(200))
            .map_err(|_| ScriptError(format!("status {:?} is none", text.status)))?;
        let mut headers = Vec::new();
        for (name, values) in &text.headers {
            let name = HeaderName::try_from(name.as_str())
                .map_err(|_| ScriptError(format!("`{name}` is no header name")))?;
            for value in values.as_slice() {
                headers.push((name.clone(), Text::read(value)?));
            }
        }
        let (body, content_type) = read_body(&text)?;
        if let Some(content_type) = content_type
            && !headers.iter().any(|(name, _)| name == CONTENT_TYPE)
        {
            headers.push((CONTENT_TYPE, Text::Ready(HeaderValue::from_static(content_type))));
        }
        let delay = Duration::from_millis(text.delay_ms);
        Ok(Self { status, headers, body, delay, fault: text.fault })
    }

    pub(super) fn outcome(&self, scene: &Scene<'_>) -> Outcome {
        let reply = match self.fault {
            None => Reply::Answer(self.response(scene)),
            Some(Fault::Refuse) => Reply::Refuse,
            Some(Fault::Reset) => Reply::Reset,
            Some(Fault::Hang) => Reply::Hang,
            Some(Fault::Truncate) => {
                let mut response = self.response(scene);
                if response.body().is_empty() {
                    // Something must have been promised for something to be missing.
                    *response.body_mut() = Bytes::from_static(b"{\"truncated\":\"in the middle\"}");
                }
                let half = response.body().len() / 2;
                Reply::Truncate(response, half)
            }
        };
        Outcome { delay: self.delay, reply }
    }

    fn response(&self, scene: &Scene<'_>) -> Response<Bytes> {
        let mut headers = HeaderMap::with_capacity(self.headers.len());
        for (name, text) in &self.headers {
            headers.append(name.clone(), text.render(scene));
        }
        let body = match &self.body {
            Body::Ready(bytes) => bytes.clone(),
            Body::Text(text) => Bytes::from(scene.fill(text)),
            Body::Json(value) => Bytes::from(scene.fill_json(value).to_string()),
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = headers;
        response
    }
}

fn read_body(text: &AnswerText) -> Result<(Body, Option<&'static str>), ScriptError> {
    let given = [
        text.json.is_some(),
        text.text.is_some(),
        text.base64.is_some(),
        text.fill.is_some(),
        text.users.is_some(),
    ];
    if given.into_iter().filter(|given| *given).count() > 1 {
        return Err(ScriptError("an answer has one of json, text, base64, fill and users".to_owned()));
    }
    const JSON: Option<&str> = Some("application/json; charset=utf-8");
    if let Some(value) = &text.json {
        let rendered = value.to_string();
        let body = if has_placeholder(&rendered) {
            Body::Json(value.clone())
        } else {
            Body::Ready(Bytes::from(rendered))
        };
        return Ok((body, JSON));
    }
    if let Some(value) = &text.text {
        let body = if has_placeholder(value) {
            Body::Text(value.clone())
        } else {
            Body::Ready(Bytes::from(value.clone()))
        };
        return Ok((body, Some("text/plain; charset=utf-8")));
    }
    if let Some(value) = &text.base64 {
        let bytes = STANDARD.decode(value).map_err(|e| ScriptError(format!("base64: {e}")))?;
        return Ok((Body::Ready(Bytes::from(bytes)), None));
    }
    if let Some(fill) = &text.fill {
        return Ok((Body::Ready(Bytes::from(vec![b'x'; fill.bytes])), None));
    }
    if let Some(users) = &text.users {
        let users: Vec<Value> = (users.from..=users.to).map(user).collect();
        return Ok((Body::Ready(Bytes::from(Value::Array(users).to_string())), JSON));
    }
    Ok((Body::Ready(Bytes::new()), None))
}

impl Text {
    fn read(value: &str) -> Result<Self, ScriptError> {
        if has_placeholder(value) {
            return Ok(Self::Template(value.to_owned()));
        }
        // UTF-8 as it stands: servers do send such headers.
        HeaderValue::from_bytes(value.as_bytes())
            .map(Self::Ready)
            .map_err(|_| ScriptError(format!("`{value}` can't be a header's value")))
    }

    fn render(&self, scene: &Scene<'_>) -> HeaderValue {
        match self {
            Self::Ready(value) => value.clone(),
            Self::Template(template) => HeaderValue::from_bytes(scene.fill(template).as_bytes())
                .unwrap_or_else(|_| HeaderValue::from_static("")),
        }
    }
}

const SERVER: &str = "{server}";
const HTTP_DATE: &str = "{httpDate";

fn has_placeholder(text: &str) -> bool {
    text.contains(SERVER) || text.contains(HTTP_DATE)
}

impl Scene<'_> {
    fn fill(&self, template: &str) -> String {
        let mut text = template.replace(SERVER, self.server);
        while let Some(start) = text.find(HTTP_DATE) {
            let Some(len) = text.get(start..).and_then(|rest| rest.find('}')) else { break };
            let offset: i64 = text
                .get(start + HTTP_DATE.len()..start + len)
                .map_or(0, |sum| sum.trim_start_matches('+').parse().unwrap_or(0));
            let date = http_date(self.now_ms.saturating_add_signed(offset));
            text.replace_range(start..=start + len, &date);
        }
        text
    }

    fn fill_json(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.fill(text)),
            Value::Array(items) => items.iter().map(|item| self.fill_json(item)).collect(),
            Value::Object(members) => {
                members.iter().map(|(name, value)| (name.clone(), self.fill_json(value))).collect()
            }
            other => other.clone(),
        }
    }
}

/// A moment as HTTP writes it (whole seconds).
fn http_date(ms: u64) -> String {
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + Duration::from_millis(ms))
}
