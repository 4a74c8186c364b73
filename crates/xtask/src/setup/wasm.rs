//! A compiler for wasm32-unknown-unknown.
//!
//! In this order:
//! 1. rustup, where it can download: the target and `rust-src`.
//! 2. Debian's packages `rustc-web`, `cargo-web`, `rust-web-src` and `lld-19`, where rustup reaches nothing: a compiler of their own
//!    that lives beside rustup's.
//! 3. Any Rust on the PATH that has the target already.
//!
//! With the standard library's source at hand it is compiled along, for size (`optimize_for_size`), which stable compilers do
//! under `RUSTC_BOOTSTRAP=1`. `XTASK_WASM=rustup|debian|plain` takes one way and no other.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::sh::{Cmd, cargo, cmd, which};

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";
const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-19"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_LINKER: &str = "wasm-ld-19";

/// Which compiler builds the wasm module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// The Rust that runs this command, with the target's prebuilt standard library.
    Plain,
    /// The Rust that runs this command, compiling the standard library from `rust-src`.
    BuildStd,
    /// Debian's Rust, compiling the standard library from `rust-web-src`.
    Debian,
}

/// Finds a compiler for the wasm target, and installs one if there is none.
pub(crate) fn toolchain() -> Result<Toolchain> {
    let wanted = env::var("XTASK_WASM").ok();
    match wanted.as_deref() {
        None => {}
        Some("plain") if has_target() => return Ok(Toolchain::Plain),
        Some("plain") => bail!("XTASK_WASM=plain, but this Rust has no {TARGET}: rustup target add {TARGET}"),
        Some("rustup") => {
            return rustup()
                .map_or_else(|| bail!("XTASK_WASM=rustup, but rustup could not add {TARGET}"), Ok);
        }
        Some("debian") => return debian(),
        Some(other) => bail!("XTASK_WASM={other}: use rustup, debian or plain, or unset it"),
    }
    if has_target() && has_source() {
        return Ok(Toolchain::BuildStd);
    }
    if debian_is_complete() {
        return Ok(Toolchain::Debian);
    }
    if let Some(found) = rustup() {
        return Ok(found);
    }
    if has_target() {
        return Ok(Toolchain::Plain);
    }
    debian()
}

impl Toolchain {
    /// A cargo command for this compiler; the subcommand goes first.
    pub(crate) fn cargo(self, subcommand: &str) -> Cmd {
        let base = match self {
            Self::Plain => return cargo().args([subcommand, "--target", TARGET]),
            Self::BuildStd => cargo(),
            // rustup's variables would turn Debian's cargo into a proxy for another compiler.
            Self::Debian => cmd(DEBIAN_CARGO)
                .env("RUSTC", DEBIAN_RUSTC)
                .env_remove("RUSTUP_TOOLCHAIN")
                .env_remove("CARGO")
                .env_remove("LD_LIBRARY_PATH"),
        };
        let base = base
            .arg(subcommand)
            .args(["--target", TARGET])
            .env("RUSTC_BOOTSTRAP", "1")
            .args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]);
        match self {
            Self::Debian => base.args(["--config", &format!("target.{TARGET}.linker=\"{DEBIAN_LINKER}\"")]),
            _ => base,
        }
    }

    /// Whether the standard library is compiled along, so that unstable flags are at hand.
    pub(crate) fn builds_std(self) -> bool {
        self != Self::Plain
    }
}

/// Adds the target and the library's source through rustup; `None` where rustup is missing or cannot download.
fn rustup() -> Option<Toolchain> {
    which("rustup")?;
    if !has_target() {
        let added = cmd("rustup").args(["target", "add", TARGET]).quietly("adding the wasm target (rustup)");
        if added.is_err() || !has_target() {
            crate::say::note("rustup could not add the wasm target; trying another way");
            return None;
        }
    }
    if !has_source() {
        let _ = cmd("rustup").args(["component", "add", "rust-src"]).quietly("adding rust-src (rustup)");
    }
    Some(if has_source() { Toolchain::BuildStd } else { Toolchain::Plain })
}

/// Installs Debian's packages.
fn debian() -> Result<Toolchain> {
    if debian_is_complete() {
        return Ok(Toolchain::Debian);
    }
    super::debian::install(&format!("a compiler for {TARGET}"), &DEBIAN_PACKAGES)
        .with_context(|| format!("with rustup, `rustup target add {TARGET}` is enough"))?;
    if debian_is_complete() {
        return Ok(Toolchain::Debian);
    }
    bail!(
        "Debian's packages were installed, but {DEBIAN_RUSTC} with its source, or {DEBIAN_LINKER}, is not there"
    )
}

fn debian_is_complete() -> bool {
    Path::new(DEBIAN_RUSTC).is_file()
        && Path::new(DEBIAN_CARGO).is_file()
        && which(DEBIAN_LINKER).is_some()
        && has_source_in(cmd(DEBIAN_RUSTC).args(["--print", "sysroot"]).env_remove("LD_LIBRARY_PATH"))
}

fn has_target() -> bool {
    sysroot().is_some_and(|root| root.join("lib/rustlib").join(TARGET).join("lib").is_dir())
}

fn has_source() -> bool {
    sysroot().is_some_and(|root| library(&root).is_file())
}

fn has_source_in(print_sysroot: Cmd) -> bool {
    print_sysroot.read().is_ok_and(|root| library(Path::new(root.trim())).is_file())
}

fn library(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib/src/rust/library/Cargo.lock")
}

/// Where the Rust that runs this command keeps its libraries.
pub(crate) fn sysroot() -> Option<PathBuf> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let printed = cmd(rustc).args(["--print", "sysroot"]).read().ok()?;
    Some(PathBuf::from(printed.trim()))
}
