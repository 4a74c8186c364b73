//! Faults, the rate limit, churn, and what is recorded: in process.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

mod common;

use std::collections::HashSet;
use std::time::Duration;

use common::tenant::{START, Tenant, header, json, text};
use logto_simulator::{
    Churn, ChurnStep, FaultAction, FaultRule, Options, RateLimit, Reply, ResetWhen, Simulator,
};
use serde_json::json;

fn call(tenant: &Tenant, method: &str, target: &str) -> Reply {
    let bearer = format!("Bearer {}", tenant.token);
    tenant.outcome(method, target, &[("authorization", &bearer)], b"").reply
}

fn tenant_with(rule: FaultRule) -> Tenant {
    let tenant = Tenant::with_users(2);
    tenant.simulator.add_fault(rule.on("*", "/api/*"));
    tenant
}

#[test]
fn connections_break_where_they_are_told_to() {
    let reset = |when| tenant_with(FaultRule::new(FaultAction::Reset { when }));

    // Before: nothing has happened.
    let tenant = reset(ResetWhen::Before);
    assert!(matches!(call(&tenant, "POST", "/api/users"), Reply::Reset));
    assert_eq!(tenant.simulator.user_ids().len(), 2);
    // Lost: the user is there, and the client can't know.
    let tenant = reset(ResetWhen::Lost);
    assert!(matches!(call(&tenant, "POST", "/api/users"), Reply::Reset));
    assert_eq!(tenant.simulator.user_ids().len(), 3);
    let tenant = reset(ResetWhen::During);
    match call(&tenant, "GET", "/api/users") {
        Reply::ResetDuring(answer, sent) => assert_eq!(sent, answer.body().len() / 2),
        other => panic!("{other:?}"),
    }
    // There is no middle of an empty body.
    assert!(matches!(call(&tenant, "GET", "/api/status"), Reply::Reset));
    let tenant = reset(ResetWhen::After);
    assert!(matches!(call(&tenant, "GET", "/api/users"), Reply::AnswerThenClose(a) if a.status() == 200));

    let tenant = tenant_with(FaultRule::new(FaultAction::Truncate { bytes: Some(7) }));
    assert!(matches!(call(&tenant, "GET", "/api/users"), Reply::Truncate(a, 7) if a.body().len() > 7));
    let tenant = tenant_with(FaultRule::new(FaultAction::Truncate { bytes: Some(1_000_000) }));
    assert!(
        matches!(call(&tenant, "GET", "/api/users"), Reply::Truncate(a, sent) if sent + 1 == a.body().len())
    );
    let tenant = tenant_with(FaultRule::new(FaultAction::Hang));
    assert!(matches!(call(&tenant, "GET", "/api/users"), Reply::Hang));
}

#[test]
fn answers_are_replaced() {
    let tenant = Tenant::with_users(2);
    let rules = json!([
        { "times": 1, "action": { "do": "status", "status": 503, "html": "<h1>no</h1>", "headers": { "Retry-After": "2" } } },
        { "times": 1, "action": { "do": "status", "status": 500, "json": { "message": "Internal server error." } } },
        { "times": 1, "action": { "do": "status", "status": 502 } },
        { "times": 1, "action": { "do": "tooManyRequests", "retryAfter": 3 } },
        { "times": 1, "action": { "do": "tooManyRequests", "retryAfterDateMs": 4000 } },
        { "times": 1, "action": { "do": "tooManyRequests", "code": "auth.exceed_token_limit" } },
        { "times": 1, "action": { "do": "tooManyRequests", "html": true } },
    ]);
    let added = tenant.raw("POST", "/__sim/faults", &[], rules.to_string().as_bytes());
    assert_eq!(added.status(), 204);
    let next = || match call(&tenant, "GET", "/api/users") {
        Reply::Answer(answer) => answer,
        other => panic!("{other:?}"),
    };
    let html = next();
    assert_eq!((html.status().as_u16(), text(&html)), (503, "<h1>no</h1>"));
    assert_eq!(header(&html, "retry-after"), Some("2"));
    assert_eq!(header(&html, "content-type"), Some("text/html; charset=utf-8"));
    // It is a gateway's.
    assert_eq!(header(&html, "logto-core-request-id"), None);
    let error = next();
    assert_eq!(json(&error)["message"], "Internal server error.");
    assert!(header(&error, "logto-core-request-id").is_some());
    let plain = next();
    assert_eq!((plain.status().as_u16(), text(&plain)), (502, "Bad Gateway"));
    assert_eq!(header(&next(), "retry-after"), Some("3"));
    assert_eq!(header(&next(), "retry-after"), Some("Thu, 01 Jan 2026 00:00:04 GMT"));
    let business = next();
    assert_eq!(
        (header(&business, "retry-after"), &json(&business)["code"]),
        (None, &json!("auth.exceed_token_limit"))
    );
    let firewall = next();
    assert_eq!(
        (firewall.status().as_u16(), header(&firewall, "content-type")),
        (429, Some("text/html; charset=utf-8"))
    );
    assert_eq!(next().status(), 200);
    assert_eq!(tenant.simulator.seen().faults_fired, 7);
}

