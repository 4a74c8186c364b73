//! Fleets of processes and clients against a real Redis server and a simulated Logto, over TCP and in real time.

mod server;

use std::{
    env,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::future::join_all;
use logto_management::{Event, ManagementApi, RateLimit, RedisStore, TokenStore as _};
use logto_simulator::{CLIENT_ID, CLIENT_SECRET, Options, Server, ServerHandle, Simulator};
use server::RedisServer;

/// Two cores may have two hundred processes to start: what they wait for at the store is the machine.
const PATIENCE: Duration = Duration::from_secs(30);

async fn logto() -> ServerHandle {
    Server::start(Simulator::new(Options { users: 10, ..Options::default() }), "127.0.0.1:0").await.unwrap()
}

fn client(logto: &str, redis: &str) -> ManagementApi {
    client_with(logto, redis, None, |_| ()).unwrap()
}

fn client_with(
    logto: &str,
    redis: &str,
    limit: Option<RateLimit>,
    warned: impl Fn(&str) + Send + Sync + 'static,
) -> Result<ManagementApi, logto_management::Error> {
    ManagementApi::self_hosted(logto)
        .credentials(CLIENT_ID, CLIENT_SECRET)
        .rate_limit(limit)
        .configure(|config| config.token_store_timeout(PATIENCE))
        .observer(move |event: &Event<'_>| {
            if let Event::Warning { code, message } = event {
                warned(&format!("{code}: {message}"));
            }
        })
        .redis(redis)?
        .build()
}

/// What one of many processes does: the test binary starts itself with this test alone.
#[test]
#[ignore = "a process of the fleet, which the other tests start"]
fn member() {
    let var = |name: &str| env::var(name).unwrap();
    let calls: usize = var("MEMBER_CALLS").parse().unwrap();
    let limit = env::var("MEMBER_LIMITED").is_ok().then(RateLimit::default);
    let api = client_with(&var("MEMBER_LOGTO"), &var("MEMBER_REDIS"), limit, |warning| panic!("{warning}"));
    let api = api.unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let answers =
        runtime.block_on(async { join_all((0..calls).map(|_| api.get("/api/users").send())).await });
    answers.into_iter().for_each(|answer| drop(answer.unwrap()));
}

fn start_members(count: usize, calls: usize, limited: bool, logto: &str, redis: &str) -> Vec<Child> {
    let start = |_| {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "member", "--ignored", "--test-threads", "1"]);
        command.env("MEMBER_LOGTO", logto).env("MEMBER_REDIS", redis).env("MEMBER_CALLS", calls.to_string());
        if limited {
            command.env("MEMBER_LIMITED", "1");
        }
        command.stdout(Stdio::null()).spawn().unwrap()
    };
    (0..count).map(start).collect()
}

