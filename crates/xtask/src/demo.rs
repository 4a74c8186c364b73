//! `cargo xtask demo`: the main job through the four doors, against the simulator or a real Logto.
//!
//! Each door runs a program of its own, written as a user would write it: it reads the `LOGTO_*` variables, lists every user, and prints
//! one JSON line `{"door","users","total","ids_unique","ms"}`. Requests are what the simulator saw; against a real server they are what the
//! program itself counted, or unknown.
//!
//! Exit code 0 only if every door listed every user, once each.

use std::env;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};

use crate::sh::{Cmd, cargo, cmd};
use crate::simulator::Simulator;
use crate::{build, paths, say, setup};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Print one JSON line for each door instead of the table.
    #[arg(long)]
    json: bool,
    /// How many users the simulator has.
    #[arg(long, default_value_t = 500)]
    users: u64,
}

/// Where the doors are pointed.
struct Target {
    simulator: Option<Simulator>,
    variables: Vec<(String, String)>,
    /// How many users there must be, where that is known beforehand.
    users: Option<u64>,
}

/// What came of one door.
struct Row {
    door: &'static str,
    users: Option<u64>,
    total: Option<u64>,
    requests: Option<u64>,
    token_requests: Option<u64>,
    ms: f64,
    /// Why it is not ok.
    problem: Option<String>,
}

/// A door's name, and what builds it and says how its program is started.
type Door = (&'static str, fn() -> Result<Cmd>);

const DOORS: [Door; 4] = [("rust", rust), ("node", node), ("python", python), ("worker", worker)];

/// Runs the doors; says whether all of them did the job.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let target = target(options.users)?;
    say::section("Building the doors");
    let mut doors = Vec::new();
    for (door, prepare) in DOORS {
        // A door that does not build is a row that is not ok, and no reason to leave the others out.
        doors.push((door, prepare()));
    }
    match &target.simulator {
        Some(simulator) => say::section(&format!(
            "Listing {} users of the simulator at {}",
            options.users, simulator.base_url
        )),
        None => say::section("Listing the users of the Logto that the LOGTO_* variables name"),
    }
    let rows: Vec<Row> = doors.into_iter().map(|(door, program)| row(door, program, &target)).collect();

    if options.json {
        rows.iter().for_each(|row| println!("{}", row.json()));
    } else {
        table(&rows);
    }
    let good = rows.iter().all(|row| row.problem.is_none());
    for row in &rows {
        if let Some(problem) = &row.problem {
            eprintln!("\n{}: {problem}", row.door);
        }
    }
    Ok(good)
}

/// The Logto of the environment, or else a fresh simulator.
fn target(users: u64) -> Result<Target> {
    const NAMES: [&str; 5] = [
        "LOGTO_ENDPOINT",
        "LOGTO_TENANT_ID",
        "LOGTO_CLIENT_ID",
        "LOGTO_CLIENT_SECRET",
        "LOGTO_API_INDICATOR",
    ];
    let set: Vec<(String, String)> = NAMES
        .iter()
        .filter_map(|name| {
            env::var(name).ok().filter(|value| !value.is_empty()).map(|value| ((*name).to_owned(), value))
        })
        .collect();
    if set.is_empty() {
        say::section("Starting the simulator");
        let simulator = Simulator::start(&["--users", &users.to_string()])?;
        let variables = simulator.variables();
        return Ok(Target { simulator: Some(simulator), variables, users: Some(users) });
    }
    let has = |name: &str| set.iter().any(|(known, _)| known == name);
    if !has("LOGTO_CLIENT_ID")
        || !has("LOGTO_CLIENT_SECRET")
        || !(has("LOGTO_ENDPOINT") || has("LOGTO_TENANT_ID"))
    {
        bail!(
            "some LOGTO_* variables are set, but not enough: LOGTO_CLIENT_ID, LOGTO_CLIENT_SECRET, and LOGTO_ENDPOINT or \
             LOGTO_TENANT_ID or both are needed for a real server; unset all of them for the simulator"
        );
    }
    Ok(Target { simulator: None, variables: set, users: None })
}

fn rust() -> Result<Cmd> {
    let build =
        cargo().args(["build", "--quiet", "--release", "-p", "logto-management", "--example", "demo"]);
    build.released().quietly("building the Rust example")?;
    Ok(cmd(paths::target().join("release/examples").join(format!("demo{}", env::consts::EXE_SUFFIX))))
}

fn node() -> Result<Cmd> {
    build::node::addon()?;
    build::node::package()?;
    Ok(cmd(setup::node::node()?).arg(paths::at("npm/smoke/node/demo.mjs")))
}

fn python() -> Result<Cmd> {
    Ok(build::python::installed()?.python().arg(paths::at("py/examples/demo.py")))
}

