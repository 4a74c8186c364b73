//! The one request loop: deadline → [rate limit → token → slot → send with timeout → on 401 renew the token and send once more → judge → pause].
//!
//! Nothing else in the project sends, retries or waits. The token request goes through the same loop, without the token step.

mod failure;
mod hints;

use std::{borrow::Cow, sync::Arc, time::Duration};

use crate::bytes::Bytes;
use futures_util::future::{Either, select};

use failure::{SendError, exhausted, too_far};
use hints::is_wrong_audience;
pub(crate) use hints::{MISSING_ROLE, NO_API_PREFIX, is_outside_api};

use crate::{
    auth::{AccessToken, DynTokenSource},
    clock::{Clock, millis},
    config::Config,
    endpoint,
    error::{self, Error, ErrorKind, Inner, name},
    http::{HeaderMap, HeaderValue, Request, StatusCode, header},
    limit::RateLimiter,
    observe::{Event, Observer},
    percent,
    redact::redact,
    request::Prepared,
    response::Response,
    retry::{self, Outcome, Verdict},
    slots::{Slot, Slots},
    text,
    transport::{BodyStaysOutside, HttpTransport, ResponseLimit, TransportError, TransportErrorKind},
};

/// What requests travel through; the client and its token source share one.
pub(crate) struct Pipeline<T, C> {
    pub(crate) transport: T,
    pub(crate) clock: C,
    pub(crate) config: Arc<Config>,
    pub(crate) limiter: Option<Arc<RateLimiter>>,
    /// The bucket that other processes draw from too; then `limiter` stands in where that one fails.
    #[cfg(feature = "shared-limit")]
    pub(crate) fleet: Option<crate::shared_limit::Fleet>,
    /// How many calls of the API may be under way at once.
    pub(crate) slots: Option<Slots>,
    pub(crate) observer: Option<Arc<dyn Observer>>,
}

/// How a request gets its turn and its token.
#[derive(Clone, Copy)]
pub(crate) enum Access<'a> {
    /// A call of the API: waits for its turn, carries the token if it needs one.
    Api(&'a dyn DynTokenSource),
    /// The token request: callers who have their turn wait for it, so it only counts.
    Token,
}

/// Where one run of the loop stands.
struct Run<'a> {
    request: &'a Prepared,
    sent: u32,
    retried: u32,
    /// Times that a 401 had the token replaced.
    renewals: u8,
    /// End of the caller's patience, on the monotonic clock.
    until: Option<Duration>,
    /// When the first attempt went out.
    began: Option<Duration>,
}

impl<T: HttpTransport, C: Clock> Pipeline<T, C> {
    pub(crate) fn emit(&self, event: &Event<'_>) {
        if let Some(observer) = &self.observer {
            observer.event(event);
        }
    }

    /// Runs a request to its end. Any status is `Ok`; errors are those of the token, the transport, a redirect or the deadline.
    pub(crate) async fn run(&self, request: &Prepared, access: Access<'_>) -> Result<Response, Error> {
        let until = request.options.deadline.map(|deadline| self.clock.monotonic().saturating_add(deadline));
        let mut run = Run { request, sent: 0, retried: 0, renewals: 0, until, began: None };
        self.attempts(&mut run, access)
            .await
            .map_err(|error| error.of_call(request.method.as_str(), &request.route, run.sent))
    }

    async fn attempts(&self, run: &mut Run<'_>, access: Access<'_>) -> Result<Response, Error> {
        loop {
            self.take_turn(run, access).await?;
            let token = self.token(run, access).await?;
            let slot = self.slot(run, access).await?;
            let result = self.send(run, token.as_ref()).await;
            drop(slot);
            let result = match result {
                Ok(response) => {
                    if self.renew_after_401(run, access, token.as_ref(), &response) {
                        continue;
                    }
                    self.finish(run.request, response, token.as_ref())
                }
                Err(error) => Err(error),
            };
            match self.pause_before_retry(run, &result) {
                Some(delay) => self.clock.sleep(delay).await,
                None => return result.map_err(SendError::into_error),
            }
        }
    }

