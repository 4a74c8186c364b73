//! `cargo xtask bench`: what a door costs beside its peers.
//!
//! Ours and the peers run in one process and in turns, against a simulator in a process of its own; what counts is the CPU time of
//! the client's process, then throughput and latency. Each language measures with a program of its own that prints lines
//! `{"case","metric","ours","peer","theirs","ratio"}`: medians over the rounds, and the median of the ratios within the rounds. Here they are held against
//! the goals. A goal that is not reached is said, and does not fail the command.

mod goals;
mod svg;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::build::rust::{Profile, helper};
use crate::setup::{node, python};
use crate::sh::{Cmd, cmd};
use crate::simulator::Simulator;
use crate::{build, paths, say};
use goals::Goal;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Which door; all of them unless given.
    what: Option<Suite>,
    /// Print one JSON line for each comparison instead of the table.
    #[arg(long)]
    json: bool,
    /// Draw what was measured as a picture: `.github/bench-light.svg` and `-dark.svg`.
    #[arg(long)]
    svg: bool,
    /// Rounds of each comparison.
    #[arg(long, default_value_t = 9)]
    rounds: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Suite {
    /// Beside plain reqwest.
    Rust,
    /// Beside @logto/api, undici and fetch.
    Node,
    /// Beside httpx, requests and aiohttp.
    Python,
    /// Beside @logto/api in workerd, and what a Worker's bundle gains.
    Edge,
}

const SUITES: [Suite; 4] = [Suite::Rust, Suite::Node, Suite::Python, Suite::Edge];

/// One comparison, judged.
struct Line {
    bench: &'static str,
    case: String,
    metric: String,
    ours: f64,
    peer: String,
    theirs: f64,
    ratio: f64,
    goal: Option<Goal>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let mut drawn = Vec::new();
    let suites = options.what.map_or_else(|| SUITES.to_vec(), |suite| vec![suite]);
    for suite in suites {
        say::section(&format!("bench {}", suite.name()));
        let program = suite.program()?;
        let simulator = Simulator::start(&["--users", "1000"])?;
        // Started only where it is used: a latency that nobody waits for.
        let slow = match suite {
            Suite::Node | Suite::Python => {
                Some(Simulator::start(&["--users", "10000", "--latency-ms", "30"])?)
            }
            Suite::Edge => Some(Simulator::start(&["--users", "10", "--latency-ms", "50"])?),
            Suite::Rust => None,
        };
        let many = match suite {
            Suite::Python => Some(Simulator::start(&["--users", "100000"])?),
            Suite::Rust | Suite::Node | Suite::Edge => None,
        };
        let program = suite.point_at(program, options.rounds, &simulator, slow.as_ref());
        let program = match &many {
            Some(many) => program.env("BENCH_MANY_ENDPOINT", &many.base_url),
            None => program,
        };
        say::step("measuring");
        let lines = program
            .read_stdout()?
            .lines()
            .map(|line| parse(suite.name(), line))
            .collect::<Result<Vec<_>>>()?;
        if options.json {
            lines.iter().for_each(|line| println!("{}", line.json()));
        } else {
            table(&lines);
        }
        drawn.extend(lines);
    }
    if options.svg { svg::write(&drawn) } else { Ok(()) }
}

impl Suite {
    fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Node => "node",
            Self::Python => "python",
            Self::Edge => "edge",
        }
    }

    /// Builds what is measured; the program that measures it.
    fn program(self) -> Result<Cmd> {
        match self {
            Self::Rust => Ok(cmd(helper("bench", Profile::Release)?)),
            Self::Node => {
                build::node::addon()?;
                build::node::package()?;
                Ok(cmd(node::node()?).arg(paths::at("npm/bench/node.mjs")))
            }
            Self::Python => {
                let wheel = build::python::wheel(&paths::target().join("wheels"), build::python::For::Here)?;
                let venv = python::at(
                    paths::target().join("bench").join("venv"),
                    &paths::at("py/bench/requirements.txt"),
                )?;
                let pip =
                    venv.python().args(["-m", "pip", "install", "--disable-pip-version-check", "--quiet"]);
                let pip = pip.args(["--no-deps", "--no-index", "--force-reinstall"]).arg(wheel);
                pip.quietly("installing the wheel beside its peers")?;
                Ok(venv.python().arg(paths::at("py/bench/bench.py")))
            }
            Self::Edge => {
                build::wasm::module()?;
                build::node::package()?;
                Ok(cmd(node::for_workerd()?).arg(paths::at("npm/bench/edge.mjs")))
            }
        }
    }

    fn point_at(self, program: Cmd, rounds: u32, simulator: &Simulator, slow: Option<&Simulator>) -> Cmd {
        let rounds = rounds.to_string();
        if self == Self::Rust {
            return program.args([
                &simulator.base_url,
                &simulator.client_id,
                &simulator.client_secret,
                &rounds,
            ]);
        }
        let program = program.envs(simulator.variables()).env("BENCH_ROUNDS", rounds);
        match slow {
            Some(slow) => program.env("BENCH_SLOW_ENDPOINT", &slow.base_url),
            None => program,
        }
    }
}

