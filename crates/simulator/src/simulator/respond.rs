//! One request: recorded, limited, spoilt or answered.

use bytes::Bytes;
use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, RETRY_AFTER,
};
use http::{Method, Request, Response, StatusCode};
use std::time::Duration;

use super::State;
use crate::api::{self, Answer, HTML, JSON, TEXT, bare, failure};
use crate::fault::{FaultAction, ResetWhen};
use crate::limit::Passage;
use crate::oidc;
use crate::outcome::{Outcome, Reply};
use crate::seen::Purpose;

impl State {
    pub(super) fn respond(&mut self, request: &Request<Bytes>, now_ms: u64) -> Outcome {
        let purpose = Purpose::of(request.method(), request.uri().path());
        let authorization = request.headers().get(AUTHORIZATION);
        // Credentials are ASCII; of what isn't, it is enough to know that it was sent.
        let authorization = authorization.map(|value| value.to_str().unwrap_or("(not ASCII)"));
        self.recorder.arrival(purpose, authorization);
        let latency = self.rng.between(self.options.latency_ms, self.options.latency_max_ms);

        if let Some(refusal) = self.limit(purpose, now_ms) {
            let response = self.finish(request, refusal);
            return self.done(request, now_ms, latency, Reply::Answer(response));
        }
        let verdict = self.faults.judge(request.method(), request.uri().path(), &mut self.rng);
        let delay = latency + verdict.delay_ms;
        let reply = match verdict.action {
            None => Reply::Answer(self.answer(request, now_ms, false)),
            Some(action) => self.spoil(request, now_ms, action),
        };
        self.done(request, now_ms, delay, reply)
    }

    fn done(&mut self, request: &Request<Bytes>, now_ms: u64, delay_ms: u64, reply: Reply) -> Outcome {
        let status = reply.response().map_or(0, |response| response.status().as_u16());
        let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
        self.recorder.done(now_ms, request.method(), target, status);
        Outcome { delay: Duration::from_millis(delay_ms), reply }
    }

    /// Counts an API request against the rate limit; a refusal if it is enforced.
    fn limit(&mut self, purpose: Purpose, now_ms: u64) -> Option<Answer> {
        if !matches!(purpose, Purpose::Api | Purpose::Public) {
            return None;
        }
        let bucket = self.bucket.as_mut()?;
        let Passage::Violation { wait_ms } = bucket.take(now_ms) else {
            return None;
        };
        let rate = bucket.rate();
        self.recorder.violation();
        rate.enforce.then(|| {
            let answer = *bare(429, "Too Many Requests");
            if rate.retry_after {
                answer.with(RETRY_AFTER, HeaderValue::from(wait_ms.div_ceil(1000)))
            } else {
                answer
            }
        })
    }

    /// The right answer.
    fn answer(&mut self, request: &Request<Bytes>, now_ms: u64, drop_scope: bool) -> Response<Bytes> {
        let path = request.uri().path();
        let answer = if path.starts_with("/api/") {
            self.churn(request, now_ms);
            let scene = api::Scene {
                world: &mut self.world,
                tokens: &self.tokens,
                api_indicator: &self.options.api_indicator,
                now_ms,
            };
            let (answer, template) = api::answer(request, scene);
            self.recorder.route(request.method(), template.unwrap_or("(none)"));
            answer
        } else if path.starts_with("/oidc/") {
            self.recorder.route(request.method(), "/oidc/*");
            let scene = oidc::Scene {
                world: &mut self.world,
                tokens: &mut self.tokens,
                now_ms,
                token_lifetime: self.options.token_lifetime,
                drop_scope,
            };
            oidc::answer(request, scene)
        } else {
            self.recorder.route(request.method(), "(none)");
            page(request)
        };
        self.finish(request, answer)
    }

    fn finish(&mut self, request: &Request<Bytes>, answer: Answer) -> Response<Bytes> {
        let id = self.rng.request_id();
        api::finish(answer, request.method(), request.headers(), id, self.options.compress)
    }

