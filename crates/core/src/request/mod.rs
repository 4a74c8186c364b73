//! One call, as plain data: method, path template and parameters, ordered repeatable query, headers, body, options.

mod checks;

use std::{borrow::Cow, fmt, time::Duration};

use crate::bytes::Bytes;
use serde_json::Value;

use checks::{check_body, fill, locate};

use crate::{
    config::Config,
    error::Error,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header},
    json::{self, Json, quoted},
    percent, text,
};

/// What a single call may set for itself; what is `None` is as the client has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallOptions {
    /// The most time for one sending of the request.
    pub timeout: Option<Duration>,
    /// How many times the call is tried again.
    pub retries: Option<u32>,
    /// The most time for the whole call: waiting for its turn and the token, every attempt and pause. None unless set.
    pub deadline: Option<Duration>,
    /// Whether doing it twice is as good as doing it once, where the method does not say (a POST marked so is tried again like a PUT).
    pub idempotent: Option<bool>,
}

impl CallOptions {
    /// Sets an option by its name (`timeoutMs` or `timeout_ms`), as the doors of other languages receive it.
    ///
    /// # Errors
    /// Config, for an unknown name or a value of the wrong type.
    pub fn set(&mut self, name: &str, value: &Value) -> Result<(), Error> {
        json::with(value, |value| self.set_json(name, value))
    }

    /// [`set`](Self::set), for doors that have the value as text.
    ///
    /// # Errors
    /// The same.
    pub fn set_json(&mut self, name: &str, value: Json<'_>) -> Result<(), Error> {
        crate::options::set_call_option(self, name, value)
    }
}

/// Where a request goes.
#[derive(Clone, Debug)]
enum Target {
    Template { path_params: Vec<(String, String)> },
    Filled { target: String },
}

/// A request to the Management API. What is wrong with it is said when it is sent, before anything leaves.
///
/// ```
/// use logto_management_core::{Request, http::Method};
/// let request = Request::new(Method::GET, "/api/users/{userId}/roles").path_param("userId", "u1").query("page", "2");
/// ```
#[derive(Clone)]
pub struct Request {
    pub(crate) method: Method,
    /// The template, or the route that the caller named for a filled target.
    route: Option<String>,
    target: Target,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Option<Bytes>,
    body_stays_outside: bool,
    sent_before: Option<Duration>,
    pub(crate) options: CallOptions,
    /// The first thing wrong with it.
    defect: Option<Error>,
}

impl fmt::Debug for Request {
    /// Without parameters, query, headers and body: any of them can hold what must not be printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("route", &self.route)
            .finish_non_exhaustive()
    }
}

impl Request {
    /// A request by route template, `/api/users/{userId}`; parameters are percent-encoded into it.
    pub fn new(method: Method, template: impl Into<String>) -> Self {
        Self::with(method, Some(template.into()), Target::Template { path_params: Vec::new() })
    }

    /// A request whose target is filled and encoded already: a path with its query, or an absolute url. One of another origin than the base url's is sent without token.
    /// `route` is the template that it was made from, for errors and events.
    pub fn with_target(method: Method, target: impl Into<String>, route: Option<String>) -> Self {
        Self::with(method, route, Target::Filled { target: target.into() })
    }

    fn with(method: Method, route: Option<String>, target: Target) -> Self {
        let headers = HeaderMap::new();
        Self {
            method,
            route,
            target,
            query: Vec::new(),
            headers,
            body: None,
            body_stays_outside: false,
            sent_before: None,
            options: CallOptions::default(),
            defect: None,
        }
    }

    /// Fills `{name}` of the template.
    #[must_use]
    pub fn path_param(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        match &mut self.target {
            Target::Template { path_params } => path_params.push((name.into(), value.to_string())),
            Target::Filled { .. } => self.spoil("A filled target takes no path parameters"),
        }
        self
    }

