//! A stand-in for Logto: the token endpoint and the Management API, as clients meet them.
//!
//! There are two servers in here, and one way to put either on a socket.
//!
//! | | what it is for |
//! |---|---|
//! | [`script::Script`] | plays the `server` part of a test vector: these routes, these answers, in this order |
//!
//! Both are synchronous state machines, driven by the time they are handed: `respond(request, now) -> Outcome`. They open no socket and never sleep, so tests run
//! them in virtual time, in process. An [`Outcome`] says what a client would meet: an answer, or a connection that breaks, and after how long.
//!
//! Over TCP ([`script::ScriptServer`]) the same outcomes are acted out on real connections.

mod net;
mod outcome;
pub mod script;

pub use net::{ConnectionOptions, ConnectionStats};
pub use outcome::{Outcome, Reply};