async fn join_members(members: Vec<Child>) {
    tokio::task::spawn_blocking(|| {
        for mut member in members {
            assert!(member.wait().unwrap().success());
        }
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_processes_ask_for_three_tokens_at_the_most_and_later_ones_for_none() {
    let (redis, logto) = (RedisServer::start(), logto().await);
    join_members(start_members(200, 1, false, logto.base_url(), &redis.url())).await;
    let seen = logto.simulator().seen();
    assert_eq!(seen.api_requests, 200);
    assert!((1..=3).contains(&seen.token_requests), "{} token requests", seen.token_requests);
    let before = seen.token_requests;
    join_members(start_members(20, 1, false, logto.base_url(), &redis.url())).await;
    assert_eq!(logto.simulator().seen().token_requests, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_clients_ask_for_three_tokens_at_the_most_and_later_ones_for_none() {
    let (redis, logto) = (RedisServer::start(), logto().await);
    for round in 0..2 {
        let clients: Vec<_> = (0..200).map(|_| client(logto.base_url(), &redis.url())).collect();
        let answers = join_all(clients.iter().map(|client| client.get("/api/users").send())).await;
        assert!(answers.iter().all(Result::is_ok));
        let seen = logto.simulator().seen();
        assert_eq!(seen.api_requests, 200 * (round + 1));
        // The lock is exact as long as its holder is quicker than it.
        assert!((1..=3).contains(&seen.token_requests), "{} token requests", seen.token_requests);
    }
    // Refused by the API: one renewal for all of them.
    let clients: Vec<_> = (0..50).map(|_| client(logto.base_url(), &redis.url())).collect();
    join_all(clients.iter().map(|client| client.get("/api/users").send())).await;
    let before = logto.simulator().seen().token_requests;
    logto.simulator().revoke_tokens();
    let answers = join_all(clients.iter().map(|client| client.get("/api/users").send())).await;
    assert!(answers.iter().all(Result::is_ok));
    let renewals = logto.simulator().seen().token_requests - before;
    assert!((1..=3).contains(&renewals), "{renewals} renewals");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_lies_in_redis_opens_nothing_and_ends_with_the_token() {
    let (redis, logto) = (RedisServer::start(), logto().await);
    let api = client(logto.base_url(), &redis.url());
    api.get("/api/users").send().await.unwrap();
    let token = api.access_token().await.unwrap();
    let mut raw = redis::Client::open(redis.url()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let keys: Vec<String> = redis::cmd("KEYS").arg("*").query_async(&mut raw).await.unwrap();
    assert_eq!(keys.len(), 1, "the token, and no lock: {keys:?}");
    let value: String = redis::cmd("GET").arg(&keys[0]).query_async(&mut raw).await.unwrap();
    for text in [&keys[0], &value] {
        for secret in [token.value(), CLIENT_ID, CLIENT_SECRET, logto.base_url()] {
            assert!(!text.contains(secret), "{text} tells {secret}");
        }
    }
    let ttl: i64 = redis::cmd("TTL").arg(&keys[0]).query_async(&mut raw).await.unwrap();
    assert!((3500..=3540).contains(&ttl), "{ttl} s: its life less the leeway");

    // Whoever writes there changes nothing, whatever it is.
    let tampered = value.replace("1.", "1.AAAA");
    let large = "x".repeat(1 << 20);
    for wrong in [&b""[..], b"\xff\xfe", b"1.", tampered.as_bytes(), large.as_bytes()] {
        let () = redis::cmd("SET").arg(&keys[0]).arg(wrong).query_async(&mut raw).await.unwrap();
        let before = logto.simulator().seen().token_requests;
        client(logto.base_url(), &redis.url()).get("/api/users").send().await.unwrap();
        assert_eq!(logto.simulator().seen().token_requests, before + 1);
        client(logto.base_url(), &redis.url()).get("/api/users").send().await.unwrap();
        assert_eq!(logto.simulator().seen().token_requests, before + 1, "replaced");
    }
    // A value of another type is an error of Redis', and the store is skipped.
    let () = redis::cmd("DEL").arg(&keys[0]).query_async(&mut raw).await.unwrap();
    let () = redis::cmd("LPUSH").arg(&keys[0]).arg(1).query_async(&mut raw).await.unwrap();
    client(logto.base_url(), &redis.url()).get("/api/users").send().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_away_or_frozen_is_told_of_and_nothing_fails() {
    let (redis, logto) = (RedisServer::start(), logto().await);
    for freeze in [false, true] {
        let url = if freeze { redis.url() } else { "redis://:hunter2@127.0.0.1:1".to_owned() };
        if freeze {
            redis.freeze();
        }
        let warnings: Arc<Mutex<Vec<String>>> = Arc::default();
        let told = Arc::clone(&warnings);
        let api = ManagementApi::self_hosted(logto.base_url())
            .credentials(CLIENT_ID, CLIENT_SECRET)
            .rate_limit(Some(RateLimit::default()))
            .observer(move |event: &Event<'_>| {
                if let Event::Warning { code, message } = event {
                    told.lock().unwrap().push(format!("{code}: {message}"));
                }
            })
            .redis(&url)
            .unwrap()
            .build()
            .unwrap();
        let answers = join_all((0..10).map(|_| api.get("/api/users").send())).await;
        assert!(answers.iter().all(Result::is_ok));
        let warnings = warnings.lock().unwrap();
        let count = |code: &str| warnings.iter().filter(|warning| warning.starts_with(code)).count();
        assert_eq!((count("token_store"), count("shared_limit")), (1, 1), "{warnings:?}");
        assert!(!warnings.iter().any(|warning| warning.contains("hunter2")), "{warnings:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_comes_back_is_used_again() {
    let (redis, logto) = (RedisServer::start(), logto().await);
    let store = RedisStore::new(&redis.url()).unwrap();
    store.put("key", "value", Duration::from_secs(60)).await.unwrap();
    assert_eq!(store.get("key").await.unwrap().as_deref(), Some("value"));
    assert!(store.lock("lock", Duration::from_secs(60)).await.unwrap());
    assert!(!store.lock("lock", Duration::from_secs(60)).await.unwrap());
    store.unlock("lock").await.unwrap();
    assert!(store.lock("lock", Duration::from_secs(60)).await.unwrap());
    // Redis closes every connection, as it does when it restarts.
    let mut raw = redis::Client::open(redis.url()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let () = redis::cmd("CLIENT")
        .arg("KILL")
        .arg("SKIPME")
        .arg("yes")
        .query_async::<i64>(&mut raw)
        .await
        .map(drop)
        .unwrap();
    let mut tries = 0;
    while store.get("key").await.is_err() {
        tries += 1;
        assert!(tries < 100, "it does not come back");
    }
    drop(logto);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_processes_stay_within_the_limit_together_and_use_it() {
    let (redis, logto) = (RedisServer::start(), logto().await);
    let began = std::time::Instant::now();
    join_members(start_members(20, 16, true, logto.base_url(), &redis.url())).await;
    let took = began.elapsed();
    let seen = logto.simulator().seen();
    assert_eq!((seen.api_requests, seen.violations), (320, 0));
    // The budget of the issue: 200 at once, and 20 a second from then on. What the limit makes them wait is what is measured.
    let budget = 200.0 + took.as_secs_f64() * 20.0;
    let used = 320.0 / budget;
    println!("320 requests in {took:?}: {:.1} % of the budget", used * 100.0);
    assert!(used >= 0.9, "{used}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_script_comes_back_when_redis_has_forgotten_it() {
    let (redis, logto) = (RedisServer::start(), logto().await);
    let limit = Some(RateLimit { requests: 1000, per: Duration::from_secs(1), burst: 1000 });
    let api = client_with(logto.base_url(), &redis.url(), limit, |warning| panic!("{warning}")).unwrap();
    api.get("/api/users").send().await.unwrap();
    let mut raw = redis::Client::open(redis.url()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let () = redis::cmd("SCRIPT").arg("FLUSH").query_async(&mut raw).await.unwrap();
    api.get("/api/users").send().await.unwrap();
    let keys: Vec<String> = redis::cmd("KEYS").arg("*limit*").query_async(&mut raw).await.unwrap();
    assert_eq!(keys.len(), 1, "{keys:?}");
    assert!(!keys[0].contains("127.0.0.1"), "{}", keys[0]);
}

#[test]
fn an_address_that_is_none_is_refused_and_not_printed() {
    for url in ["", "redis", "http://127.0.0.1", "redis://:hunter2@:port", "postgres://:hunter2@127.0.0.1"] {
        let error = RedisStore::new(url).unwrap_err();
        assert_eq!(error.name(), "config.invalid");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
    assert!(!format!("{:?}", RedisStore::new("redis://:hunter2@127.0.0.1").unwrap()).contains("hunter2"));
}
