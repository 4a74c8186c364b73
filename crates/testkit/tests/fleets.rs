//! Many clients that share a token store or a rate limit, each as if in a process of its own, in virtual time.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures_util::{FutureExt, future::join_all, pin_mut, select_biased};
use http::{Request, Response, StatusCode};
use logto_management::Sealed;
use logto_management_core::{
    BoxFuture, Client, Coalesce, Config, ConfigBuilder, Event, HttpTransport, RateLimit, SharedLimit,
    StoreError, TransportError,
    shared_limit::{LimitStep, Measures, SharedTurn},
};
use logto_testkit::{
    clock::VirtualClock,
    store::{Mode, TestStore},
};

const SECRET: &str = "s3cret-of-the-fleet";

/// Counts token requests, refuses some tokens, and takes 20 ms.
#[derive(Clone)]
struct Server {
    clock: VirtualClock,
    tokens: Arc<AtomicUsize>,
    arrivals: Arc<Mutex<Vec<Duration>>>,
    /// Tokens up to this number are refused.
    refused: Arc<AtomicUsize>,
    warnings: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn new(clock: &VirtualClock) -> Self {
        Self {
            clock: clock.clone(),
            tokens: Arc::default(),
            arrivals: Arc::default(),
            refused: Arc::default(),
            warnings: Arc::default(),
        }
    }

    fn client_with(
        &self,
        change: impl FnOnce(ConfigBuilder) -> ConfigBuilder,
        build: impl FnOnce(
            logto_management_core::ClientBuilder<Self, VirtualClock>,
        ) -> logto_management_core::ClientBuilder<Self, VirtualClock>,
    ) -> Client<Self, VirtualClock> {
        let config =
            change(Config::self_hosted("http://localhost").credentials("m2m-app", SECRET)).build().unwrap();
        let warnings = Arc::clone(&self.warnings);
        let builder =
            Client::builder(config, self.clone(), self.clock.clone()).observer(move |event: &Event<'_>| {
                if let Event::Warning { code, .. } = event {
                    warnings.lock().unwrap().push((*code).to_owned());
                }
            });
        build(builder).build().unwrap()
    }

    fn client(&self, store: &TestStore) -> Client<Self, VirtualClock> {
        self.client_with(|config| config, |builder| builder.token_vault(Sealed::shared(store.clone())))
    }

    fn tokens(&self) -> usize {
        self.tokens.load(Ordering::SeqCst)
    }
}

impl HttpTransport for Server {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.clock.wait(Duration::from_millis(10)).await;
        let mut answer = if request.uri().path() == "/oidc/token" {
            let n = self.tokens.fetch_add(1, Ordering::SeqCst) + 1;
            Response::new(Bytes::from(format!(
                r#"{{"access_token":"t{n}","expires_in":3600,"token_type":"Bearer","scope":"all"}}"#
            )))
        } else {
            self.arrivals.lock().unwrap().push(self.clock.elapsed());
            Response::new(Bytes::from_static(b"{}"))
        };
        let token = request.headers().get("authorization").and_then(|value| value.to_str().ok());
        let number = token.and_then(|token| token.strip_prefix("Bearer t")).and_then(|n| n.parse().ok());
        if number.is_some_and(|number: usize| number <= self.refused.load(Ordering::SeqCst)) {
            *answer.status_mut() = StatusCode::UNAUTHORIZED;
        }
        self.clock.wait(Duration::from_millis(10)).await;
        Ok(answer)
    }
}

fn call(clock: &VirtualClock, clients: &[Client<Server, VirtualClock>]) {
    let results = clock.run(join_all(clients.iter().map(|client| client.get("/api/users").send())));
    results.into_iter().for_each(|result| drop(result.unwrap()));
}

