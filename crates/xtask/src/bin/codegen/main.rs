//! The generators as a helper binary: `xtask-codegen DECLARATIONS.json [--check]`.
//!
//! Makes the catalogue from what the reader printed and `overrides.toml`, and everything else from the catalogue. A generator is one
//! entry of [`GENERATORS`]: it gives the files that it wants, and the folders that hold nothing else, so that a file which is no longer
//! made goes away too.
#![allow(clippy::print_stderr)]

mod files;
mod python;
mod rust;
mod ts;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use logto_catalogue::{
    Catalogue,
    make::{Overrides, make},
    write,
};

use files::Files;

type Generator = fn(&Catalogue, &mut Files) -> Result<()>;

const GENERATORS: [Generator; 5] = [catalogue, names, rust, typescript, python];

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask-codegen: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool> {
    let mut arguments = std::env::args_os().skip(1);
    let Some(declarations) = arguments.next() else {
        bail!("usage: xtask-codegen DECLARATIONS.json [--check]")
    };
    let check = arguments.next().is_some_and(|argument| argument == "--check");
    // Read at run time: the one that was compiled in may be older than the one on disk.
    let overrides = fs::read_to_string(root().join("crates/catalogue/overrides.toml"))?;
    let raw =
        serde_json::from_slice(&fs::read(&declarations)?).context("the reader printed something else")?;
    let made = make(raw, &Overrides::parse(&overrides)?)?;
    let mut files = Files::default();
    for generator in GENERATORS {
        generator(&made, &mut files)?;
    }
    if check { files.check(root()) } else { files.write(root()) }
}

/// The root of the checkout.
fn root() -> &'static Path {
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_dir.ancestors().nth(2).unwrap_or(crate_dir)
}

/// The catalogue itself.
fn catalogue(catalogue: &Catalogue, files: &mut Files) -> Result<()> {
    files.add("crates/catalogue/management.json", write::pretty(catalogue)?);
    Ok(())
}

/// Every operation's name, so that a rename is a diff that nobody overlooks.
fn names(catalogue: &Catalogue, files: &mut Files) -> Result<()> {
    let mut names: Vec<String> = catalogue
        .operations
        .iter()
        .map(|operation| format!("{} = {}\n", operation.full_name(), operation.id))
        .collect();
    names.sort();
    files.add("crates/catalogue/names.txt", names.concat());
    Ok(())
}

/// The Rust operations.
fn rust(catalogue: &Catalogue, files: &mut Files) -> Result<()> {
    rust::generate(catalogue, root(), files)
}

/// The TypeScript declarations, and the table of operations.
fn typescript(catalogue: &Catalogue, files: &mut Files) -> Result<()> {
    ts::generate(catalogue, root(), files)
}

/// The Python operations.
fn python(catalogue: &Catalogue, files: &mut Files) -> Result<()> {
    python::generate(catalogue, root(), files)
}
