//! Access tokens: where they come from, and how long they are good for.
//!
//! [`ClientCredentials`] is the flow that Logto's Management API has (RFC 6749, section 4.4, with the resource indicator of RFC 8707). A [`TokenSource`] of one's own
//! can stand in its place. The rules of the cache are in `cache.rs`, as a state machine that is driven by the clock.

mod cache;
mod client_credentials;
mod request;
mod source;
mod store;
mod token;

pub use client_credentials::{ClientCredentials, Coalesce};
pub use source::TokenSource;
pub(crate) use source::{BoxTokenSource, DynTokenSource};
#[cfg(feature = "shared-limit")]
pub(crate) use store::within;
pub use store::{StoreEntry, StoreError, TokenStore, TokenVault, VaultStep};
pub use token::{AccessToken, parse_token_response};
