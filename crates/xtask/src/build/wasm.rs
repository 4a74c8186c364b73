//! The wasm module: `npm/wasm/logto_management.js`, `.d.ts` and `logto_management_bg.wasm`.
//!
//! Cargo (profile `wasm`), then wasm-bindgen (`--target web`, without a default module path), then `wasm-opt -Oz`. Where the standard
//! library is compiled along, it is compiled for size, and panics trap without a message.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::rust::{Profile, helper};
use crate::paths;
use crate::setup::node;
use crate::setup::wasm::{TARGET, Toolchain, toolchain};
use crate::sh::cmd;
use crate::stamp::Stamp;

const PACKAGE: &str = "logto-management-wasm";
/// The base of the generated files' names; `npm/src` imports them by it.
const NAME: &str = "logto_management";
/// What every runtime that we serve has (workerd, Node 20, Deno, Bun, browsers since 2022), and what rustc assumes by itself.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// The core's own small types in place of the crate `http`'s: see `crates/core/src/small_http`.
pub(crate) const SMALL: &str = "--cfg=logto_small";

/// A panic traps at once: its message would reach nobody, and the code that formats it is 6 % of the module. No paths of the machine get in.
const SMALL_PANICS: [&str; 3] = ["-Zlocation-detail=none", "-Zunstable-options", "-Cpanic=immediate-abort"];

/// Builds the module, unless what is in `npm/wasm` was made from the same code already.
pub(crate) fn module() -> Result<()> {
    super::once("wasm", || build(&["--lib"], "logto_management_wasm.wasm", &paths::at("npm/wasm")))
}

/// Builds the module that plays the contract of transports, and says where it is.
pub(crate) fn contract() -> Result<PathBuf> {
    let out = paths::target().join("wasm-contract");
    super::once("wasm-contract", || build(&["--example", "contract"], "examples/contract.wasm", &out))?;
    Ok(out)
}

/// Builds a cdylib of the package, `file` below the profile's folder, into `out`.
fn build(target: &[&str], file: &str, out: &Path) -> Result<()> {
    let toolchain = toolchain()?;
    compile(toolchain, target)?;
    let compiled = paths::target().join(TARGET).join("wasm").join(file);
    let recipe =
        [env!("CARGO_PKG_VERSION"), NAME, include_str!("../bin/bindgen.rs"), include_str!("wasm.rs")];
    let stamp = Stamp::new(out.join(".xtask-stamp"), std::slice::from_ref(&compiled), &recipe)?;
    if stamp.fits() {
        return Ok(());
    }
    bind(&compiled, out)?;
    optimise(&out.join(format!("{NAME}_bg.wasm")))?;
    stamp.set()
}

fn compile(toolchain: Toolchain, target: &[&str]) -> Result<()> {
    let mut build =
        toolchain.cargo("build").args(["--quiet", "--profile", "wasm", "-p", PACKAGE]).args(target);
    // wasm-bindgen reads the section `target_features`, which stripping takes away; it drops the names itself.
    build = build.args(["--config", "profile.wasm.strip=\"none\""]);
    let mut flags = vec![SMALL];
    if toolchain.builds_std() {
        flags.extend(SMALL_PANICS);
    }
    build = build.args(["--config", &format!("target.{TARGET}.rustflags={flags:?}")]);
    build.quietly(match toolchain {
        Toolchain::Plain => "building the wasm module",
        Toolchain::BuildStd => "building the wasm module, with its standard library",
        Toolchain::Debian => "building the wasm module, with its standard library (Debian's Rust)",
    })
}

/// Runs wasm-bindgen into a fresh folder.
fn bind(compiled: &Path, out: &Path) -> Result<()> {
    let bindgen = helper("bindgen", Profile::Dev)?;
    if out.exists() {
        fs::remove_dir_all(out).with_context(|| format!("could not clear {}", paths::shown(out)))?;
    }
    fs::create_dir_all(out)?;
    cmd(bindgen).arg(compiled).arg(out).arg(NAME).quietly("running wasm-bindgen")
}

/// Shrinks the module in place.
fn optimise(module: &Path) -> Result<()> {
    let before = fs::metadata(module)?.len();
    let wasm_opt =
        node::tool("wasm-opt")?.args(["-Oz", "--strip-debug", "--strip-producers"]).args(WASM_FEATURES);
    wasm_opt.arg(module).arg("-o").arg(module).quietly("running wasm-opt -Oz")?;
    let after = fs::metadata(module)?.len();
    crate::say::note(&format!(
        "{}: {before} bytes from wasm-bindgen, {after} after wasm-opt",
        paths::shown(module)
    ));
    Ok(())
}
