//! The vectors through one door: starts the helper that runs and compares them, and reads its verdicts.
//!
//! The helper is a binary of its own (`xtask-vectors`), since it links the client: this command must work while the client does not
//! compile.

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use serde_json::Value;

use super::matrix::{Matrix, Verdict};
use super::tally::Tally;
use crate::build::rust::{Profile, helper};
use crate::sh::{Cmd, cmd};
use crate::{build, paths, setup};

/// The six doors of `tests/README.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Door {
    Rust,
    RustTcp,
    Node,
    Python,
    PythonAsync,
    Worker,
}

impl Door {
    pub(crate) const ALL: [Self; 6] =
        [Self::Rust, Self::RustTcp, Self::Node, Self::Python, Self::PythonAsync, Self::Worker];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::RustTcp => "rust-tcp",
            Self::Node => "node",
            Self::Python => "python",
            Self::PythonAsync => "python-async",
            Self::Worker => "worker",
        }
    }

    /// The program that carries out the steps in the door's language, with everything built that it needs.
    fn driver(self) -> Result<Option<Cmd>> {
        Ok(match self {
            Self::Rust | Self::RustTcp => None,
            Self::Node => {
                build::node::addon()?;
                build::node::package()?;
                Some(cmd(setup::node::node()?).arg(paths::at("npm/tests/driver.mjs")))
            }
            Self::Python => Some(python("sync")?),
            Self::PythonAsync => Some(python("async")?),
            Self::Worker => {
                build::wasm::module()?;
                build::node::package()?;
                Some(cmd(setup::node::for_workerd()?).arg(paths::at("npm/tests/worker-driver.mjs")))
            }
        })
    }
}

fn python(mode: &str) -> Result<Cmd> {
    let venv = build::python::installed()?;
    Ok(venv.python().arg(paths::at("py/tests/driver.py")).args(["--mode", mode]))
}

/// Runs the vectors whose name contains `filter` through `door`.
pub(crate) fn run(door: Door, filter: Option<&str>, matrix: &mut Matrix) -> Result<Tally> {
    let runner = helper("vectors", Profile::Dev)?;
    let mut command = cmd(runner).arg(paths::at("tests/vectors")).arg(door.name()).arg(filter.unwrap_or(""));
    if let Some(driver) = door.driver()? {
        command = command.then(driver);
    }
    let mut tally = Tally::default();
    for line in command.read_stdout()?.lines() {
        let cell: Value =
            serde_json::from_str(line).with_context(|| format!("xtask-vectors printed {line:?}"))?;
        let text = |name: &str| cell.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let verdict = match text("verdict").as_str() {
            "passed" => Verdict::Passed,
            "failed" => Verdict::Failed(text("reason")),
            "skipped" => Verdict::Skipped(text("reason")),
            other => bail!("xtask-vectors printed the verdict {other:?}"),
        };
        match verdict {
            Verdict::Passed => tally.passed += 1,
            Verdict::Failed(_) => tally.failed += 1,
            Verdict::Skipped(_) => tally.skipped += 1,
        }
        matrix.set(door.name(), text("vector"), verdict);
    }
    if tally == Tally::default() {
        bail!("no vector's name contains {:?}", filter.unwrap_or(""));
    }
    Ok(tally)
}
