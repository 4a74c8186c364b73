//! The rate limit: a token bucket, as Logto Cloud has one.
//!
//! Callers take turns: each gets the moment at which it may go, in the order in which they came, and waits for it on the clock. The bucket is kept as a
//! single time (the generic cell rate algorithm, which is a token bucket without a counter), so there is no queue to manage and none to leak: a caller that
//! gives up hands its turn back, and a 429 empties the bucket and sends everybody who waits back to the end.

use std::{
    sync::{Arc, Mutex, Weak},
    time::Duration,
};

use crate::{clock::Clock, error::Error, rt::lock};

/// A server's limit: so many requests per period, and so many at once after a quiet time.
///
/// The client uses the rate fully, and keeps a twentieth of the burst in reserve: requests that leave evenly arrive in bunches, and would overrun a server's bucket
/// that is exactly empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests per period. Default 200.
    pub requests: u32,
    /// The period. Default 10 s.
    pub per: Duration,
    /// Requests at once. Default 200.
    pub burst: u32,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self { requests: 200, per: Duration::from_secs(10), burst: 200 }
    }
}

impl RateLimit {
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.requests == 0 || self.burst == 0 || self.per.is_zero() {
            return Err(Error::config(
                "A rate limit needs at least 1 request, a burst of at least 1 and a period longer than 0",
            ));
        }
        Ok(())
    }
}

/// The token bucket of one tenant. Clients of the same tenant in one process share it: see [`RateLimiter::shared`].
#[derive(Debug)]
pub struct RateLimiter {
    interval: Duration,
    /// How far ahead of the even rate requests may run.
    tolerance: Duration,
    state: Mutex<Bucket>,
}

#[derive(Debug)]
struct Bucket {
    /// When a request would be due if all came evenly: the bucket is full when this lies in the past, and empty when it lies `tolerance` ahead.
    due: Duration,
    /// Rises when the bucket is drained, so that turns given out before are void.
    drained: u64,
}

/// A turn given out.
#[derive(Clone, Copy)]
struct Turn {
    at: Duration,
    drained: u64,
}

impl RateLimiter {
    /// A full bucket.
    #[must_use]
    pub fn new(limit: RateLimit) -> Self {
        let interval = limit.per / limit.requests.max(1);
        let usable = limit.burst.saturating_sub(limit.burst / 20).max(1);
        Self {
            interval,
            tolerance: interval.saturating_mul(usable - 1),
            state: Mutex::new(Bucket { due: Duration::ZERO, drained: 0 }),
        }
    }

    /// The one limiter of this process for a tenant (`key`: its base url) and limit. Only for clients on the real clock.
    #[must_use]
    // Apart from what makes a client without a limit.
    #[inline(never)]
    pub fn shared(key: &str, limit: RateLimit) -> Arc<Self> {
        // A list: a process has few tenants.
        static LIMITERS: Mutex<Vec<(String, RateLimit, Weak<RateLimiter>)>> = Mutex::new(Vec::new());
        let mut limiters = lock(&LIMITERS);
        limiters.retain(|(_, _, limiter)| limiter.strong_count() > 0);
        let known = limiters.iter().find(|(of, its, _)| of == key && *its == limit);
        known.and_then(|(_, _, limiter)| limiter.upgrade()).unwrap_or_else(|| {
            let limiter = Arc::new(Self::new(limit));
            limiters.push((key.to_owned(), limit, Arc::downgrade(&limiter)));
            limiter
        })
    }

    /// Waits for this caller's turn, first come first served. `until` is the end of its patience, on the monotonic clock.
    ///
    /// Returns how long it would have to wait as the error, at once and without taking a turn, where that is beyond `until`.
    pub(crate) async fn acquire(&self, clock: &impl Clock, until: Option<Duration>) -> Result<(), Duration> {
        loop {
            let now = clock.monotonic();
            let turn = self.take(now, until)?;
            if turn.at <= now {
                return Ok(());
            }
            let mut waiting = Waiting { limiter: self, turn: Some(turn) };
            clock.sleep(turn.at.saturating_sub(now)).await;
            waiting.turn = None;
            if lock(&self.state).drained == turn.drained {
                return Ok(());
            }
        }
    }

    /// Takes a turn that needs no waiting, if there is one.
    pub(crate) fn try_acquire(&self, now: Duration) -> bool {
        self.take(now, Some(now)).is_ok()
    }

    /// For the same bucket elsewhere.
    #[cfg(feature = "shared-limit")]
    pub(crate) const fn measures(&self) -> crate::shared_limit::Measures {
        crate::shared_limit::Measures { interval: self.interval, tolerance: self.tolerance }
    }

    /// Counts a request that does not wait (the token request, which callers who have their turn wait for).
    pub(crate) fn charge(&self, now: Duration) {
        let mut bucket = lock(&self.state);
        bucket.due = bucket.due.max(now).saturating_add(self.interval);
    }

    /// The server said 429: the bucket is empty, and stays shut for `retry_after`.
    pub(crate) fn drain(&self, now: Duration, retry_after: Option<Duration>) {
        let mut bucket = lock(&self.state);
        let open = now.saturating_add(retry_after.unwrap_or(self.interval));
        bucket.due = open.saturating_add(self.tolerance);
        bucket.drained = bucket.drained.wrapping_add(1);
    }

    fn take(&self, now: Duration, until: Option<Duration>) -> Result<Turn, Duration> {
        let mut bucket = lock(&self.state);
        let at = bucket.due.saturating_sub(self.tolerance).max(now);
        if until.is_some_and(|until| at > until) {
            return Err(at.saturating_sub(now));
        }
        bucket.due = bucket.due.max(now).saturating_add(self.interval);
        Ok(Turn { at, drained: bucket.drained })
    }

    fn give_back(&self, turn: Turn) {
        let mut bucket = lock(&self.state);
        if bucket.drained == turn.drained {
            bucket.due = bucket.due.saturating_sub(self.interval);
        }
    }
}

/// Hands the turn back when its caller is cancelled.
struct Waiting<'a> {
    limiter: &'a RateLimiter,
    turn: Option<Turn>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(turn) = self.turn {
            self.limiter.give_back(turn);
        }
    }
}
