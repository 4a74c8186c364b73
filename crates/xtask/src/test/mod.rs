//! `cargo xtask test`: builds what is tested, runs every suite, and sums up.
//!
//! The suites are each runner's own (cargo test, node:test, pytest); the vectors then run through all doors. The last line is
//! `N passed, N failed` over everything, and the command fails if anything did. A suite that runs no test has failed.

mod failures;
mod matrix;
mod tally;
mod vectors;

use std::time::Instant;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::sh::{Cmd, cargo};
use crate::{build, paths, say, setup};
use failures::Failures;
use tally::{Runner, Tally};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// What to test; everything unless given.
    what: Option<Part>,
    /// Vectors only through these doors (repeatable).
    #[arg(long, value_enum)]
    door: Vec<vectors::Door>,
    /// Vectors only whose name contains this, such as `token/`.
    #[arg(long)]
    filter: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The Rust crates: cargo test.
    Rust,
    /// The npm package on the addon and on the WASM engine: node:test.
    Node,
    /// The Python package: pytest.
    Python,
    /// The npm package in Workers, edge runtimes and browsers: the contract of its transport, and a Worker's vectors.
    Edge,
    /// The vectors, through all doors.
    Vectors,
}

/// What came of a suite.
#[derive(Default)]
struct Report {
    tally: Tally,
    /// What its runner said of what failed.
    failures: Vec<String>,
}

/// One line of the summary.
struct Line {
    name: String,
    report: Report,
    seconds: String,
}

/// Runs what was asked for; says whether all of it passed.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let mut lines = Vec::new();
    let mut section = |name: &str, work: &mut dyn FnMut() -> Result<Report>| {
        say::section(name);
        let started = Instant::now();
        // A suite that cannot be built must not keep the others from running.
        let report = work().unwrap_or_else(|error| {
            eprintln!("\nerror: {name}: {error:#}");
            Report { tally: Tally::default().settled(false), failures: vec![format!("{error:#}")] }
        });
        lines.push(Line { name: name.to_owned(), report, seconds: say::seconds(started.elapsed()) });
    };
    let all = options.what.is_none();
    let asked =
        |part: Part| all && options.door.is_empty() && options.filter.is_none() || options.what == Some(part);

    if asked(Part::Rust) {
        section("Rust: cargo test", &mut rust);
    }
    if asked(Part::Node) {
        section("Node: npm test", &mut node);
    }
    if asked(Part::Python) {
        section("Python: pytest", &mut python);
    }
    if asked(Part::Edge) {
        section("Edge: workerd, edge runtime, Chromium", &mut edge);
    }
    let doors = match options.what {
        None | Some(Part::Vectors) if options.door.is_empty() => vectors::Door::ALL.to_vec(),
        None | Some(Part::Vectors) => options.door.clone(),
        Some(Part::Edge) => vec![vectors::Door::Worker],
        Some(Part::Rust | Part::Node | Part::Python) => Vec::new(),
    };
    let mut matrix = matrix::Matrix::default();
    for door in doors {
        // The matrix tells of what failed.
        let mut work = || {
            let tally = vectors::run(door, options.filter.as_deref(), &mut matrix)?;
            Ok(Report { tally, ..Report::default() })
        };
        section(&format!("Vectors: {}", door.name()), &mut work);
    }

    matrix.print();
    Ok(summary(&lines))
}

fn summary(lines: &[Line]) -> bool {
    let mut sum = Tally::default();
    println!("\n{:<34} {:>7} {:>7} {:>8}   time", "", "passed", "failed", "skipped");
    for line in lines {
        let Tally { passed, failed, skipped } = line.report.tally;
        println!("{:<34} {passed:>7} {failed:>7} {skipped:>8}   {}", line.name, line.seconds);
        sum.add(line.report.tally);
    }
    for Line { name, report, .. } in lines.iter().filter(|line| !line.report.failures.is_empty()) {
        println!("\nfailed in {name}:\n{}", report.failures.join("\n"));
    }
    println!("\n{} passed, {} failed", sum.passed, sum.failed);
    sum.failed == 0
}

/// Runs a suite, counts what its runner says, and keeps what that tells of failures.
fn suite(command: Cmd, runner: Runner) -> Result<Report> {
    let mut tally = Tally::default();
    let mut failures = Failures::new(runner);
    let success = command.watch(|line| {
        tally.add(runner.count(line));
        failures.read(line);
    })?;
    Ok(Report { tally: tally.settled(success), failures: failures.lines() })
}

fn rust() -> Result<Report> {
    let test = cargo()
        .args(["test", "--quiet", "--no-fail-fast"])
        .env("LOGTO_REDIS_SERVER", setup::redis::server()?);
    suite(test, Runner::Cargo)
}

fn node() -> Result<Report> {
    let simulator = build::rust::simulator()?;
    build::wasm::module()?;
    build::node::addon()?;
    build::node::package()?;
    let test = setup::node::npm()?.args(["run", "--silent", "test"]).env("LOGTO_SIMULATOR", simulator);
    let test = test.env("LOGTO_REDIS_SERVER", setup::redis::server()?);
    suite(test.env("WORKERD_NODE", setup::node::for_workerd()?), Runner::Node)
}

fn python() -> Result<Report> {
    let simulator = build::rust::simulator()?;
    let venv = build::python::installed()?;
    let test =
        venv.python().args(["-m", "pytest", "-q"]).dir(paths::at("py")).env("LOGTO_SIMULATOR", simulator);
    let test = test.env("LOGTO_REDIS_SERVER", setup::redis::server()?);
    suite(test, Runner::Pytest)
}

fn edge() -> Result<Report> {
    build::wasm::module()?;
    build::node::package()?;
    let simulator = build::rust::simulator()?;
    let test = setup::node::npm()?.args(["run", "--silent", "test:edge"]).env("LOGTO_SIMULATOR", simulator);
    let test = test.env("LOGTO_CONTRACT_MODULE", build::wasm::contract()?);
    let test = test.env("LOGTO_CONTRACT_SERVER", build::rust::contract_server()?);
    let test = test.env("LOGTO_CHROMIUM", setup::chromium::chromium()?);
    suite(test.env("WORKERD_NODE", setup::node::for_workerd()?), Runner::Node)
}
