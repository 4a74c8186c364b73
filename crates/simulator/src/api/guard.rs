//! Bodies: what is read, what is refused, and how the refusal is worded (Zod's issues).

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap};
use serde_json::Value;

use super::answer::{Answer, Failure, bare, failure_with, nothing_to_change, zod};
use super::compress;
use crate::json::{self, Js, parse, string};
use crate::query::Query;
use crate::world::Document;

/// The most bytes of a JSON body; one more is answered by 404.
const JSON_LIMIT: usize = 1024 * 1024;
/// The most bytes of a form; one more is answered by 404.
pub(crate) const FORM_LIMIT: usize = 56 * 1024;

/// What a member of a body may be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Text,
    /// At least one character.
    Name,
    /// A string that this accepts; the issue is that of a regular expression.
    Matching(fn(&str) -> bool),
    OneOf(&'static [&'static str]),
    Flag,
    Number,
    Object,
    /// A list of anything.
    List,
    /// A list of strings.
    Texts,
    /// A list of strings that are not empty, with at least one of them.
    Ids,
    Any,
}

/// One member that a body may have. Members not named are dropped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    name: &'static str,
    kind: Kind,
    required: bool,
    nullable: bool,
    /// The column's width: longer values are answered by 422.
    max: usize,
}

/// A member that may be absent.
pub(crate) const fn may(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false, nullable: false, max: usize::MAX }
}

/// A member that must be there.
pub(crate) const fn must(name: &'static str, kind: Kind) -> Field {
    Field { required: true, ..may(name, kind) }
}

impl Field {
    pub(crate) const fn or_null(self) -> Self {
        Self { nullable: true, ..self }
    }

    pub(crate) const fn max(self, max: usize) -> Self {
        Self { max, ..self }
    }
}

/// Reads a body as koa-body does, by its content type.
fn read(headers: &HeaderMap, body: &Bytes) -> Result<json::Document, Failure> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let (media, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    let media = media.trim().to_ascii_lowercase();
    let body = &compress::request(headers, body).ok_or_else(|| bare(400, "incorrect header check"))?;
    let too_large = || Box::new(Answer::plain(StatusCode::NOT_FOUND));
    let clean = |value| json::Document { value, nul: false, lone_surrogate: false, forbidden_key: false };
    if media == "application/json" || media.ends_with("+json") {
        if body.len() > JSON_LIMIT {
            return Err(too_large());
        }
        let charset = parameters.to_ascii_lowercase();
        let parsed = if charset.contains("latin1") || charset.contains("iso-8859-1") {
            parse(body.iter().map(|&b| char::from(b)).collect::<String>().as_bytes())
        } else {
            parse(body)
        };
        return parsed.map_err(|error| bare(400, &error.0));
    }
    if media == "application/x-www-form-urlencoded" {
        if body.len() > FORM_LIMIT {
            return Err(too_large());
        }
        let query = Query::parse(&String::from_utf8_lossy(body));
        let members = query.pairs().iter().map(|(k, v)| (k.clone(), Js::String(v.clone()))).collect();
        return Ok(clean(Js::Object(members)));
    }
    if media.starts_with("text/") {
        if body.len() > FORM_LIMIT {
            return Err(too_large());
        }
        return Ok(clean(Js::String(String::from_utf8_lossy(body).into_owned())));
    }
    // Anything else, and a body without a content type, is ignored.
    Ok(clean(Js::Object(Vec::new())))
}

/// Reads a body and checks its members.
///
/// # Errors
/// 400 for what is no JSON or has the wrong shape, 404 for what is too large, 422 and 500 for what the database refuses.
pub(crate) fn body(headers: &HeaderMap, body: &Bytes, fields: &[Field]) -> Result<Js, Failure> {
    let document = read(headers, body)?;
    if document.forbidden_key {
        return Err(bare(400, "Object contains forbidden prototype property"));
    }
    check(&document.value, fields)?;
    if document.lone_surrogate {
        return Err(nothing_to_change());
    }
    if document.nul {
        return Err(bare(500, "Internal server error."));
    }
    for field in fields {
        let text = document.value.get(field.name).and_then(Js::as_str);
        if text.is_some_and(|text| text.chars().count() > field.max) {
            return Err(failure_with(
                422,
                "entity.value_too_long",
                &format!("{{\"message\":\"value too long for type character varying({})\"}}", field.max),
                "The length of value is too long and exceeds the limit.",
            ));
        }
    }
    Ok(document.value)
}

/// The members of an object that the fields name, checked; the others are dropped.
///
/// # Errors
/// 400 where one has the wrong shape.
pub(crate) fn members(object: &Js, fields: &[Field]) -> Result<Document, Failure> {
    check(object, fields)?;
    let member = |field: &Field| Some((field.name.to_owned(), Value::from(object.get(field.name)?)));
    Ok(fields.iter().filter_map(member).collect())
}

/// The same of each object of a body that is a list.
///
/// # Errors
/// As [`body`].
pub(crate) fn each(headers: &HeaderMap, body: &Bytes, fields: &[Field]) -> Result<Vec<Document>, Failure> {
    let document = read(headers, body)?;
    let Some(items) = document.value.as_array() else {
        let issue = wrong_type("array", document.value.type_name(), &[]);
        return Err(zod("body", &format!("[{}]", issue.json), &issue.details));
    };
    items.iter().map(|item| members(item, fields)).collect()
}

/// One thing that is wrong with a body.
struct Issue {
    json: String,
    details: String,
}