    /// The turn and the token of a request that its door sends by itself, if it could go out at once. Where calls wait for a slot, none can.
    pub(crate) fn permit(&self, source: &dyn DynTokenSource) -> Option<Arc<AccessToken>> {
        #[cfg(feature = "shared-limit")]
        if self.fleet.is_some() {
            return None;
        }
        if self.slots.is_some() {
            return None;
        }
        let token = source.ready()?;
        let has_turn = |limiter: &Arc<RateLimiter>| limiter.try_acquire(self.clock.monotonic());
        self.limiter.as_ref().is_none_or(has_turn).then_some(token)
    }

    /// The rate limit.
    async fn take_turn(&self, run: &Run<'_>, access: Access<'_>) -> Result<(), Error> {
        if run.sent == 0 && run.request.sent_before.is_some() {
            return Ok(());
        }
        let Some(limiter) = self.limiter.as_ref().filter(|_| !run.request.foreign) else { return Ok(()) };
        #[cfg(feature = "shared-limit")]
        if let Some(fleet) = &self.fleet {
            return self.take_shared_turn(run, access, fleet, limiter).await;
        }
        match access {
            Access::Token => {
                limiter.charge(self.clock.monotonic());
                Ok(())
            }
            Access::Api(_) => limiter.acquire(&self.clock, run.until).await.map_err(too_far),
        }
    }

    #[cfg(feature = "shared-limit")]
    async fn take_shared_turn(
        &self,
        run: &Run<'_>,
        access: Access<'_>,
        fleet: &crate::shared_limit::Fleet,
        limiter: &RateLimiter,
    ) -> Result<(), Error> {
        let warn = |message: &str| self.emit(&Event::Warning { code: "shared_limit", message });
        match access {
            Access::Token => {
                limiter.charge(self.clock.monotonic());
                fleet.step(limiter, &self.clock, crate::shared_limit::LimitStep::Charge, warn).await;
                Ok(())
            }
            Access::Api(_) => fleet.acquire(limiter, &self.clock, run.until, warn).await.map_err(too_far),
        }
    }

    /// The token, if the request needs one.
    async fn token(&self, run: &Run<'_>, access: Access<'_>) -> Result<Option<Arc<AccessToken>>, Error> {
        let Access::Api(source) = access else { return Ok(None) };
        if !run.request.needs_token {
            return Ok(None);
        }
        if let Some(token) = source.ready() {
            return Ok(Some(token));
        }
        let Some(left) = self.left(run.until) else { return source.token_boxed().await.map(Some) };
        match select(source.token_boxed(), std::pin::pin!(self.clock.timeout(left))).await {
            Either::Left((token, _)) => token.map(Some),
            Either::Right(_) => Err(exhausted("it was waiting for an access token")),
        }
    }