fn parse(bench: &'static str, line: &str) -> Result<Line> {
    let said: Value =
        serde_json::from_str(line).with_context(|| format!("the benchmark printed {line:?}"))?;
    let text = |name: &str| said.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = |name: &str| said.get(name).and_then(Value::as_f64).unwrap_or(f64::NAN);
    let (case, metric, peer) = (text("case"), text("metric"), text("peer"));
    let goal = goals::of(bench, &case, &metric, &peer);
    Ok(Line {
        bench,
        case,
        metric,
        ours: number("ours"),
        peer,
        theirs: number("theirs"),
        ratio: number("ratio"),
        goal,
    })
}

impl Line {
    /// Whether the goal is reached; `None` where there is none.
    fn ok(&self) -> Option<bool> {
        self.goal.map(|goal| goal.reached(self.ratio))
    }

    fn json(&self) -> Value {
        json!({
            "bench": self.bench,
            "case": self.case,
            "metric": self.metric,
            "ours": rounded(self.ours),
            "peer": self.peer,
            "theirs": rounded(self.theirs),
            "ratio": rounded(self.ratio),
            "goal": self.goal.map(Goal::number),
            "ok": self.ok(),
        })
    }
}

/// Four significant digits, or whole numbers above: the rest is noise.
fn rounded(value: f64) -> f64 {
    if value.abs() >= 1000.0 {
        return value.round();
    }
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let scale = 10_f64.powi(3 - value.abs().log10().floor() as i32);
    (value * scale).round() / scale
}

fn table(lines: &[Line]) {
    println!(
        "\n{:<18} {:<20} {:>10} {:>10} {:<12} {:>7} {:>8}   ok",
        "case", "metric", "ours", "theirs", "peer", "ratio", "goal"
    );
    for line in lines {
        let goal = line.goal.map_or_else(|| "-".to_owned(), |goal| goal.to_string());
        let ok = line.ok().map_or("", |ok| if ok { "yes" } else { "NO" });
        println!(
            "{:<18} {:<20} {:>10} {:>10} {:<12} {:>7.3} {goal:>8}   {ok}",
            line.case,
            line.metric,
            rounded(line.ours),
            rounded(line.theirs),
            line.peer,
            line.ratio
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{parse, rounded};

    #[test]
    fn a_line_is_held_against_its_goal() {
        let line = |ratio: f64| {
            let text = format!(
                r#"{{"case":"get20_c32","metric":"cpu_us_per_request","ours":18.4,"peer":"reqwest","theirs":17.0,"ratio":{ratio}}}"#
            );
            parse("rust", &text).expect("a line")
        };
        assert_eq!(line(1.08).ok(), Some(true));
        assert_eq!(line(1.16).ok(), Some(false));
        assert_eq!(line(1.08).json()["goal"], 1.15);
    }

    #[test]
    fn throughput_is_better_when_higher() {
        let text = r#"{"case":"get20_c32","metric":"requests_per_second","ours":9,"peer":"@logto/api","theirs":2,"ratio":4.5}"#;
        assert_eq!(parse("node", text).expect("a line").ok(), Some(true));
    }

    #[test]
    fn rounds_to_what_is_meant() {
        assert_eq!(rounded(432.14159), 432.1);
        assert_eq!(rounded(0.123_456), 0.1235);
        assert_eq!(rounded(65_536.4), 65_536.0);
        assert_eq!(rounded(0.0), 0.0);
    }
}
