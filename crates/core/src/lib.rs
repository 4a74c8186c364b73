//! The Logto Management API client, without a runtime.
//!
//! Everything that the client does is here: endpoint rules, the token flow, retries, the rate limit, paging, errors. What it does not do is reach the network or ask
//! for the time: both are handed in, as an [`HttpTransport`] and a [`Clock`]. So it is the same code in a Rust service, a Node addon, a Python wheel and a Worker, and its
//! tests run hours in microseconds.
//!
//! Rust users want the crate `logto-management`, which adds a transport over reqwest and tokio's clock.
//!
//! | module | what it knows |
//! |---|---|
//! | [`config`] | which Logto, as whom, with what limits |
//! | [`client`] | the handle, request and list builders |
//! | [`auth`] | access tokens: getting, keeping, renewing |
//! | `pipeline` | the one request loop |
//! | `retry`, [`limit`], `slots` | what is tried again; the token bucket; how many at once |
//! | `shared_limit` | the token bucket of several processes (feature `shared-limit`) |
//! | [`page`] | listings: totals, cursors, rows that move meanwhile |
//! | [`request`], [`response`] | one call, one answer |
//! | [`error`] | one error type, its names and predicates |
//! | [`json`] | JSON read in place |
//! | [`transport`], [`clock`], [`observe`] | what is handed in |
#![cfg_attr(docsrs, feature(doc_cfg))]

// First: the others use its macro.
#[macro_use]
pub mod text;

pub mod auth;
#[cfg(logto_small)]
#[path = "small_bytes.rs"]
pub mod bytes;
pub mod client;
pub mod clock;
pub mod config;
mod endpoint;
pub mod error;
#[cfg(logto_small)]
#[path = "small_http/mod.rs"]
pub mod http;
mod http_date;
pub mod json;
pub mod limit;
pub mod observe;
pub mod options;
pub mod page;
mod percent;
mod pipeline;
mod redact;
pub mod request;
pub mod response;
mod retry;
mod rt;
mod secret;
#[cfg(feature = "shared-limit")]
pub mod shared_limit;
mod slots;
#[cfg(all(test, not(logto_small)))]
#[allow(dead_code, unreachable_pub, reason = "here the tests compare it, and nothing else uses it")]
mod small_bytes;
#[cfg(all(test, not(logto_small)))]
#[allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "here the tests compare it, and nothing else uses it"
)]
mod small_http;
pub mod transport;

pub use auth::{
    AccessToken, ClientCredentials, Coalesce, StoreEntry, StoreError, TokenSource, TokenStore, TokenVault,
    VaultStep,
};
pub use client::{Client, ClientBuilder, ListBuilder, RequestBuilder};
pub use clock::{BoxClock, Clock, TestingClock, UnixMillis};
pub use config::{ClientAuth, Config, ConfigBuilder};
pub use error::{ERROR_NAMES, Error, ErrorKind};
pub use limit::{RateLimit, RateLimiter};
pub use observe::{Event, Observer};
pub use page::{Items, ListRequest, Page, PageCursor, Pager, Total};
pub use request::{CallOptions, Request};
pub use response::{Data, Response};
pub use rt::{BoxFuture, MaybeSend, MaybeSync};
pub use secret::Secret;
#[cfg(feature = "shared-limit")]
pub use shared_limit::SharedLimit;
pub use transport::{BoxTransport, HttpTransport, TransportError, TransportErrorKind};

#[cfg(not(logto_small))]
pub use bytes;
#[cfg(not(logto_small))]
pub use http;
pub use serde_json;

/// Parsers as the fuzz targets call them.
#[doc(hidden)]
pub mod fuzzing {
    pub use crate::auth::parse_token_response;
    pub use crate::page::link_has_next;
    pub use crate::retry::parse_retry_after;
}
