//! The wasm module: `npm/wasm/logto_management_bg.wasm`.
//!
//! Cargo (profile `wasm`), then `wasm-opt -Oz`, and functions are put into the order in which they compress best (`layout.rs`). Its border with JavaScript is written by hand (`bindings/wasm/src/host.rs`), so no generator runs. Where the standard
//! library is compiled along, it is compiled for size, and panics trap without a message.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::layout;
use crate::paths;
use crate::setup::node;
use crate::setup::wasm::{TARGET, Toolchain, toolchain};
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

/// So much for the stack, in place of 1 MB; it lies below the module's data, whose addresses then have a byte less each.
const STACK: &str = "-Clink-arg=-zstack-size=262144";

/// A panic traps at once: its message would reach nobody, and the code that formats it is 6 % of the module. Nor does anybody print with `{:?}`. No paths of the machine get in.
const SMALL_PANICS: [&str; 4] =
    ["-Zlocation-detail=none", "-Zfmt-debug=none", "-Zunstable-options", "-Cpanic=immediate-abort"];

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
    let recipe = [env!("CARGO_PKG_VERSION"), NAME, include_str!("wasm.rs"), include_str!("layout.rs")];
    let stamp = Stamp::new(out.join(".xtask-stamp"), std::slice::from_ref(&compiled), &recipe)?;
    if stamp.fits() {
        return Ok(());
    }
    if out.exists() {
        fs::remove_dir_all(out).with_context(|| format!("could not clear {}", paths::shown(out)))?;
    }
    fs::create_dir_all(out)?;
    optimise(&compiled, &out.join(format!("{NAME}_bg.wasm")))?;
    stamp.set()
}

fn compile(toolchain: Toolchain, target: &[&str]) -> Result<()> {
    let mut build =
        toolchain.cargo("build").args(["--quiet", "--profile", "wasm", "-p", PACKAGE]).args(target);
    let mut flags = vec![SMALL, STACK];
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

/// Shrinks a module.
fn optimise(compiled: &Path, module: &Path) -> Result<()> {
    let before = fs::metadata(compiled)?.len();
    // Names of functions, of the compiler and of what it assumed: nothing that runs.
    let strip = ["--strip-debug", "--strip-producers", "--strip-target-features"];
    // The loops that the compiler made are made anew from plain jumps, and offsets are folded into loads: the lowest 1024 bytes are the far end of the stack.
    // Functions with one caller stay apart if they are large: engines compile a function when it is first called, and a client that is made must not wait for code that it has no use for.
    let shrink = [
        ["--flatten", "--rereloop", "-Oz", "-Oz", "-Oz", "--low-memory-unused"].as_slice(),
        &["--one-caller-inline-max-function-size", "120"],
    ]
    .concat();
    // Beside it first: a run that is ended half-way leaves no module that looks whole.
    let unfinished = module.with_extension("unfinished");
    node::tool("wasm-opt")?
        .args(shrink)
        .args(strip)
        .args(WASM_FEATURES)
        .arg(compiled)
        .arg("-o")
        .arg(&unfinished)
        .quietly("running wasm-opt -Oz")?;
    let optimised = fs::read(&unfinished)?;
    let laid_out = layout::compressible(&optimised).context("could not lay out the module's functions")?;
    fs::write(&unfinished, laid_out)?;
    fs::rename(&unfinished, module)?;
    let after = fs::metadata(module)?.len();
    crate::say::note(&format!("{}: {before} bytes from rustc, {after} after wasm-opt", paths::shown(module)));
    Ok(())
}
