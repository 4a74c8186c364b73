//! The script in play: which answer is whose, and what has been asked.

use std::sync::{Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};

use super::answer::{Answer, Scene};
use super::format::{RouteText, ScriptError};
use super::seen::{Seen, target};
use crate::outcome::{Outcome, Reply};

/// A script and how far it has been played. Synchronous: the time is handed in.
#[derive(Debug)]
pub struct Script {
    routes: Vec<Route>,
    default_tokens: bool,
    base_url: OnceLock<String>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct Route {
    method: Method,
    path: String,
    query: Option<String>,
    headers: Vec<(HeaderName, String)>,
    answers: Vec<Answer>,
}

#[derive(Debug, Default)]
struct State {
    /// Per route: how many requests it has answered.
    served: Vec<usize>,
    tokens: u64,
    seen: Vec<Seen>,
    unmatched: Vec<String>,
}

const TOKEN_PATH: &str = "/oidc/token";
const CONTROL_PATH: &str = "/__script";

impl Script {
    /// Reads the `server` member of a vector.
    ///
    /// # Errors
    /// When it is no list of routes as `tests/README.md` describes them; unknown members are errors.
    pub fn from_json(server: &Value) -> Result<Self, ScriptError> {
        let texts: Vec<RouteText> = match server {
            Value::Null => Vec::new(),
            // Through text, so that errors name the place.
            other => serde_json::from_str(&other.to_string()).map_err(|e| ScriptError(e.to_string()))?,
        };
        let mut routes = Vec::with_capacity(texts.len());
        for text in texts {
            let on = text.on.clone();
            routes.push(Route::read(text).map_err(|e| ScriptError(format!("route `{on}`: {e}")))?);
        }
        let default_tokens = !routes.iter().any(|r| r.method == Method::POST && r.path == TOKEN_PATH);
        let state = State { served: vec![0; routes.len()], ..State::default() };
        Ok(Self { routes, default_tokens, base_url: OnceLock::new(), state: Mutex::new(state) })
    }

    /// What `{server}` stands for. The first value stays; without one it is `http://simulator.test`.
    pub fn set_base_url(&self, base_url: &str) {
        let _ = self.base_url.set(base_url.trim_end_matches('/').to_owned());
    }

    /// What `{server}` stands for.
    pub fn base_url(&self) -> &str {
        self.base_url.get().map_or("http://simulator.test", String::as_str)
    }

    /// Plays the answer to a request. `now_ms` is what `{httpDate…}` counts from.
    ///
    /// The answer to HEAD has the `Content-Length` of the body that GET would have, and no body.
    pub fn respond(&self, request: &Request<Bytes>, now_ms: u64) -> Outcome {
        let path = request.uri().path();
        if path == CONTROL_PATH {
            return Outcome::answer(self.control());
        }
        let mut outcome = self.play(request, path, now_ms);
        if request.method() == Method::HEAD
            && let Reply::Answer(response) | Reply::AnswerThenClose(response) = &mut outcome.reply
        {
            let length = HeaderValue::from(response.body().len());
            response.headers_mut().entry(CONTENT_LENGTH).or_insert(length);
            response.body_mut().clear();
        }
        outcome
    }

    fn play(&self, request: &Request<Bytes>, path: &str, now_ms: u64) -> Outcome {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.seen.push(Seen::record(request));
        let fits = |route: &Route| route.fits(request, path);
        let Some((index, route)) = self.routes.iter().enumerate().find(|(_, route)| fits(route)) else {
            if self.default_tokens && request.method() == Method::POST && path == TOKEN_PATH {
                state.tokens += 1;
                return Outcome::answer(default_token(state.tokens));
            }
            let what = format!("{} {}", request.method(), target(request));
            let answer = json_response(
                StatusCode::NOT_IMPLEMENTED,
                &json!({ "message": format!("no route of the script fits {what}") }),
            );
            state.unmatched.push(what);
            return Outcome::answer(answer);
        };
        let served = state.served.get_mut(index).map_or(0, |served| {
            *served += 1;
            *served - 1
        });
        drop(state);
        match route.answers.get(served.min(route.answers.len() - 1)) {
            Some(answer) => answer.outcome(&Scene { server: self.base_url(), now_ms }),
            None => Outcome::now(Reply::Hang),
        }
    }

    fn control(&self) -> Response<Bytes> {
        json_response(StatusCode::OK, &json!({ "seen": self.seen(), "unmatched": self.unmatched() }))
    }

    /// All requests so far, in the order in which they arrived.
    pub fn seen(&self) -> Vec<Seen> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).seen.clone()
    }

    /// How many requests there were so far.
    pub fn seen_count(&self) -> usize {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).seen.len()
    }

    /// Requests that no route fitted, as `GET /path?query`.
    pub fn unmatched(&self) -> Vec<String> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).unmatched.clone()
    }
}

impl Route {
    fn read(text: RouteText) -> Result<Self, ScriptError> {
        let (method, target) = text
            .on
            .split_once(' ')
            .ok_or_else(|| ScriptError("`on` is a method, a space and a path".to_owned()))?;
        let method = Method::try_from(method).map_err(|_| ScriptError(format!("`{method}` is no method")))?;
        if !target.starts_with('/') {
            return Err(ScriptError("the path starts with a slash".to_owned()));
        }
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        if text.answers.is_empty() {
            return Err(ScriptError("there must be an answer".to_owned()));
        }
        let mut headers = Vec::with_capacity(text.headers.len());
        for (name, value) in text.headers {
            let name = HeaderName::try_from(name.as_str())
                .map_err(|_| ScriptError(format!("`{name}` is no header name")))?;
            headers.push((name, value));
        }
        let mut answers = Vec::with_capacity(text.answers.len());
        for answer in text.answers {
            answers.push(Answer::read(answer)?);
        }
        Ok(Self { method, path: path.to_owned(), query, headers, answers })
    }

    /// Byte for byte; without a query in the route, any query fits.
    fn fits(&self, request: &Request<Bytes>, path: &str) -> bool {
        let has = |(name, wanted): &(HeaderName, String)| {
            request.headers().get(name).is_some_and(|value| value.as_bytes() == wanted.as_bytes())
        };
        self.method == *request.method()
            && self.path == path
            && self.query.as_deref().is_none_or(|wanted| request.uri().query() == Some(wanted))
            && self.headers.iter().all(has)
    }
}

fn default_token(n: u64) -> Response<Bytes> {
    let mut response = json_response(
        StatusCode::OK,
        &json!({ "access_token": format!("t{n}"), "expires_in": 3600, "token_type": "Bearer", "scope": "all" }),
    );
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn json_response(status: StatusCode, value: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(value.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    response
}
