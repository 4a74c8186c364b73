//! Faults on demand: what goes wrong, for which requests, how often.

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::rng::Rng;

/// One thing that goes wrong. In JSON: `{"match":{"method":"GET","path":"/api/users*"},"times":2,"action":{"do":"status","status":503}}`.
///
/// Rules are looked at in order. A rule fires for the requests that match it, after the first `skip` of them, and within `times`, `every` and `probability`, which all have
/// to agree. Delays add up and go on to the next rule; the first other action that fires decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FaultRule {
    /// For which requests. Default: all.
    #[serde(rename = "match", default)]
    pub matches: FaultMatch,
    /// So many matching requests are left alone first.
    #[serde(default)]
    pub skip: u64,
    /// At most so often. Default: without end.
    #[serde(default)]
    pub times: Option<u64>,
    /// Only for each so manieth matching request (after `skip`).
    #[serde(default)]
    pub every: Option<u64>,
    /// With this chance, 0 to 1.
    #[serde(default)]
    pub probability: Option<f64>,
    /// What happens.
    pub action: FaultAction,
}

/// Which requests a rule is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct FaultMatch {
    /// `GET`; any if absent.
    pub method: Option<String>,
    /// The path without its query; `*` stands for any characters, slashes too. Any if absent.
    pub path: Option<String>,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum FaultAction {
    /// The answer takes longer; `maxMs` makes it a random time between the two.
    Delay {
        /// At least.
        ms: u64,
        /// At most.
        #[serde(default)]
        max_ms: u64,
    },
    /// The connection breaks (RST).
    Reset {
        /// Where.
        when: ResetWhen,
    },
    /// The connection ends (FIN) inside the body of the answer, after so many bytes; in its middle if that is absent.
    Truncate {
        /// At least 0, less than the body has.
        #[serde(default)]
        bytes: Option<usize>,
    },
    /// There never is an answer.
    Hang,
    /// This answer instead of the right one. The request has no effect.
    Status {
        /// 500, 503, …
        status: u16,
        /// Further headers.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// A JSON body.
        #[serde(default)]
        json: Option<Value>,
        /// A body of another type: `text/plain` for `text`, `text/html` for `html`.
        #[serde(default)]
        text: Option<String>,
        /// See `text`.
        #[serde(default)]
        html: Option<String>,
    },
    /// 429. Without a `code` the body is that of Logto Cloud's limit; `html` makes it the page of a firewall.
    TooManyRequests {
        /// `Retry-After` in seconds.
        #[serde(default)]
        retry_after: Option<u64>,
        /// `Retry-After` as a date, so many milliseconds from now.
        #[serde(default)]
        retry_after_date_ms: Option<i64>,
        /// A business limit: `auth.exceed_token_limit`, `request.message_rate_limited`, `connector.…`.
        #[serde(default)]
        code: Option<String>,
        /// Whether the body is HTML.
        #[serde(default)]
        html: bool,
    },
    /// All access tokens given so far are void, the one of this request too.
    RevokeTokens,
    /// The access token that this answer gives has no scope.
    DropScope,
}

/// Where a connection breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ResetWhen {
    /// Before the request has had any effect.
    Before,
    /// After its effect, before its answer: what makes retries of POST dangerous.
    Lost,
    /// In the middle of the answer's body.
    During,
    /// After the whole answer: a kept-alive connection that is gone when it is used next. This one closes in good order (FIN).
    After,
}

impl FaultRule {
    /// Every request, always.
    pub fn new(action: FaultAction) -> Self {
        Self { matches: FaultMatch::default(), skip: 0, times: None, every: None, probability: None, action }
    }

    /// Only requests with this method (any if `*`) and path.
    #[must_use]
    pub fn on(mut self, method: &str, path: &str) -> Self {
        self.matches.method = (method != "*").then(|| method.to_owned());
        self.matches.path = Some(path.to_owned());
        self
    }

    /// At most so often.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// Not for the first matching requests.
    #[must_use]
    pub fn skip(mut self, skip: u64) -> Self {
        self.skip = skip;
        self
    }

    /// Only each so manieth matching request.
    #[must_use]
    pub fn every(mut self, every: u64) -> Self {
        self.every = Some(every);
        self
    }

    /// Only with this chance.
    #[must_use]
    pub fn probability(mut self, probability: f64) -> Self {
        self.probability = Some(probability);
        self
    }
}

impl FaultMatch {
    fn fits(&self, method: &Method, path: &str) -> bool {
        self.method.as_deref().is_none_or(|m| m.eq_ignore_ascii_case(method.as_str()))
            && self.path.as_deref().is_none_or(|pattern| glob(pattern, path))
    }
}

/// `*` stands for any characters.
fn glob(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(start) else {
        return false;
    };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return text.ends_with(part);
        }
        match text.find(part).and_then(|at| text.get(at + part.len()..)) {
            Some(after) => text = after,
            None => return false,
        }
    }
    true
}

/// The rules in force, with their counters.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    rules: Vec<Armed>,
    fired: u64,
}

