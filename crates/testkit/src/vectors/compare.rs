//! Whether a report is what a vector expects. Each complaint says where, what was expected, and what came.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    Report, Vector,
    format::{Parallel, SeenSpec, Step},
    redaction,
};

type Check = Result<(), String>;

/// What an expectation can say of an outcome; `schema.json` has the same, which a test holds.
#[cfg(test)]
pub(super) const EXPECT_MEMBERS: &[&str] = &[
    "status",
    "data",
    "dataSubset",
    "text",
    "base64",
    "noData",
    "dataBytes",
    "headers",
    "attempts",
    "requestId",
    "value",
    "scope",
    "expiresAt",
    "ids",
    "items",
    "total",
    "pages",
    "error",
    "excludes",
];

/// What it can say of an error.
pub(super) const ERROR_MEMBERS: &[&str] = &[
    "name",
    "status",
    "code",
    "messageIncludes",
    "hint",
    "hintIncludes",
    "requestId",
    "attempts",
    "retryAfterMs",
    "method",
    "route",
    "data",
    "details",
];

pub(super) fn check(vector: &Vector, report: &Report) -> Check {
    if let Some(request) = report.unmatched.first() {
        return Err(format!("the server's script has no answer for {request}"));
    }
    if report.outcomes.len() != vector.steps.len() {
        return Err(format!("{} outcomes for {} steps", report.outcomes.len(), vector.steps.len()));
    }
    for (number, (step, outcome)) in vector.steps.iter().zip(&report.outcomes).enumerate() {
        check_step(vector, step, outcome).map_err(|why| format!("step {}: {why}", number + 1))?;
    }
    redaction::check_events(vector, report)?;
    check_seen(vector, report)?;
    for (route, count) in &vector.counts {
        let seen = report.seen.iter().filter(|seen| fits_route(seen, route)).count();
        if seen != *count {
            return Err(format!("the server saw {route} {seen} times, expected {count}"));
        }
    }
    if let Some(sleeps) = vector.sleeps.as_ref().filter(|sleeps| !same_times(sleeps, &report.sleeps)) {
        return Err(format!("pauses of {:?} ms, expected {sleeps:?}", report.sleeps));
    }
    if let Some(warnings) = vector.warnings.as_ref().filter(|warnings| **warnings != report.warnings) {
        return Err(format!("warnings {:?}, expected {warnings:?}", report.warnings));
    }
    Ok(())
}

/// To the millisecond: doors count in different units.
fn same_times(expected: &[f64], got: &[f64]) -> bool {
    expected.len() == got.len() && expected.iter().zip(got).all(|(a, b)| (a - b).abs() <= 1.0)
}

fn fits_route(seen: &Value, route: &str) -> bool {
    let target = seen["target"].as_str().unwrap_or_default();
    let path = target.split('?').next().unwrap_or_default();
    let method = seen["method"].as_str().unwrap_or_default();
    route == format!("{method} {target}") || route == format!("{method} {path}")
}

fn check_step(vector: &Vector, step: &Step, outcome: &Value) -> Check {
    match &step.parallel {
        None => check_outcome(vector, step, outcome),
        Some(parallel) => {
            let outcomes = outcome.as_array().ok_or("a parallel step must report a list")?;
            let steps: Vec<&Step> = match parallel {
                Parallel::Times(times) => vec![step; *times],
                Parallel::Each(steps) => steps.iter().collect(),
            };
            if steps.len() != outcomes.len() {
                return Err(format!("{} outcomes for {} parallel steps", outcomes.len(), steps.len()));
            }
            steps.iter().zip(outcomes).try_for_each(|(step, outcome)| check_outcome(vector, step, outcome))
        }
    }
}

fn check_outcome(vector: &Vector, step: &Step, outcome: &Value) -> Check {
    let empty = Map::new();
    let expect = match &step.expect {
        None => &empty,
        Some(expect) => expect.as_object().ok_or("expect must be an object")?,
    };
    redaction::check_renderings(vector, expect, outcome)?;
    // What a listing brought before its error counts first.
    for (key, expected) in expect.iter().filter(|(key, _)| *key != "error") {
        check_member(key, expected, outcome)?;
    }
    match (expect.get("error"), outcome.get("error")) {
        (None | Some(Value::Null), None) => Ok(()),
        (None | Some(Value::Null), Some(error)) => Err(format!("failed: {error}")),
        (Some(expected), None) => Err(format!("expected the error {expected}, got {outcome}")),
        (Some(expected), Some(error)) => check_error(expected, error),
    }
}

