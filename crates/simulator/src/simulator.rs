//! The simulator itself: requests in, outcomes out.

mod control;
mod respond;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::Request;

use crate::fault::{FaultRule, Faults};
use crate::limit::Bucket;
use crate::net::ConnectionStats;
use crate::options::{Churn, Options, RateLimit};
use crate::outcome::Outcome;
use crate::rng::Rng;
use crate::seen::{Recorder, Seen, SeenConnections};
use crate::tokens::Tokens;
use crate::world::World;

/// A simulated Logto tenant. A clone is another handle to the same one.
///
/// It is a state machine: it answers one request after the other, knows the time only from its caller, opens no socket and never sleeps. The same options and the same
/// requests at the same times give the same answers.
///
/// ```
/// use logto_simulator::{Options, Reply, Simulator};
///
/// let simulator = Simulator::new(Options { users: 3, ..Options::default() });
/// let request = http::Request::get("/api/status").body(bytes::Bytes::new())?;
/// let outcome = simulator.respond(&request, 1_767_225_600_000);
/// assert!(matches!(outcome.reply, Reply::Answer(answer) if answer.status() == 204));
/// assert_eq!(simulator.seen().api_requests, 1);
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Simulator(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    stats: ConnectionStats,
}

#[derive(Debug)]
struct State {
    options: Options,
    world: World,
    tokens: Tokens,
    faults: Faults,
    recorder: Recorder,
    bucket: Option<Bucket>,
    /// For chances and request ids; the world has its own, so that its ids don't hang on how often it was asked.
    rng: Rng,
    lists: u64,
    churned: Churned,
}

/// Users that churn has made and deleted, in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Churned {
    /// Their ids. Some of them may have been deleted since.
    pub inserted: Vec<String>,
    /// Their ids.
    pub deleted: Vec<String>,
}

impl State {
    fn new(options: Options) -> Self {
        Self {
            world: World::new(&options),
            tokens: Tokens::default(),
            faults: Faults::default(),
            recorder: Recorder::new(options.record_requests),
            bucket: options.rate_limit.map(Bucket::new),
            rng: Rng::new(options.seed ^ 0x5e_ed0f_fa17),
            lists: 0,
            churned: Churned::default(),
            options,
        }
    }
}

impl Simulator {
    /// A tenant as the options say.
    pub fn new(options: Options) -> Self {
        Self(Arc::new(Shared { state: Mutex::new(State::new(options)), stats: ConnectionStats::default() }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What happens to a request that comes at this time (milliseconds since 1970).
    ///
    /// Paths under `/__sim` are the control API and leave no trace; see [`crate::Server`].
    pub fn respond(&self, request: &Request<Bytes>, now_ms: u64) -> Outcome {
        if request.uri().path().starts_with("/__sim") {
            return Outcome::answer(self.control(request));
        }
        self.state().respond(request, now_ms)
    }

    /// What has been asked so far.
    pub fn seen(&self) -> Seen {
        let state = self.state();
        state.recorder.report(state.faults.fired(), SeenConnections::from(&self.0.stats))
    }

    /// Forgets what has been asked. Users, tokens and faults stay.
    pub fn clear_seen(&self) {
        let mut state = self.state();
        state.recorder = Recorder::new(state.options.record_requests);
        self.0.stats.clear();
    }

    /// A new tenant with the same options: no faults, no tokens, nothing seen.
    pub fn reset(&self) {
        let mut state = self.state();
        *state = State::new(state.options.clone());
        self.0.stats.clear();
    }

    /// The options in force.
    pub fn options(&self) -> Options {
        self.state().options.clone()
    }

    /// Puts a rule after those that are there.
    pub fn add_fault(&self, rule: FaultRule) {
        self.state().faults.add(rule);
    }

    /// No more faults.
    pub fn clear_faults(&self) {
        self.state().faults.clear();
    }

    /// From now on no access token given so far is accepted.
    pub fn revoke_tokens(&self) {
        self.state().tokens.revoke_all();
    }

    /// How many seconds the tokens given from now on live.
    pub fn set_token_lifetime(&self, seconds: u64) {
        self.state().options.token_lifetime = seconds;
    }

    /// Another limit, with a full bucket; or none.
    pub fn set_rate_limit(&self, rate: Option<RateLimit>) {
        let mut state = self.state();
        state.options.rate_limit = rate;
        state.bucket = rate.map(Bucket::new);
    }

    /// Other churn. List requests are counted from 1 again.
    pub fn set_churn(&self, churn: Churn) {
        let mut state = self.state();
        state.options.churn = churn;
        state.lists = 0;
    }

    /// Every answer takes a random time between the two, in milliseconds.
    pub fn set_latency(&self, ms: u64, max_ms: u64) {
        let mut state = self.state();
        (state.options.latency_ms, state.options.latency_max_ms) = (ms, max_ms);
    }

    /// The ids of all users, newest first.
    pub fn user_ids(&self) -> Vec<String> {
        self.state().world.users.newest().map(|user| user.id.clone()).collect()
    }

    /// Makes a user; its id.
    pub fn insert_user(&self, now_ms: u64) -> String {
        self.state().world.make_user(now_ms)
    }

    /// Deletes a user; whether there was one.
    pub fn delete_user(&self, id: &str) -> bool {
        self.state().world.delete_user(id)
    }

    /// What churn has done so far.
    pub fn churned(&self) -> Churned {
        self.state().churned.clone()
    }

    pub(crate) fn stats(&self) -> &ConnectionStats {
        &self.0.stats
    }
}
