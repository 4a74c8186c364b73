//! `cargo xtask codegen`: writes the generated files, or with `--check` tells whether they are what would be written.
//!
//! Node reads the type declarations of `@logto/api` (`crates/catalogue/reader`, whose lock file pins the version); the helper
//! `xtask-codegen` makes the catalogue and everything else from what it read.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;

use crate::build::rust::{Profile, helper};
use crate::paths;
use crate::setup::node;
use crate::sh::cmd;
use crate::stamp::Stamp;

/// Where the reader is.
const READER: &str = "crates/catalogue/reader";

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Write nothing; fail if a file differs from what would be written.
    #[arg(long)]
    pub(crate) check: bool,
}

/// Writes or checks; says whether everything is up to date now.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let raw = declarations()?;
    let mut generate = cmd(helper("codegen", Profile::Dev)?).arg(raw);
    if options.check {
        generate = generate.arg("--check");
    }
    generate.status()
}

/// Reads the declarations; the file that holds what was found.
fn declarations() -> Result<PathBuf> {
    let node = node::node()?;
    let dir = paths::at(READER);
    let inputs = [dir.join("package-lock.json"), dir.join("package.json")];
    let stamp = Stamp::new(dir.join("node_modules/.xtask-stamp"), &inputs, &[])?;
    if !stamp.fits() {
        let install = node::npm()?.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).dir(&dir);
        install.quietly(&format!("installing the declarations and their reader (npm ci in {READER}/)"))?;
        stamp.set()?;
    }
    let read = cmd(node).arg("read.mjs").dir(&dir).read()?;
    let file = paths::target().join("codegen").join("declarations.json");
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(&file, read).with_context(|| format!("could not write {}", paths::shown(&file)))?;
    Ok(file)
}
