//! `cargo xtask codegen`: writes the generated files, or with `--check` tells whether they are what would be written.
//!
//! A generator is one entry of [`GENERATORS`]: the file it owns and the function that renders it. Today nothing in the tree is
//! generated; the operations and models will be the first.

use std::fs;

use anyhow::{Context, Result};
use clap::Args;

use crate::{paths, say};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Write nothing; fail if a file differs from what would be written.
    #[arg(long)]
    pub(crate) check: bool,
}

/// A generated file and what renders it.
struct Generator {
    path: &'static str,
    render: fn() -> Result<String>,
}

const GENERATORS: &[Generator] = &[];

/// Writes or checks; says whether everything is up to date now.
pub(crate) fn run(options: &Options) -> Result<bool> {
    if GENERATORS.is_empty() {
        say::note("nothing is generated yet");
    }
    let mut current = true;
    for Generator { path, render } in GENERATORS {
        let file = paths::at(path);
        let wanted = render().with_context(|| format!("could not generate {path}"))?;
        if fs::read_to_string(&file).is_ok_and(|found| found == wanted) {
            continue;
        }
        if options.check {
            eprintln!("   {path} differs from what `cargo xtask codegen` writes");
            current = false;
        } else {
            fs::write(&file, wanted).with_context(|| format!("could not write {path}"))?;
            say::note(&format!("wrote {path}"));
        }
    }
    Ok(current)
}
