//! A stand-in for Logto: the token endpoint and the Management API, as clients meet them.
//!
//! There are two servers in here, and one way to put either on a socket.
//!
//! | | what it is for |
//! |---|---|
//! | [`Simulator`] | a tenant: users, roles, organisations and the rest, kept in memory, with faults on demand |
//! | [`script::Script`] | plays the `server` part of a test vector: these routes, these answers, in this order |
//!
//! Both are synchronous state machines, driven by the time they are handed: `respond(request, now) -> Outcome`. They open no socket and never sleep, so tests run
//! them in virtual time, in process. An [`Outcome`] says what a client would meet: an answer, or a connection that breaks, and after how long.
//!
//! Over TCP ([`Server`], [`script::ScriptServer`]) the same outcomes are acted out on real connections.

mod api;
mod fault;
mod json;
mod limit;
mod net;
mod oidc;
mod options;
mod outcome;
mod query;
mod rng;
pub mod script;
mod seen;
mod server;
mod simulator;
mod tokens;
mod world;

pub use fault::{FaultAction, FaultMatch, FaultRule, ResetWhen};
pub use net::{ConnectionOptions, ConnectionStats};
pub use options::{CLIENT_ID, CLIENT_SECRET, Churn, ChurnStep, NO_ROLE_CLIENT_ID, Options, RateLimit};
pub use outcome::{Outcome, Reply};
pub use seen::{Seen, SeenAuthorization, SeenConnections, SeenRequest};
pub use server::{Server, ServerHandle};
pub use simulator::{Churned, Simulator};
