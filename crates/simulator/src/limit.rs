//! The rate limit of a tenant: a token bucket that counts who oversteps it.

use crate::options::RateLimit;

/// Filled at the start; refilled continuously.
#[derive(Debug)]
pub(crate) struct Bucket {
    rate: RateLimit,
    /// In parts of a request: `per_ms` parts make one, so that a millisecond refills exactly `requests` parts.
    parts: u64,
    at_ms: Option<u64>,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passage {
    Free,
    /// The bucket was empty; so many milliseconds later it would not have been.
    Violation {
        wait_ms: u64,
    },
}

impl Bucket {
    pub(crate) fn new(rate: RateLimit) -> Self {
        let rate = RateLimit { requests: rate.requests.max(1), per_ms: rate.per_ms.max(1), ..rate };
        Self { rate, parts: rate.burst.saturating_mul(rate.per_ms), at_ms: None }
    }

    pub(crate) fn rate(&self) -> RateLimit {
        self.rate
    }

    /// Takes one request out of the bucket, if there is one.
    ///
    /// The server knows the time to the millisecond only: a request that came up to one millisecond early is not held against the client, but the bucket stays in debt for it.
    pub(crate) fn take(&mut self, now_ms: u64) -> Passage {
        let full = self.rate.burst.saturating_mul(self.rate.per_ms);
        let passed = now_ms.saturating_sub(self.at_ms.unwrap_or(now_ms));
        self.at_ms = Some(self.at_ms.map_or(now_ms, |at| at.max(now_ms)));
        self.parts = self.parts.saturating_add(passed.saturating_mul(self.rate.requests)).min(full);
        let one = self.rate.per_ms;
        if self.parts >= one {
            self.parts -= one;
            return Passage::Free;
        }
        if self.parts + self.rate.requests >= one {
            self.parts = 0;
            // What was missing is taken from the refill to come.
            self.at_ms = self.at_ms.map(|at| at + 1);
            return Passage::Free;
        }
        Passage::Violation { wait_ms: (one - self.parts).div_ceil(self.rate.requests) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bucket, Passage};
    use crate::options::RateLimit;

    fn violations(times: impl IntoIterator<Item = u64>) -> usize {
        let mut bucket = Bucket::new(RateLimit::default());
        times.into_iter().filter(|&at| bucket.take(at) != Passage::Free).count()
    }

    #[test]
    fn a_burst_then_one_each_fifty_milliseconds() {
        assert_eq!(violations((0..200).map(|_| 0)), 0);
        assert_eq!(violations((0..201).map(|_| 0)), 1);
        assert_eq!(violations((0..1000u64).map(|n| n.saturating_sub(199) * 50)), 0);
        // 800 requests in the time of 768.
        assert_eq!(violations((0..1000u64).map(|n| n.saturating_sub(199) * 48)), 32);
    }

    #[test]
    fn idle_time_fills_it_no_further_than_the_burst() {
        let times = (0..200).map(|_| 0).chain((0..201).map(|_| 1_000_000));
        assert_eq!(violations(times), 1);
    }

    #[test]
    fn it_says_how_long_to_wait() {
        let mut bucket =
            Bucket::new(RateLimit { requests: 1, per_ms: 1000, burst: 1, ..RateLimit::default() });
        assert_eq!(bucket.take(5), Passage::Free);
        assert_eq!(bucket.take(5), Passage::Violation { wait_ms: 1000 });
        assert_eq!(bucket.take(505), Passage::Violation { wait_ms: 500 });
        assert_eq!(bucket.take(1005), Passage::Free);
        // A clock that goes back adds nothing.
        assert_eq!(bucket.take(0), Passage::Violation { wait_ms: 1000 });
    }
}