fn check_member(key: &str, expected: &Value, outcome: &Value) -> Check {
    let got = &outcome[key];
    match key {
        "excludes" => Ok(()),
        "status" | "data" | "text" | "base64" | "attempts" | "requestId" | "items" | "value" | "scope"
        | "expiresAt" | "total" => equal(key, expected, got),
        "noData" => {
            let data = ["data", "text", "base64"]
                .iter()
                .find(|key| outcome.get(**key).is_some_and(|value| !value.is_null()));
            match data {
                Some(key) => Err(format!("expected success without data, got {key} {}", outcome[*key])),
                None if outcome.get("status").is_none() => {
                    Err(format!("expected success without data, got {outcome}"))
                }
                None => Ok(()),
            }
        }
        "dataSubset" => subset(expected, &outcome["data"]),
        "dataBytes" => equal(key, expected, &Value::from(data_len(outcome))),
        "headers" => check_headers(expected, got),
        "ids" => {
            let ids: Vec<Value> =
                outcome["items"].as_array().into_iter().flatten().map(|item| item["id"].clone()).collect();
            equal(key, &Value::Array(expected_ids(expected)), &Value::Array(ids))
        }
        "pages" => {
            let (expected, got) = (
                expected.as_array().cloned().unwrap_or_default(),
                got.as_array().cloned().unwrap_or_default(),
            );
            if expected.len() != got.len() {
                return Err(format!("{} pages, expected {}: {got:?}", got.len(), expected.len()));
            }
            expected.iter().zip(&got).try_for_each(|(expected, got)| subset(expected, got))
        }
        _ => Err(format!("the vector expects {key:?}, which is not known")),
    }
}

fn data_len(outcome: &Value) -> usize {
    match (&outcome["data"], &outcome["text"], &outcome["base64"]) {
        (Value::String(text), ..) | (_, Value::String(text), _) => text.len(),
        (.., Value::String(base64)) => base64.trim_end_matches('=').len() * 3 / 4,
        (data, ..) => data.to_string().len(),
    }
}

/// A list, or `{from, to}`: the ids of users that the script's `users` makes.
fn expected_ids(expected: &Value) -> Vec<Value> {
    match (expected["from"].as_u64(), expected["to"].as_u64()) {
        (Some(from), Some(to)) => (from..=to).map(|n| Value::String(format!("u{n:03}"))).collect(),
        _ => expected.as_array().cloned().unwrap_or_default(),
    }
}

