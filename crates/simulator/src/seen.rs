//! What the simulator was asked: for tests to read.

use std::collections::{BTreeMap, HashMap, VecDeque};

use http::Method;
use serde::Serialize;

use crate::net::ConnectionStats;

/// A report of all that has been asked since the start, or since the last reset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Seen {
    /// Requests to `POST /oidc/token`.
    pub token_requests: u64,
    /// Requests under `/api/`, those without a token too.
    pub api_requests: u64,
    /// All others.
    pub other_requests: u64,
    /// API requests that found the rate limit's bucket empty.
    pub violations: u64,
    /// Requests that a fault rule fired for, counted for each rule.
    pub faults_fired: u64,
    /// Requests for each route, as `GET /api/users/{userId}`; `(none)` for those that no route fits.
    pub routes: BTreeMap<String, u64>,
    /// Every `Authorization` header that was sent, with where it went.
    pub authorizations: Vec<SeenAuthorization>,
    /// The last requests, oldest first.
    pub requests: Vec<SeenRequest>,
    /// Over TCP: what happened to connections.
    pub connections: SeenConnections,
}

/// An `Authorization` header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SeenAuthorization {
    /// `token`, `api`, `public` (paths that need none: `/api/.well-known/`, `/api/status`) or `other`.
    pub to: &'static str,
    /// `Bearer …`
    pub value: String,
    /// How often.
    pub count: u64,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SeenRequest {
    /// When it came, in milliseconds since 1970.
    pub at_ms: u64,
    /// `GET`
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The answer's status; 0 if there was none.
    pub status: u16,
}

/// Connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SeenConnections {
    /// Accepted.
    pub opened: u64,
    /// Closed by the client while a request was being answered.
    pub aborted: u64,
    /// Closed by the server because they were idle.
    pub idle_closed: u64,
}

impl From<&ConnectionStats> for SeenConnections {
    fn from(stats: &ConnectionStats) -> Self {
        Self { opened: stats.opened(), aborted: stats.aborted(), idle_closed: stats.idle_closed() }
    }
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Purpose {
    Token,
    Api,
    Public,
    Other,
}

impl Purpose {
    pub(crate) fn of(method: &Method, path: &str) -> Self {
        if path == "/api/status" || path.starts_with("/api/.well-known/") {
            Self::Public
        } else if path.starts_with("/api/") {
            Self::Api
        } else if method == Method::POST && path == "/oidc/token" {
            Self::Token
        } else {
            Self::Other
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Api => "api",
            Self::Public => "public",
            Self::Other => "other",
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Recorder {
    counts: HashMap<Purpose, u64>,
    violations: u64,
    /// A short list: linear search is faster than hashing here.
    routes: Vec<(Method, &'static str, u64)>,
    authorizations: HashMap<Purpose, HashMap<String, u64>>,
    requests: VecDeque<SeenRequest>,
    keep: usize,
}

impl Recorder {
    pub(crate) fn new(keep: usize) -> Self {
        Self { keep, ..Self::default() }
    }

    pub(crate) fn violation(&mut self) {
        self.violations += 1;
    }

    pub(crate) fn arrival(&mut self, purpose: Purpose, authorization: Option<&str>) {
        *self.counts.entry(purpose).or_default() += 1;
        if let Some(value) = authorization {
            let values = self.authorizations.entry(purpose).or_default();
            match values.get_mut(value) {
                Some(count) => *count += 1,
                None => drop(values.insert(value.to_owned(), 1)),
            }
        }
    }

    pub(crate) fn route(&mut self, method: &Method, template: &'static str) {
        let same = |(m, t, _): &&mut (Method, &'static str, u64)| std::ptr::eq(*t, template) && m == method;
        match self.routes.iter_mut().find(same) {
            Some((_, _, count)) => *count += 1,
            None => self.routes.push((method.clone(), template, 1)),
        }
    }

    pub(crate) fn done(&mut self, at_ms: u64, method: &Method, target: &str, status: u16) {
        if self.keep == 0 {
            return;
        }
        if self.requests.len() >= self.keep {
            self.requests.pop_front();
        }
        self.requests.push_back(SeenRequest {
            at_ms,
            method: method.as_str().to_owned(),
            target: target.to_owned(),
            status,
        });
    }

    pub(crate) fn report(&self, faults_fired: u64, connections: SeenConnections) -> Seen {
        let count = |purpose| self.counts.get(&purpose).copied().unwrap_or(0);
        let mut routes = BTreeMap::new();
        for (method, template, n) in &self.routes {
            *routes.entry(format!("{method} {template}")).or_default() += n;
        }
        let mut authorizations: Vec<_> = self
            .authorizations
            .iter()
            .flat_map(|(purpose, values)| values.iter().map(|(value, count)| (purpose.name(), value, *count)))
            .map(|(to, value, count)| SeenAuthorization { to, value: value.clone(), count })
            .collect();
        authorizations.sort_by(|a, b| (a.to, &a.value).cmp(&(b.to, &b.value)));
        Seen {
            token_requests: count(Purpose::Token),
            api_requests: count(Purpose::Api) + count(Purpose::Public),
            other_requests: count(Purpose::Other),
            violations: self.violations,
            faults_fired,
            routes,
            authorizations,
            requests: self.requests.iter().cloned().collect(),
            connections,
        }
    }
}
