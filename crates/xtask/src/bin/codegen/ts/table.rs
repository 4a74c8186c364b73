//! The table that finds an operation by its name at run time.
//!
//! It is part of every bundle, a Worker's too, so it is one string, and small when compressed. A line is a path, in the order of the catalogue: how many segments it shares with the line before,
//! the others, and its operations. Those are a letter each; a name stands there only where it is not what the letter and the path make of it. `npm/src/api.ts` has the same letters and the
//! same rule, and `npm/tests/api.test.mjs` holds every operation against the catalogue.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail};
use logto_catalogue::{
    Operation,
    text::{pascal, singular, snake},
};

use super::operations::{For, query};
use super::{Context, types};

/// A way to call an operation and to begin its name.
struct Sign {
    letter: char,
    method: &'static str,
    /// Whether it lists, page by page.
    lists: bool,
    word: &'static str,
    /// Whether it usually has a body, and a query.
    body: bool,
    query: bool,
}

const fn sign(letter: char, method: &'static str, word: &'static str, body: bool) -> Sign {
    Sign { letter, method, lists: false, word, body, query: false }
}

/// The first of a method is that of exceptions.
const SIGNS: [Sign; 11] = [
    Sign { letter: 'L', method: "GET", lists: true, word: "list", body: false, query: true },
    sign('G', "GET", "get", false),
    sign('l', "GET", "list", false),
    sign('P', "POST", "create", true),
    sign('S', "POST", "assign", true),
    sign('T', "POST", "add", true),
    sign('U', "PUT", "replace", true),
    sign('u', "PUT", "update", true),
    sign('s', "PUT", "upsert", true),
    sign('A', "PATCH", "update", true),
    sign('D', "DELETE", "delete", false),
];

pub(crate) fn file(context: &Context<'_>) -> Result<String> {
    let mut text = String::new();
    let mut before: Vec<&str> = Vec::new();
    for operation in &context.catalogue.operations {
        let segments: Vec<&str> = operation.path.split('/').skip(2).collect();
        let group = segments.first().copied().unwrap_or_default();
        if snake(group) != operation.group {
            bail!("{}: the group {} is not its first segment", operation.id, operation.group);
        }
        if segments != before {
            let shared = segments.iter().zip(&before).take_while(|(one, other)| one == other).count();
            if shared > 9 {
                bail!("{}: so many segments have no digit", operation.id);
            }
            let line_break = if text.is_empty() { "" } else { "\n" };
            let _ =
                write!(text, "{line_break}{shared}{}", segments.get(shared..).unwrap_or_default().join("/"));
        }
        let _ = write!(text, " {}", told(context, operation, &segments)?);
        before = segments;
    }
    Ok(format!(
        "/**\n * Every operation. A line is a path: how many segments it shares with the line before, the others, and how what is there is called, with names that do not follow from that.\n * \
         `api.ts` reads it.\n */\nexport const TABLE = `{text}`;\n"
    ))
}

/// The letter; then `b` where it has a body and such operations have none, or the other way round, `q` likewise for a query; then its name, if that is not as expected.
fn told(context: &Context<'_>, operation: &Operation, segments: &[&str]) -> Result<String> {
    let name = types::camel(&operation.name);
    let lists = operation.method.as_str() == "GET" && context.catalogue.items(operation).is_some();
    let fitting =
        || SIGNS.iter().filter(|sign| sign.method == operation.method.as_str() && sign.lists == lists);
    let named = fitting().find(|sign| expected(sign, segments) == name);
    let sign = named
        .or_else(|| fitting().next())
        .with_context(|| format!("{}: the method {} is new", operation.id, operation.method.as_str()))?;
    let mut told = sign.letter.to_string();
    if operation.body.is_some() != sign.body {
        told.push('b');
    }
    if query(operation, For::Names).0.is_some() != sign.query {
        told.push('q');
    }
    if named.is_none() {
        told = format!("{told}={name}");
    }
    Ok(told)
}

/// The name that a sign makes of a path: its word, and behind it the segments after the group. What a parameter follows is one of several, and so is what is created.
fn expected(sign: &Sign, segments: &[&str]) -> String {
    let is_parameter = |segment: &&str| segment.starts_with('{');
    let words = segments.iter().enumerate().skip(1).filter(|(_, segment)| !is_parameter(segment)).map(
        |(at, segment)| {
            let is_one = segments.get(at + 1).map_or(sign.letter == 'P', is_parameter);
            pascal(&if is_one { singular(segment) } else { (*segment).to_owned() })
        },
    );
    [sign.word.to_owned()].into_iter().chain(words).collect()
}
