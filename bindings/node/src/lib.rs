//! The Node addon: the core with its reqwest transport, in Node's terms. It has no behaviour of its own.
//!
//! The npm package is its only user, through `npm/src/engine/native.ts`, which turns this into the package's `Engine` interface. What crosses the border are strings, numbers, flat lists and
//! buffers. Failures are values too, as the core's JSON: a rejected promise of an addon can carry a message and no more.
//!
//! - `runtime.rs`: where futures run, and how they become promises
//! - `config.rs`: a client's options, from JSON
//! - `engine.rs`, `pager.rs`: the two classes
//! - `call.rs`: one request from its JavaScript arguments
//! - `answer.rs`: what promises resolve to
//! - `cancel.rs`: `AbortSignal`'s counterpart
//! - `tokens.rs`: a JavaScript function as the source of tokens
//! - `store.rs`: a JavaScript object as the token store
//! - `warnings.rs`: warnings and events, kept until the next answer takes them along

// What #[napi] generates is unsafe, public and undocumented.
#![allow(unsafe_code, missing_docs, missing_debug_implementations, unreachable_pub)]

mod answer;
mod call;
mod cancel;
mod config;
mod engine;
mod pager;
mod runtime;
mod store;
mod tokens;
mod warnings;

use logto_management::core::{ERROR_NAMES, options::CALL_OPTIONS};
use napi_derive::napi;

/// Every name that an error can have.
#[napi]
pub fn error_names() -> Vec<&'static str> {
    ERROR_NAMES.to_vec()
}

/// Every option of a call.
#[napi]
pub fn call_options() -> Vec<&'static str> {
    CALL_OPTIONS.to_vec()
}
