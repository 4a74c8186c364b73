//! Typed requests and models for every operation of Logto's Management API.
//!
//! Rust users have this through the crate `logto-management`, where `api.users()` and its like are methods of the client. Here they are the
//! methods of [`Operations`], for a [`Client`](logto_management_core::Client) over any transport.
//!
//! ```no_run
//! use logto_management_core::{Client, Clock, Error, HttpTransport};
//! use logto_management_operations::{Operations, Search, models::{CreateUserBody, UserSearchField}};
//!
//! # async fn run<T: HttpTransport, C: Clock>(client: Client<T, C>) -> Result<(), Error> {
//! let user = client.users().create(CreateUserBody::new().username("ann").name("Ann")).send().await?;
//! println!("{} since {}", user.id, user.created_at.millis());
//!
//! let anns = Search::new().like(UserSearchField::Username, "ann%");
//! let mut users = client.users().list().search(anns).items();
//! while let Some(user) = users.try_next().await? {
//!     println!("{}", user.id);
//! }
//! # Ok(()) }
//! ```
//!
//! # What is where
//! Each group of operations is a module with one marker type for each operation, named by Logto's operation id; what can be done with a request is
//! on [`Call`]. Every body and answer is in [`models`]. All of that is generated from the catalogue of the API.
//!
//! # What a model promises
//! - A key that is not known is passed over, an enumeration keeps a value that is not known as `Other`, and so does a union: a newer server breaks nothing.
//! - A key that should be there and is not, or is null, has its type's empty value: an older server breaks nothing either.
//! - What may be absent is an `Option`; what may be absent or null is a [`Patch`], which tells the two apart.
//! - Times are [`Time`]: whole milliseconds since 1970 on the wire.
//! - Structs and enumerations are non-exhaustive. Those that are sent have `new` with what is required, and a method for every other key.
//! - `Debug` shows no passwords, secrets and tokens.
//!
//! # Errors
//! [`ErrorCode::of`] tells what an error of the API means, for a `match` that the compiler checks.
//!
//! # Features
//! One for each group, and `full` (the default) for all of them. A model is compiled where one of its groups is.
#![cfg_attr(docsrs, feature(doc_cfg))]
// With some groups only, what none of them needs is idle.
#![cfg_attr(not(feature = "full"), allow(dead_code, unused_imports, unused_macros))]

mod call;
mod code;
mod generated;
mod listing;
mod open;
mod patch;
mod search;
mod time;
mod upload;

pub use call::{Answered, Call, Listing, Operation};
pub use generated::*;
pub use listing::{PageOf, Pages};
pub use patch::Patch;
pub use search::{Joint, Search};
pub use time::Time;
pub use upload::Upload;