#[test]
fn two_hundred_processes_ask_for_one_token_and_later_ones_for_none() {
    let clock = VirtualClock::new();
    let (server, store) = (Server::new(&clock), TestStore::on(&clock, Duration::from_millis(2)));
    let clients: Vec<_> = (0..200).map(|_| server.client(&store)).collect();
    call(&clock, &clients);
    assert_eq!(server.tokens(), 1);
    let later: Vec<_> = (0..200).map(|_| server.client(&store)).collect();
    call(&clock, &later);
    assert_eq!(server.tokens(), 1);

    // In the early stretch one renews, and nobody waits for it longer than for the store.
    clock.advance(Duration::from_secs(3490));
    let began = clock.elapsed();
    call(&clock, &clients);
    assert_eq!(server.tokens(), 2);
    assert!(clock.elapsed() - began < Duration::from_millis(100), "{:?}", clock.elapsed() - began);
    // The others find it when they look again.
    clock.advance(Duration::from_secs(11));
    call(&clock, &clients);
    call(&clock, &later);
    assert_eq!(server.tokens(), 2);
    assert!(server.warnings.lock().unwrap().is_empty());
}

#[test]
fn a_token_that_the_api_refuses_is_renewed_once_for_all() {
    let clock = VirtualClock::new();
    let (server, store) = (Server::new(&clock), TestStore::on(&clock, Duration::from_millis(2)));
    let clients: Vec<_> = (0..100).map(|_| server.client(&store)).collect();
    call(&clock, &clients);
    clock.advance(Duration::from_secs(60));
    server.refused.store(1, Ordering::SeqCst);
    call(&clock, &clients);
    assert_eq!(server.tokens(), 2);
}

#[test]
fn an_old_token_of_ones_own_is_replaced_by_an_old_one_of_the_store_and_then_by_a_new_one() {
    let clock = VirtualClock::new();
    let (server, store) = (Server::new(&clock), TestStore::on(&clock, Duration::from_millis(2)));
    let (alone, other) = (server.client(&TestStore::default()), server.client(&store));
    // The first has t1 and, as from now on, the store that has t2.
    let first = server.client(&store);
    call(&clock, std::slice::from_ref(&alone));
    call(&clock, std::slice::from_ref(&first));
    clock.advance(Duration::from_secs(60));
    let elsewhere = server.client(&TestStore::default());
    call(&clock, std::slice::from_ref(&elsewhere));
    // Another process renews, so that the store has a token that the first does not know. Then all so far are refused.
    let renewing = server.client(&store);
    server.refused.store(2, Ordering::SeqCst);
    call(&clock, std::slice::from_ref(&renewing));
    server.refused.store(server.tokens(), Ordering::SeqCst);
    let before = server.tokens();
    call(&clock, std::slice::from_ref(&first));
    assert_eq!(server.tokens(), before + 1, "two refusals, one token request, and no error");
    call(&clock, std::slice::from_ref(&other));
    assert_eq!(server.tokens(), before + 1);
}

#[test]
fn whoever_dies_with_the_lock_holds_the_others_up_for_five_seconds_at_the_most() {
    let clock = VirtualClock::new();
    let (server, store) = (Server::new(&clock), TestStore::on(&clock, Duration::from_millis(2)));
    let dying = server.client(&store);
    let others: Vec<_> = (0..50).map(|_| server.client(&store)).collect();
    clock.run(async {
        let call = dying.get("/api/users").send().fuse();
        let patience = clock.wait(Duration::from_millis(8)).fuse();
        pin_mut!(call, patience);
        select_biased! { _ = call => panic!("it has no token yet"), () = patience => {} }
    });
    let began = clock.elapsed();
    call(&clock, &others);
    assert_eq!(server.tokens(), 1, "the request of the first was given up before it arrived");
    let waited = clock.elapsed() - began;
    assert!(waited > Duration::from_secs(4) && waited < Duration::from_millis(5500), "{waited:?}");
}

