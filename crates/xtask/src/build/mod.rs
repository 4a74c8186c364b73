//! Builds of what the doors ship, into the places where their packages look for it.
//!
//! Everything is a release build and shares Cargo's one target directory, so that `demo`, `test`, `dist` and `bench` build each
//! thing once. A build whose inputs did not change costs what Cargo needs to see that.

pub(crate) mod node;
pub(crate) mod python;
pub(crate) mod rust;
pub(crate) mod wasm;

use anyhow::Result;

/// Everything that the doors outside Rust need: the wasm module, the addon and the npm package, the wheel in `.venv`.
pub(crate) fn all() -> Result<()> {
    wasm::module()?;
    node::addon()?;
    node::package()?;
    python::installed()?;
    Ok(())
}
