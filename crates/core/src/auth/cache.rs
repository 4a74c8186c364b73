//! When a token is used, and when it is renewed: a state machine without I/O, driven by the clock.
//!
//! ```text
//! issued ─────────── fresh ───────────┬──── early ────┬── leeway ──┬── expired
//!                    use it           │ one caller    │ everybody  │
//!                                     │ renews, the   │ waits for  │
//!                                     │ others use it │ a renewal  │
//! ```
//! The leeway is 60 s, or half the lifetime of a token that lives less than two minutes. The early stretch is the 60 s before it, or half of
//! what is left. A renewal that fails while the old token lives leaves it in use, and the next is tried 10 s later.

use std::{sync::Arc, time::Duration};

use super::AccessToken;
use crate::clock::UnixMillis;

const EARLY: Duration = Duration::from_secs(60);
const BACKOFF: Duration = Duration::from_secs(10);

/// What a caller is to do.
#[derive(Debug)]
pub(super) enum Step {
    /// Use this one.
    Use(Arc<AccessToken>),
    /// Get a new one. Others go on with `meanwhile`, and if getting it fails, so may this caller.
    Renew { meanwhile: Option<Arc<AccessToken>>, wait_for_it: bool },
}

#[derive(Debug, Default)]
pub(super) struct TokenCache {
    current: Option<Held>,
    generation: u64,
    /// No renewal before this, after one that failed.
    not_before: UnixMillis,
    /// When the last token in use ends, or would have ended: what a store has is taken only if it is newer.
    newest: UnixMillis,
}

#[derive(Debug)]
struct Held {
    token: Arc<AccessToken>,
    early_from: UnixMillis,
    leeway_from: UnixMillis,
}

impl TokenCache {
    pub(super) fn step(&self, now: UnixMillis) -> Step {
        let Some(held) = self.current.as_ref().filter(|held| now < held.token.expires_at()) else {
            return Step::Renew { meanwhile: None, wait_for_it: true };
        };
        let token = Arc::clone(&held.token);
        if now < held.early_from || now < self.not_before {
            return Step::Use(token);
        }
        Step::Renew { meanwhile: Some(token), wait_for_it: now >= held.leeway_from }
    }

    /// The token in use if no renewal is due.
    pub(super) fn fresh(&self, now: UnixMillis) -> Option<&Arc<AccessToken>> {
        self.current.as_ref().filter(|held| now < held.early_from).map(|held| &held.token)
    }

    /// A new token, which stays for as long as it may.
    pub(super) fn renewed(&mut self, mut token: AccessToken) -> Arc<AccessToken> {
        self.generation += 1;
        token.generation = self.generation;
        let lifetime = token.lifetime();
        let leeway = token.leeway();
        let early = EARLY.min(lifetime.saturating_sub(leeway) / 2);
        let leeway_from = token.expires_at().before(leeway);
        self.newest = token.expires_at();
        let token = Arc::new(token);
        self.current =
            Some(Held { token: Arc::clone(&token), early_from: leeway_from.before(early), leeway_from });
        self.not_before = UnixMillis(0);
        token
    }

    /// Whether a token that a store has can take the place of the one in use, or of the one that was refused.
    pub(super) fn takes(&self, stored: &AccessToken, now: UnixMillis) -> bool {
        stored.expires_at() > self.newest && stored.is_worth_sharing(now)
    }

    /// A renewal failed: the token in use, if it still lives.
    pub(super) fn failed(&mut self, now: UnixMillis) -> Option<Arc<AccessToken>> {
        let token = self.current.as_ref().map(|held| &held.token).filter(|token| now < token.expires_at())?;
        let token = Arc::clone(token);
        self.not_before = now.after(BACKOFF);
        Some(token)
    }

