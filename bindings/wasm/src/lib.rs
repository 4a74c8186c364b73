//! The WASM door: the core over `fetch`, in JavaScript's terms.
//!
//! Glue and nothing else: retries, tokens, limits, paging and errors are the core's. What the façade in `npm/src` needs of this
//! module is its `Engine` interface; here are the pieces it is made of.
//!
//! | file | what it is |
//! |---|---|
//! | `fetch.rs` | the transport: one request over the runtime's `fetch`, or one handed in |
//! | `clock.rs` | time, timers and chance of the runtime |
//! | `exports.rs` | what the façade calls |
//! | `engine.rs` | the client |
//! | `pager.rs` | a listing |
//! | `tokens.rs` | tokens from a JavaScript function |
//! | `vault.rs` | the token store |
//! | `tasks.rs` | runs calls, each in the turn of what woke it |
//! | `options.rs` | what the façade hands over when it makes an engine |
//! | `text.rs` | headers and pairs as one string: one crossing instead of many |
//! | `memory.rs` | the allocator |
//! | `host.rs` | the border with the JavaScript that these call: `npm/src/engine/wasm-host.ts` |
//!
//! Rules: making an engine does no I/O, starts no timer and draws no random number. Exports take `&self`, and no borrow lives across
//! an await, so calls may overlap at will. Nothing here panics; the module is built with `panic=abort`, and after a trap the façade
//! makes a new instance.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]

mod clock;
mod engine;
mod exports;
mod fetch;
mod host;
mod memory;
mod options;
mod pager;
mod tasks;
mod text;
mod tokens;
mod vault;
