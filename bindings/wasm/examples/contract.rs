//! The contract of transports, over `fetch`, in whatever runtime loads this module: `npm/tests/contract.test.mjs` does in Node and in workerd.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
// Half of what the engine needs of these files, the contract does not.
#![allow(dead_code, unreachable_pub)]

#[path = "../src/fetch.rs"]
mod fetch;
#[path = "../src/host.rs"]
mod host;
#[path = "../src/tasks.rs"]
mod tasks;
#[path = "../src/text.rs"]
mod text;

use logto_testkit::contract::{Peer, check};
use serde_json::json;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{fetch::FetchTransport, host::Host, tasks::run};

/// Plays the contract against a scripted server; the call resolves with a list of `{rule, broken}` for its body.
#[wasm_bindgen(js_name = checkContract)]
pub fn check_contract(call: u32, base_url: String, refused_url: String, refusal_is_told: bool, host: Host) {
    let answer = host.clone();
    run(call, &host, async move {
        let peer = Peer { base_url, refused_url, refusal_is_told };
        let findings = check(&FetchTransport(answer.clone()), &peer).await;
        let list: Vec<_> =
            findings.iter().map(|found| json!({ "rule": found.rule, "broken": found.broken })).collect();
        answer.response(call, 200, "", json!(list).to_string().as_bytes(), 1, 1, None, None);
        Ok(())
    });
}