    fn spoil(&mut self, request: &Request<Bytes>, now_ms: u64, action: FaultAction) -> Reply {
        match action {
            FaultAction::Hang => Reply::Hang,
            FaultAction::Reset { when: ResetWhen::Before } => Reply::Reset,
            FaultAction::Reset { when } => {
                let response = self.answer(request, now_ms, false);
                match when {
                    ResetWhen::During if !response.body().is_empty() => {
                        let half = response.body().len() / 2;
                        Reply::ResetDuring(response, half)
                    }
                    ResetWhen::After => Reply::AnswerThenClose(response),
                    _ => Reply::Reset,
                }
            }
            FaultAction::Truncate { bytes } => {
                let response = self.answer(request, now_ms, false);
                // Without a body there is nothing that could be missing.
                let Some(last) = response.body().len().checked_sub(1) else { return Reply::Reset };
                let sent = bytes.unwrap_or(last / 2).min(last);
                Reply::Truncate(response, sent)
            }
            FaultAction::Status { status, headers, json, text, html } => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let mut answer = match (json, text, html) {
                    (Some(json), _, _) => Answer::new(status, JSON, json.to_string()),
                    (None, Some(text), _) => Answer::new(status, TEXT, text),
                    (None, None, Some(html)) => Answer::new(status, HTML, html),
                    (None, None, None) => Answer::plain(status),
                };
                for (name, value) in headers {
                    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value))
                    {
                        answer = answer.with(name, value);
                    }
                }
                Reply::Answer(self.finish_fault(request, answer))
            }
            FaultAction::TooManyRequests { retry_after, retry_after_date_ms, code, html } => {
                let mut answer = match code {
                    _ if html => Answer::new(StatusCode::TOO_MANY_REQUESTS, HTML, FIREWALL_PAGE),
                    Some(code) => *failure(429, &code, "The limit has been reached."),
                    None => *bare(429, "Too Many Requests"),
                };
                if let Some(seconds) = retry_after {
                    answer = answer.with(RETRY_AFTER, HeaderValue::from(seconds));
                } else if let Some(ms) = retry_after_date_ms {
                    let at = Duration::from_millis(now_ms.saturating_add_signed(ms));
                    let date = httpdate::fmt_http_date(std::time::UNIX_EPOCH + at);
                    if let Ok(date) = HeaderValue::try_from(date) {
                        answer = answer.with(RETRY_AFTER, date);
                    }
                }
                Reply::Answer(self.finish_fault(request, answer))
            }
            FaultAction::RevokeTokens => {
                self.tokens.revoke_all();
                Reply::Answer(self.answer(request, now_ms, false))
            }
            FaultAction::DropScope => Reply::Answer(self.answer(request, now_ms, true)),
            // Delays never come here: they decide nothing.
            FaultAction::Delay { .. } => Reply::Answer(self.answer(request, now_ms, false)),
        }
    }

    /// A page comes from something in front of Logto, and has none of Logto's headers.
    fn finish_fault(&mut self, request: &Request<Bytes>, answer: Answer) -> Response<Bytes> {
        if answer.content_type.as_ref() != Some(&HTML) {
            return self.finish(request, answer);
        }
        let mut response = Response::new(answer.body);
        *response.status_mut() = answer.status;
        response.headers_mut().insert(CONTENT_TYPE, HTML);
        response.headers_mut().extend(answer.headers);
        if request.method() == Method::HEAD {
            response.body_mut().clear();
        }
        response
    }

    /// Before a list of users is answered: rows that come and go.
    fn churn(&mut self, request: &Request<Bytes>, now_ms: u64) {
        if request.method() != Method::GET || request.uri().path() != "/api/users" {
            return;
        }
        self.lists += 1;
        let churn = &self.options.churn;
        let mut positions: Vec<usize> = Vec::new();
        let mut inserts = 0;
        for step in churn.schedule.iter().filter(|step| step.before == self.lists) {
            positions.extend(&step.delete);
            inserts += step.insert;
        }
        if self.lists > 1 {
            inserts += churn.inserts;
            positions.extend((0..churn.deletes).map(|_| self.rng.below(self.world.users.len())));
        }
        for position in positions {
            if let Some(id) = self.world.users.id_at(position) {
                self.world.delete_user(&id);
                self.churned.deleted.push(id);
            }
        }
        for _ in 0..inserts {
            let id = self.world.make_user(now_ms);
            self.churned.inserted.push(id);
        }
    }
}

const FIREWALL_PAGE: &str = "<!DOCTYPE html><html><head><title>429 Too Many Requests</title></head><body><h1>Too Many Requests</h1></body></html>";

/// What is neither the API nor OIDC: the sign-in page, whatever the path. It is what a `Link` of a listing leads to.
fn page(request: &Request<Bytes>) -> Answer {
    let path = request.uri().path();
    let read = matches!(*request.method(), Method::GET | Method::HEAD);
    if !read || path.starts_with("/.well-known/") || path == "/api" || path == "/oidc" {
        return Answer::plain(StatusCode::NOT_FOUND);
    }
    if path == "/" {
        let location = format!("http://{}/unknown-session", api::host(request));
        let answer = Answer::new(StatusCode::FOUND, HTML, format!("Redirecting to {location}."));
        return match HeaderValue::try_from(location) {
            Ok(location) => answer.with(LOCATION, location),
            Err(_) => answer,
        };
    }
    let html = "<!doctype html><html><head><title>Sign in</title></head><body></body></html>";
    Answer::new(StatusCode::OK, HTML, html)
        .with(HeaderName::from_static("logto-static-package"), HeaderValue::from_static("experience"))
        .with(CACHE_CONTROL, HeaderValue::from_static("no-cache, no-store, must-revalidate"))
}
