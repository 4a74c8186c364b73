//! Compiler flags of everything that is shipped.
//!
//! A panic's message names its source file, and with it the folders of whoever built the binary. They are replaced by `cargo` (the
//! registry's sources), `.` (the checkout) and `rust` (the standard library's), so that a published binary tells nobody's name and is the
//! same from every machine.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::paths;
use crate::setup::wasm::sysroot;
use crate::sh::Cmd;

impl Cmd {
    /// For a release build: what all of them share, so that their dependencies are compiled once.
    pub(crate) fn released(self) -> Self {
        let mut flags = own_flags();
        for (from, to) in folders() {
            flags.push(format!("--remap-path-prefix={}={to}", from.display()));
        }
        // The one form that takes paths with spaces. It wins over RUSTFLAGS, which is therefore part of it.
        self.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}")).env_remove("RUSTFLAGS")
    }
}

/// Fails if a shipped binary names a folder of this machine after all.
pub(crate) fn no_traces(binary: &Path) -> Result<()> {
    let bytes = fs::read(binary).with_context(|| format!("could not read {}", paths::shown(binary)))?;
    for (folder, _) in folders() {
        let folder = format!("{}/", folder.display());
        if bytes.windows(folder.len()).any(|window| window == folder.as_bytes()) {
            bail!("{} names {folder}: it was built without remapped paths", paths::shown(binary));
        }
    }
    Ok(())
}

/// What paths of sources begin with on this machine, and what stands in its place. The last that fits wins.
fn folders() -> Vec<(PathBuf, &'static str)> {
    let known = [(cargo_home(), "cargo"), (Some(paths::root()), "."), (sysroot(), "rust")];
    known.into_iter().filter_map(|(folder, name)| folder.map(|folder| (folder, name))).collect()
}

/// The flags that the user set.
fn own_flags() -> Vec<String> {
    let read = |name: &str| env::var(name).ok().filter(|flags| !flags.is_empty());
    match (read("CARGO_ENCODED_RUSTFLAGS"), read("RUSTFLAGS")) {
        (Some(flags), _) => flags.split('\u{1f}').map(str::to_owned).collect(),
        (None, Some(flags)) => flags.split_whitespace().map(str::to_owned).collect(),
        (None, None) => Vec::new(),
    }
}

fn cargo_home() -> Option<PathBuf> {
    let home = || env::var_os(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
    let default = |home: OsString| PathBuf::from(home).join(".cargo");
    env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| home().map(default))
}
