//! The contract of transports over `fetch`, and that of clocks, in whatever runtime loads this module: `npm/tests/contract.test.mjs` does in Node and in workerd.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
// Half of what the engine needs of these files, the contract does not.
#![allow(dead_code, unreachable_pub, unsafe_code, clippy::expect_used)]

mod clock_rules;

#[path = "../../src/clock.rs"]
mod clock;
#[path = "../../src/fetch.rs"]
mod fetch;
#[path = "../../src/host.rs"]
mod host;
#[path = "../../src/tasks.rs"]
mod tasks;
#[path = "../../src/text.rs"]
mod text;

use logto_management_core::serde_json::json;
use logto_testkit::contract::{Peer, check};

use crate::{
    fetch::FetchTransport,
    host::{Host, Outcome},
    tasks::run,
};

/// Plays the contract against a scripted server, whose two addresses are the text, a line each; the call resolves with a list of `{rule, broken}` for its body.
#[unsafe(no_mangle)]
pub extern "C" fn check_contract(host: u32, call: u32, refusal_is_told: bool, place: *mut u8, length: usize) {
    let text = host::text(place, length);
    run(call, async move {
        let (base_url, refused_url) = text.split_once('\n').expect("two lines");
        let (base_url, refused_url) = (base_url.to_owned(), refused_url.to_owned());
        let peer = Peer { base_url, refused_url, refusal_is_told };
        let findings = check(&FetchTransport(Host(host)), &peer).await;
        let list: Vec<_> =
            findings.iter().map(|found| json!({ "rule": found.rule, "broken": found.broken })).collect();
        host::tell_page(call, 1, 1, (-1.0, true), "\n", json!(list).to_string().as_bytes());
        Ok(())
    });
}

/// Plays what the core expects of a clock; resolves as [`check_contract`] does.
#[unsafe(no_mangle)]
pub extern "C" fn check_clock(call: u32, before: f64) {
    run(call, async move {
        let findings = clock_rules::check(before).await;
        let list: Vec<_> =
            findings.iter().map(|(rule, broken)| json!({ "rule": rule, "broken": broken })).collect();
        host::tell_page(call, 1, 1, (-1.0, true), "\n", json!(list).to_string().as_bytes());
        Ok(())
    });
}

/// As the engine's.
#[unsafe(no_mangle)]
pub extern "C" fn resume(
    key: u32,
    number: u32,
    place: *mut u8,
    length: usize,
    body: *mut u8,
    body_length: usize,
) {
    let (text, body) = (host::text(place, length), host::bytes(body, body_length));
    tasks::resume(key, Outcome { number, text, body });
}
