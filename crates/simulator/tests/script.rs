//! The script, in process and over TCP.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

mod common;

use bytes::Bytes;
use common::{After, Connection, get, with_body};
use http::Request;
use logto_simulator::script::{CLOCK_START_MS, Script, ScriptServer};
use logto_simulator::{Outcome, Reply};
use serde_json::{Value, json};

fn script(routes: Value) -> Script {
    Script::from_json(&routes).expect("a script")
}

fn ask(script: &Script, method: &str, target: &str) -> Outcome {
    let request = Request::builder().method(method).uri(target).body(Bytes::new()).expect("a request");
    script.respond(&request, CLOCK_START_MS)
}

fn answer(outcome: Outcome) -> http::Response<Bytes> {
    match outcome.reply {
        Reply::Answer(response) => response,
        other => panic!("no answer: {other:?}"),
    }
}

fn body(outcome: Outcome) -> Value {
    serde_json::from_slice(answer(outcome).body()).expect("JSON")
}

#[test]
fn answers_come_in_order_and_the_last_one_stays() {
    let script = script(json!([{ "on": "GET /a", "answers": [{ "status": 503 }, { "json": { "n": 2 } }] }]));
    assert_eq!(answer(ask(&script, "GET", "/a")).status(), 503);
    for _ in 0..2 {
        let response = answer(ask(&script, "GET", "/a"));
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
        assert_eq!(response.body().as_ref(), br#"{"n":2}"#);
    }
}

#[test]
fn a_route_can_ask_for_headers() {
    let script = script(json!([
        { "on": "GET /a", "headers": { "Authorization": "Bearer t1" }, "answers": [{ "status": 401 }] },
        { "on": "GET /a", "answers": [{ "status": 204 }] },
    ]));
    let with = |token: &str| {
        let request =
            Request::get("/a").header("authorization", token).body(Bytes::new()).expect("a request");
        answer(script.respond(&request, CLOCK_START_MS)).status()
    };
    assert_eq!(with("Bearer t1"), 401);
    assert_eq!(with("Bearer t2"), 204);
    assert_eq!(answer(ask(&script, "GET", "/a")).status(), 204);
}

#[test]
fn the_first_fitting_route_answers_and_queries_count_byte_for_byte() {
    let script = script(json!([
        { "on": "GET /u?page=2&q=%C3%A4", "answers": [{ "json": "second" }] },
        { "on": "GET /u", "answers": [{ "json": "any" }] },
    ]));
    assert_eq!(body(ask(&script, "GET", "/u?page=2&q=%C3%A4")), "second");
    assert_eq!(body(ask(&script, "GET", "/u?page=2&q=%c3%a4")), "any");
    assert_eq!(body(ask(&script, "GET", "/u")), "any");
    assert_eq!(answer(ask(&script, "GET", "/u/")).status(), 501);
    assert_eq!(answer(ask(&script, "POST", "/u?x")).status(), 501);
    assert_eq!(script.unmatched(), ["GET /u/", "POST /u?x"]);
}

#[test]
fn tokens_are_given_unless_the_script_has_its_own() {
    let default = script(json!([]));
    let first = body(ask(&default, "POST", "/oidc/token"));
    assert_eq!(
        first,
        json!({ "access_token": "t1", "expires_in": 3600, "token_type": "Bearer", "scope": "all" })
    );
    assert_eq!(body(ask(&default, "POST", "/oidc/token"))["access_token"], "t2");
    assert!(default.unmatched().is_empty());

    let own = script(json!([{ "on": "POST /oidc/token?x=1", "answers": [{ "status": 401 }] }]));
    assert_eq!(answer(ask(&own, "POST", "/oidc/token?x=1")).status(), 401);
    assert_eq!(answer(ask(&own, "POST", "/oidc/token")).status(), 501);
}

#[test]
fn placeholders_are_filled_in_bodies_and_headers() {
    let script = script(json!([{ "on": "GET /a", "answers": [{
        "headers": { "Link": ["<{server}/a>", "<{server}/b>"], "Retry-After": "{httpDate+5000}" },
        "json": { "{server}": ["{server}/x", 1], "past": "{httpDate-1000}", "now": "{httpDate}", "open": "{httpDate" },
    }] }]));
    script.set_base_url("http://127.0.0.1:9/");
    let response = answer(ask(&script, "GET", "/a"));
    let links: Vec<_> = response.headers().get_all("link").iter().collect();
    assert_eq!(links, ["<http://127.0.0.1:9/a>", "<http://127.0.0.1:9/b>"]);
    assert_eq!(response.headers()["retry-after"], "Thu, 01 Jan 2026 00:00:05 GMT");
    let body: Value = serde_json::from_slice(response.body()).expect("JSON");
    assert_eq!(
        body,
        json!({
            "{server}": ["http://127.0.0.1:9/x", 1], "past": "Wed, 31 Dec 2025 23:59:59 GMT", "now": "Thu, 01 Jan 2026 00:00:00 GMT", "open": "{httpDate",
        })
    );
}

#[test]
fn every_kind_of_body() {
    let script = script(json!([
        { "on": "GET /null", "answers": [{ "json": null }] },
        { "on": "GET /text", "answers": [{ "status": 201, "text": "Created" }] },
        { "on": "GET /html", "answers": [{ "text": "<p>", "headers": { "content-type": "text/html" } }] },
        { "on": "GET /bytes", "answers": [{ "base64": "/wA=" }] },
        { "on": "GET /fill", "answers": [{ "fill": { "bytes": 3 }, "delayMs": 40 }] },
        { "on": "GET /users", "answers": [{ "users": { "from": 99, "to": 1000 } }] },
        { "on": "DELETE /none", "answers": [{ "status": 204 }] },
    ]));
    assert_eq!(answer(ask(&script, "GET", "/null")).body().as_ref(), b"null");
    let text = answer(ask(&script, "GET", "/text"));
    assert_eq!((text.status().as_u16(), text.body().as_ref()), (201, b"Created".as_slice()));
    assert_eq!(text.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(answer(ask(&script, "GET", "/html")).headers()["content-type"], "text/html");
    let bytes = answer(ask(&script, "GET", "/bytes"));
    assert_eq!(bytes.body().as_ref(), [0xff, 0]);
    assert!(bytes.headers().get("content-type").is_none());
    let fill = ask(&script, "GET", "/fill");
    assert_eq!(fill.delay.as_millis(), 40);
    assert_eq!(answer(fill).body().as_ref(), b"xxx");
    let users = body(ask(&script, "GET", "/users"));
    assert_eq!(users.as_array().map(Vec::len), Some(902));
    assert_eq!(users[0]["id"], "u099");
    assert_eq!(users[901]["id"], "u1000");
    let none = answer(ask(&script, "DELETE", "/none"));
    assert!(none.body().is_empty() && none.headers().is_empty());
}

#[test]
fn a_head_request_gets_the_length_and_no_body() {
    let script = script(json!([{ "on": "HEAD /a", "answers": [{ "text": "12345" }] }]));
    let response = answer(ask(&script, "HEAD", "/a"));
    assert_eq!(response.headers()["content-length"], "5");
    assert!(response.body().is_empty());
}

#[test]
fn faults_become_replies() {
    let script = script(json!([{ "on": "GET /a", "answers": [
        { "fault": "reset" }, { "fault": "hang" }, { "fault": "refuse" }, { "json": "0123456789", "fault": "truncate" }, { "fault": "truncate" },
    ] }]));
    assert!(matches!(ask(&script, "GET", "/a").reply, Reply::Reset));
    assert!(matches!(ask(&script, "GET", "/a").reply, Reply::Hang));
    assert!(matches!(ask(&script, "GET", "/a").reply, Reply::Refuse));
    assert!(matches!(ask(&script, "GET", "/a").reply, Reply::Truncate(r, 6) if r.body().len() == 12));
    assert!(matches!(ask(&script, "GET", "/a").reply, Reply::Truncate(r, sent) if sent < r.body().len()));
}

#[test]
fn slips_are_errors_that_name_the_route() {
    for (routes, what) in [
        (json!([{ "on": "GET /a", "answers": [] }]), "route `GET /a`: there must be an answer"),
        (json!([{ "on": "/a", "answers": [{}] }]), "a method, a space and a path"),
        (json!([{ "on": "GET a", "answers": [{}] }]), "starts with a slash"),
        (json!([{ "on": "GET /a", "answers": [{ "stauts": 200 }] }]), "unknown field `stauts`"),
        (json!([{ "on": "GET /a", "answers": [{ "status": 99 }] }]), "status"),
        (json!([{ "on": "GET /a", "answers": [{ "json": 1, "text": "" }] }]), "one of json, text"),
        (json!([{ "on": "GET /a", "answers": [{ "headers": { "a b": "" } }] }]), "no header name"),
        (json!([{ "on": "GET /a", "answers": [{ "headers": { "a": "\n" } }] }]), "header's value"),
        (json!([{ "on": "GET /a", "answers": [{ "base64": "?" }] }]), "base64"),
        (json!([{ "on": "GET /a", "answers": [{ "fault": "explode" }] }]), "unknown variant `explode`"),
    ] {
        let error = Script::from_json(&routes).expect_err(what).to_string();
        assert!(error.contains(what), "{error}");
    }
}

async fn serve(routes: Value) -> ScriptServer {
    ScriptServer::start(script(routes)).await.expect("a port")
}

#[tokio::test]
async fn over_tcp_the_same_and_recorded() {
    let server = serve(json!([
        { "on": "POST /api/users", "answers": [{ "json": { "at": "{server}/x" }, "headers": { "set-cookie": ["a", "b"] } }] },
    ]))
    .await;
    let mut client = Connection::open(server.base_url()).await;
    let request = with_body("POST", "/api/users?x=%20", "X-A: 1\r\nx-a: 2\r\n", "{\"ä\":1}");
    let raw = client.exchange(&request).await;
    assert_eq!(raw.status(), 200);
    assert_eq!(raw.json()["at"], format!("{}/x", server.base_url()));
    assert_eq!(raw.headers("set-cookie"), ["a", "b"]);
    assert_eq!(raw.header("keep-alive"), Some("timeout=5"));
    assert_eq!(raw.header("connection"), Some("keep-alive"));

    // The same connection serves the control route, which leaves no trace.
    let seen = client.exchange(&get("/__script")).await.json();
    let seen = seen["seen"].as_array().expect("a list").clone();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0]["method"], "POST");
    assert_eq!(seen[0]["target"], "/api/users?x=%20");
    assert_eq!(seen[0]["body"], "{\"ä\":1}");
    let headers = seen[0]["headers"].as_array().expect("a list");
    assert!(headers.contains(&json!(["x-a", "1"])) && headers.contains(&json!(["x-a", "2"])));
    assert_eq!(server.seen().len(), 1);
    assert_eq!(server.connections().opened(), 1);
    assert_eq!(server.connections().aborted(), 0);
}

