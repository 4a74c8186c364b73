//! The table that finds an operation by its name at run time.
//!
//! It is part of every bundle, a Worker's too, so it is one string, and small when compressed. A line is an operation, in the order of
//! the paths: how many segments it shares with the line before, the others, how it is called, and its name. The group is the first
//! segment.

use std::fmt::Write as _;

use anyhow::{Result, bail};
use logto_catalogue::{Operation, text::snake};

use super::operations::{For, query};
use super::{Context, types};

pub(crate) fn file(context: &Context<'_>) -> Result<String> {
    let mut lines = String::new();
    let mut before: Vec<&str> = Vec::new();
    for operation in &context.catalogue.operations {
        let segments: Vec<&str> = operation.path.split('/').skip(2).collect();
        let group = segments.first().copied().unwrap_or_default();
        if snake(group) != operation.group {
            bail!("{}: the group {} is not its first segment", operation.id, operation.group);
        }
        let shared = segments.iter().zip(&before).take_while(|(one, other)| one == other).count();
        if shared > 9 {
            bail!("{}: so many segments have no digit", operation.id);
        }
        let rest = segments.get(shared..).unwrap_or_default().join("/");
        let _ = writeln!(
            lines,
            "{shared}{rest} {} {}",
            signs(context, operation)?,
            types::camel(&operation.name)
        );
        before = segments;
    }
    Ok(format!(
        "/**\n * Every operation, a line each: how many segments of the path it shares with the line before, the others, how it is called, its name.\n * \
         `api.ts` reads it.\n */\nexport const TABLE = `{lines}`;\n"
    ))
}

/// The method, or `L` for a listing; then `b` for a body, `f` for a file, `q` for a query.
fn signs(context: &Context<'_>, operation: &Operation) -> Result<String> {
    let mut signs = match operation.method.as_str() {
        "GET" if context.catalogue.items(operation).is_some() => "L",
        "GET" => "G",
        "POST" => "P",
        "PUT" => "U",
        "PATCH" => "A",
        "DELETE" => "D",
        other => bail!("{}: the method {other} is new", operation.id),
    }
    .to_owned();
    if let Some(body) = &operation.body {
        signs.push(if body.content.contains_key("application/json") { 'b' } else { 'f' });
    }
    if query(operation, For::Names).0.is_some() {
        signs.push('q');
    }
    Ok(signs)
}
