//! A rate limit that many processes share.

use super::*;

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
