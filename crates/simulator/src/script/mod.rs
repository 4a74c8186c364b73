//! Plays the `server` part of a test vector: these routes, each with its answers in order.
//!
//! The format is described in `tests/README.md`. [`Script`] is the state machine, for tests in process; [`ScriptServer`] puts it on a port of its own. Both are the same
//! code: what a door meets over TCP is what the core meets in process.
//!
//! - The first route that fits a request answers it. Each answer serves one request; the last one is repeated.
//! - A request that no route fits is answered by 501 and kept in [`Script::unmatched`]: its vector has failed.
//! - Without a route for `POST /oidc/token`, token requests get the tokens `t1`, `t2`, … (`expires_in` 3600, scope `all`).
//! - `GET /__script` answers `{"seen":[…]}` and is never recorded itself; so is `GET /__connections`, which [`ScriptServer`] answers with `{"opened","aborted"}`.

mod answer;
mod format;
mod play;
mod seen;
mod server;

pub use self::answer::{user, user_id};
pub use self::format::ScriptError;
pub use self::play::Script;
pub use self::seen::Seen;
pub use self::server::ScriptServer;

/// Where the clock of every vector starts: 2026-01-01T00:00:00Z, in milliseconds since 1970.
pub const CLOCK_START_MS: u64 = 1_767_225_600_000;