#[test]
fn a_caller_who_was_cancelled_does_not_lock_out_its_own_process() {
    let clock = VirtualClock::new();
    let (server, store) = (Server::new(&clock), TestStore::on(&clock, Duration::from_millis(2)));
    let client = server.client(&store);
    clock.run(async {
        let call = client.get("/api/users").send().fuse();
        let patience = clock.wait(Duration::from_millis(8)).fuse();
        pin_mut!(call, patience);
        select_biased! { _ = call => panic!("it has no token yet"), () = patience => {} }
    });
    let began = clock.elapsed();
    call(&clock, std::slice::from_ref(&client));
    assert!(clock.elapsed() - began < Duration::from_millis(100), "{:?}", clock.elapsed() - began);
}

#[test]
fn a_store_that_hangs_or_is_slow_costs_250_ms_once_and_one_that_fails_nothing() {
    for (mode, step, expected) in [
        (Mode::Hanging, 0, 250),
        (Mode::Working, 300, 250),
        // Four steps of a store that is just quick enough: load, lock, load, save; and the unlocking.
        (Mode::Working, 100, 500),
        (Mode::Failing, 1, 1),
    ] {
        let clock = VirtualClock::new();
        let (server, store) = (Server::new(&clock), TestStore::on(&clock, Duration::from_millis(step)));
        store.set_mode(mode);
        let client = server.client(&store);
        call(&clock, std::slice::from_ref(&client));
        assert_eq!(clock.elapsed(), Duration::from_millis(40 + expected), "{mode:?} {step}");
        assert_eq!(server.tokens(), 1);
        let warned = usize::from(expected != 500);
        assert_eq!(server.warnings.lock().unwrap().len(), warned);
        // An hour later it is tried again, and not told of again.
        clock.advance(Duration::from_secs(3600));
        call(&clock, std::slice::from_ref(&client));
        assert_eq!(server.warnings.lock().unwrap().len(), warned);
    }
}

#[test]
fn calls_of_a_worker_do_not_wait_for_each_other_at_the_store_either() {
    let clock = VirtualClock::new();
    let (server, store) = (Server::new(&clock), TestStore::on(&clock, Duration::from_millis(2)));
    let isolate = || {
        server.client_with(
            |config| config,
            |builder| builder.coalesce(Coalesce::PerCall).token_vault(Sealed::shared(store.clone())),
        )
    };
    let isolates: Vec<_> = (0..100).map(|_| isolate()).collect();
    call(&clock, &isolates);
    assert_eq!(server.tokens(), 1, "isolates with one call each");
    let warm = isolate();
    let results = clock.run(join_all((0..20).map(|_| warm.get("/api/users").send())));
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(server.tokens(), 1);
}

#[test]
fn who_reads_the_store_learns_nothing_and_who_writes_it_changes_nothing() {
    let clock = VirtualClock::new();
    let (server, store) = (Server::new(&clock), TestStore::on(&clock, Duration::ZERO));
    call(&clock, &[server.client(&store)]);
    let (key, value) = store.entries().pop().expect("the token");
    for text in [&key, &value] {
        for secret in [SECRET, "m2m-app", "t1", "localhost", "default.logto.app"] {
            assert!(!text.contains(secret), "{text} tells {secret}");
        }
    }
    // The same tenant and client with another secret: neither finds nor opens it.
    let other = server.client_with(
        |config| config.credentials("m2m-app", "another secret"),
        |builder| builder.token_vault(Sealed::shared(store.clone())),
    );
    call(&clock, std::slice::from_ref(&other));
    assert_eq!((server.tokens(), store.entries().len()), (2, 2));
    // Another scope of the same client has a place of its own, and the value moved there opens nothing.
    let narrow = || {
        server.client_with(
            |config| config.scope("some"),
            |builder| builder.token_vault(Sealed::shared(store.clone())),
        )
    };
    call(&clock, &[narrow()]);
    assert_eq!((server.tokens(), store.entries().len()), (3, 3));
    store.entries().iter().for_each(|(key, _)| store.insert(key, &value));
    call(&clock, &[narrow()]);
    assert_eq!(server.tokens(), 4, "a foreign entry is ignored");
    call(&clock, &[server.client(&store), narrow()]);
    assert_eq!(server.tokens(), 4, "and replaced");
}

