//! Answers and failures, before the headers that every answer has.

use bytes::Bytes;
use http::StatusCode;
use http::header::{HeaderName, HeaderValue};
use serde::Serialize;

use crate::json::string;

pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
pub(crate) const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
pub(crate) const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// What a handler made.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) content_type: Option<HeaderValue>,
    pub(crate) body: Bytes,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
}

/// An answer that is an error: handlers give up with it.
pub(crate) type Failure = Box<Answer>;

impl Answer {
    pub(crate) fn new(status: StatusCode, content_type: HeaderValue, body: impl Into<Bytes>) -> Self {
        Self { status, content_type: Some(content_type), body: body.into(), headers: Vec::new() }
    }

    /// 200 with JSON that is ready.
    pub(crate) fn raw(body: impl Into<Bytes>) -> Self {
        Self::new(StatusCode::OK, JSON, body)
    }

    /// 200 with JSON.
    pub(crate) fn json(value: &impl Serialize) -> Self {
        // The rows are plain structs with string keys: they serialise.
        Self::raw(serde_json::to_vec(value).unwrap_or_default())
    }

    /// 201 with JSON.
    pub(crate) fn created(value: &impl Serialize) -> Self {
        Self { status: StatusCode::CREATED, ..Self::json(value) }
    }

    /// 201 with the text `Created`: what several operations answer where JSON is promised.
    pub(crate) fn created_text() -> Self {
        Self::new(StatusCode::CREATED, TEXT, "Created")
    }

    /// 200 with the text `OK`: the same for PUT.
    pub(crate) fn ok_text() -> Self {
        Self::new(StatusCode::OK, TEXT, "OK")
    }

    /// 204
    pub(crate) fn empty() -> Self {
        Self { status: StatusCode::NO_CONTENT, content_type: None, body: Bytes::new(), headers: Vec::new() }
    }

    /// The status line's words as a text, as koa answers what nobody handled.
    pub(crate) fn plain(status: StatusCode) -> Self {
        Self::new(status, TEXT, status.canonical_reason().unwrap_or(""))
    }

    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// A body of members that are strings or ready JSON (`data`).
fn error(status: StatusCode, members: &[(&str, Member<'_>)]) -> Failure {
    let mut out = String::from("{");
    for (i, (name, member)) in members.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        string(&mut out, name);
        out.push(':');
        match member {
            Text(text) => string(&mut out, text),
            Json(json) => out.push_str(json),
        }
    }
    out.push('}');
    Box::new(Answer::new(status, JSON, out))
}

enum Member<'a> {
    Text(&'a str),
    Json(&'a str),
}

use Member::{Json, Text};

/// `{code,message}`
pub(crate) fn failure(status: u16, code: &str, message: &str) -> Failure {
    error(status_of(status), &[("code", Text(code)), ("message", Text(message))])
}

/// `{code,data,message}`
pub(crate) fn failure_with(status: u16, code: &str, data: &str, message: &str) -> Failure {
    error(status_of(status), &[("code", Text(code)), ("data", Json(data)), ("message", Text(message))])
}

/// `{message}` alone: malformed JSON, and 500.
pub(crate) fn bare(status: u16, message: &str) -> Failure {
    error(status_of(status), &[("message", Text(message))])
}

/// `{code,data:{issues,name:"ZodError"},details,message}`
pub(crate) fn zod(what: &str, issues: &str, details: &str) -> Failure {
    let data = format!("{{\"issues\":{issues},\"name\":\"ZodError\"}}");
    error(
        StatusCode::BAD_REQUEST,
        &[
            ("code", Text("guard.invalid_input")),
            ("data", Json(&data)),
            ("details", Text(details)),
            ("message", Text(&format!("The request {what} is invalid."))),
        ],
    )
}

/// An error of the token endpoint: `{code,message,error,error_description}`
pub(crate) fn oidc(status: u16, name: &str, description: &str) -> Failure {
    let message = match name {
        "invalid_request" => "Request is invalid.",
        "invalid_target" => "Invalid resource indicator.",
        "unsupported_grant_type" => "Unsupported `grant_type` requested.",
        other => &format!("An OIDC error occurred: oidc.{other}."),
    };
    error(
        status_of(status),
        &[
            ("code", Text(&format!("oidc.{name}"))),
            ("message", Text(message)),
            ("error", Text(name)),
            ("error_description", Text(description)),
        ],
    )
}

/// 404 `entity.not_found`
pub(crate) fn not_found() -> Failure {
    failure(404, "entity.not_found", "The resource does not exist.")
}

/// 404 `entity.not_exists_with_id`
pub(crate) fn not_exists(table: &str, id: &str) -> Failure {
    failure(404, "entity.not_exists_with_id", &format!("The {table} with ID `{id}` does not exist."))
}

/// 422 `entity.unique_integrity_violation`
pub(crate) fn exists_already() -> Failure {
    failure(
        422,
        "entity.unique_integrity_violation",
        "The entity already exists. Please check the input and try again.",
    )
}

/// 422 `entity.relation_foreign_key_not_found`
pub(crate) fn foreign_key() -> Failure {
    failure(
        422,
        "entity.relation_foreign_key_not_found",
        "Cannot find one or more foreign keys. Please check the input and ensure that all referenced entities exist.",
    )
}

/// 422 for a PATCH that changes nothing.
pub(crate) fn nothing_to_change() -> Failure {
    failure(422, "entity.invalid_input", "Invalid input. Value list must not be empty.")
}

fn status_of(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