    /// The API refused this token. Only if it is still the one in use.
    pub(super) fn invalidate(&mut self, rejected: &AccessToken) {
        if self.current.as_ref().is_some_and(|held| held.token.generation == rejected.generation) {
            self.current = None;
            self.not_before = UnixMillis(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(now: u64, lifetime_s: u64) -> AccessToken {
        let body = format!(r#"{{"access_token":"t","expires_in":{lifetime_s},"token_type":"Bearer"}}"#);
        AccessToken::from_answer(body.as_bytes(), UnixMillis(now)).expect("a token")
    }

    fn describe(cache: &TokenCache, at_s: u64) -> &'static str {
        match cache.step(UnixMillis(at_s * 1000)) {
            Step::Use(_) => "use",
            Step::Renew { meanwhile: Some(_), wait_for_it: false } => "early",
            Step::Renew { meanwhile: Some(_), wait_for_it: true } => "leeway",
            Step::Renew { meanwhile: None, .. } => "expired",
        }
    }

    #[test]
    fn an_hour_long_token_is_renewed_in_its_last_two_minutes() {
        let mut cache = TokenCache::default();
        assert_eq!(describe(&cache, 0), "expired");
        cache.renewed(token(0, 3600));
        let seen: Vec<_> = [0, 3479, 3480, 3539, 3540, 3599, 3600].map(|at| describe(&cache, at)).to_vec();
        assert_eq!(seen, ["use", "use", "early", "early", "leeway", "leeway", "expired"]);
    }

    #[test]
    fn a_short_token_is_used_for_a_quarter_of_its_life_before_anybody_renews_it() {
        let mut cache = TokenCache::default();
        cache.renewed(token(0, 40));
        let seen: Vec<_> = [0, 9, 10, 19, 20, 39, 40].map(|at| describe(&cache, at)).to_vec();
        assert_eq!(seen, ["use", "use", "early", "early", "leeway", "leeway", "expired"]);
    }

    #[test]
    fn a_failed_renewal_keeps_the_living_token_and_backs_off() {
        let mut cache = TokenCache::default();
        cache.renewed(token(0, 3600));
        assert!(cache.failed(UnixMillis(3_550_000)).is_some());
        assert_eq!(describe(&cache, 3559), "use");
        assert_eq!(describe(&cache, 3560), "leeway");
        assert!(cache.failed(UnixMillis(3_600_000)).is_none(), "an expired token is no help");
    }

    #[test]
    fn only_the_token_in_use_is_dropped() {
        let mut cache = TokenCache::default();
        let first = cache.renewed(token(0, 3600));
        let second = cache.renewed(token(0, 3600));
        cache.invalidate(&first);
        assert_eq!(describe(&cache, 1), "use");
        cache.invalidate(&second);
        assert_eq!(describe(&cache, 1), "expired");
    }

    proptest::proptest! {
        /// Whatever the lifetimes and failures: a token is never used after its end, and a failure never leads to more than one try in 10 s while a token lives.
        #[test]
        fn never_an_expired_token_and_no_storm(events in proptest::collection::vec((0u64..400_000, 0u64..200, proptest::bool::ANY), 1..60)) {
            let mut cache = TokenCache::default();
            let mut now = 0;
            let mut last_failure: Option<u64> = None;
            for (step, lifetime_s, fails) in events {
                now += step;
                match cache.step(UnixMillis(now)) {
                    Step::Use(token) => proptest::prop_assert!(now < token.expires_at().0),
                    Step::Renew { meanwhile, .. } => {
                        if let (Some(_), Some(at)) = (&meanwhile, last_failure) {
                            proptest::prop_assert!(now >= at + 10_000);
                        }
                        if fails {
                            let kept = cache.failed(UnixMillis(now));
                            proptest::prop_assert_eq!(kept.is_some(), meanwhile.is_some());
                            last_failure = kept.map(|_| now);
                        } else {
                            cache.renewed(token(now, lifetime_s));
                            last_failure = None;
                        }
                    }
                }
            }
        }
    }
}
