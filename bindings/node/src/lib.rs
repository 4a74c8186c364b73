//! The Node addon: the core with a transport that its caller drives, in Node's terms. It has no behaviour of its own.
//!
//! The npm package is its only user, through `npm/src/engine/native.ts`, which turns this into the package's `Engine` interface. What crosses the border are strings, numbers, flat lists and
//! buffers. Failures are values too, as the core's JSON: a rejected promise of an addon can carry a message and no more.
//!
//! - `event_loop.rs`: how Node's event loop drives calls
//! - `runtime.rs`: the thread that does where there is none
//! - `port.rs`: how their outcomes get back to JavaScript, in batches
//! - `outcome.rs`: what those are
//! - `ascii.rs`: JSON in the form that JavaScript parses fastest
//! - `config.rs`: a client's options, from JSON
//! - `environment.rs`: what Node's TLS takes from the environment
//! - `engine.rs`, `pager.rs`: the two classes
//! - `call.rs`: one request from its JavaScript arguments
//! - `tokens.rs`: a JavaScript function as the source of tokens
//! - `store.rs`: a JavaScript object as the token store
//! - `warnings.rs`: warnings and events, kept until the next answer takes them along

// What #[napi] generates is unsafe, public and undocumented.
#![allow(unsafe_code, missing_docs, missing_debug_implementations, unreachable_pub)]

mod ascii;
mod call;
mod config;
mod engine;
mod environment;
#[cfg(unix)]
mod event_loop;
mod outcome;
mod pager;
mod port;
mod runtime;
mod store;
mod tokens;
mod warnings;

use logto_management::core::{ERROR_NAMES, options::CALL_OPTIONS};
use napi_derive::napi;

/// What a call's flags mean. `CallFlags` in `npm/src/engine/native.ts` has the same.
mod flags {
    /// The body of the answer is read as text, if at all.
    pub(crate) const TEXT: u32 = 1;
    /// `Port::cancel` may end the call.
    pub(crate) const ABORTABLE: u32 = 2;
    /// The same as `TEXT`; and of JSON, nothing but what it says is read.
    pub(crate) const JSON: u32 = 4;
}

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
