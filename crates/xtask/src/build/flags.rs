//! Compiler flags of everything that is shipped.
//!
//! A panic's message names its source file, and with it the folders of whoever built the binary. They are replaced by `cargo` (the
//! registry's sources) and `.` (the checkout), so that a published binary tells nobody's name and is the same from every machine.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use crate::paths;
use crate::sh::Cmd;

impl Cmd {
    /// For a release build: what all of them share, so that their dependencies are compiled once.
    pub(crate) fn released(self) -> Self {
        let mut flags = own_flags();
        for (from, to) in [(cargo_home(), "cargo"), (Some(paths::root()), ".")] {
            if let Some(from) = from {
                flags.push(format!("--remap-path-prefix={}={to}", from.display()));
            }
        }
        // The one form that takes paths with spaces. It wins over RUSTFLAGS, which is therefore part of it.
        self.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}")).env_remove("RUSTFLAGS")
    }
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
