//! The vectors through one door, as a helper binary: `xtask-vectors DIR DOOR FILTER [DRIVER ARGUMENT…]`.
//!
//! Prints one JSON line for each vector whose name contains FILTER: `{"vector","verdict":"passed"|"failed"|"skipped","reason"}`. A driver that dies
//! fails the vector that it died of, and is started anew for the next.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::{path::Path, process::ExitCode, slice};

use logto_testkit::{
    clock::VirtualClock,
    vectors::{Cell, DriverDoor, InProcess, OverTcp, Vector, Verdict, load, run},
};
use serde_json::json;
use tokio::runtime::Runtime;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [dir, door, filter, driver @ ..] = arguments.as_slice() else {
        eprintln!("usage: xtask-vectors DIR DOOR FILTER [DRIVER ARGUMENT…]");
        return ExitCode::from(2);
    };
    match play(Path::new(dir), door, filter, driver) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask-vectors: {error}");
            ExitCode::FAILURE
        }
    }
}

fn play(dir: &Path, door: &str, filter: &str, driver: &[String]) -> Result<(), String> {
    let mut vectors = load(dir)?;
    vectors.retain(|vector| vector.name.contains(filter));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    match (door, driver) {
        ("rust", []) => {
            each(&vectors, |vector| VirtualClock::new().run(run(&mut InProcess, slice::from_ref(vector))))
        }
        ("rust-tcp", []) => {
            each(&vectors, |vector| runtime.block_on(run(&mut OverTcp, slice::from_ref(vector))))
        }
        (_, [program, arguments @ ..]) => driven(&runtime, &vectors, door, program, arguments)?,
        _ => return Err(format!("the door {door} needs a driver, or is none of the six")),
    }
    Ok(())
}

/// Through a driver, started when it is needed.
fn driven(
    runtime: &Runtime,
    vectors: &[Vector],
    door: &str,
    program: &str,
    arguments: &[String],
) -> Result<(), String> {
    // Where even the first start fails, the door is not built: one error says more than a hundred.
    let start = || runtime.block_on(async { DriverDoor::start(door, program, arguments) });
    let mut running = Some(start()?);
    each(vectors, |vector| {
        let mut driver = match running.take() {
            Some(driver) => driver,
            None => start()?,
        };
        let cells = runtime.block_on(run(&mut driver, slice::from_ref(vector)))?;
        running = Some(driver);
        Ok(cells)
    });
    Ok(())
}

/// Plays each vector and prints its verdict; what the door itself could not do is a failure of that vector.
fn each(vectors: &[Vector], mut play: impl FnMut(&Vector) -> Result<Vec<Cell>, String>) {
    for vector in vectors {
        let verdict = match play(vector) {
            Ok(cells) => cells.into_iter().next().map(|cell| cell.verdict),
            Err(error) => Some(Verdict::Failed(error)),
        };
        let (verdict, reason) = match verdict {
            Some(Verdict::Passed) => ("passed", String::new()),
            Some(Verdict::Failed(reason)) => ("failed", reason),
            Some(Verdict::Skipped(reason)) => ("skipped", reason),
            None => ("failed", "the runner gave no verdict".to_owned()),
        };
        println!("{}", json!({ "vector": vector.name, "verdict": verdict, "reason": reason }));
    }
}
