//! Long listings, in virtual time: how long they take, and whether they keep within the server's limit.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use logto_management_core::{Client, Config, ConfigBuilder, HttpTransport, RateLimit, TransportError};
use logto_testkit::clock::VirtualClock;

/// The server's side of the limit that Logto Cloud publishes: 200 requests in 10 s, a bucket of 200.
#[derive(Debug)]
struct Bucket {
    level: f64,
    last: Duration,
    violations: usize,
}

impl Bucket {
    fn take(&mut self, now: Duration) {
        self.level = (self.level + (now - self.last).as_secs_f64() * 20.0).min(200.0);
        self.last = now;
        if self.level < 1.0 - 1e-9 {
            self.violations += 1;
        } else {
            self.level -= 1.0;
        }
    }
}

/// So many users, behind a way that takes so long; each request a little more or less.
#[derive(Clone)]
struct Users {
    clock: VirtualClock,
    count: u64,
    latency: Duration,
    unevenness: Duration,
    seen: Arc<Mutex<(Bucket, u64)>>,
}

impl Users {
    fn new(clock: &VirtualClock, count: u64, latency: Duration, unevenness: Duration) -> Self {
        let bucket = Bucket { level: 200.0, last: Duration::ZERO, violations: 0 };
        Self { clock: clock.clone(), count, latency, unevenness, seen: Arc::new(Mutex::new((bucket, 0))) }
    }
}

impl HttpTransport for Users {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let number = {
            let mut seen = self.seen.lock().unwrap();
            seen.1 += 1;
            seen.1
        };
        // A fixed sequence that looks like none.
        let uneven = self.unevenness.mul_f64(f64::from((number * 7919 % 101) as u32) / 100.0);
        self.clock.wait(self.latency / 2 + uneven).await;
        self.seen.lock().unwrap().0.take(self.clock.elapsed());
        let body = if request.uri().path() == "/oidc/token" {
            r#"{"access_token":"t","expires_in":3600,"token_type":"Bearer","scope":"all"}"#.to_owned()
        } else {
            let query = request.uri().query().unwrap();
            let number = |name: &str| -> u64 {
                query
                    .split('&')
                    .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
                    .unwrap()
                    .parse()
                    .unwrap()
            };
            let (page, size) = (number("page"), number("page_size"));
            let ids =
                ((page - 1) * size..(page * size).min(self.count)).map(|n| format!(r#"{{"id":"u{n}"}}"#));
            format!("[{}]", ids.collect::<Vec<_>>().join(","))
        };
        self.clock.wait(self.latency / 2).await;
        let response =
            Response::builder().header("content-type", "application/json").header("total-number", self.count);
        Ok(response.body(body.into()).unwrap())
    }
}

/// Lists everything and gives the time that it took.
fn list(server: &Users, concurrency: usize, change: impl FnOnce(ConfigBuilder) -> ConfigBuilder) -> Duration {
    let config = change(Config::self_hosted("http://localhost").credentials("id", "secret")).build().unwrap();
    let client = Client::builder(config, server.clone(), server.clock.clone()).build().unwrap();
    let began = server.clock.elapsed();
    server.clock.run(async {
        let mut users = client.list("/api/users").concurrency(concurrency).items::<serde_json::Value>();
        let mut next = 0;
        while let Some(user) = users.try_next().await.unwrap() {
            assert_eq!(user["id"], format!("u{next}"), "each once, in order");
            next += 1;
        }
        assert_eq!(next, server.count);
    });
    server.clock.elapsed() - began
}

#[test]
fn eight_at_once_take_a_sixth_of_the_time() {
    let clock = VirtualClock::new();
    let server = Users::new(&clock, 10_000, Duration::from_millis(50), Duration::ZERO);
    let (one, eight) = (list(&server, 1, |config| config), list(&server, 8, |config| config));
    assert!(eight * 6 <= one, "{eight:?} and {one:?}");
    let requests = server.seen.lock().unwrap().1;
    assert_eq!(requests, 2 * (100 + 1), "each page and each token once");
}

#[test]
fn a_thousand_pages_keep_within_the_limit_and_use_it() {
    // A burst of 200, then 20 in a second; the token counts as well.
    let ideal = Duration::from_secs_f64(f64::from(1001 - 200) / 20.0);
    for (unevenness, concurrency) in [(0, 1), (0, 8), (0, 32), (120, 8), (120, 32)] {
        let clock = VirtualClock::new();
        let server =
            Users::new(&clock, 100_000, Duration::from_millis(50), Duration::from_millis(unevenness));
        let took = list(&server, concurrency, |config| config.rate_limit(Some(RateLimit::default())));
        let violations = server.seen.lock().unwrap().0.violations;
        assert_eq!(violations, 0, "with {concurrency} at once and {unevenness} ms of unevenness");
        if concurrency > 1 {
            assert!(took <= ideal.mul_f64(1.1), "{took:?}, where the limit allows {ideal:?}");
        }
    }
}
