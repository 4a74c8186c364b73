//! The simulator over TCP: what happens to connections.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

mod common;

use std::time::Duration;

use common::{After, Connection, get, with_body};
use logto_simulator::{
    ConnectionOptions, FaultAction, FaultRule, Options, ResetWhen, Server, ServerHandle, Simulator,
};

async fn serve() -> ServerHandle {
    let simulator = Simulator::new(Options { users: 250, ..Options::default() });
    Server::start(simulator, "127.0.0.1:0").await.expect("a port")
}

async fn token(client: &mut Connection) -> String {
    let form = "grant_type=client_credentials&client_id=m2m-app&client_secret=m2m-secret&scope=all&resource=https://default.logto.app/api";
    let headers = "Content-Type: application/x-www-form-urlencoded\r\n";
    let answer = client.exchange(&with_body("POST", "/oidc/token", headers, form)).await;
    answer.json()["access_token"].as_str().expect("a token").to_owned()
}

fn get_with(target: &str, token: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: logto.test\r\nAuthorization: Bearer {token}\r\n\r\n")
}

#[tokio::test]
async fn one_connection_serves_many_requests() {
    let server = serve().await;
    let mut client = Connection::open(server.base_url()).await;
    let token = token(&mut client).await;
    for page in 1..=3 {
        let answer =
            client.exchange(&get_with(&format!("/api/users?page={page}&page_size=100"), &token)).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.header("keep-alive"), Some("timeout=5"));
        assert_eq!(answer.header("connection"), Some("keep-alive"));
        assert!(answer.header("date").is_some());
        assert!(answer.headers("link")[0].starts_with("<http://logto.test/users?"));
        assert_eq!(answer.json().as_array().map(Vec::len), Some(if page < 3 { 100 } else { 50 }));
    }
    let head = client.exchange(&get_with("/api/users", &token).replace("GET", "HEAD")).await;
    assert!(head.header("content-length").is_some_and(|l| l != "0"));
    let seen = server.simulator().seen();
    assert_eq!((seen.token_requests, seen.api_requests, seen.connections.opened), (1, 4, 1));
    assert_eq!(client.exchange(&get("/__sim/seen")).await.json()["apiRequests"], 4);
}

#[tokio::test]
async fn connections_are_closed_when_asked_and_when_idle() {
    let mut options = ConnectionOptions::default();
    options.idle_timeout = Duration::from_millis(500);
    let simulator = Simulator::new(Options { users: 1, ..Options::default() });
    let server = Server::start_with(simulator, "127.0.0.1:0", options).await.expect("a port");
    let mut idle = Connection::open(server.base_url()).await;
    assert_eq!(idle.exchange(&get("/api/status")).await.status(), 204);
    let mut last = Connection::open(server.base_url()).await;
    let answer = last.exchange("GET /api/status HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert_eq!((answer.header("connection"), answer.header("keep-alive")), (Some("close"), None));
    assert_eq!(last.end().await, After::Closed);
    // It ends by itself, without a word.
    assert_eq!(idle.end().await, After::Closed);
    assert_eq!(server.simulator().seen().connections.idle_closed, 1);
}

#[tokio::test]
async fn faults_are_acted_out() {
    let server = serve().await;
    let fault = |action| {
        server.simulator().clear_faults();
        server.simulator().add_fault(FaultRule::new(action).on("GET", "/oidc/*"));
    };
    let path = "/oidc/.well-known/openid-configuration";
    let ask = || async { Connection::open(server.base_url()).await.exchange(&get(path)).await };

    let whole = ask().await;
    assert_eq!(whole.after, After::Open);
    for when in [ResetWhen::Before, ResetWhen::Lost] {
        fault(FaultAction::Reset { when });
        let broken = ask().await;
        assert_eq!((broken.head.as_str(), broken.after), ("", After::Reset));
    }
    fault(FaultAction::Truncate { bytes: Some(10) });
    let cut = ask().await;
    assert_eq!(cut.header("content-length"), whole.header("content-length"));
    assert_eq!((cut.body.len(), cut.after), (10, After::Closed));
    fault(FaultAction::Reset { when: ResetWhen::During });
    let broken = ask().await;
    assert!(broken.body.len() < whole.body.len());
    assert_eq!(broken.after, After::Reset);
    // The whole answer, a promise of more, and then nobody is there.
    fault(FaultAction::Reset { when: ResetWhen::After });
    let mut client = Connection::open(server.base_url()).await;
    let answer = client.exchange(&get(path)).await;
    assert_eq!((answer.body.len(), answer.header("connection")), (whole.body.len(), Some("keep-alive")));
    assert_eq!(client.end().await, After::Closed);
    assert_eq!(server.simulator().seen().connections.aborted, 0);
}

#[tokio::test]
async fn clients_that_give_up_are_counted() {
    let server = serve().await;
    server.simulator().add_fault(FaultRule::new(FaultAction::Hang).on("GET", "/api/status"));
    let mut client = Connection::open(server.base_url()).await;
    client.send(&get("/api/status")).await;
    while server.simulator().seen().api_requests == 0 {
        tokio::task::yield_now().await;
    }
    drop(client);
    while server.simulator().seen().connections.aborted == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn heads_over_sixteen_kibibytes_are_refused() {
    let server = serve().await;
    let mut client = Connection::open(server.base_url()).await;
    let answer = client.exchange(&get(&format!("/api/users/{}", "x".repeat(17_000)))).await;
    assert_eq!((answer.status(), answer.header("connection")), (431, Some("close")));
    let mut client = Connection::open(server.base_url()).await;
    assert_eq!(client.exchange(&get(&format!("/api/users/{}", "x".repeat(5_000)))).await.status(), 401);
}

#[tokio::test]
async fn a_body_over_the_limit_is_read_and_refused() {
    let server = serve().await;
    let mut client = Connection::open(server.base_url()).await;
    let token = token(&mut client).await;
    let headers = format!("Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n");
    let body = format!("{{\"name\":\"{}\"}}", "x".repeat(2 * 1024 * 1024));
    let answer = client.exchange(&with_body("POST", "/api/users", &headers, &body)).await;
    assert_eq!((answer.status(), answer.text(), &answer.after), (404, "Not Found", &After::Open));
}
