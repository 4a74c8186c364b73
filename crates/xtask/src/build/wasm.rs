//! The wasm module: `npm/wasm/logto_management_bg.wasm`.
//!
//! Cargo (profile `wasm`), then `wasm-opt -Oz`, twice: between the two, functions are put into the order in which they compress best. Its border with JavaScript is written by hand (`bindings/wasm/src/host.rs`), so no generator runs. Where the standard
//! library is compiled along, it is compiled for size, and panics trap without a message.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

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
    let recipe = [env!("CARGO_PKG_VERSION"), NAME, include_str!("wasm.rs")];
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

/// Shrinks a module.
fn optimise(compiled: &Path, module: &Path) -> Result<()> {
    let before = fs::metadata(compiled)?.len();
    // Names of functions, of the compiler and of what it assumed: nothing that runs.
    let strip = ["--strip-debug", "--strip-producers", "--strip-target-features"];
    // The loops that the compiler made are made anew from plain jumps, and offsets are folded into loads: the lowest 1024 bytes are the far end of the stack.
    let shrink = ["--flatten", "--rereloop", "-Oz", "-Oz", "--low-memory-unused"];
    let text = module.with_extension("wat");
    let wasm_opt =
        |args: &[&str]| Ok::<_, anyhow::Error>(node::tool("wasm-opt")?.args(args).args(WASM_FEATURES));
    wasm_opt(&shrink)?
        .args(strip)
        .arg("--emit-text")
        .arg(compiled)
        .arg("-o")
        .arg(&text)
        .quietly("running wasm-opt -Oz")?;
    fs::write(&text, by_length(&fs::read_to_string(&text)?)?)?;
    // Beside it first: a run that is ended half-way leaves no module that looks whole.
    let unfinished = module.with_extension("unfinished");
    wasm_opt(&["-Oz", "--low-memory-unused"])?
        .arg(&text)
        .arg("-o")
        .arg(&unfinished)
        .quietly("running wasm-opt -Oz on the functions in their new order")?;
    fs::remove_file(&text)?;
    fs::rename(&unfinished, module)?;
    let after = fs::metadata(module)?.len();
    crate::say::note(&format!("{}: {before} bytes from rustc, {after} after wasm-opt", paths::shown(module)));
    Ok(())
}

/// A module's text, as wasm-opt writes it, with the functions in the order of their lengths. What is of one length is often of one kind, and what compresses a module looks back 32 KB and no further: this is 2 % of
/// what a Worker downloads.
fn by_length(text: &str) -> Result<String> {
    const BEGIN: &str = "\n (func ";
    const END: &str = "\n )";
    let (head, mut rest) = text.split_at(text.find(BEGIN).context("the module has no functions")?);
    let mut functions = Vec::new();
    while rest.starts_with(BEGIN) {
        let line = rest.get(1..).and_then(|rest| rest.find('\n')).context("a function does not end")? + 1;
        // An empty one takes a line.
        let is_closed =
            rest.get(..line).is_some_and(|line| line.matches('(').count() == line.matches(')').count());
        let end =
            if is_closed { line } else { rest.find(END).context("a function does not end")? + END.len() };
        let (function, others) = rest.split_at(end);
        functions.push(function);
        rest = others;
    }
    if rest.contains(BEGIN) {
        bail!("the functions of the module do not stand together");
    }
    functions.sort_by_key(|function| function.lines().map(|line| line.trim_start().len()).sum::<usize>());
    Ok([head, &functions.concat(), rest].concat())
}

#[cfg(test)]
mod tests {
    use super::by_length;

    #[test]
    fn functions_stand_in_the_order_of_their_lengths() {
        let text = "(module\n (memory $0 17)\n (func $a (param $0 i32)\n  (call $b)\n  (call $c)\n )\n (func $b)\n (func $c\n  (nop)\n )\n (export \"b\" (func $b))\n)\n";
        let sorted = "(module\n (memory $0 17)\n (func $b)\n (func $c\n  (nop)\n )\n (func $a (param $0 i32)\n  (call $b)\n  (call $c)\n )\n (export \"b\" (func $b))\n)\n";
        assert_eq!(by_length(text).expect("a module"), sorted);
        assert!(by_length("(module\n)\n").is_err());
    }
}
