//! A group's module: its handle with a method for each operation, the marker types, and the methods for optional parameters.

use std::fmt::Write as _;

use logto_catalogue::{Operation, Paging, Parameter, Place, Type};

use super::{Context, json_body, names, segment};

pub(super) fn module(context: &Context<'_>, group: &str, operations: &[&Operation]) -> String {
    let handle = names::handle(group);
    let segment = segment(operations);
    let mut methods = String::new();
    let mut markers = String::new();
    let mut options = String::new();
    for operation in operations {
        methods.push_str(&method(context, operation));
        markers.push_str(&marker(context, operation));
        options.push_str(&optional(operation));
    }
    format!(
        "//! Operations below `{segment}`.\n#![allow(unused_imports, missing_docs)]\n\n\
         use std::{{borrow::Borrow, collections::BTreeMap}};\n\n\
         use logto_management_core::{{BoxClock, BoxTransport, Client}};\nuse serde_json::{{Map, Value}};\n\n\
         use super::models::*;\nuse crate::{{Call, Listing, Patch, Search, Time, Upload, call::{{operation, read}}}};\n\n\
         /// Operations below `{segment}`.\n#[derive(Debug)]\npub struct {handle}<'c, T = BoxTransport, C = BoxClock> {{\n\
         client: &'c Client<T, C>,\n}}\n\n\
         impl<'c, T, C> {handle}<'c, T, C> {{\n\
         pub(crate) const fn new(client: &'c Client<T, C>) -> Self {{ Self {{ client }} }}\n\n{methods}}}\n\n{markers}{options}"
    )
}

/// What is to be known of an operation.
fn doc(context: &Context<'_>, operation: &Operation) -> String {
    let route = format!("`{} {}`", operation.method, operation.path);
    let mut text = match context.docs.operation(&operation.id) {
        Some(said) => format!("/// {said}\n///\n/// {route}\n"),
        None => format!("/// {route}\n"),
    };
    let mut say = |line: &str| {
        let _ = writeln!(text, "///\n/// {line}");
    };
    match operation.paging {
        Paging::Always => say(
            "The server pages this always: `send` brings 20 items unless told otherwise, `items` and `pages` bring all.",
        ),
        Paging::WhenAsked => {
            say("The server pages this when asked: `send` without a page brings everything at once.")
        }
        Paging::Never => {}
    }
    if operation.search.is_some() {
        say("It can be searched.");
    }
    if !operation.needs_token {
        say("The server wants no token for it.");
    }
    if operation.answer.statuses.iter().all(|status| (300..400).contains(status)) {
        say("Success is a redirect, which the client does not follow: it comes as an error that says so.");
    }
    text
}

fn method(context: &Context<'_>, operation: &Operation) -> String {
    let mut arguments = Vec::new();
    let mut calls = String::new();
    for parameter in operation.parameters.iter().filter(|parameter| parameter.required) {
        let ident = names::field(&parameter.name);
        let name = &parameter.name;
        match (parameter.place, &parameter.ty) {
            (Place::Path, Type::Ref(model)) => {
                arguments.push(format!("{ident}: impl Into<{model}>"));
                let _ = write!(calls, ".path({name:?}, {ident}.into().as_str())");
            }
            (Place::Path, _) => {
                arguments.push(format!("{ident}: impl Into<String>"));
                let _ = write!(calls, ".path({name:?}, {ident})");
            }
            _ => {
                let (argument, value) = query(parameter, &ident);
                arguments.push(format!("{ident}: {argument}"));
                let _ = write!(calls, ".query({name:?}, {value})");
            }
        }
    }
    if let Some(ty) = json_body(operation) {
        match ty {
            Type::List(inner) => {
                arguments.push(format!("body: impl AsRef<[{}]>", names::ty(inner)));
                calls.push_str(".json(body.as_ref())");
            }
            ty => {
                arguments.push(format!("body: impl Borrow<{}>", names::ty(ty)));
                calls.push_str(".json(body.borrow())");
            }
        }
    } else if operation.body.as_ref().is_some_and(|body| body.content.contains_key("multipart/form-data")) {
        arguments.push("file: Upload".to_owned());
        calls.push_str(".upload(\"file\", file)");
    }
    let deprecated = if operation.deprecated { "#[deprecated = \"Logto advises against it\"]\n" } else { "" };
    let comma = if arguments.is_empty() { "" } else { ", " };
    format!(
        "{}{deprecated}pub fn {}(&self{comma}{}) -> Call<{}, T, C> {{\nCall::new(self.client){calls}\n}}\n\n",
        doc(context, operation),
        names::field(&operation.name),
        arguments.join(", "),
        operation.id
    )
}

/// The argument of a query parameter and the value that is written.
fn query(parameter: &Parameter, ident: &str) -> (String, String) {
    match &parameter.ty {
        Type::Boolean => ("bool".to_owned(), ident.to_owned()),
        Type::Integer => ("i64".to_owned(), ident.to_owned()),
        Type::Number => ("f64".to_owned(), ident.to_owned()),
        Type::Nullable(inner) | Type::List(inner) => {
            query(&Parameter { ty: (**inner).clone(), ..parameter.clone() }, ident)
        }
        ty => (format!("impl Into<{}>", names::ty(ty)), format!("{ident}.into()")),
    }
}

fn marker(context: &Context<'_>, operation: &Operation) -> String {
    let (answer, read) = match operation.answered() {
        None => ("()".to_owned(), "read::nothing"),
        Some(_)
            if operation
                .answer
                .content
                .as_ref()
                .is_some_and(|content| content.media != "application/json") =>
        {
            ("String".to_owned(), "read::text")
        }
        Some(ty) if operation.answer.optional => (format!("Option<{}>", names::ty(ty)), "read::json"),
        Some(ty) => (names::ty(ty), "read::json"),
    };
    let mut text = format!(
        "operation! {{\n/// `{} {}`\n{} {} {:?} -> {answer}, {read}\n}}\n\n",
        operation.method, operation.path, operation.id, operation.method, operation.path
    );
    if let Some(item) = context.catalogue.items(operation) {
        let _ =
            write!(text, "impl Listing for {} {{\ntype Item = {};\n}}\n\n", operation.id, names::ty(item));
    }
    text
}

/// Methods for what may be left out.
fn optional(operation: &Operation) -> String {
    let mut methods = String::new();
    for parameter in operation.parameters.iter().filter(|parameter| !parameter.required) {
        let ident = names::field(&parameter.name);
        let name = &parameter.name;
        let (argument, value) = query(parameter, "value");
        if let Type::List(_) = parameter.ty {
            let _ = writeln!(
                methods,
                "/// Adds `{name}`, several at once or one after the other.\n\
                 pub fn {ident}(self, values: impl IntoIterator<Item = {argument}>) -> Self {{\n\
                 values.into_iter().fold(self, |call, value| call.query({name:?}, {value}))\n}}\n"
            );
        } else {
            let _ = writeln!(
                methods,
                "/// Sets `{name}`.\npub fn {ident}(self, value: {argument}) -> Self {{\nself.query({name:?}, {value})\n}}\n"
            );
        }
    }
    if let Some(search) = &operation.search {
        let fields = names::ty(&search.fields);
        let _ = writeln!(
            methods,
            "/// Only what the search finds; a text alone is a pattern for any of the fields.\n\
             pub fn search(self, search: impl Into<Search<{fields}>>) -> Self {{\nself.pairs(search.into().into_query())\n}}\n"
        );
    }
    if methods.is_empty() {
        return String::new();
    }
    format!("impl<T, C> Call<{}, T, C> {{\n{methods}}}\n\n", operation.id)
}
