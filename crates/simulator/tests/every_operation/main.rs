//! Every operation of the Management API is called once at least, and answers what the catalogue says: status, media type, every key.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs, unreachable_pub)]

mod applications;
#[path = "../common/mod.rs"]
mod common;
mod organizations;
mod people;
mod settings;
mod walk;
