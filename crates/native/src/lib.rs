//! The client of Logto's Management API for Rust.
//!
//! ```no_run
//! # #[cfg(feature = "users")]
//! # async fn run() -> Result<(), logto_management::Error> {
//! use logto_management::{ManagementApi, Search, models::{UpdateUserBody, UserSearchField}};
//!
//! let api = ManagementApi::self_hosted("http://127.0.0.1:3001").credentials("id", "secret").build()?;
//! let user = api.users().get("u1").send().await?;
//! api.users().update(&user.id, UpdateUserBody::new().name("Ann").avatar(None)).send().await?;
//!
//! let anns = Search::new().like(UserSearchField::Name, "Ann%");
//! let mut users = api.users().list().search(anns).concurrency(4).items();
//! while let Some(user) = users.try_next().await? {
//!     println!("{}, since {}", user.id, user.created_at);
//! }
//! # Ok(()) }
//! ```
//!
//! Every operation has its method in a group named by its path: `GET /api/users/{userId}/roles` is `api.users().list_roles(id)`. How requests and
//! models behave is told in [`operations`]. What has no method, or not yet, is called by its path:
//!
//! ```no_run
//! # async fn run(api: logto_management::ManagementApi) -> Result<(), logto_management::Error> {
//! let user: serde_json::Value = api.get("/api/users/{userId}").path("userId", "u1").send().await?.json()?;
//! let mut users = api.list("/api/users").query("search", "%ann%").concurrency(4).items::<serde_json::Value>();
//! # Ok(()) }
//! ```
//!
//! [`ManagementApi::cloud`] is for Logto Cloud, [`ManagementApi::from_env`] reads `LOGTO_*` variables. A [`ManagementApi`] is a cheap handle: make one, clone it, use it
//! from everywhere. It needs a tokio runtime with time and I/O enabled. Set-up, retries, the rate limit and paging are told in [`core`].
//!
//! # Features
//! `full` (the default) has all operations; without it, the feature `users` has those below `/api/users`, and so on for each group.
//! `redis` shares tokens and the rate limit between processes.
//!
//! `redis` lets processes share tokens and the rate limit through Redis or Valkey: 200 of them that start at once ask Logto for one token. What lies there is sealed under the client secret.
//!
#![cfg_attr(feature = "redis", doc = "```no_run")]
#![cfg_attr(not(feature = "redis"), doc = "```ignore")]
//! # fn run() -> Result<(), logto_management::Error> {
//! let api = logto_management::ManagementApi::cloud("a1b2c3")
//!     .credentials("id", "secret")
//!     .redis("redis://127.0.0.1:6379")?
//!     .build()?;
//! # Ok(()) }
//! ```
//! Any other place is a [`TokenStore`].
//!
//! # Webhooks
//! [`verify_webhook_signature`] tells whether a request comes from Logto, and [`webhook`] has the types of what it says.
//!
//! # Errors
//! Every failure is an [`Error`]: ask its [`kind`](Error::kind), its `is_*` predicates, Logto's [`code`](Error::code) (typed: `ErrorCode::of(&error)`)
//! and the [`hint`](Error::hint).
//!
//! # Logs
//! The client tells `tracing` (target `logto_management`): warnings once, retries at info, requests and answers at debug. Tokens, secrets, queries and bodies are in none of it.

mod api;
mod clock;
#[doc(hidden)]
pub mod exchange;
#[cfg(feature = "operations")]
mod generated;
mod log;
pub mod network;
mod pem;
#[cfg(feature = "redis")]
pub mod redis;
mod reqwest_transport;
mod seal;
pub mod webhook;

pub use api::{ManagementApi, ManagementApiBuilder};
pub use clock::TokioClock;
pub use log::log_event;
pub use logto_management_core as core;
pub use logto_management_core::{
    AccessToken, CallOptions, Client, ClientAuth, Config, Data, Error, ErrorKind, Event, Items, ListRequest,
    Page, PageCursor, Pager, RateLimit, Request, Response, Secret, StoreError, TokenSource, TokenStore,
    Total, UnixMillis,
};
#[cfg(feature = "operations")]
pub use logto_management_operations::{self as operations, ErrorCode, Patch, Search, Time, Upload, models};
pub use network::{NETWORK_OPTIONS, Network, Pem};
#[cfg(feature = "redis")]
pub use redis::{RedisLimit, RedisStore};
pub use reqwest_transport::ReqwestTransport;
#[doc(hidden)]
pub use reqwest_transport::unusable;
pub use seal::Sealed;
pub use webhook::verify_webhook_signature;

/// The README's Rust examples are tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct ReadmeExamples;
