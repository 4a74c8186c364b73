//! Many callers at once: one token request, one renewal, the rate limit kept, and nobody taken down by somebody who gives up.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures_util::{FutureExt, future::join_all, pin_mut, select_biased};
use http::{Request, Response};
use logto_management_core::{
    CallOptions, Client, Coalesce, Config, ConfigBuilder, ErrorKind, HttpTransport, RateLimit, TransportError,
};
use logto_testkit::clock::VirtualClock;

type Answer = dyn Fn(&Request<Bytes>) -> Response<Bytes> + Send + Sync;

/// Counts and answers, 10 ms away.
#[derive(Clone)]
struct Server {
    clock: VirtualClock,
    tokens: Arc<AtomicUsize>,
    calls: Arc<AtomicUsize>,
    /// When calls arrived.
    arrivals: Arc<Mutex<Vec<Duration>>>,
    answer: Arc<Answer>,
}

impl Server {
    fn new(
        clock: &VirtualClock,
        answer: impl Fn(&Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static,
    ) -> Self {
        Self {
            clock: clock.clone(),
            tokens: Arc::default(),
            calls: Arc::default(),
            arrivals: Arc::default(),
            answer: Arc::new(answer),
        }
    }

    fn client(
        &self,
        coalesce: Coalesce,
        change: impl FnOnce(ConfigBuilder) -> ConfigBuilder,
    ) -> Client<Self, VirtualClock> {
        let config =
            change(Config::self_hosted("http://localhost").credentials("id", "secret")).build().unwrap();
        Client::builder(config, self.clone(), self.clock.clone()).coalesce(coalesce).build().unwrap()
    }

    fn tokens(&self) -> usize {
        self.tokens.load(Ordering::SeqCst)
    }
}

impl HttpTransport for Server {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.clock.wait(Duration::from_millis(5)).await;
        let answer = if request.uri().path() == "/oidc/token" {
            let n = self.tokens.fetch_add(1, Ordering::SeqCst) + 1;
            Response::new(Bytes::from(format!(
                r#"{{"access_token":"t{n}","expires_in":3600,"token_type":"Bearer","scope":"all"}}"#
            )))
        } else {
            self.calls.fetch_add(1, Ordering::SeqCst);
            self.arrivals.lock().unwrap().push(self.clock.elapsed());
            (self.answer)(&request)
        };
        self.clock.wait(Duration::from_millis(5)).await;
        Ok(answer)
    }
}

fn ok(_: &Request<Bytes>) -> Response<Bytes> {
    Response::new(Bytes::from_static(b"{}"))
}

#[test]
fn ten_thousand_first_calls_make_one_token_request() {
    let clock = VirtualClock::new();
    let server = Server::new(&clock, ok);
    let client = server.client(Coalesce::Shared, |config| config);
    let results = clock.run(join_all((0..10_000).map(|_| client.get("/api/users").send())));
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(server.tokens(), 1);
    assert_eq!(server.calls.load(Ordering::SeqCst), 10_000);
}

#[test]
fn a_hundred_refused_calls_make_one_renewal() {
    for coalesce in [Coalesce::Shared, Coalesce::PerCall] {
        let clock = VirtualClock::new();
        let server = Server::new(&clock, |request| {
            let mut answer = ok(request);
            if request.headers()["authorization"] == "Bearer t1" {
                *answer.status_mut() = http::StatusCode::UNAUTHORIZED;
            }
            answer
        });
        let client = server.client(coalesce, |config| config);
        clock.run(client.access_token()).unwrap();
        let results = clock.run(join_all((0..100).map(|_| client.get("/api/users").send())));
        assert!(results.iter().all(Result::is_ok));
        if coalesce == Coalesce::Shared {
            assert_eq!(server.tokens(), 2);
        }
        assert_eq!(server.calls.load(Ordering::SeqCst), 200, "each is replayed once");
    }
}

#[test]
fn the_first_caller_gives_up_and_the_others_get_their_token() {
    let clock = VirtualClock::new();
    let server = Server::new(&clock, ok);
    let client = server.client(Coalesce::Shared, |config| config);
    clock.run(async {
        let first = client.get("/api/users").send().fuse();
        let others = join_all((0..10).map(|_| client.get("/api/users").send())).fuse();
        let patience = clock.wait(Duration::from_millis(3)).fuse();
        pin_mut!(others, patience);
        {
            // The first asks for the token, the others join, and then the first is dropped.
            pin_mut!(first);
            select_biased! {
                _ = first => panic!("it has no answer yet"),
                _ = others => panic!("they have no answer yet"),
                () = patience => {}
            }
        }
        assert!(others.await.iter().all(Result::is_ok));
    });
    assert_eq!(server.tokens(), 1, "the request that was under way is not sent again");
}

#[test]
fn when_all_give_up_the_next_caller_starts_anew() {
    let clock = VirtualClock::new();
    let server = Server::new(&clock, ok);
    let client = server.client(Coalesce::Shared, |config| config);
    clock.run(async {
        let call = client.get("/api/users").send().fuse();
        let patience = clock.wait(Duration::from_millis(1)).fuse();
        {
            pin_mut!(call, patience);
            select_biased! { _ = call => panic!("too early"), () = patience => {} }
        }
        client.get("/api/users").send().await.unwrap();
    });
    assert_eq!(server.tokens(), 1, "the first was dropped before it arrived");
}

#[test]
fn calls_of_a_worker_never_wait_for_another_one() {
    let clock = VirtualClock::new();
    let server = Server::new(&clock, ok);
    let client = server.client(Coalesce::PerCall, |config| config);
    let results = clock.run(join_all((0..5).map(|_| client.get("/api/users").send())));
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(server.tokens(), 5, "each asks for itself while there is none");
    clock.run(client.get("/api/users").send()).unwrap();
    assert_eq!(server.tokens(), 5, "and none does afterwards");
    // In the early stretch one renews, the others use the old token.
    clock.advance(Duration::from_secs(3500));
    clock.run(join_all((0..5).map(|_| client.get("/api/users").send())));
    assert_eq!(server.tokens(), 6);
}

