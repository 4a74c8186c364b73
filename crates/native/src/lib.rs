//! The client of Logto's Management API for Rust.
//!
//! ```no_run
//! use logto_management::ManagementApi;
//!
//! # async fn run() -> Result<(), logto_management::Error> {
//! let api = ManagementApi::self_hosted("http://127.0.0.1:3001").credentials("id", "secret").build()?;
//! let user: serde_json::Value = api.get("/api/users/{userId}").path("userId", "u1").send().await?.json()?;
//!
//! let mut users = api.list("/api/users").query("search", "%ann%").concurrency(4).items::<serde_json::Value>();
//! while let Some(user) = users.try_next().await? {
//!     println!("{}", user["username"]);
//! }
//! # Ok(()) }
//! ```
//!
//! [`ManagementApi::cloud`] is for Logto Cloud, [`ManagementApi::from_env`] reads `LOGTO_*` variables. A [`ManagementApi`] is a cheap handle: make one, clone it, use it
//! from everywhere. It needs a tokio runtime with time and I/O enabled. Set-up, retries, the rate limit and paging are told in [`core`].
//!
//! # Errors
//! Every failure is an [`Error`]: ask its [`kind`](Error::kind), its `is_*` predicates, Logto's [`code`](Error::code) and the [`hint`](Error::hint).
//!
//! # Logs
//! The client tells `tracing` (target `logto_management`): warnings once, retries at info, requests and answers at debug. Tokens, secrets, queries and bodies are in none of it.

mod api;
mod clock;
#[cfg(feature = "operations")]
mod generated;
mod log;
mod reqwest_transport;

pub use api::{ManagementApi, ManagementApiBuilder};
pub use clock::TokioClock;
pub use log::log_event;
pub use logto_management_core as core;
pub use logto_management_core::{
    AccessToken, CallOptions, Client, ClientAuth, Config, Data, Error, ErrorKind, Event, Items, ListRequest,
    Page, PageCursor, Pager, RateLimit, Request, Response, Secret, TokenSource, Total, UnixMillis,
};
#[cfg(feature = "operations")]
pub use logto_management_operations::{self as operations, Patch, Search, Time, Upload, models};
pub use reqwest_transport::ReqwestTransport;

/// The README's Rust examples are tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct ReadmeExamples;
