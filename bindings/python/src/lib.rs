//! The native module `logto_management._native`: the core as Python sees it, without behaviour of its own.
//!
//! Plain data in, plain data out. Retries, tokens, limits, paging and the meaning of errors are the core's; classes, keywords and exceptions are written in Python, in
//! `py/src/logto_management`, which is the only caller of this module.
//!
//! | file | what it does |
//! |---|---|
//! | `runtime.rs` | the runtimes, and what a fork does to them |
//! | `wait.rs` | blocking calls: without the GIL, and Ctrl-C breaks them |
//! | `bridge.rs`, `queue.rs` | awaited calls: an asyncio loop drives the runtime, or hears of a thread of ours, in batches |
//! | `engine.rs`, `live.rs` | a client; and what of it belongs to one process |
//! | `call.rs`, `value.rs` | Python arguments to requests |
//! | `outcome.rs`, `json` | answers to Python objects |
//! | `entry.rs` | what users call, so that tracebacks end in their line |
//! | `store.rs` | a Python object as the token store |
//! | `webhook.rs` | whether a request comes from Logto |
//! | `transport.rs`, `outbox.rs` | how requests go out, and by a Python callable |
//! | `pager.rs`, `rows.rs`, `columns.rs` | listings; their items as lines and as columns |
//! | `clock.rs` | the testing clock |
//!
//! # Rules
//! - No Python code runs inside a runtime: whoever drives one has let go of the GIL, and Python objects are made and dropped afterwards. No thread of a runtime ever takes the GIL. So there are no deadlocks with it, no
//!   unraisable errors, and nothing to do at shutdown.
//! - Locks that a call takes are held for moments and only with the GIL, so that a fork never happens while another thread holds one.
//! - What fails returns a [`Failure`](outcome::Failure); Python errors are for misuse only (wrong types, a closed client).

mod bridge;
mod call;
mod clock;
mod columns;
mod engine;
mod entry;
mod exit;
mod json;
mod live;
mod outbox;
mod outcome;
mod pager;
mod queue;
mod rows;
mod runtime;
mod store;
mod transport;
mod value;
mod wait;
mod webhook;

#[pyo3::pymodule(gil_used = false)]
mod _native {
    use logto_management::core::{ERROR_NAMES, options};
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::{
        bridge::{Bridge, Ticket},
        clock::TestingClock,
        columns::Columns,
        engine::{Engine, open},
        entry::entry,
        exit::{exiting, forked},
        outbox::Exchange,
        outcome::{Answer, Failure},
        pager::Pager,
        rows::Rows,
        store::StoreAnswer,
        webhook::verify_webhook_signature,
    };

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        module.add("ERROR_NAMES", ERROR_NAMES.to_vec())?;
        module.add("CLIENT_OPTIONS", options::CLIENT_OPTIONS.to_vec())?;
        module.add("CALL_OPTIONS", options::CALL_OPTIONS.to_vec())?;
        module.add("NETWORK_OPTIONS", logto_management::NETWORK_OPTIONS.to_vec())
    }
}