/// A bucket that all clients reach, on the virtual clock: what the script in Redis does.
#[derive(Clone)]
struct Bucket {
    clock: VirtualClock,
    state: Arc<Mutex<(Duration, u64)>>,
    down: Arc<AtomicBool>,
}

impl Bucket {
    fn new(clock: &VirtualClock) -> Self {
        Self { clock: clock.clone(), state: Arc::default(), down: Arc::default() }
    }

    fn step(&self, Measures { interval, tolerance }: Measures, step: LimitStep) -> SharedTurn {
        let (mut state, now) = (self.state.lock().unwrap(), self.clock.elapsed());
        let mut wait = Duration::ZERO;
        match step {
            LimitStep::Take { held, .. } if held == Some(state.1) => {}
            LimitStep::Take { patience, .. } => {
                wait = state.0.saturating_sub(tolerance).saturating_sub(now);
                if wait > patience {
                    return SharedTurn { wait, epoch: None };
                }
                state.0 = state.0.max(now) + interval;
            }
            LimitStep::Charge => state.0 = state.0.max(now) + interval,
            LimitStep::GiveBack(epoch) if epoch != state.1 => {}
            LimitStep::GiveBack(_) => state.0 = state.0.saturating_sub(interval),
            LimitStep::Drain(shut) => *state = (now + shut + tolerance, state.1 + 1),
        }
        SharedTurn { wait, epoch: Some(state.1) }
    }
}

impl SharedLimit for Bucket {
    fn run(&self, measures: Measures, step: LimitStep) -> BoxFuture<'_, Result<SharedTurn, StoreError>> {
        Box::pin(async move {
            self.clock.wait(Duration::from_millis(1)).await;
            if self.down.load(Ordering::SeqCst) {
                return Err(StoreError::new("connection refused"));
            }
            Ok(self.step(measures, step))
        })
    }

    fn tell(&self, measures: Measures, step: LimitStep) {
        self.step(measures, step);
    }
}

const CLOUD: RateLimit = RateLimit { requests: 200, per: Duration::from_secs(10), burst: 200 };

/// Clients that share a bucket and a token.
fn fleet(
    server: &Server,
    bucket: &Bucket,
    limit: RateLimit,
    size: usize,
) -> Vec<Client<Server, VirtualClock>> {
    let store = TestStore::on(&server.clock, Duration::from_millis(1));
    let client = |_| {
        server.client_with(
            |config| config.rate_limit(Some(limit)),
            |builder| {
                builder.token_vault(Sealed::shared(store.clone())).shared_limit(Arc::new(bucket.clone()))
            },
        )
    };
    (0..size).map(client).collect()
}

/// The level of the server's bucket never falls below nothing.
fn overruns(arrivals: &[Duration]) -> usize {
    let (mut level, mut last) = (200.0_f64, Duration::ZERO);
    let mut overruns = 0;
    for at in arrivals {
        level = (level + (*at - last).as_secs_f64() * 20.0).min(200.0) - 1.0;
        last = *at;
        if level < 0.0 {
            overruns += 1;
            level += 1.0;
        }
    }
    overruns
}

#[test]
fn twenty_processes_keep_to_one_limit_and_use_it() {
    let clock = VirtualClock::new();
    let server = Server::new(&clock);
    let clients = fleet(&server, &Bucket::new(&clock), CLOUD, 20);
    let calls = clients.iter().flat_map(|client| (0..40).map(|_| client.get("/api/users").send()));
    let results = clock.run(join_all(calls));
    assert!(results.iter().all(Result::is_ok));
    let arrivals = server.arrivals.lock().unwrap().clone();
    assert_eq!((arrivals.len(), overruns(&arrivals)), (800, 0));
    let ideal = Duration::from_secs_f64((800.0 - 200.0) / 20.0);
    assert!(*arrivals.last().unwrap() <= ideal.mul_f64(1.1), "{:?}", arrivals.last());
}