    /// A place among the requests under way. The token request needs none: callers wait for it.
    async fn slot(&self, run: &Run<'_>, access: Access<'_>) -> Result<Option<Slot<'_>>, Error> {
        let (Some(slots), Access::Api(_)) = (&self.slots, access) else { return Ok(None) };
        if let Some(slot) = slots.try_take() {
            return Ok(Some(slot));
        }
        let Some(left) = self.left(run.until) else { return Ok(Some(slots.take().await)) };
        match select(std::pin::pin!(slots.take()), std::pin::pin!(self.clock.timeout(left))).await {
            Either::Left((slot, _)) => Ok(Some(slot)),
            Either::Right(_) => Err(exhausted("it was waiting for other requests to end (maxConnections)")),
        }
    }

    /// Sends the request once.
    async fn send(&self, run: &mut Run<'_>, token: Option<&Arc<AccessToken>>) -> Result<Response, SendError> {
        let request = run.request;
        let timeout = request.options.timeout.unwrap_or(self.config.settings.timeout);
        let left = self.left(run.until);
        let allowed = left.map_or(timeout, |left| left.min(timeout));
        if allowed.is_zero() {
            return Err(SendError::Deadline(exhausted("there was no time left to send the request")));
        }
        run.sent += 1;
        let started = self.clock.monotonic();
        run.began.get_or_insert_with(|| started.saturating_sub(request.sent_before.unwrap_or_default()));
        self.emit(&Event::Request {
            method: request.method.as_str(),
            route: &request.route,
            attempt: run.sent,
        });

        let sending = std::pin::pin!(self.transport.send(self.assemble(request, token)));
        let answer = match select(sending, std::pin::pin!(self.clock.timeout(allowed))).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) if allowed < timeout => {
                return Err(SendError::Deadline(exhausted("the request was under way")));
            }
            Either::Right(_) => {
                let message = words!["No complete answer within ", millis(allowed), " ms"];
                Err(TransportError::new(TransportErrorKind::Timeout, message))
            }
        };
        let (parts, body) = answer.map_err(SendError::Transport)?.into_parts();
        let retry_after = retry::retry_after(&parts.headers, self.clock.now());
        let response = Response {
            status: parts.status,
            headers: parts.headers,
            body,
            method: request.method.clone(),
            route: request.route.clone(),
            attempts: run.sent,
            retry_after,
            hint: None,
        };
        self.emit(&Event::Response {
            method: request.method.as_str(),
            route: &request.route,
            attempt: run.sent,
            status: response.status.as_u16(),
            request_id: response.request_id(),
            elapsed: self.clock.monotonic().saturating_sub(started),
        });
        if let Some(limiter) = &self.limiter
            && response.status == StatusCode::TOO_MANY_REQUESTS
            && !request.foreign
        {
            // Callers wait for their turn in silence: for no longer than the budget, however far the server points into the future.
            let shut = retry_after.map(|after| after.min(self.config.settings.retry.budget));
            limiter.drain(self.clock.monotonic(), shut);
            #[cfg(feature = "shared-limit")]
            if let Some(fleet) = &self.fleet {
                let step = crate::shared_limit::LimitStep::Drain(shut.unwrap_or(limiter.measures().interval));
                fleet.step(limiter, &self.clock, step, |_| ()).await;
            }
        }
        Ok(response)
    }

    fn assemble(&self, request: &Prepared, token: Option<&Arc<AccessToken>>) -> Request<Bytes> {
        let mut http = Request::new(request.body.clone());
        *http.method_mut() = request.method.clone();
        *http.uri_mut() = request.uri.clone();
        *http.headers_mut() = self.headers(request.headers.clone(), token);
        http.extensions_mut().insert(ResponseLimit(self.config.settings.max_response_bytes));
        if request.body_stays_outside {
            http.extensions_mut().insert(BodyStaysOutside);
        }
        http
    }

    /// What a request with these headers of its own carries.
    pub(crate) fn headers(&self, mut headers: HeaderMap, token: Option<&Arc<AccessToken>>) -> HeaderMap {
        headers.entry(header::USER_AGENT).or_insert_with(|| self.config.user_agent.clone());
        headers.entry(header::ACCEPT).or_insert(HeaderValue::from_static("application/json, */*;q=0.5"));
        if let Some(token) = token {
            headers.insert(header::AUTHORIZATION, token.header().clone());
        }
        headers
    }

    /// A 401 of the API: the token is dropped and the request sent once more with a new one. Whether it was.
    fn renew_after_401(
        &self,
        run: &mut Run<'_>,
        access: Access<'_>,
        token: Option<&Arc<AccessToken>>,
        response: &Response,
    ) -> bool {
        let (Access::Api(source), Some(token)) = (access, token) else { return false };
        // A token out of a store may be as old as the one that it replaces, so its refusal does not count.
        let allowed = if token.shared { 2 } else { 1 };
        if response.status != StatusCode::UNAUTHORIZED || run.renewals >= allowed {
            return false;
        }
        source.invalidate_dyn(token);
        run.renewals += 1;
        true
    }

    /// An answer is an answer, except a redirect; and an error status may have a known cause.
    fn finish(
        &self,
        request: &Prepared,
        mut response: Response,
        token: Option<&Arc<AccessToken>>,
    ) -> Result<Response, SendError> {
        if response.status.is_redirection() && response.status != StatusCode::NOT_MODIFIED {
            let message = words![
                "The server answered with a redirect (",
                response.status.as_u16(),
                "), which is never followed"
            ];
            let mut inner = Inner::new(ErrorKind::UnexpectedRedirect, name::REDIRECT, message);
            inner.status = Some(response.status.as_u16());
            inner.request_id = response.request_id().map(str::to_owned);
            inner.hint = Some("Is the base url right, with https where the server wants it, and the path one of the Management API's?".to_owned());
            return Err(SendError::Redirect(inner.into()));
        }
        if response.status.is_client_error() || response.status.is_server_error() {
            response.body = redact(response.body, &self.secrets(request, token));
            response.hint = self.hint(&response, token);
        }
        Ok(response)
    }

    /// What an answer to this request could echo and nobody may print.
    fn secrets<'a>(
        &'a self,
        request: &'a Prepared,
        token: Option<&'a Arc<AccessToken>>,
    ) -> Vec<Cow<'a, str>> {
        let mut secrets = Vec::new();
        if let Some(token) = token {
            secrets.push(Cow::Borrowed(token.value()));
        }
        for value in request.headers.get_all(header::AUTHORIZATION).iter() {
            let text = value.to_str().unwrap_or_default();
            secrets.push(Cow::Borrowed(text::cut(text, b" ").map_or(text, |(_, credentials)| credentials)));
        }
        if let Some(credentials) = &self.config.settings.credentials {
            let secret = credentials.secret.expose();
            let mut in_form = String::new();
            percent::form(secret, &mut in_form);
            secrets.push(Cow::Borrowed(secret));
            secrets.push(Cow::Owned(in_form));
        }
        secrets
    }

    fn hint(&self, response: &Response, token: Option<&Arc<AccessToken>>) -> Option<String> {
        match response.status.as_u16() {
            401 if token.is_some() && is_wrong_audience(&response.body) => {
                Some(endpoint::indicator_hint(&self.config))
            }
            403 if token.is_some_and(|token| !token.may_grant_all()) => Some(MISSING_ROLE.to_owned()),
            404 if is_outside_api(&response.route) => Some(NO_API_PREFIX.to_owned()),
            _ => None,
        }
    }

    /// The pause before the next attempt, if there is to be one.
    fn pause_before_retry(
        &self,
        run: &mut Run<'_>,
        result: &Result<Response, SendError>,
    ) -> Option<Duration> {
        let request = run.request;
        let outcome = match result {
            Ok(response) => Outcome::Answered {
                status: response.status.as_u16(),
                retry_after: response.retry_after,
                body: &response.body,
            },
            Err(SendError::Transport(error)) => Outcome::Failed(error.kind()),
            Err(SendError::Redirect(_) | SendError::Deadline(_)) => return None,
        };
        let verdict = retry::judge(&request.method, request.options.idempotent, outcome);
        let policy = &self.config.settings.retry;
        if run.retried >= request.options.retries.unwrap_or(policy.retries) {
            return None;
        }
        let delay = match verdict {
            Verdict::Final => return None,
            Verdict::After(delay) => delay,
            Verdict::Backoff { at_least } => policy.backoff(run.retried, self.clock.jitter()).max(at_least),
        };
        let now = self.clock.monotonic();
        let resume = now.saturating_add(delay);
        let within_budget = resume.saturating_sub(run.began.unwrap_or(now)) <= policy.budget;
        if !within_budget || run.until.is_some_and(|until| resume >= until) {
            return None;
        }
        run.retried += 1;
        let reason = match outcome {
            Outcome::Answered { status, .. } => Cow::Owned(words![status]),
            Outcome::Failed(kind) => Cow::Borrowed(error::transport_name(kind)),
        };
        self.emit(&Event::Retry {
            method: request.method.as_str(),
            route: &request.route,
            attempt: run.sent,
            delay,
            reason: &reason,
        });
        Some(delay)
    }

    fn left(&self, until: Option<Duration>) -> Option<Duration> {
        until.map(|until| until.saturating_sub(self.clock.monotonic()))
    }
}
