//! Rows come and go while somebody pages: none that was there all the time is missed, none comes twice.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use logto_management_core::{Client, Config, HttpTransport, TransportError};
use logto_testkit::clock::VirtualClock;
use proptest::prelude::*;

/// What happens to the rows at a moment.
#[derive(Clone, Debug)]
enum Change {
    /// A new row, which is listed first.
    Insert,
    /// The row at this fraction of the listing goes.
    Delete(f64),
    /// As many as this go at once, from this fraction on.
    DeleteMany(f64, usize),
}

#[derive(Debug)]
struct Rows {
    ids: Vec<u64>,
    next: u64,
    /// Sorted by time, the latest first.
    changes: Vec<(Duration, Change)>,
    deleted: HashSet<u64>,
    requests: u64,
}

impl Rows {
    fn catch_up(&mut self, now: Duration) {
        while self.changes.last().is_some_and(|(at, _)| *at <= now) {
            let Some((_, change)) = self.changes.pop() else { return };
            match change {
                Change::Insert => {
                    self.ids.insert(0, self.next);
                    self.next += 1;
                }
                Change::Delete(at) => self.delete(at, 1),
                Change::DeleteMany(at, count) => self.delete(at, count),
            }
        }
    }

    fn delete(&mut self, at: f64, count: usize) {
        for _ in 0..count.min(self.ids.len()) {
            let index = ((self.ids.len() as f64) * at) as usize;
            let id = self.ids.remove(index.min(self.ids.len() - 1));
            self.deleted.insert(id);
        }
    }
}

/// A listing that changes, behind a network that takes its time both ways.
#[derive(Clone)]
struct Listing {
    clock: VirtualClock,
    rows: Arc<Mutex<Rows>>,
    /// Milliseconds on the way, there and back, for one request after the other.
    delays: Arc<Vec<(u64, u64)>>,
}

impl HttpTransport for Listing {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        if request.uri().path() == "/oidc/token" {
            return Ok(Response::new(Bytes::from_static(
                br#"{"access_token":"t","expires_in":3600,"token_type":"Bearer","scope":"all"}"#,
            )));
        }
        let (there, back) = {
            let mut rows = self.rows.lock().unwrap();
            rows.requests += 1;
            assert!(rows.requests < 100_000, "the listing never ends");
            self.delays[rows.requests as usize % self.delays.len()]
        };
        self.clock.wait(Duration::from_millis(there)).await;
        let answer = {
            let mut rows = self.rows.lock().unwrap();
            rows.catch_up(self.clock.elapsed());
            let query: HashMap<_, _> =
                request.uri().query().unwrap().split('&').filter_map(|p| p.split_once('=')).collect();
            let (page, size): (usize, usize) =
                (query["page"].parse().unwrap(), query["page_size"].parse().unwrap());
            let items: Vec<_> = rows
                .ids
                .iter()
                .skip((page - 1) * size)
                .take(size)
                .map(|id| format!(r#"{{"id":"u{id}"}}"#))
                .collect();
            Response::builder()
                .header("total-number", rows.ids.len())
                .header("content-type", "application/json")
                .body(Bytes::from(format!("[{}]", items.join(","))))
                .unwrap()
        };
        self.clock.wait(Duration::from_millis(back)).await;
        Ok(answer)
    }
}

fn list(
    rows: usize,
    size: u32,
    concurrency: usize,
    changes: Vec<(u64, Change)>,
    delays: Vec<(u64, u64)>,
) -> (Vec<u64>, Rows) {
    let clock = VirtualClock::new();
    let mut changes: Vec<_> =
        changes.into_iter().map(|(at, change)| (Duration::from_millis(at), change)).collect();
    changes.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let rows = Rows {
        ids: (0..rows as u64).rev().collect(),
        next: rows as u64,
        changes,
        deleted: HashSet::new(),
        requests: 0,
    };
    let rows = Arc::new(Mutex::new(rows));
    let transport = Listing { clock: clock.clone(), rows: Arc::clone(&rows), delays: Arc::new(delays) };
    let config = Config::self_hosted("http://localhost:3001").credentials("id", "secret").build().unwrap();
    let client = Client::builder(config, transport, clock.clone()).build().unwrap();
    let listed = clock.run(async {
        let items =
            client.list("/api/users").page_size(size).concurrency(concurrency).items::<serde_json::Value>();
        items.collect().await.unwrap()
    });
    let ids = listed.iter().map(|item| item["id"].as_str().unwrap()[1..].parse().unwrap()).collect();
    drop(client);
    (ids, Arc::try_unwrap(rows).unwrap().into_inner().unwrap())
}

fn check(before: usize, ids: &[u64], rows: &Rows) -> Result<(), TestCaseError> {
    let unique: HashSet<_> = ids.iter().collect();
    prop_assert_eq!(unique.len(), ids.len(), "an item came twice");
    for id in 0..before as u64 {
        prop_assert!(
            rows.deleted.contains(&id) || unique.contains(&id),
            "u{} was there all the time and was missed",
            id
        );
    }
    Ok(())
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => Just(Change::Insert),
        4 => (0.0..1.0).prop_map(Change::Delete),
        1 => (0.0..1.0, 1usize..30).prop_map(|(at, count)| Change::DeleteMany(at, count)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn no_row_is_missed_and_none_comes_twice(
        rows in 0usize..160,
        size in 1u32..25,
        concurrency in 1usize..9,
        changes in proptest::collection::vec((0u64..1500, change()), 0..60),
        delays in proptest::collection::vec((1u64..60, 1u64..30), 1..40),
    ) {
        let (ids, server) = list(rows, size, concurrency, changes, delays);
        check(rows, &ids, &server)?;
    }

    /// Balanced changes, so that totals tell as little as they can.
    #[test]
    fn a_row_in_for_each_row_out(
        rows in 20usize..160,
        size in 2u32..25,
        concurrency in 1usize..9,
        swaps in proptest::collection::vec((0u64..800, 0.0..1.0), 0..30),
        delays in proptest::collection::vec((1u64..60, 1u64..30), 1..40),
    ) {
        let changes = swaps.into_iter().flat_map(|(at, place)| [(at, Change::Insert), (at, Change::Delete(place))]).collect();
        let (ids, server) = list(rows, size, concurrency, changes, delays);
        check(rows, &ids, &server)?;
    }
}

#[test]
fn a_listing_that_nobody_touches_asks_for_each_page_once() {
    for concurrency in [1, 3, 8] {
        let (ids, server) = list(1000, 100, concurrency, Vec::new(), vec![(20, 20), (5, 30), (40, 1)]);
        assert_eq!(ids, (0..1000).rev().collect::<Vec<_>>(), "in order");
        assert_eq!(server.requests, 10);
    }
}

#[test]
fn every_row_is_deleted_as_it_is_listed() {
    // The page that is read goes away under the pager: it must not skip half of the rows.
    let changes = (0..50).map(|n| (40 * n + 30, Change::DeleteMany(0.0, 10))).collect();
    let (ids, server) = list(500, 10, 1, changes, vec![(20, 20)]);
    check(500, &ids, &server).unwrap();
    assert!(server.requests < 200, "{} requests", server.requests);
}