    /// Adds a query parameter; the order is kept, and a name may come again.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.query.push((name.into(), value.to_string()));
        self
    }

    /// Adds a query parameter from JSON, as the server reads it: a list repeats the key, `null` and empty lists are left out, and the object `search_params` is flattened into
    /// bare keys (`search.username`, `mode.username`, `joint`, `isCaseSensitive`).
    #[must_use]
    pub fn query_json(self, name: &str, value: &Value) -> Self {
        json::with(value, |value| self.query_text(name, value))
    }

    /// [`query_json`](Self::query_json), for doors that have the value as text.
    #[must_use]
    pub fn query_text(mut self, name: &str, value: Json<'_>) -> Self {
        self.push_json(name, value);
        self
    }

    fn push_json(&mut self, name: &str, value: Json<'_>) {
        if value.is_array() {
            for value in value.items() {
                if value.is_array() || value.is_object() {
                    self.spoil(words![
                        "The query parameter ",
                        name,
                        " is a list of something else than plain values"
                    ]);
                    break;
                }
                self.push_json(name, value);
            }
        } else if value.is_object() && name == "search_params" {
            for (key, value) in value.members() {
                self.push_json(&key, value);
            }
        } else if value.is_object() {
            self.spoil(words!["The query parameter ", name, " cannot be an object; only search_params can"]);
        } else if !value.is_null() {
            let text = value.as_str().unwrap_or(Cow::Borrowed(value.text()));
            self.query.push((name.to_owned(), text.into_owned()));
        }
    }

    /// Adds a header; the name may come again, except `Content-Type`, of which the last one counts. A caller's own `Authorization` is sent as it is, and never replaced; an empty one
    /// says that the request goes without.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        match (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value.as_ref())) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(name == header::AUTHORIZATION);
                if name == header::CONTENT_TYPE {
                    self.headers.insert(name, value);
                } else {
                    self.headers.append(name, value);
                }
            }
            _ => self.spoil(words![quoted(name), " is no valid header, or its value is none"]),
        }
        self
    }

    /// A JSON body, serialised already.
    #[must_use]
    pub fn json_body(self, json: impl Into<Bytes>) -> Self {
        self.body(Some("application/json"), json)
    }

    /// A body of any type. Without a content type the server ignores it: give `None` only where a header says it.
    #[must_use]
    pub fn body(mut self, content_type: Option<&str>, body: impl Into<Bytes>) -> Self {
        self.body = Some(body.into());
        match content_type {
            Some(content_type) => self.header("content-type", content_type),
            None => self,
        }
    }

    /// What this call sets for itself.
    #[must_use]
    pub const fn options(mut self, options: CallOptions) -> Self {
        self.options = options;
        self
    }

    /// Lets the transport keep the body of a success: see [`BodyStaysOutside`](crate::transport::BodyStaysOutside). For doors whose transport gives it to the caller itself; [`Response::body`](crate::Response::body) is its
    /// beginning then.
    #[must_use]
    pub const fn body_stays_outside(mut self) -> Self {
        self.body_stays_outside = true;
        self
    }

    /// Its door has sent it already, by a [`permit`](crate::Client::permit), this long ago: the transport's first answer to it is what came of that.
    #[must_use]
    pub const fn sent_before(mut self, ago: Duration) -> Self {
        self.sent_before = Some(ago);
        self
    }

    pub(crate) fn spoil(&mut self, why: impl Into<String>) {
        self.defect.get_or_insert_with(|| Error::request(why));
    }

    /// Keeps the first defect that a builder found elsewhere.
    pub(crate) fn spoil_with(&mut self, error: Error) {
        self.defect.get_or_insert(error);
    }

    /// Checks it and fills it in: everything that can be wrong before sending is found here.
    pub(crate) fn prepare(self, config: &Config) -> Result<Prepared, Error> {
        let route = self.route.clone();
        let method = self.method.clone();
        self.prepare_unnamed(config)
            .map_err(|error| error.of_call(method.as_str(), route.as_deref().unwrap_or("(no route)"), 0))
    }

    fn prepare_unnamed(mut self, config: &Config) -> Result<Prepared, Error> {
        if let Some(defect) = self.defect {
            return Err(defect);
        }
        let (path, foreign) = match self.target {
            Target::Template { path_params } => {
                (fill(self.route.as_deref().unwrap_or_default(), &path_params)?, false)
            }
            Target::Filled { target } => locate(&target, self.route.as_deref(), config)?,
        };
        let mut uri = if foreign { String::new() } else { config.base_url().to_owned() };
        let path_start = uri.len();
        percent::target(&path, &mut uri);
        let bare = text::before(uri.get(path_start..).unwrap_or_default(), b"?").to_owned();
        let mut separator = if text::has(&uri, b"?") { '&' } else { '?' };
        for (name, value) in &self.query {
            uri.push(separator);
            percent::component(name, &mut uri);
            uri.push('=');
            percent::component(value, &mut uri);
            separator = '&';
        }
        let uri: Uri = uri.parse().map_err(|_| Error::request("The path and query make no valid url"))?;
        if let Some(body) = &self.body {
            check_body(body, &self.headers, config.settings.max_request_bytes)?;
        }
        let route = self.route.unwrap_or_else(|| "(no route)".to_owned());
        let public = bare == "/api/status"
            || text::contains(&bare, "/.well-known/")
            || text::contains(&route, "/.well-known/");
        let own_authorization = self.headers.contains_key(header::AUTHORIZATION);
        if self.headers.get(header::AUTHORIZATION).is_some_and(HeaderValue::is_empty) {
            self.headers.remove(header::AUTHORIZATION);
        }
        Ok(Prepared {
            method: self.method,
            uri,
            route,
            headers: self.headers,
            body: self.body.unwrap_or_default(),
            options: self.options,
            body_stays_outside: self.body_stays_outside,
            sent_before: self.sent_before,
            needs_token: !foreign && !public && !own_authorization,
            foreign,
        })
    }
}

/// A request that is known to be sound. Not printable: the token request's body can hold the secret.
#[derive(Clone)]
pub(crate) struct Prepared {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) route: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) options: CallOptions,
    pub(crate) body_stays_outside: bool,
    pub(crate) sent_before: Option<Duration>,
    pub(crate) needs_token: bool,
    /// Not on the base url's origin: no token and no turn at the rate limit.
    pub(crate) foreign: bool,
}