#[test]
fn token_faults() {
    let mut tenant = Tenant::with_users(1);
    tenant.simulator.add_fault(FaultRule::new(FaultAction::DropScope).on("POST", "/oidc/token").times(1));
    tenant.renew();
    assert_eq!(tenant.fails("GET", "/api/users", None), (403, "auth.forbidden".to_owned()));
    tenant.renew();
    tenant
        .simulator
        .add_fault(FaultRule::new(FaultAction::RevokeTokens).on("GET", "/api/users").skip(1).times(1));
    assert_eq!(tenant.get("/api/users").status(), 200);
    assert_eq!(tenant.fails("GET", "/api/users", None), (401, "auth.unauthorized".to_owned()));
    tenant.renew();
    assert_eq!(tenant.get("/api/users").status(), 200);
}

#[test]
fn delays() {
    let tenant = Tenant::new(Options { latency_ms: 20, latency_max_ms: 80, users: 1, ..Options::default() });
    tenant
        .simulator
        .add_fault(FaultRule::new(FaultAction::Delay { ms: 1000, max_ms: 0 }).on("GET", "/api/status"));
    let delay = |path| tenant.outcome("GET", path, &[], b"").delay;
    let seen: HashSet<Duration> = (0..50).map(|_| delay("/api/users")).collect();
    assert!(seen.iter().all(|d| (20..=80).contains(&d.as_millis())) && seen.len() > 10);
    assert!((1020..=1080).contains(&delay("/api/status").as_millis()));
    tenant.simulator.set_latency(5, 0);
    assert_eq!(delay("/api/users"), Duration::from_millis(5));
}

#[test]
fn the_rate_limit_counts_and_refuses_when_told_to() {
    let mut tenant = Tenant::with_users(1);
    for _ in 0..205 {
        assert_eq!(tenant.get("/api/users").status(), 200);
    }
    assert_eq!(tenant.simulator.seen().violations, 5);
    // Token requests and others are free.
    tenant.renew();
    tenant.get("/");
    assert_eq!(tenant.simulator.seen().violations, 5);
    tenant.now_ms += 50;
    tenant.get("/api/users");
    assert_eq!(tenant.simulator.seen().violations, 5);

    let rate = RateLimit { requests: 1, per_ms: 2500, burst: 2, enforce: true, retry_after: true };
    tenant.simulator.set_rate_limit(Some(rate));
    assert_eq!(tenant.get("/api/users").status(), 200);
    assert_eq!(tenant.get("/api/users").status(), 200);
    let refused = tenant.get("/api/users");
    assert_eq!((refused.status().as_u16(), header(&refused, "retry-after")), (429, Some("3")));
    tenant.now_ms += 2500;
    assert_eq!(tenant.get("/api/users").status(), 200);
    tenant.simulator.set_rate_limit(Some(RateLimit { burst: 0, retry_after: false, ..rate }));
    assert_eq!(header(&tenant.get("/api/users"), "retry-after"), None);
    tenant.simulator.set_rate_limit(None);
    assert_eq!(tenant.get("/api/users").status(), 200);
}

#[test]
fn a_client_that_keeps_the_limit_is_never_charged() {
    let tenant = Tenant::with_users(1);
    let mut tenant = Tenant { now_ms: START + 1_000_000, ..tenant };
    for n in 0_u64..1000 {
        // 200 at once, then one every 50 ms.
        tenant.now_ms = START + 2_000_000 + n.saturating_sub(199) * 50;
        assert_eq!(tenant.get("/api/status").status(), 204);
    }
    assert_eq!(tenant.simulator.seen().violations, 0);
}

#[test]
fn rows_come_and_go_by_schedule() {
    let schedule = vec![
        ChurnStep { before: 2, delete: vec![0, 0], insert: 1 },
        ChurnStep { before: 3, delete: vec![5], insert: 0 },
    ];
    let churn = Churn { schedule, ..Churn::default() };
    let tenant = Tenant::new(Options { users: 6, churn, ..Options::default() });
    let start = tenant.simulator.user_ids();
    assert_eq!(tenant.ids("/api/users"), start);
    let second = tenant.ids("/api/users");
    let churned = tenant.simulator.churned();
    assert_eq!(churned.deleted, start[..2]);
    assert_eq!(second, [&churned.inserted[..], &start[2..]].concat());
    // The fifth position of five is the first again.
    assert_eq!(tenant.ids("/api/users"), second[1..]);
    assert_eq!(tenant.ids("/api/users"), second[1..]);
    assert_eq!(tenant.ok("GET", "/__sim/users", None)["deleted"].as_array().map(Vec::len), Some(3));
}

