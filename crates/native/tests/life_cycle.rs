//! The example `life_cycle` against the simulator: every GET is called, everything decodes, and nothing is left behind.
#![allow(clippy::expect_used, missing_docs)]

#[path = "../examples/life_cycle/run/mod.rs"]
mod run;

use logto_catalogue::Catalogue;
use logto_management::ManagementApi;
use logto_simulator::{CLIENT_ID, CLIENT_SECRET, Options, Server, Simulator};
use serde_json::Value;

async fn rows(api: &ManagementApi, path: &str) -> Vec<Value> {
    api.list(path).items::<Value>().collect().await.expect("it is listed")
}

#[tokio::test]
async fn every_get_and_every_life() {
    const TABLES: [&str; 10] = [
        "/api/users",
        "/api/roles",
        "/api/organizations",
        "/api/applications",
        "/api/resources",
        "/api/hooks",
        "/api/organization-roles",
        "/api/organization-scopes",
        "/api/one-time-tokens",
        "/api/custom-profile-fields",
    ];
    let simulator = Simulator::new(Options { users: 25, ..Options::default() });
    let server = Server::start(simulator, "127.0.0.1:0").await.expect("it starts");
    let api = ManagementApi::self_hosted(server.base_url())
        .credentials(CLIENT_ID, CLIENT_SECRET)
        .build()
        .expect("it is sound");
    let mut before = Vec::new();
    for table in TABLES {
        before.push(rows(&api, table).await);
    }

    let report = run::life_cycle(&api).await;
    assert_eq!(report.failures, [""; 0]);
    assert_eq!(report.unknown.len(), 0, "{:?}", report.unknown);
    let catalogue = Catalogue::load().expect("management.json is a catalogue");
    let gets = catalogue.operations.iter().filter(|operation| operation.method == "GET");
    let missing: Vec<_> = gets.map(|get| get.id.as_str()).filter(|id| !report.called.contains(id)).collect();
    assert_eq!(missing, [""; 0]);

    for (table, before) in TABLES.into_iter().zip(before) {
        assert_eq!(rows(&api, table).await, before, "{table} is as it was");
    }
    server.shutdown().await;
}

/// A walk that stumbles removes what it made all the same.
#[tokio::test]
async fn nothing_is_left_behind_by_a_walk_that_fails() {
    let server = Server::start(Simulator::new(Options::default()), "127.0.0.1:0").await.expect("it starts");
    let api = ManagementApi::self_hosted(server.base_url())
        .credentials(CLIENT_ID, CLIENT_SECRET)
        .retries(0)
        .build()
        .expect("it is sound");
    let before = rows(&api, "/api/users").await;
    let rule =
        serde_json::json!({ "match": { "path": "/api/hooks" }, "action": { "do": "status", "status": 500 } });
    server.simulator().add_fault(serde_json::from_value(rule).expect("it is a rule"));
    let report = run::life_cycle(&api).await;
    assert_eq!(report.failures.len(), 1, "{:?}", report.failures);
    assert_eq!(rows(&api, "/api/users").await, before);
    server.shutdown().await;
}
