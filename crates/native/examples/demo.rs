//! The main job: an access token, and every user. `cargo xtask demo` runs it; with the `LOGTO_*` variables set it runs by itself:
//! `cargo run -p logto-management --example demo`.
//!
//! Prints one JSON line. Requests are counted by an observer, so against a server that tells nothing the counts are still known.

use std::{
    collections::HashSet,
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use logto_management::{Event, ManagementApi, Total};
use serde_json::{Value, json};

#[derive(Default)]
struct Counts {
    requests: AtomicU64,
    token_requests: AtomicU64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let started = Instant::now();
    let counts = Arc::new(Counts::default());
    let counted = Arc::clone(&counts);
    let observer = move |event: &Event<'_>| {
        if let Event::Request { route, .. } = event {
            let token = *route == "/oidc/token";
            let count = if token { &counted.token_requests } else { &counted.requests };
            count.fetch_add(1, Ordering::Relaxed);
        }
    };
    let api = ManagementApi::from_env()?.observer(observer).build()?;

    let (mut users, mut ids) = (0_u64, HashSet::new());
    let mut listing = api.list("/api/users").concurrency(4).items::<Value>();
    while let Some(user) = listing.try_next().await? {
        users += 1;
        ids.extend(user.get("id").and_then(Value::as_str).map(str::to_owned));
    }

    let line = json!({
        "door": "rust",
        "users": users,
        "total": listing.total().map(Total::number),
        "ids_unique": ids.len(),
        "requests": counts.requests.load(Ordering::Relaxed),
        "token_requests": counts.token_requests.load(Ordering::Relaxed),
        "ms": started.elapsed().as_secs_f64() * 1000.0,
    });
    #[allow(clippy::print_stdout)]
    {
        println!("{line}");
    }
    Ok(())
}
