//! A rate limit that processes share: the same token bucket, held where all of them reach it.
//!
//! The bucket is the one of [`limit`](crate::limit), kept by whoever implements [`SharedLimit`] on that one's clock. What is decided stays here: callers take turns there and wait for
//! them here; the bucket of this process counts along, and takes over where the shared one fails or takes longer than `token_store_timeout`. After a failure it is asked again 5 s later.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crate::{
    auth::{StoreError, within},
    clock::Clock,
    limit::RateLimiter,
    rt::{BoxFuture, MaybeSend, MaybeSync, lock},
};

/// How long the shared bucket is left alone after a failure.
const REST: Duration = Duration::from_secs(5);

/// The measures of a bucket (the generic cell rate algorithm).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measures {
    /// Between two requests at the even rate.
    pub interval: Duration,
    /// How far ahead of the even rate requests may run.
    pub tolerance: Duration,
}

/// What a shared bucket is asked to do. `due` is when a request would be due if all came evenly; the `epoch` rises when the bucket is drained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitStep {
    /// Gives out a turn, `max(now, due - tolerance)`, and moves `due` to `max(now, due) + interval`. Not if it would have to be waited for longer than `patience`: then only tells the wait.
    /// Who waited for a turn of the epoch `held` has it, and needs no other, as long as that epoch lasts.
    Take {
        /// The longest wait.
        patience: Duration,
        /// The epoch of a turn that was waited for.
        held: Option<u64>,
    },
    /// Moves `due` as for a turn, without waiting.
    Charge,
    /// Moves `due` back by an interval, if the epoch is still this one: a turn that nobody used.
    GiveBack(u64),
    /// Empties the bucket and keeps it shut for so long: `due = now + shut + tolerance`, and the next epoch.
    Drain(Duration),
}

/// A turn at a shared bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SharedTurn {
    /// How long to wait for it.
    pub wait: Duration,
    /// In which epoch it was given out; none where the wait is longer than the caller's patience.
    pub epoch: Option<u64>,
}

/// A token bucket that several processes reach. `logto-management` has one in Redis (feature `redis`).
pub trait SharedLimit: MaybeSend + MaybeSync + 'static {
    /// Carries out a step, atomically. Steps other than `Take` give a turn of no meaning.
    fn run(&self, measures: Measures, step: LimitStep) -> BoxFuture<'_, Result<SharedTurn, StoreError>>;

    /// The same, without waiting for it: for a caller who was cancelled.
    fn tell(&self, measures: Measures, step: LimitStep) {
        let _ = (measures, step);
    }
}

/// One client's view of it.
pub(crate) struct Fleet {
    pub(crate) limit: Arc<dyn SharedLimit>,
    pub(crate) timeout: Duration,
    down_until: Mutex<Duration>,
    warned: AtomicBool,
}

impl Fleet {
    pub(crate) fn new(limit: Arc<dyn SharedLimit>, timeout: Duration) -> Self {
        Self { limit, timeout, down_until: Mutex::default(), warned: AtomicBool::new(false) }
    }

    /// As [`RateLimiter::acquire`], at the shared bucket. `warn` hears of the first failure.
    pub(crate) async fn acquire(
        &self,
        own: &RateLimiter,
        clock: &impl Clock,
        until: Option<Duration>,
        warn: impl Fn(&str) + MaybeSend + MaybeSync,
    ) -> Result<(), Duration> {
        let mut held = None;
        loop {
            let now = clock.monotonic();
            let patience = until.map_or(Duration::MAX, |until| until.saturating_sub(now));
            let Some(turn) = self.step(own, clock, LimitStep::Take { patience, held }, &warn).await else {
                return own.acquire(clock, until).await;
            };
            let Some(epoch) = turn.epoch else { return Err(turn.wait) };
            if held != Some(epoch) {
                own.charge(now);
            }
            if turn.wait.is_zero() {
                return Ok(());
            }
            let mut waiting = Waiting { fleet: self, measures: own.measures(), epoch: Some(epoch) };
            clock.sleep(turn.wait).await;
            waiting.epoch = None;
            held = Some(epoch);
        }
    }

    /// A step, for no longer than it is given; nothing where the shared bucket is away.
    pub(crate) async fn step(
        &self,
        own: &RateLimiter,
        clock: &impl Clock,
        step: LimitStep,
        warn: impl Fn(&str) + MaybeSend + MaybeSync,
    ) -> Option<SharedTurn> {
        if clock.monotonic() < *lock(&self.down_until) {
            return None;
        }
        let trouble = match within(clock, self.timeout, self.limit.run(own.measures(), step)).await {
            Ok(turn) => return Some(turn),
            Err(trouble) => trouble,
        };
        *lock(&self.down_until) = clock.monotonic().saturating_add(REST);
        if !self.warned.swap(true, Ordering::Relaxed) {
            warn(&format!(
                "The shared rate limit failed, so this process keeps to the limit by itself: {trouble}"
            ));
        }
        None
    }
}

/// Hands the turn back when its caller is cancelled.
struct Waiting<'a> {
    fleet: &'a Fleet,
    measures: Measures,
    epoch: Option<u64>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(epoch) = self.epoch {
            self.fleet.limit.tell(self.measures, LimitStep::GiveBack(epoch));
        }
    }
}