#[tokio::test]
async fn over_tcp_faults_break_connections() {
    let server = serve(json!([
        { "on": "GET /reset", "answers": [{ "fault": "reset" }] },
        { "on": "GET /truncate", "answers": [{ "text": "0123456789", "fault": "truncate" }] },
    ]))
    .await;
    let raw = Connection::open(server.base_url()).await.exchange(&get("/reset")).await;
    assert_eq!((raw.head.as_str(), raw.after), ("", After::Reset));
    let raw = Connection::open(server.base_url()).await.exchange(&get("/truncate")).await;
    assert_eq!(raw.header("content-length"), Some("10"));
    assert_eq!((raw.text(), &raw.after), ("01234", &After::Closed));
    // Broken by the server: no abort of the client's.
    assert_eq!(server.connections().aborted(), 0);

    let refused = server.refused_url().expect("a port");
    let refused = tokio::net::TcpStream::connect(refused.trim_start_matches("http://")).await;
    assert_eq!(refused.expect_err("refused").kind(), std::io::ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn a_client_that_leaves_while_it_waits_is_counted() {
    let server = serve(json!([{ "on": "GET /hang", "answers": [{ "fault": "hang" }] }])).await;
    let mut client = Connection::open(server.base_url()).await;
    client.send(&get("/hang")).await;
    while server.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.connections().aborted(), 0);
    drop(client);
    while server.connections().aborted() == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_large_body_comes_whole_and_shutdown_breaks_what_is_open() {
    let server = serve(json!([{ "on": "GET /fill", "answers": [{ "fill": { "bytes": 5_000_000 } }] }])).await;
    let mut client = Connection::open(server.base_url()).await;
    let raw = client.exchange(&get("/fill")).await;
    assert_eq!((raw.body.len(), &raw.after), (5_000_000, &After::Open));
    let raw = client.exchange("HEAD /fill HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(raw.status(), 501);
    let url = server.base_url().to_owned();
    server.shutdown().await;
    assert_eq!(client.end().await, After::Closed);
    let again = tokio::net::TcpStream::connect(url.trim_start_matches("http://")).await;
    assert!(again.is_err());
}
