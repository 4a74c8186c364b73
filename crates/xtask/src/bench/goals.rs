//! What the comparisons are to reach: ours divided by the peer's.

use std::fmt;

/// A bound on the ratio.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Goal {
    /// Costs: at most this.
    AtMost(f64),
    /// Gains: at least this.
    AtLeast(f64),
}

impl Goal {
    pub(crate) fn number(self) -> f64 {
        match self {
            Self::AtMost(bound) | Self::AtLeast(bound) => (bound * 10_000.0).round() / 10_000.0,
        }
    }

    pub(crate) fn reached(self, ratio: f64) -> bool {
        match self {
            Self::AtMost(bound) => ratio <= bound,
            Self::AtLeast(bound) => ratio >= bound,
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if matches!(self, Self::AtMost(_)) { "≤" } else { "≥" };
        write!(f, "{sign} {:.3}", self.number())
    }
}

/// The goal of a comparison, if it has one.
pub(crate) fn of(bench: &str, case: &str, metric: &str, peer: &str) -> Option<Goal> {
    use Goal::{AtLeast, AtMost};
    let goal = match (bench, case, metric, peer) {
        ("rust", "get20_c1" | "get20_c32", "cpu_us_per_request", "reqwest") => AtMost(1.15),

        ("node", "get20_c32" | "user_c32", "cpu_us_per_request", "@logto/api") => AtMost(1.0 / 4.0),
        ("node", "get20_c32", "requests_per_second", "@logto/api") => AtLeast(4.0),
        ("node", "get20_c1" | "post_c32", "cpu_us_per_request", "@logto/api") => AtMost(1.0 / 3.0),
        ("node", "get20_c1", "p50_ms", "@logto/api") => AtMost(1.0 / 2.0),
        ("node", "get100_c32", "cpu_us_per_request", "@logto/api") => AtMost(1.0 / 2.0),
        ("node", "list10k_30ms", "wall_ms", "@logto/api") => AtMost(1.0 / 6.0),
        // 1,000,000 requests on demand: BENCH_MEMORY_REQUESTS.
        ("node", "memory", "rss_mb", "the first tenth") => AtMost(1.05),
        ("node", "import", "import_ms" | "import_rss_mb", "@logto/api")
        | ("node", "types", "d_ts_bytes" | "tsc_ms", "@logto/api") => AtMost(1.0),

        ("python", "sync_get20_c1", "cpu_us_per_request", "httpx") => AtMost(1.0 / 6.0),
        ("python", "sync_get20_c1", "cpu_us_per_request", "requests") => AtMost(1.0 / 7.0),
        ("python", "sync_get20_c1", "requests_per_second", "httpx") => AtLeast(3.0),
        ("python", "async_get20_c32", "cpu_us_per_request", "aiohttp") => AtMost(1.0 / 2.0),
        ("python", "async_get20_c32", "cpu_us_per_request", "httpx") => AtMost(1.0 / 8.0),
        ("python", "async_get20_c1", "cpu_us_per_request", "aiohttp") => AtMost(2.0 / 3.0),
        ("python", "threads16_get20", "requests_per_second", "httpx") => AtLeast(2.0),
        ("python", "list10k_30ms", "wall_ms", "httpx") => AtMost(1.0 / 6.0),
        ("python", "list100k_arrow", "wall_ms", "httpx") => AtMost(1.0 / 3.0),
        ("python", "list100k_arrow", "peak_rss_mb", "httpx") => AtMost(1.0 / 2.0),
        ("python", "import", "import_ms", "httpx") => AtMost(0.4),
        ("python", "ctrl_c", "worst_ms", "budget") => AtMost(1.0),

        ("edge", "bundle", "gzip_bytes", "budget")
        | ("edge", "startup", "startup_ms", "budget")
        | ("edge", "get20_workerd", "cpu_us_per_request", "@logto/api") => AtMost(1.0),
        ("edge", "cold_kv", "first_user_ms", "@logto/api") => AtMost(0.6),
        _ => return None,
    };
    Some(goal)
}
