//! The client against the simulated tenant, in virtual time.

use std::{collections::HashSet, time::Duration};

use logto_management_core::{Client, Config, RateLimit};
use logto_simulator::{CLIENT_ID, CLIENT_SECRET, Churn, Options, Simulator};
use logto_testkit::{clock::VirtualClock, transport::SimulatedTransport};

type TestClient = Client<SimulatedTransport, VirtualClock>;

fn client(
    simulator: &Simulator,
    clock: &VirtualClock,
    way: Duration,
    limit: Option<RateLimit>,
) -> TestClient {
    let server = simulator.clone();
    let transport = SimulatedTransport::new(clock.clone(), move |request, now| server.respond(request, now))
        .with_way(way);
    let config =
        Config::self_hosted("http://localhost").credentials(CLIENT_ID, CLIENT_SECRET).rate_limit(limit);
    Client::builder(config.build().unwrap(), transport, clock.clone()).build().unwrap()
}

/// The ids of all users, as they are listed.
fn list(client: &TestClient, clock: &VirtualClock, page_size: u32, concurrency: usize) -> Vec<String> {
    clock.run(async {
        let mut pages = client.list("/api/users").page_size(page_size).concurrency(concurrency).pages();
        let mut ids = Vec::new();
        while let Some(page) = pages.next_page().await.unwrap() {
            ids.extend(
                page.items::<serde_json::Value>()
                    .unwrap()
                    .iter()
                    .map(|user| user["id"].as_str().unwrap().to_owned()),
            );
        }
        ids
    })
}

#[test]
fn a_hundred_thousand_users_keep_within_the_limit_and_use_it() {
    let simulator = Simulator::new(Options { users: 100_000, ..Options::default() });
    let clock = VirtualClock::new();
    let client = client(&simulator, &clock, Duration::from_millis(25), Some(RateLimit::default()));
    let ids = list(&client, &clock, 100, 8);
    assert_eq!(ids, simulator.user_ids(), "every user, once, in order");
    let seen = simulator.seen();
    assert_eq!((seen.api_requests, seen.token_requests, seen.violations), (1000, 1, 0));
    let ideal = Duration::from_secs_f64(f64::from(1000 - 200) / 20.0);
    assert!(clock.elapsed() <= ideal.mul_f64(1.1), "{:?}, where the limit allows {ideal:?}", clock.elapsed());
}

#[test]
fn a_tenant_in_motion_is_listed_whole() {
    for concurrency in [1, 4, 8] {
        for (inserts, deletes) in [(0, 1), (1, 0), (1, 1), (3, 2), (2, 5)] {
            let churn = Churn { inserts, deletes, ..Churn::default() };
            let simulator = Simulator::new(Options { users: 700, churn, ..Options::default() });
            let before = simulator.user_ids();
            let clock = VirtualClock::new();
            let client = client(&simulator, &clock, Duration::from_millis(20), None);
            let ids = list(&client, &clock, 50, concurrency);
            let unique: HashSet<_> = ids.iter().collect();
            assert_eq!(unique.len(), ids.len(), "none comes twice");
            let deleted: HashSet<_> = simulator.churned().deleted.into_iter().collect();
            let missed: Vec<_> =
                before.iter().filter(|id| !deleted.contains(*id) && !unique.contains(id)).collect();
            assert!(
                missed.is_empty(),
                "{missed:?} with {concurrency} at once, {inserts} in and {deletes} out"
            );
        }
    }
}
