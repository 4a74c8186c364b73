//! The catalogue of Logto's Management API: every operation with its parameters, bodies and answers, and the models that they share.
//!
//! `management.json` is the catalogue. `cargo xtask codegen` makes it, from two sources, and makes everything else that is generated
//! from it:
//!
//! 1. the type declarations of the npm package `@logto/api`, and for the codes of errors those of `@logto/phrases`, read by `reader/read.mjs`
//!    ([`make::RawCatalogue`]);
//! 2. `overrides.toml`: what those declarations get wrong or cannot say, each entry with its reason ([`make::Overrides`]).
//!
//! [`Catalogue::load`] reads the committed file. It holds facts only: names, types, statuses; none of the source's prose.
//!
//! | module | what it knows |
//! |---|---|
//! | [`types`] | the catalogue as the generators see it |
//! | [`docs`] | what is said of names that do not explain themselves |
//! | [`fits`] | whether a value is what the catalogue says |
//! | [`text`] | how identifiers are split into words and put together again |
//! | [`make`] | how the catalogue is made; nobody needs it at run time |
//! | [`write`] | the one way in which the catalogue is written, so that a change is a small diff |

pub mod docs;
pub mod fits;
pub mod make;
pub mod text;
pub mod types;
pub mod write;

pub use docs::Docs;
pub use fits::Misfit;
pub use types::{
    Answer, Body, Catalogue, Content, Field, Model, Operation, Paging, Parameter, Place, Search, Source,
    Type, Variant,
};
