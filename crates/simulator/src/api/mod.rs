//! The Management API: routing, authorisation, and what handlers get to work with.

mod answer;
mod application_extras;
mod applications;
mod auth;
mod common;
mod compress;
mod connectors;
mod content;
mod fixed;
mod guard;
mod head;
mod logs_hooks;
mod multipart;
mod organization_jit;
mod organization_template;
mod organizations;
mod paging;
mod resources;
mod roles;
mod routes;
mod saml;
mod search;
mod settings;
mod settings_keys;
mod settings_scripts;
mod tokens;
mod user_extras;
mod user_security;
mod users;

use bytes::Bytes;
use http::header::{ALLOW, HOST, HeaderMap, HeaderValue};
use http::{Method, Request, StatusCode};
use serde::Serialize;

pub(crate) use self::answer::{Answer, Failure, HTML, JSON, TEXT, bare, failure, oidc};
pub(crate) use self::guard::FORM_LIMIT;
use self::guard::Field;
pub(crate) use self::head::finish;
use self::paging::{Page, Total, When};
use self::routes::{Found, Handler};
use crate::json::Js;
use crate::query::Query;
use crate::tokens::Tokens;
use crate::world::World;

/// One call of an operation.
pub(crate) struct Call<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) now_ms: u64,
    headers: &'a HeaderMap,
    raw_body: &'a Bytes,
    path: &'a str,
    params: Vec<String>,
    query: Query,
    host: &'a str,
}

/// What the dispatcher needs besides the request.
pub(crate) struct Scene<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) tokens: &'a Tokens,
    pub(crate) api_indicator: &'a str,
    pub(crate) now_ms: u64,
}

/// The answer to a request under `/api`, and the template of the route that it fitted.
pub(crate) fn answer(request: &Request<Bytes>, scene: Scene<'_>) -> (Answer, Option<&'static str>) {
    let path = request.uri().path();
    let method = request.method();
    let wanted = if method == Method::HEAD { &Method::GET } else { method };
    let (handler, params, template, public) = match routes::find(wanted.as_str(), path) {
        Found::Route { handler, params, template, public } => (handler, params, template, public),
        Found::OtherMethods { template, allow } => return (other_method(method, &allow), Some(template)),
        Found::Nothing => return (Answer::plain(StatusCode::NOT_FOUND), None),
    };
    (run(request, scene, handler, params, public), Some(template))
}

fn run(
    request: &Request<Bytes>,
    scene: Scene<'_>,
    handler: Handler,
    params: Vec<String>,
    public: bool,
) -> Answer {
    let Scene { world, tokens, api_indicator, now_ms } = scene;
    if !public && let Err(failure) = auth::check(request.headers(), tokens, api_indicator, now_ms) {
        return *failure;
    }
    let mut call = Call {
        world,
        now_ms,
        headers: request.headers(),
        raw_body: request.body(),
        path: request.uri().path(),
        params,
        query: Query::parse(request.uri().query().unwrap_or("")),
        host: host(request),
    };
    let mut answer = handler(&mut call).unwrap_or_else(|failure| *failure);
    if answer.status == StatusCode::NOT_FOUND {
        localise(&mut answer, request.headers());
    }
    answer
}

/// Messages follow Accept-Language; one is enough to show it.
fn localise(answer: &mut Answer, headers: &HeaderMap) {
    let chinese = headers
        .get(http::header::ACCEPT_LANGUAGE)
        .is_some_and(|languages| languages.as_bytes().starts_with(b"zh"));
    if chinese && answer.body.starts_with(b"{\"code\":\"entity.not_found\"") {
        answer.body =
            Bytes::from_static("{\"code\":\"entity.not_found\",\"message\":\"该资源不存在。\"}".as_bytes());
    }
}

fn other_method(method: &Method, allow: &str) -> Answer {
    const KNOWN: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT"];
    let answer = if method == Method::OPTIONS {
        Answer::new(StatusCode::OK, TEXT, "")
    } else if KNOWN.contains(&method.as_str()) {
        Answer::plain(StatusCode::METHOD_NOT_ALLOWED)
    } else {
        Answer::plain(StatusCode::NOT_IMPLEMENTED)
    };
    match HeaderValue::from_str(allow) {
        Ok(allow) => answer.with(ALLOW, allow),
        Err(_) => answer,
    }
}

/// The host that a request addressed, as the request says.
pub(crate) fn host(request: &Request<Bytes>) -> &str {
    let header = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    header.or_else(|| request.uri().authority().map(http::uri::Authority::as_str)).unwrap_or("localhost")
}

impl Call<'_> {
    /// A path parameter, by its place in the route.
    pub(crate) fn param(&self, index: usize) -> &str {
        self.params.get(index).map_or("", String::as_str)
    }

    pub(crate) fn body(&self, fields: &[Field]) -> Result<Js, Failure> {
        guard::body(self.headers, self.raw_body, fields)
    }

    /// Whether a query flag is `true` (or `1`).
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.query.get(name).is_some_and(|value| matches!(value, "true" | "1"))
    }

    /// A list of rows, newest first or in whatever order they come; paged as told.
    pub(crate) fn list<R: Serialize>(&self, rows: &[R], when: When) -> Result<Answer, Failure> {
        let Some(page) = Page::read(&self.query, when)? else {
            return Ok(Answer::json(&rows));
        };
        let start = page.offset.min(rows.len());
        let end = start.saturating_add(page.size).min(rows.len());
        let part = rows.get(start..end).unwrap_or(&[]);
        Ok(self.described(Answer::json(&part), page, Total::Exact(rows.len())))
    }

    fn described(&self, answer: Answer, page: Page, total: Total) -> Answer {
        page.describe(answer, total, &format!("http://{}", self.host), self.path, &self.query)
    }
}

/// A row with further members at its end.
fn with_members<R: Serialize>(
    row: &R,
    members: &[(&str, serde_json::Value)],
) -> Box<serde_json::value::RawValue> {
    let mut text = serde_json::to_string(row).unwrap_or_else(|_| "{}".to_owned());
    text.pop();
    for (name, value) in members {
        if text.len() > 1 {
            text.push(',');
        }
        crate::json::string(&mut text, name);
        text.push(':');
        text.push_str(&value.to_string());
    }
    text.push('}');
    serde_json::value::RawValue::from_string(text)
        .unwrap_or_else(|_| serde_json::value::RawValue::NULL.to_owned())
}