#[test]
fn a_bucket_that_is_away_is_replaced_by_ones_own_and_told_of_once() {
    let clock = VirtualClock::new();
    let (server, bucket) = (Server::new(&clock), Bucket::new(&clock));
    bucket.down.store(true, Ordering::SeqCst);
    let clients = fleet(&server, &bucket, CLOUD, 1);
    let results = clock.run(join_all((0..600).map(|_| clients[0].get("/api/users").send())));
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(overruns(&server.arrivals.lock().unwrap()), 0, "its own limit holds");
    assert_eq!(*server.warnings.lock().unwrap(), ["shared_limit"]);
    // It comes back, and is used again.
    bucket.down.store(false, Ordering::SeqCst);
    clock.advance(Duration::from_secs(6));
    call(&clock, &clients);
    assert!(bucket.state.lock().unwrap().0 > clock.elapsed() - Duration::from_secs(1));
}

#[test]
fn the_local_bucket_has_counted_along() {
    let clock = VirtualClock::new();
    let (server, bucket) = (Server::new(&clock), Bucket::new(&clock));
    let clients = fleet(&server, &bucket, CLOUD, 1);
    clock.run(join_all((0..190).map(|_| clients[0].get("/api/users").send())));
    bucket.down.store(true, Ordering::SeqCst);
    clock.run(join_all((0..100).map(|_| clients[0].get("/api/users").send())));
    assert_eq!(overruns(&server.arrivals.lock().unwrap()), 0);
}

#[test]
fn who_gives_up_hands_the_turn_back_and_who_is_short_of_time_takes_none() {
    let clock = VirtualClock::new();
    let (server, bucket) = (Server::new(&clock), Bucket::new(&clock));
    let one = RateLimit { requests: 1, per: Duration::from_secs(60), burst: 2 };
    let clients = fleet(&server, &bucket, one, 2);
    call(&clock, &clients[..1]);
    let due = bucket.state.lock().unwrap().0;
    clock.run(async {
        let waiting = join_all((0..20).map(|_| clients[1].get("/api/users").send())).fuse();
        let patience = clock.wait(Duration::from_millis(10)).fuse();
        pin_mut!(waiting, patience);
        select_biased! { _ = waiting => panic!("too early"), () = patience => {} }
    });
    assert_eq!(bucket.state.lock().unwrap().0, due);
    let mut options = logto_management_core::CallOptions::default();
    options.deadline = Some(Duration::from_secs(5));
    let error = clock.run(clients[1].get("/api/users").options(options).send()).unwrap_err();
    assert_eq!(error.kind(), logto_management_core::ErrorKind::BudgetExhausted);
    assert_eq!(bucket.state.lock().unwrap().0, due);
}

#[test]
fn a_429_of_one_process_stops_the_others() {
    let clock = VirtualClock::new();
    let (server, bucket) = (Server::new(&clock), Bucket::new(&clock));
    let clients = fleet(&server, &bucket, RateLimit { burst: 10, ..CLOUD }, 4);
    call(&clock, &clients);
    // As the pipeline does when a 429 comes.
    let measures = Measures { interval: Duration::from_millis(50), tolerance: Duration::from_millis(450) };
    clock.run(async {
        let calls =
            join_all(clients.iter().flat_map(|client| (0..20).map(|_| client.get("/api/users").send())));
        let drained = async {
            clock.wait(Duration::from_millis(500)).await;
            bucket.step(measures, LimitStep::Drain(Duration::from_secs(7)));
        };
        futures_util::join!(calls, drained);
    });
    let shut = clock.elapsed();
    let arrivals = server.arrivals.lock().unwrap();
    let quiet = arrivals.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
    assert!(quiet > Duration::from_millis(6900), "{quiet:?} of {shut:?}");
    assert_eq!(arrivals.len(), 84);
}