#[test]
fn rows_come_and_go_at_random_the_same_for_the_same_seed() {
    let run = |seed| {
        let churn = Churn { inserts: 2, deletes: 1, ..Churn::default() };
        let tenant = Tenant::new(Options { seed, users: 50, churn, ..Options::default() });
        let totals: Vec<_> = (0..4)
            .map(|_| header(&tenant.get("/api/users"), "total-number").expect("a total").to_owned())
            .collect();
        assert_eq!(totals, ["50", "51", "52", "53"]);
        tenant.simulator.churned()
    };
    let churned = run(3);
    assert_eq!((churned.inserted.len(), churned.deleted.len()), (6, 3));
    assert_eq!(churned, run(3));
    assert_ne!(churned, run(4));
}

#[test]
fn tests_can_move_rows_themselves() {
    let tenant = Tenant::with_users(2);
    let old = tenant.simulator.user_ids();
    let id = tenant.simulator.insert_user(START + 1);
    assert_eq!(tenant.ids("/api/users"), [id, old[0].clone(), old[1].clone()]);
    assert!(tenant.simulator.delete_user(&old[0]) && !tenant.simulator.delete_user(&old[0]));
    assert_eq!(tenant.ids("/api/users").len(), 2);
}

#[test]
fn what_was_asked_is_recorded() {
    let tenant = Tenant::with_users(2);
    let id = tenant.simulator.user_ids()[0].clone();
    tenant.get(&format!("/api/users/{id}"));
    tenant.get("/api/users/nosuch?x=1");
    tenant.raw("GET", "/api/status", &[("authorization", "Bearer leaked")], b"");
    tenant.raw("GET", "/elsewhere", &[("authorization", "Bearer lost")], b"");
    tenant.raw("GET", "/api/nosuch", &[], b"");
    let seen = tenant.simulator.seen();
    assert_eq!((seen.token_requests, seen.api_requests, seen.other_requests), (1, 4, 1));
    assert_eq!(seen.routes["GET /api/users/{userId}"], 2);
    assert_eq!(seen.routes["GET /api/status"], 1);
    assert_eq!(seen.routes["GET (none)"], 2);
    let sent: Vec<_> = seen.authorizations.iter().map(|a| (a.to, a.value.as_str(), a.count)).collect();
    let bearer = format!("Bearer {}", tenant.token);
    assert_eq!(
        sent,
        [("api", bearer.as_str(), 2), ("other", "Bearer lost", 1), ("public", "Bearer leaked", 1)]
    );
    let last = &seen.requests[2];
    assert_eq!((last.at_ms, last.target.as_str(), last.status), (START, "/api/users/nosuch?x=1", 404));
    tenant.simulator.clear_seen();
    assert_eq!(tenant.simulator.seen().requests.len(), 0);
    assert_eq!(tenant.get("/api/users").status(), 200);
}

#[test]
fn the_control_api_changes_options_and_starts_afresh() {
    let tenant = Tenant::with_users(2);
    let post = |path: &str, body: &str| tenant.raw("POST", path, &[], body.as_bytes());
    assert_eq!(json(&post("/__sim/options", r#"{"tokenLifetime":7,"rateLimit":null}"#))["tokenLifetime"], 7);
    assert_eq!(tenant.simulator.options().rate_limit, None);
    for (path, body) in [
        ("/__sim/options", r#"{"users":3}"#),
        ("/__sim/options", r#"{"tokenLifetime":"x"}"#),
        ("/__sim/reset", r#"{"nosuch":3}"#),
        ("/__sim/faults", r#"{"action":{"do":"explode"}}"#),
        ("/__sim/faults", "nonsense"),
    ] {
        assert_eq!(post(path, body).status(), 400, "{body}");
    }
    post("/__sim/faults", r#"{"action":{"do":"hang"}}"#);
    assert_eq!(post("/__sim/reset", r#"{"users":5,"seed":9}"#).status(), 204);
    assert_eq!(tenant.simulator.user_ids().len(), 5);
    assert_eq!(tenant.simulator.seen().token_requests, 0);
    // The faults are gone, and so is the token.
    assert_eq!(tenant.get("/api/users").status(), 401);
    assert_eq!(post("/__sim/nosuch", "").status(), 404);
    assert!(text(&tenant.raw("GET", "/__sim", &[], b"")).contains("POST   /__sim/faults"));
    let seen = json(&tenant.raw("GET", "/__sim/seen", &[], b""));
    assert_eq!((&seen["apiRequests"], &seen["connections"]["opened"]), (&json!(1), &json!(0)));
}

#[test]
fn a_clone_is_the_same_tenant_and_crosses_threads() {
    let simulator = Simulator::new(Options { users: 1, ..Options::default() });
    let other = simulator.clone();
    std::thread::spawn(move || other.insert_user(START)).join().expect("a thread");
    assert_eq!(simulator.user_ids().len(), 2);
}