#[derive(Debug)]
struct Armed {
    rule: FaultRule,
    matched: u64,
    fired: u64,
}

/// What the rules do to one request.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) delay_ms: u64,
    pub(crate) action: Option<FaultAction>,
}

impl Faults {
    pub(crate) fn add(&mut self, rule: FaultRule) {
        self.rules.push(Armed { rule, matched: 0, fired: 0 });
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// How often a rule has fired, delays included.
    pub(crate) fn fired(&self) -> u64 {
        self.fired
    }

    pub(crate) fn judge(&mut self, method: &Method, path: &str, rng: &mut Rng) -> Verdict {
        let mut verdict = Verdict::default();
        for armed in &mut self.rules {
            if !armed.fires(method, path, rng) {
                continue;
            }
            self.fired += 1;
            if let FaultAction::Delay { ms, max_ms } = armed.rule.action {
                verdict.delay_ms += rng.between(ms, max_ms);
                continue;
            }
            verdict.action = Some(armed.rule.action.clone());
            break;
        }
        verdict
    }
}

impl Armed {
    fn fires(&mut self, method: &Method, path: &str, rng: &mut Rng) -> bool {
        let rule = &self.rule;
        if rule.times.is_some_and(|times| self.fired >= times) || !rule.matches.fits(method, path) {
            return false;
        }
        self.matched += 1;
        let Some(nth) = self.matched.checked_sub(rule.skip).filter(|nth| *nth > 0) else {
            return false;
        };
        if rule.every.is_some_and(|every| nth % every.max(1) != 0) {
            return false;
        }
        if rule.probability.is_some_and(|p| rng.chance() >= p) {
            return false;
        }
        self.fired += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::{FaultAction, FaultRule, Faults, ResetWhen, glob};
    use crate::rng::Rng;

    /// Which of ten requests the rule fires for.
    fn fired(rule: FaultRule) -> Vec<u32> {
        let mut faults = Faults::default();
        faults.add(rule);
        let mut rng = Rng::new(7);
        (1..=10).filter(|_| faults.judge(&Method::GET, "/api/users", &mut rng).action.is_some()).collect()
    }

    #[test]
    fn skip_times_every_and_probability_agree() {
        let rule = || FaultRule::new(FaultAction::Hang).on("GET", "/api/*");
        assert_eq!(fired(rule()).len(), 10);
        assert_eq!(fired(rule().skip(2).times(3)), [3, 4, 5]);
        assert_eq!(fired(rule().every(4)), [4, 8]);
        assert_eq!(fired(rule().skip(1).every(3).times(2)), [4, 7]);
        assert_eq!(fired(rule().probability(0.0)).len(), 0);
        assert_eq!(fired(rule().probability(1.0)).len(), 10);
        let some = fired(rule().probability(0.5));
        assert!(!some.is_empty() && some.len() < 10);
        assert_eq!(fired(rule().on("POST", "/api/*")).len(), 0);
    }

    #[test]
    fn delays_add_up_and_the_first_other_action_decides() {
        let mut faults = Faults::default();
        faults.add(FaultRule::new(FaultAction::Delay { ms: 5, max_ms: 0 }));
        faults.add(FaultRule::new(FaultAction::Reset { when: ResetWhen::Before }).times(1));
        faults.add(FaultRule::new(FaultAction::Delay { ms: 7, max_ms: 7 }));
        let mut rng = Rng::new(1);
        let first = faults.judge(&Method::GET, "/", &mut rng);
        assert_eq!((first.delay_ms, first.action), (5, Some(FaultAction::Reset { when: ResetWhen::Before })));
        let second = faults.judge(&Method::GET, "/", &mut rng);
        assert_eq!((second.delay_ms, second.action), (12, None));
        assert_eq!(faults.fired(), 4);
    }

    #[test]
    fn globs() {
        for (pattern, text, fits) in [
            ("/api/users", "/api/users", true),
            ("/api/users", "/api/users/1", false),
            ("/api/users*", "/api/users/1", true),
            ("*", "", true),
            ("/api/*/roles", "/api/users/a/roles", true),
            ("/api/*/roles", "/api/users/a/role", false),
            ("*users*roles*", "/api/users/1/roles/2", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(glob(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn rules_are_written_as_json() {
        let text = r#"{"match":{"method":"GET","path":"/api/*"},"times":2,"action":{"do":"tooManyRequests","retryAfter":1}}"#;
        let rule: FaultRule = serde_json::from_str(text).expect("a rule");
        assert_eq!(rule.times, Some(2));
        assert!(matches!(
            rule.action,
            FaultAction::TooManyRequests { retry_after: Some(1), code: None, html: false, .. }
        ));
        for (text, what) in [
            (r#"{"action":{"do":"explode"}}"#, "explode"),
            (r#"{"action":{"do":"status"}}"#, "status"),
            (r#"{"action":{"do":"hang"},"time":1}"#, "time"),
        ] {
            let error = serde_json::from_str::<FaultRule>(text).expect_err(what).to_string();
            assert!(error.contains(what), "{error}");
        }
    }
}
