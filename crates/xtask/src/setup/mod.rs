//! The set-up: what a fresh machine lacks, installed once, each step with an error that says what to do.
//!
//! Every step is idempotent and looks first: with everything in place nothing is printed and no network is used. What belongs
//! to the project lies in `npm/node_modules`, `.venv` and `target/tools`; only the wasm target (rustup's or Debian's packages)
//! and Chromium (Debian's) are installed for the machine, since they cannot live elsewhere.

pub(crate) mod chromium;
pub(crate) mod debian;
pub(crate) mod node;
pub(crate) mod python;
pub(crate) mod redis;
pub(crate) mod runtimes;
pub(crate) mod wasm;

use anyhow::Result;

/// Everything that any command needs.
pub(crate) fn all() -> Result<()> {
    wasm::toolchain()?;
    node::packages()?;
    node::for_workerd()?;
    python::venv()?;
    runtimes::all()?;
    redis::server()?;
    chromium::chromium()?;
    crate::say::note("everything that the commands need is in place");
    Ok(())
}