const CLOUD: RateLimit = RateLimit { requests: 200, per: Duration::from_secs(10), burst: 200 };

#[test]
fn callers_take_their_turns_in_order_and_overrun_no_bucket() {
    let clock = VirtualClock::new();
    let server = Server::new(&clock, ok);
    let client = server.client(Coalesce::Shared, |config| config.rate_limit(Some(CLOUD)));
    let order = Mutex::new(Vec::new());
    clock.run(join_all((0..600).map(|n| {
        let (client, order) = (&client, &order);
        async move {
            client.get("/api/users").send().await.unwrap();
            order.lock().unwrap().push(n);
        }
    })));
    assert_eq!(*order.lock().unwrap(), (0..600).collect::<Vec<_>>(), "first come, first served");
    let (mut level, mut last) = (200.0_f64, Duration::ZERO);
    for at in server.arrivals.lock().unwrap().iter() {
        level = (level + (*at - last).as_secs_f64() * 20.0).min(200.0) - 1.0;
        last = *at;
        assert!(level >= 0.0, "the bucket is overrun at {at:?}");
    }
    let ideal = Duration::from_secs_f64((600.0 - 200.0) / 20.0);
    assert!(last <= ideal.mul_f64(1.1), "{last:?}");
}

#[test]
fn who_gives_up_waiting_hands_the_turn_back() {
    let clock = VirtualClock::new();
    let server = Server::new(&clock, ok);
    let one = RateLimit { requests: 1, per: Duration::from_secs(1), burst: 1 };
    let client = server.client(Coalesce::Shared, |config| config.rate_limit(Some(one)));
    clock.run(client.access_token()).unwrap();
    clock.run(client.get("/api/users").send()).unwrap();
    let began = clock.elapsed();
    clock.run(async {
        let waiting = join_all((0..20).map(|_| client.get("/api/users").send())).fuse();
        let patience = clock.wait(Duration::from_millis(10)).fuse();
        {
            pin_mut!(waiting, patience);
            select_biased! { _ = waiting => panic!("too early"), () = patience => {} }
        }
        client.get("/api/users").send().await.unwrap();
    });
    assert!(
        clock.elapsed() - began < Duration::from_secs(3),
        "20 turns were handed back: {:?}",
        clock.elapsed() - began
    );
}

#[test]
fn a_deadline_that_the_rate_limit_breaks_is_told_at_once() {
    let clock = VirtualClock::new();
    let server = Server::new(&clock, ok);
    let one = RateLimit { requests: 1, per: Duration::from_secs(60), burst: 1 };
    let client = server.client(Coalesce::Shared, |config| config.rate_limit(Some(one)));
    clock.run(client.get("/api/users").send()).unwrap();
    let before = clock.elapsed();
    let mut options = CallOptions::default();
    options.deadline = Some(Duration::from_secs(5));
    let error = clock.run(client.get("/api/users").options(options).send()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BudgetExhausted);
    assert_eq!(clock.elapsed(), before, "no time is lost");
}

#[test]
fn a_429_stops_everybody() {
    let clock = VirtualClock::new();
    let refused = AtomicUsize::new(0);
    let server = Server::new(&clock, move |request| {
        let mut answer = ok(request);
        if refused.fetch_add(1, Ordering::SeqCst) == 0 {
            *answer.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
            answer.headers_mut().insert("retry-after", "7".parse().unwrap());
        }
        answer
    });
    let client =
        server.client(Coalesce::Shared, |config| config.rate_limit(Some(RateLimit { burst: 10, ..CLOUD })));
    let results = clock.run(join_all((0..40).map(|_| client.get("/api/users").send())));
    assert!(results.iter().all(Result::is_ok));
    let arrivals = server.arrivals.lock().unwrap();
    let in_the_pause = arrivals
        .iter()
        .filter(|at| **at > Duration::from_millis(40) && **at < Duration::from_secs(7))
        .count();
    assert_eq!(in_the_pause, 0, "{arrivals:?}");
}

#[test]
fn no_more_than_so_many_requests_are_under_way() {
    let clock = VirtualClock::new();
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let server = Crowded { clock: clock.clone(), now, most: Arc::clone(&most) };
    let config = Config::self_hosted("http://localhost").credentials("id", "secret").max_connections(20);
    let config = config.timeout(Duration::from_secs(1)).retries(0).build().unwrap();
    let client = Client::builder(config, server, clock.clone()).build().unwrap();
    let results = clock.run(join_all((0..5000).map(|_| client.get("/api/users").send())));
    assert!(results.iter().all(Result::is_ok), "waiting for a slot counts against no request's timeout");
    assert_eq!(most.load(Ordering::SeqCst), 20);
    assert_eq!(
        clock.elapsed(),
        Duration::from_millis(100 + 5000 / 20 * 100),
        "and all are used all the time"
    );
}

/// Takes 100 ms for each request and counts how many it has at once.
struct Crowded {
    clock: VirtualClock,
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl HttpTransport for Crowded {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        self.clock.wait(Duration::from_millis(100)).await;
        self.now.fetch_sub(1, Ordering::SeqCst);
        if request.uri().path() == "/oidc/token" {
            let token = r#"{"access_token":"t","expires_in":3600,"token_type":"Bearer","scope":"all"}"#;
            return Ok(Response::new(Bytes::from_static(token.as_bytes())));
        }
        Ok(Response::new(Bytes::from_static(b"{}")))
    }
}
