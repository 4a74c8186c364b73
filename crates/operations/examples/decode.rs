//! Decodes recorded answers of a real Logto into the models and back, and tells what did not survive.
//!
//! ```sh
//! cargo run -p logto-management-operations --example decode -- exchanges.jsonl more/
//! ```
//!
//! A recording is a JSON object `{"request": {"method", "url"}, "response": {"status", "body"}}`, with the body as text or as JSON; a file has
//! one in each line, or is one; of a folder every `.json` and `.jsonl` is read. Answers that are no success, or no JSON, are passed over.
//!
//! Fails where an answer cannot be decoded, or a key that the catalogue knows came out changed. Keys and values that it does not know are
//! told: a newer Logto has them.
#![allow(clippy::print_stdout, clippy::print_stderr)]

#[path = "../tests/generated/types.rs"]
#[allow(dead_code, reason = "bodies are of no concern here")]
mod types;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use logto_catalogue::{Catalogue, Operation, Type};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Decodes a value into a type and encodes it again.
type Trip = fn(&str) -> Result<Value, serde_json::Error>;

fn trip<T: DeserializeOwned + Serialize>(json: &str) -> Result<Value, serde_json::Error> {
    serde_json::to_value(serde_json::from_str::<T>(json)?)
}

/// What became of the recordings.
#[derive(Default)]
struct Report {
    decoded: BTreeMap<String, u32>,
    passed_over: BTreeMap<&'static str, u32>,
    failures: BTreeSet<String>,
    notes: BTreeSet<String>,
}

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if arguments.is_empty() {
        eprintln!("usage: decode FILE-OR-FOLDER…");
        return ExitCode::FAILURE;
    }
    match run(&arguments) {
        Ok(report) => report.print(),
        Err(error) => {
            eprintln!("decode: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(paths: &[PathBuf]) -> io::Result<Report> {
    let catalogue = Catalogue::load()?;
    let trips: BTreeMap<&str, Trip> = types::ANSWERS.iter().copied().collect();
    let mut report = Report::default();
    for file in files(paths)? {
        let text = fs::read_to_string(&file)?;
        let recordings: Vec<Value> = match serde_json::from_str(&text) {
            Ok(Value::Array(all)) => all,
            Ok(one) => vec![one],
            Err(_) => text
                .lines()
                .filter(|line| !line.trim().is_empty())
                .map(serde_json::from_str)
                .collect::<Result<_, _>>()?,
        };
        for recording in &recordings {
            report.take(&catalogue, &trips, recording);
        }
    }
    Ok(report)
}

fn files(paths: &[PathBuf]) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut entries =
            fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
        entries.sort();
        let is_recording =
            |path: &Path| path.extension().is_some_and(|kind| kind == "json" || kind == "jsonl");
        files.extend(entries.into_iter().filter(|path| is_recording(path)));
    }
    Ok(files)
}

/// The operation that a request means: of those that fit, the one with the fewest parameters.
fn operation<'c>(catalogue: &'c Catalogue, method: &str, url: &str) -> Option<&'c Operation> {
    let path = url.split(['?', '#']).next()?;
    let path = path.find("/api/").and_then(|at| path.get(at..))?;
    let fits = |operation: &&Operation| {
        let (route, path): (Vec<_>, Vec<_>) =
            (operation.path.split('/').collect(), path.split('/').collect());
        let same = |(part, segment): (&&str, &&str)| {
            (part.starts_with('{') && !segment.is_empty()) || part == segment
        };
        operation.method.eq_ignore_ascii_case(method)
            && route.len() == path.len()
            && route.iter().zip(&path).all(same)
    };
    catalogue.operations.iter().filter(fits).min_by_key(|operation| operation.path.matches('{').count())
}

impl Report {
    fn pass_over(&mut self, why: &'static str) {
        *self.passed_over.entry(why).or_default() += 1;
    }

    fn take(&mut self, catalogue: &Catalogue, trips: &BTreeMap<&str, Trip>, recording: &Value) {
        let text = |pointer: &str| recording.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let Some(operation) = operation(catalogue, text("/request/method"), text("/request/url")) else {
            return self.pass_over("no operation of the catalogue");
        };
        let status = recording.pointer("/response/status").and_then(Value::as_u64).unwrap_or_default();
        if !(200..300).contains(&status) {
            return self.pass_over("no success");
        }
        let json = match recording.pointer("/response/body") {
            None | Some(Value::Null) => return self.pass_over("without a body"),
            Some(Value::String(body)) if body.is_empty() => return self.pass_over("without a body"),
            Some(Value::String(body)) => body.clone(),
            Some(Value::Object(body)) if body.contains_key("base64") || body.contains_key("text_prefix") => {
                return self.pass_over("bodies that were not recorded as text");
            }
            Some(body) => body.to_string(),
        };
        let Some((ty, trip)) = operation.answered().zip(trips.get(operation.id.as_str())) else {
            return self.pass_over("answers that are no JSON by the catalogue");
        };
        let Ok(value) = serde_json::from_str::<Value>(&json) else {
            self.failures.insert(format!("{}: the answer is no JSON", operation.id));
            return;
        };
        *self.decoded.entry(operation.id.clone()).or_default() += 1;
        match trip(&json) {
            Ok(back) => self.compare(catalogue, &operation.id, ty, &value, &back),
            Err(error) => {
                self.failures.insert(format!("{}: {error}", operation.id));
            }
        }
    }

    fn compare(&mut self, catalogue: &Catalogue, id: &str, ty: &Type, value: &Value, back: &Value) {
        let misfits = catalogue.misfits(ty, value);
        let unknown: BTreeSet<&str> =
            misfits.iter().filter(|misfit| misfit.new).map(|misfit| misfit.at.as_str()).collect();
        for misfit in &misfits {
            self.notes.insert(format!("{id}: {}", general(&misfit.to_string())));
        }
        let mut changed = Vec::new();
        differences(value, back, String::new(), &mut changed);
        for (at, what) in changed.into_iter().filter(|(at, _)| !unknown.contains(at.as_str())) {
            self.failures.insert(format!("{id}: {}: {what}", general(&at)));
        }
    }

    fn print(&self) -> ExitCode {
        let total: u32 = self.decoded.values().sum();
        println!("{total} answers of {} operations went through the models and back", self.decoded.len());
        for (why, count) in &self.passed_over {
            println!("   passed over: {count} {why}");
        }
        for note in &self.notes {
            println!("   differs from the catalogue: {note}");
        }
        for failure in &self.failures {
            println!("   FAILED {failure}");
        }
        if self.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// The same place in every row of a list is told once.
fn general(at: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in at.chars() {
        match c {
            '[' => {
                inside = true;
                text.push('[');
            }
            ']' => {
                inside = false;
                text.push(']');
            }
            c if inside && c.is_ascii_digit() => {}
            c => text.push(c),
        }
    }
    text
}

/// What of `before` is missing or different in `after`. A number is what it is worth: 3 and 3.0 are the same.
fn differences(before: &Value, after: &Value, at: String, found: &mut Vec<(String, &'static str)>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            for (key, value) in before {
                let at = format!("{at}.{key}");
                match after.get(key) {
                    Some(other) => differences(value, other, at, found),
                    None => found.push((at, "lost")),
                }
            }
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            for (index, (value, other)) in before.iter().zip(after).enumerate() {
                differences(value, other, format!("{at}[{index}]"), found);
            }
        }
        (Value::Number(before), Value::Number(after)) if before.as_f64() == after.as_f64() => {}
        (before, after) if before == after => {}
        _ => found.push((at, "changed")),
    }
}
