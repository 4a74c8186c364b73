//! What the core may depend on: nothing that belongs to one runtime, and no url or idna, which double a wasm module.

use anyhow::{Result, bail};

use crate::sh::cargo;

const FORBIDDEN: [&str; 8] =
    ["tokio", "reqwest", "hyper", "wasm-bindgen", "js-sys", "web-sys", "url", "idna"];

pub(crate) fn core_is_pure() -> Result<()> {
    let tree =
        cargo().args(["tree", "--quiet", "-p", "logto-management-core", "-e", "normal", "--target", "all"]);
    let listing = tree.args(["--prefix", "none", "--format", "{p}"]).read()?;
    let found: Vec<&str> = listing
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| FORBIDDEN.contains(name))
        .collect();
    if found.is_empty() {
        return Ok(());
    }
    bail!(
        "logto-management-core depends on {}: `cargo tree -p logto-management-core -i {}` says why",
        found.join(", "),
        found.join(" -i ")
    )
}
