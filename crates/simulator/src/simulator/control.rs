//! `/__sim/…`: what tests in other processes and other languages do to the simulator.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};

use super::{Simulator, State};
use crate::api::{JSON, TEXT};
use crate::fault::FaultRule;
use crate::options::Options;

/// What `GET /__sim` says.
const HELP: &str = "\
The simulator's control API. None of it is recorded or limited; bodies are JSON, whatever their Content-Type.

GET    /__sim/seen      what has been asked: tokenRequests, apiRequests, otherRequests, violations, faultsFired,
                        routes, authorizations, requests (the last ones), connections
DELETE /__sim/seen      forgets that; users, tokens and faults stay
GET    /__sim/users     ids of all users, newest first; those that churn has inserted and deleted
POST   /__sim/reset     a new tenant: no faults, no tokens, nothing seen. The body may hold options, any of them:
                        {\"users\":1000,\"seed\":7}
GET    /__sim/options   the options in force
POST   /__sim/options   changes some without a reset: tokenLifetime (seconds), rateLimit ({requests,perMs,burst,enforce,
                        retryAfter} or null), churn ({inserts,deletes,schedule}), latencyMs, latencyMaxMs
POST   /__sim/faults    a rule, or a list of rules, is put after those that are there:
                        {\"match\":{\"method\":\"GET\",\"path\":\"/api/users*\"},\"skip\":1,\"times\":2,\"every\":3,\"probability\":0.5,
                         \"action\":{\"do\":\"status\",\"status\":503}}
                        actions: delay {ms,maxMs}; reset {when: before|lost|during|after}; truncate {bytes}; hang;
                        status {status,headers,json|text|html}; tooManyRequests {retryAfter|retryAfterDateMs,code,html};
                        revokeTokens; dropScope
DELETE /__sim/faults    no more faults
POST   /__sim/revoke    from now on no access token given so far is accepted
";

/// Options that can change while the tenant stays.
const LIVE: [&str; 5] = ["tokenLifetime", "rateLimit", "churn", "latencyMs", "latencyMaxMs"];

type Reply = Result<Option<Value>, String>;

impl Simulator {
    pub(super) fn control(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let path = request.uri().path().strip_prefix("/__sim").unwrap_or("");
        let reply = match (request.method(), path) {
            (&Method::GET, "" | "/") => return response(StatusCode::OK, TEXT, HELP.to_owned()),
            (&Method::GET, "/seen") => to_value(&self.seen()),
            (&Method::DELETE, "/seen") => {
                self.clear_seen();
                Ok(None)
            }
            (&Method::GET, "/users") => {
                let churned = self.churned();
                Ok(Some(json!({
                    "ids": self.user_ids(), "inserted": churned.inserted, "deleted": churned.deleted,
                })))
            }
            (&Method::POST, "/reset") => self.control_reset(request.body()),
            (&Method::GET, "/options") => to_value(&self.options()),
            (&Method::POST, "/options") => self.control_options(request.body()),
            (&Method::POST, "/faults") => self.control_faults(request.body()),
            (&Method::DELETE, "/faults") => {
                self.clear_faults();
                Ok(None)
            }
            (&Method::POST, "/revoke") => {
                self.revoke_tokens();
                Ok(None)
            }
            _ => return response(StatusCode::NOT_FOUND, TEXT, HELP.to_owned()),
        };
        match reply {
            Ok(None) => {
                let mut empty = Response::new(Bytes::new());
                *empty.status_mut() = StatusCode::NO_CONTENT;
                empty
            }
            Ok(Some(value)) => response(StatusCode::OK, JSON, value.to_string()),
            Err(message) => {
                response(StatusCode::BAD_REQUEST, JSON, json!({ "message": message }).to_string())
            }
        }
    }

    fn control_reset(&self, body: &Bytes) -> Reply {
        let options = if body.is_empty() { self.options() } else { merged(&self.options(), body, None)? };
        *self.state() = State::new(options);
        self.stats().clear();
        Ok(None)
    }

    fn control_options(&self, body: &Bytes) -> Reply {
        let new = merged(&self.options(), body, Some(&LIVE))?;
        let old = self.options();
        self.set_token_lifetime(new.token_lifetime);
        self.set_latency(new.latency_ms, new.latency_max_ms);
        if new.rate_limit != old.rate_limit {
            self.set_rate_limit(new.rate_limit);
        }
        if new.churn != old.churn {
            self.set_churn(new.churn);
        }
        to_value(&self.options())
    }

    fn control_faults(&self, body: &Bytes) -> Reply {
        let value: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let rules = match value {
            Value::Array(rules) => rules,
            rule => vec![rule],
        };
        let rules: Result<Vec<FaultRule>, _> = rules.into_iter().map(serde_json::from_value).collect();
        for rule in rules.map_err(|error| error.to_string())? {
            self.add_fault(rule);
        }
        Ok(None)
    }
}

/// The options with those of the body in their place.
fn merged(options: &Options, body: &Bytes, allowed: Option<&[&str]>) -> Result<Options, String> {
    let changes: serde_json::Map<String, Value> =
        serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let mut value = serde_json::to_value(options).map_err(|error| error.to_string())?;
    if let Value::Object(members) = &mut value {
        for (name, change) in changes {
            if allowed.is_some_and(|allowed| !allowed.contains(&name.as_str())) {
                return Err(format!("`{name}` needs a reset (or is no option)"));
            }
            members.insert(name, change);
        }
    }
    serde_json::from_value(value).map_err(|error| error.to_string())
}

fn to_value(value: &impl serde::Serialize) -> Reply {
    serde_json::to_value(value).map(Some).map_err(|error| error.to_string())
}

fn response(status: StatusCode, content_type: http::HeaderValue, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}
