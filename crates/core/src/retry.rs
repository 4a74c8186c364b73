//! Which calls are tried again, and when. Pure functions; the loop is in the pipeline.
//!
//! | what happened | which calls are tried again |
//! |---|---|
//! | could not connect | all |
//! | timeout, broken connection, 408, 502, 503, 504 | idempotent ones (GET HEAD PUT DELETE OPTIONS, or marked so) |
//! | 500 | GET and HEAD |
//! | 429 with `Retry-After` within the budget | all |
//! | 429 without it | GET and HEAD, with back-off, unless its `code` is a business limit |
//! | `Retry-After` beyond the budget | none: the error carries it |

use std::time::Duration;

use crate::{
    clock::{UnixMillis, part_of},
    error::ApiErrorBody,
    http::{HeaderMap, HeaderValue, Method, header::RETRY_AFTER},
    http_date, text,
    transport::TransportErrorKind,
};

/// How often and how long a failed call is tried again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryPolicy {
    pub(crate) retries: u32,
    pub(crate) initial_delay: Duration,
    pub(crate) max_delay: Duration,
    pub(crate) budget: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            retries: 2,
            initial_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(8),
            budget: Duration::from_secs(30),
        }
    }
}

impl RetryPolicy {
    /// Full jitter: anywhere between nothing and a bound that doubles. `retry` counts from 0; `jitter` is in `[0, 1)`.
    pub(crate) fn backoff(&self, retry: u32, jitter: f64) -> Duration {
        let mut bound = self.initial_delay.min(self.max_delay);
        // 64 doublings of anything are beyond every bound.
        for _ in 0..retry.min(64) {
            bound = bound.saturating_add(bound).min(self.max_delay);
        }
        part_of(bound, jitter.clamp(0.0, 1.0))
    }
}

/// What a call came to, as far as retrying is concerned.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Outcome<'a> {
    Failed(TransportErrorKind),
    Answered { status: u16, retry_after: Option<Duration>, body: &'a [u8] },
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It stands.
    Final,
    /// Again after a back-off, and not before this long.
    Backoff { at_least: Duration },
    /// Again after exactly this long, as the server asked.
    After(Duration),
}

/// The table at the head of this module.
pub(crate) fn judge(method: &Method, idempotent: Option<bool>, outcome: Outcome<'_>) -> Verdict {
    let backoff =
        |again: bool| if again { Verdict::Backoff { at_least: Duration::ZERO } } else { Verdict::Final };
    let reads = matches!(*method, Method::GET | Method::HEAD);
    let idempotent =
        idempotent.unwrap_or(reads || matches!(*method, Method::PUT | Method::DELETE | Method::OPTIONS));
    match outcome {
        Outcome::Failed(TransportErrorKind::Connect) => backoff(true),
        Outcome::Failed(TransportErrorKind::Timeout | TransportErrorKind::Interrupted) => backoff(idempotent),
        Outcome::Failed(_) => Verdict::Final,
        Outcome::Answered { status: 408 | 502 | 503 | 504, retry_after, .. } if idempotent => {
            Verdict::Backoff { at_least: retry_after.unwrap_or_default() }
        }
        Outcome::Answered { status: 500, .. } => backoff(reads),
        Outcome::Answered { status: 429, retry_after: Some(after), .. } => Verdict::After(after),
        Outcome::Answered { status: 429, retry_after: None, body } => {
            backoff(reads && !is_business_limit(body))
        }
        Outcome::Answered { .. } => Verdict::Final,
    }
}

/// Quotas and cool-downs that answer 429 though no waiting within a call can help.
fn is_business_limit(body: &[u8]) -> bool {
    let code = ApiErrorBody::parse(body).code.unwrap_or_default();
    matches!(code.as_str(), "auth.exceed_token_limit" | "request.message_rate_limited")
        || code.starts_with("connector.")
}

/// `Retry-After` (RFC 9110, section 10.2.3): seconds or a date. A date gone by is no wait; nonsense is as good as no header.
pub(crate) fn retry_after(headers: &HeaderMap, now: UnixMillis) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim_ascii();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        // Digits that overflow are a very long time, not a missing header.
        return Some(Duration::from_secs(text::whole(text).unwrap_or(u64::from(u32::MAX))));
    }
    let at = Duration::from_secs(http_date::parse(text)?);
    Some(at.saturating_sub(Duration::from_millis(now.0)))
}

/// For the fuzzer: parses a `Retry-After` value as the pipeline does.
#[doc(hidden)]
#[must_use]
pub fn parse_retry_after(value: &[u8], now: UnixMillis) -> Option<Duration> {
    let mut headers = HeaderMap::new();
    headers.insert(RETRY_AFTER, HeaderValue::from_bytes(value).ok()?);
    retry_after(&headers, now)
}
