//! `cargo xtask`: everything that the project does with itself, as one command.
//!
//! `setup` installs what is missing, `build` makes what the doors ship. The other commands call them as they need, so a fresh clone
//! needs no preparation.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod bench;
mod build;
mod codegen;
mod demo;
mod dist;
mod lint;
mod paths;
mod say;
mod setup;
mod sh;
mod simulator;
mod stamp;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

/// The project's own commands.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Install what is missing: a compiler for wasm, npm packages, a Python environment.
    Setup,
    /// Build what the doors ship, where their packages look for it.
    Build {
        /// What to build; everything unless given.
        what: Option<Buildable>,
    },
    /// Run every test of every door, and the vectors through all of them.
    Test(test::Options),
    /// Check format, lints, types and the tree's own rules.
    Lint(lint::Options),
    /// List every user of the simulator, or of a real Logto, through the four doors.
    Demo(demo::Options),
    /// Make the wheel and the npm tarballs in dist/.
    Dist(dist::Options),
    /// Measure what a door costs beside its peers.
    Bench(bench::Options),
    /// Write the generated files, or check them.
    Codegen(codegen::Options),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Buildable {
    /// npm/wasm: the wasm module.
    Wasm,
    /// npm/*.node and npm/lib: the addon and the façade.
    Node,
    /// npm/*.node only.
    Addon,
    /// The wheel, installed into .venv.
    Python,
    /// The simulator.
    Simulator,
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Setup => setup::all()?,
        Command::Test(options) => return verdict(test::run(&options)?),
        Command::Lint(options) => return verdict(lint::run(&options)?),
        Command::Demo(options) => return verdict(demo::run(&options)?),
        Command::Dist(options) => dist::run(&options)?,
        Command::Bench(options) => bench::run(&options)?,
        Command::Codegen(options) => return verdict(codegen::run(&options)?),
        Command::Build { what } => match what {
            None => build::all()?,
            Some(Buildable::Wasm) => build::wasm::module()?,
            Some(Buildable::Node) => {
                build::node::addon()?;
                build::node::package()?;
            }
            Some(Buildable::Addon) => drop(build::node::addon()?),
            Some(Buildable::Python) => drop(build::python::installed()?),
            Some(Buildable::Simulator) => drop(build::rust::simulator()?),
        },
    }
    Ok(ExitCode::SUCCESS)
}

/// What was found wrong is printed already: the exit code is all that is left to say.
fn verdict(good: bool) -> anyhow::Result<ExitCode> {
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