fn equal(what: &str, expected: &Value, got: &Value) -> Check {
    if expected == got || (expected.is_number() && expected.as_f64() == got.as_f64()) {
        return Ok(());
    }
    Err(format!("{what}: expected {}, got {}", short(expected), short(got)))
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(600) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// Every member of `expected` is in `got`, at any depth; lists must be equal in length.
fn subset(expected: &Value, got: &Value) -> Check {
    match (expected, got) {
        (Value::Object(expected), Value::Object(got)) => expected.iter().try_for_each(|(key, expected)| {
            subset(expected, got.get(key).unwrap_or(&Value::Null)).map_err(|why| format!("{key}: {why}"))
        }),
        (Value::Array(expected), Value::Array(got)) if expected.len() == got.len() => {
            expected.iter().zip(got).try_for_each(|(expected, got)| subset(expected, got))
        }
        _ => equal("value", expected, got),
    }
}

fn check_headers(expected: &Value, got: &Value) -> Check {
    let mut headers: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for pair in got.as_array().into_iter().flatten() {
        if let (Some(name), Some(value)) = (pair[0].as_str(), pair[1].as_str()) {
            headers.entry(name.to_lowercase()).or_default().push(value);
        }
    }
    for (name, expected) in expected.as_object().into_iter().flatten() {
        let values = headers.get(name).map(|values| values.join(", "));
        let wanted = match expected {
            Value::Array(list) => Some(list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")),
            other => other.as_str().map(str::to_owned),
        };
        if values != wanted {
            return Err(format!("header {name}: expected {wanted:?}, got {values:?}"));
        }
    }
    Ok(())
}

fn check_error(expected: &Value, error: &Value) -> Check {
    for (key, expected) in expected.as_object().into_iter().flatten() {
        let text = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
        let includes = |key: &str| -> Check {
            let wanted = match expected {
                Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
                other => vec![other.as_str().unwrap_or_default()],
            };
            match wanted.iter().find(|wanted| !text(key).contains(**wanted)) {
                Some(wanted) => {
                    Err(format!("the error's {key} must include {wanted:?}, got {:?}", text(key)))
                }
                None => Ok(()),
            }
        };
        match key.as_str() {
            "messageIncludes" => includes("message")?,
            "hintIncludes" => includes("hint")?,
            // Misspelt, and with `null` as its value, it would hold whatever comes.
            _ if !ERROR_MEMBERS.contains(&key.as_str()) => {
                return Err(format!("the vector expects {key:?} of an error, which is not known"));
            }
            _ => equal(&format!("the error's {key}"), expected, &error[key])
                .map_err(|why| format!("{why} in {}", short(error)))?,
        }
    }
    Ok(())
}

fn check_seen(vector: &Vector, report: &Report) -> Check {
    let Some(expected) = &vector.seen else { return Ok(()) };
    let list = || {
        report
            .seen
            .iter()
            .map(|seen| format!("\n    {} {}", seen["method"], seen["target"]))
            .collect::<String>()
    };
    if expected.len() != report.seen.len() {
        return Err(format!(
            "the server saw {} requests, expected {}:{}",
            report.seen.len(),
            expected.len(),
            list()
        ));
    }
    let concurrent = vector.steps.iter().any(|step| {
        step.parallel.is_some()
            || step.list.as_ref().is_some_and(|list| list.concurrency.is_some_and(|n| n > 1))
    });
    if !concurrent {
        return expected.iter().zip(&report.seen).enumerate().try_for_each(|(number, (expected, seen))| {
            fits(expected, seen).map_err(|why| format!("request {}: {why}", number + 1))
        });
    }
    let mut left: Vec<&Value> = report.seen.iter().collect();
    for expected in expected {
        match left.iter().position(|seen| fits(expected, seen).is_ok()) {
            Some(at) => drop(left.swap_remove(at)),
            None => return Err(format!("the server did not see {expected:?}, but:{}", list())),
        }
    }
    Ok(())
}

fn fits(expected: &SeenSpec, seen: &Value) -> Check {
    let request = format!(
        "{} {}",
        seen["method"].as_str().unwrap_or_default(),
        seen["target"].as_str().unwrap_or_default()
    );
    if request != expected.request {
        return Err(format!("expected {}, got {request}", expected.request));
    }
    for (name, expected) in &expected.headers {
        let values: Vec<_> = seen["headers"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|pair| pair[0].as_str().is_some_and(|got| got.eq_ignore_ascii_case(name)))
            .filter_map(|pair| pair[1].as_str())
            .collect();
        let got = (!values.is_empty()).then(|| values.join(", "));
        if got != *expected {
            return Err(format!("header {name}: expected {expected:?}, got {got:?}"));
        }
    }
    let body = seen["body"].as_str().unwrap_or_default();
    if let Some(form) = &expected.form {
        let got = parse_form(body);
        for (name, expected) in form {
            if got.get(name) != expected.as_ref() {
                return Err(format!("form member {name}: expected {expected:?}, got {:?}", got.get(name)));
            }
        }
    }
    if let Some(json) = &expected.json {
        equal("body", json, &serde_json::from_str(body).unwrap_or(Value::Null))?;
    }
    match &expected.body {
        Some(expected) if expected != body => Err(format!("body: expected {expected:?}, got {body:?}")),
        _ => Ok(()),
    }
}

fn parse_form(body: &str) -> BTreeMap<String, String> {
    let decode = |text: &str| {
        let mut out = Vec::new();
        let mut bytes = text.bytes();
        while let Some(byte) = bytes.next() {
            out.push(match byte {
                b'+' => b' ',
                b'%' => {
                    let hex = [bytes.next().unwrap_or_default(), bytes.next().unwrap_or_default()];
                    u8::from_str_radix(std::str::from_utf8(&hex).unwrap_or("3f"), 16).unwrap_or(b'?')
                }
                byte => byte,
            });
        }
        String::from_utf8_lossy(&out).into_owned()
    };
    body.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}