fn check(value: &Js, fields: &[Field]) -> Result<(), Failure> {
    let mut issues = Vec::new();
    if !matches!(value, Js::Object(_)) {
        issues.push(wrong_type("object", value.type_name(), &[]));
    } else {
        for field in fields {
            field.check(value.get(field.name), &mut issues);
        }
    }
    if issues.is_empty() {
        return Ok(());
    }
    let json: Vec<_> = issues.iter().map(|issue| issue.json.as_str()).collect();
    let details: Vec<_> = issues.iter().map(|issue| issue.details.as_str()).collect();
    Err(zod("body", &format!("[{}]", json.join(",")), &details.join("\n")))
}

impl Field {
    fn check(&self, value: Option<&Js>, issues: &mut Vec<Issue>) {
        let path = &[self.name][..];
        let Some(value) = value else {
            if self.required {
                issues.push(required(&self.kind.expected(), path));
            }
            return;
        };
        if *value == Js::Null && self.nullable {
            return;
        }
        let received = value.type_name();
        match (self.kind, value) {
            (Kind::Any, _)
            | (Kind::Text, Js::String(_))
            | (Kind::Flag, Js::Bool(_))
            | (Kind::Number, Js::Number(_))
            | (Kind::Object, Js::Object(_))
            | (Kind::List, Js::Array(_)) => {}
            (Kind::Name, Js::String(text)) => {
                if text.is_empty() {
                    issues.push(too_small("string", "String must contain at least 1 character(s)", path));
                }
            }
            (Kind::Matching(accepts), Js::String(text)) => {
                if !accepts(text) {
                    issues.push(invalid(path));
                }
            }
            (Kind::OneOf(options), Js::String(text)) => {
                if !options.contains(&text.as_str()) {
                    issues.push(not_one_of(options, text, path));
                }
            }
            (Kind::Texts | Kind::Ids, Js::Array(items)) => {
                if items.is_empty() && matches!(self.kind, Kind::Ids) {
                    issues.push(too_small("array", "Array must contain at least 1 element(s)", path));
                }
                for (i, item) in items.iter().enumerate() {
                    let at = i.to_string();
                    if !matches!(item, Js::String(_)) {
                        issues.push(wrong_type("string", item.type_name(), &[self.name, &at]));
                    }
                }
            }
            _ => issues.push(wrong_type(&self.kind.expected(), received, path)),
        }
    }
}

impl Kind {
    fn expected(&self) -> String {
        match self {
            Self::Text | Self::Name | Self::Matching(_) => "string".to_owned(),
            Self::OneOf(options) => options.iter().map(|o| format!("'{o}'")).collect::<Vec<_>>().join(" | "),
            Self::Flag => "boolean".to_owned(),
            Self::Number => "number".to_owned(),
            Self::Object | Self::Any => "object".to_owned(),
            Self::List | Self::Texts | Self::Ids => "array".to_owned(),
        }
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::new();
    string(&mut out, text);
    out
}

fn path_json(path: &[&str]) -> String {
    let parts: Vec<_> = path
        .iter()
        .map(|part| if part.parse::<usize>().is_ok() { (*part).to_owned() } else { quoted(part) })
        .collect();
    format!("[{}]", parts.join(","))
}

fn issue(path: &[&str], json: String, code: &str, text: &str) -> Issue {
    let key = path.join(".");
    Issue { json, details: format!("Error in key path \"{key}\": ({code}) {text}") }
}

fn wrong_type(expected: &str, received: &str, path: &[&str]) -> Issue {
    let json = format!(
        "{{\"code\":\"invalid_type\",\"expected\":{},\"received\":\"{received}\",\"path\":{},\"message\":{}}}",
        quoted(expected),
        path_json(path),
        quoted(&format!("Expected {expected}, received {received}"))
    );
    issue(path, json, "invalid_type", &format!("Expected {expected} but received {received}."))
}

fn required(expected: &str, path: &[&str]) -> Issue {
    let json = format!(
        "{{\"expected\":{},\"received\":\"undefined\",\"code\":\"invalid_type\",\"path\":{},\"message\":\"Required\"}}",
        quoted(expected),
        path_json(path)
    );
    issue(path, json, "invalid_type", &format!("Expected {expected} but received undefined."))
}

fn too_small(kind: &str, message: &str, path: &[&str]) -> Issue {
    let json = format!(
        "{{\"code\":\"too_small\",\"minimum\":1,\"type\":\"{kind}\",\"inclusive\":true,\"exact\":false,\"message\":{},\"path\":{}}}",
        quoted(message),
        path_json(path)
    );
    issue(path, json, "too_small", message)
}

fn invalid(path: &[&str]) -> Issue {
    let json = format!(
        "{{\"validation\":\"regex\",\"code\":\"invalid_string\",\"message\":\"Invalid\",\"path\":{}}}",
        path_json(path)
    );
    issue(path, json, "invalid_string", "Invalid")
}

fn not_one_of(options: &[&str], received: &str, path: &[&str]) -> Issue {
    let list = options.iter().map(|o| format!("'{o}'")).collect::<Vec<_>>().join(" | ");
    let message = format!("Invalid enum value. Expected {list}, received '{received}'");
    let json_options: Vec<_> = options.iter().map(|o| quoted(o)).collect();
    let json = format!(
        "{{\"received\":{},\"code\":\"invalid_enum_value\",\"options\":[{}],\"path\":{},\"message\":{}}}",
        quoted(received),
        json_options.join(","),
        path_json(path),
        quoted(&message)
    );
    issue(path, json, "invalid_enum_value", &message)
}
