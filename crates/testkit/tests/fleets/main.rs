//! Many clients that share a token store or a rate limit, each as if in a process of its own, in virtual time.

mod limit;

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
    for (mode, step, expected, shares) in [
        (Mode::Hanging, 0, 250, false),
        (Mode::Working, 300, 250, false),
        // Load, lock, load, save, unlock: all of it together is what may take so long.
        (Mode::Working, 50, 250, true),
        // Unlocking is not waited for any more.
        (Mode::Working, 60, 250, true),
        // Too slow for a lock: load, save.
        (Mode::Working, 80, 160, true),
        (Mode::Working, 125, 250, true),
        // Saving takes longer than what is left.
        (Mode::Working, 200, 250, false),
        (Mode::Failing, 1, 1, false),
    ] {
        let clock = VirtualClock::new();
        let (server, store) = (Server::new(&clock), TestStore::on(&clock, Duration::from_millis(step)));
        store.set_mode(mode);
        let client = server.client(&store);
        call(&clock, std::slice::from_ref(&client));
        assert_eq!(clock.elapsed(), Duration::from_millis(40 + expected), "{mode:?} {step}");
        assert_eq!(server.tokens(), 1);
        assert_eq!(!store.entries().is_empty(), shares, "{mode:?} {step}");
        let warned = usize::from(mode != Mode::Working || step > 250);
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