fn worker() -> Result<Cmd> {
    build::wasm::module()?;
    build::node::package()?;
    let host = setup::node::for_workerd()?;
    Ok(cmd(host).arg(paths::at("crates/xtask/demo/worker.mjs")).arg(paths::root()))
}

fn row(door: &'static str, program: Result<Cmd>, target: &Target) -> Row {
    let started = Instant::now();
    match program.and_then(|program| listing(program, target)) {
        Ok(listing) => {
            let problem = listing.problem(target.users);
            let Listing { users, total, requests, token_requests, .. } = listing;
            let ms = listing.ms.unwrap_or(started.elapsed().as_secs_f64() * 1000.0);
            Row { door, users, total, requests, token_requests, ms, problem }
        }
        Err(error) => {
            let ms = started.elapsed().as_secs_f64() * 1000.0;
            let problem = Some(format!("{error:#}"));
            Row { door, users: None, total: None, requests: None, token_requests: None, ms, problem }
        }
    }
}

/// What a door's program said, and what the simulator saw.
struct Listing {
    users: Option<u64>,
    total: Option<u64>,
    unique: Option<u64>,
    requests: Option<u64>,
    token_requests: Option<u64>,
    ms: Option<f64>,
}

fn listing(program: Cmd, target: &Target) -> Result<Listing> {
    if let Some(simulator) = &target.simulator {
        simulator.reset()?;
    }
    let printed = program.envs(target.variables.iter().map(|(name, value)| (name, value))).read()?;
    let line = printed.lines().last().unwrap_or_default();
    let said: Value =
        serde_json::from_str(line).with_context(|| format!("the door's program printed {printed:?}"))?;
    let number = |name: &str| said.get(name).and_then(Value::as_u64);
    let mut listing = Listing {
        users: number("users"),
        total: number("total"),
        unique: number("ids_unique"),
        requests: number("requests"),
        token_requests: number("token_requests"),
        ms: said.get("ms").and_then(Value::as_f64),
    };
    if let Some(simulator) = &target.simulator {
        let seen = simulator.seen()?;
        listing.requests = Some(seen.requests);
        listing.token_requests = Some(seen.token_requests);
    }
    Ok(listing)
}

impl Listing {
    /// Why this listing is not every user once, if it is not.
    fn problem(&self, expected: Option<u64>) -> Option<String> {
        let Self { users, total, unique, .. } = self;
        let shown =
            |count: &Option<u64>| count.map_or_else(|| "nothing".to_owned(), |count| count.to_string());
        if users.is_none() || users != unique {
            return Some(format!(
                "listed {} users, of which {} are different ones",
                shown(users),
                shown(unique)
            ));
        }
        if users != total {
            return Some(format!("listed {} users, and the total says {}", shown(users), shown(total)));
        }
        match expected {
            Some(count) if *users != Some(count) => Some(format!("listed {} users of {count}", shown(users))),
            _ => None,
        }
    }
}

impl Row {
    fn json(&self) -> Value {
        json!({
            "door": self.door,
            "users": self.users,
            "total": self.total,
            "requests": self.requests,
            "token_requests": self.token_requests,
            "ms": (self.ms * 10.0).round() / 10.0,
            "ok": self.problem.is_none(),
        })
    }
}

fn table(rows: &[Row]) {
    let shown = |count: Option<u64>| count.map_or_else(|| "-".to_owned(), |count| count.to_string());
    println!(
        "\n{:<8} {:>7} {:>7} {:>9} {:>15} {:>10}   ok",
        "door", "users", "total", "requests", "token requests", "time"
    );
    for row in rows {
        let [users, total, requests, tokens] =
            [row.users, row.total, row.requests, row.token_requests].map(shown);
        let time = format!("{:.0} ms", row.ms);
        let ok = if row.problem.is_none() { "yes" } else { "NO" };
        println!("{:<8} {users:>7} {total:>7} {requests:>9} {tokens:>15} {time:>10}   {ok}", row.door);
    }
}

#[cfg(test)]
mod tests {
    use super::Listing;

    fn listing(users: u64, total: u64, unique: u64) -> Listing {
        let (users, total, unique) = (Some(users), Some(total), Some(unique));
        Listing { users, total, unique, requests: None, token_requests: None, ms: None }
    }

    #[test]
    fn every_user_once_is_ok() {
        assert_eq!(listing(500, 500, 500).problem(Some(500)), None);
        assert_eq!(listing(812, 812, 812).problem(None), None);
    }

    #[test]
    fn a_missing_or_doubled_user_is_not() {
        assert!(listing(499, 500, 499).problem(Some(500)).is_some());
        assert!(listing(500, 500, 499).problem(Some(500)).is_some());
        assert!(listing(499, 499, 499).problem(Some(500)).is_some());
        let silent = Listing {
            users: None,
            total: None,
            unique: None,
            requests: None,
            token_requests: None,
            ms: None,
        };
        assert!(silent.problem(None).is_some());
    }
}
