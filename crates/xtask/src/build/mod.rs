//! Builds of what the doors ship, into the places where their packages look for it.
//!
//! Everything is a release build and shares Cargo's one target directory, so that `demo`, `test`, `dist` and `bench` build each
//! thing once. A build whose inputs did not change costs what Cargo needs to see that.

pub(crate) mod flags;
mod layout;
pub(crate) mod node;
pub(crate) mod python;
pub(crate) mod rust;
pub(crate) mod wasm;

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use anyhow::Result;

/// Everything that the doors outside Rust need: the wasm module, the addon and the npm package, the wheel in `.venv`.
pub(crate) fn all() -> Result<()> {
    wasm::module()?;
    node::addon()?;
    node::package()?;
    python::installed()?;
    Ok(())
}

/// Runs a build unless this very process has done it already: one command asks for the same thing from many places. A failed
/// build is tried again.
fn once(what: &str, build: impl FnOnce() -> Result<()>) -> Result<()> {
    static DONE: Mutex<Option<HashSet<String>>> = Mutex::new(None);
    let done = || DONE.lock().unwrap_or_else(PoisonError::into_inner);
    if done().as_ref().is_some_and(|names| names.contains(what)) {
        return Ok(());
    }
    build()?;
    done().get_or_insert_default().insert(what.to_owned());
    Ok(())
}
