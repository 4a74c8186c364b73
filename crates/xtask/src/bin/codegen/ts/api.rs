//! `api.users.list(…)`: the types of the operations by name.
//!
//! One rule for the arguments: the path's parameters in order, then the body where there is one, then the query where there is one, then
//! the options of the call.

use std::fmt::Write as _;

use logto_catalogue::{Operation, Place, text::pascal};

use super::operations::{self, For, model};
use super::{Context, comment, spelt, types};

const INTRODUCTION: &str = "\
import type { ListOptions, OperationOptions, PathCalls, Upload } from '../api.js';
import type { Listing } from '../paginate.js';
import type { SearchQuery } from '../search.js';
import type * as m from './models.js';

";

pub(crate) fn file(context: &Context<'_>) -> String {
    let mut text = INTRODUCTION.to_owned();
    text.push_str(
        "/** Every operation by name, and calls by path. */\nexport interface Api extends PathCalls {\n",
    );
    for (group, members) in context.catalogue.groups() {
        let segment = members.first().map_or("", |operation| operation.path.as_str());
        let segment: Vec<&str> = segment.split('/').take(3).collect();
        let _ = writeln!(
            text,
            "  /** Operations below `{}`. */\n  {}: {};",
            segment.join("/"),
            types::camel(group),
            handle(group)
        );
    }
    text.push_str("}\n\n");
    for (group, members) in context.catalogue.groups() {
        let _ = writeln!(text, "export interface {} {{", handle(group));
        for operation in members {
            text.push_str(&method(context, operation));
        }
        text.push_str("}\n\n");
    }
    text
}

/// The type that has a group's operations. Never the name of a model.
fn handle(group: &str) -> String {
    format!("{}Api", pascal(group))
}

fn method(context: &Context<'_>, operation: &Operation) -> String {
    let mut arguments: Vec<String> = operation
        .parameters_in(Place::Path)
        .map(|parameter| format!("{}: {}", types::argument(&parameter.name), model(&parameter.ty)))
        .collect();
    if let Some(body) = &operation.body {
        let ty = match body.content.get("application/json") {
            Some(ty) => model(ty),
            None => "Upload".to_owned(),
        };
        arguments.push(format!("body: {ty}"));
    }
    if let (Some(query), required) = operations::query(operation, For::Names) {
        arguments.push(format!("query{}: {query}", if required { "" } else { "?" }));
    }
    let item = context.catalogue.items(operation);
    let options = if item.is_some() { "ListOptions" } else { "OperationOptions" };
    arguments.push(format!("options?: {options}"));
    let answer = item.map_or_else(
        || format!("Promise<{}>", answer(operation)),
        |item| format!("Listing<{}>", model(item)),
    );
    format!(
        "{}  {}({}): {answer};\n",
        comment("  ", &doc(context, operation)),
        types::camel(&operation.name),
        arguments.join(", ")
    )
}

fn answer(operation: &Operation) -> String {
    match operation.answered() {
        Some(ty) if operation.answer.optional => format!("{} | undefined", model(ty)),
        Some(ty) => model(ty),
        None => "undefined".to_owned(),
    }
}

fn doc(context: &Context<'_>, operation: &Operation) -> Vec<String> {
    let mut lines = vec![format!("`{} {}`", operation.method, operation.path)];
    if let Some(said) = context.docs.operation(&operation.id) {
        lines.push(String::new());
        lines.push(spelt(said));
    }
    if !operation.needs_token {
        lines.push(String::new());
        lines.push("The server wants no token for it.".to_owned());
    }
    if operation.answer.statuses.iter().all(|status| (300..400).contains(status)) {
        lines.push(String::new());
        lines.push("Success is a redirect, which the client does not follow: it rejects with an `UnexpectedRedirectError`.".to_owned());
    }
    if operation.deprecated {
        lines.push("@deprecated Logto advises against it.".to_owned());
    }
    lines
}
