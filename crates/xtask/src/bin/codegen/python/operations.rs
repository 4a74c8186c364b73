//! What runs: a class for each group, with a small method and its documentation for each operation.

use std::fmt::Write as _;

use logto_catalogue::{Docs, Field, Paging, Parameter, Type};

use super::names::{self, Style};
use super::shape::{Answer, Body, Shape};
use crate::rust::segment;

/// The kinds of a group's class: what comes before its name, and how its documentation ends.
pub(super) const KINDS: [(&str, &str); 4] = [
    ("", ""),
    ("Async", ", for asyncio"),
    ("Raw", ", as whole answers"),
    ("AsyncRaw", ", as whole answers, for asyncio"),
];

/// A group's module.
pub(super) fn module(docs: &Docs, group: &str, shapes: &[Shape<'_>]) -> String {
    let handle = names::handle(group);
    let operations: Vec<_> = shapes.iter().map(|shape| shape.operation).collect();
    let segment = segment(&operations);
    let mut text = format!(
        "\"\"\"Operations below ``{segment}``.\"\"\"\n\nfrom __future__ import annotations\n\nfrom ..._group import Operations\n\n__all__ = ["
    );
    for (kind, _) in KINDS {
        let _ = write!(text, "\"{kind}{handle}\", ");
    }
    text.truncate(text.len() - 2);
    let _ = write!(
        text,
        "]\n\n\nclass {handle}(Operations):\n    \"\"\"Operations below ``{segment}``.\"\"\"\n\n    __slots__ = ()\n"
    );
    for shape in shapes {
        text.push_str(&method(docs, shape));
    }
    for (kind, ending) in KINDS.into_iter().skip(1) {
        let _ = write!(
            text,
            "\n\nclass {kind}{handle}({handle}):\n    \"\"\"Operations below ``{segment}``{ending}.\"\"\"\n\n    __slots__ = ()\n"
        );
    }
    text
}

fn method(docs: &Docs, shape: &Shape<'_>) -> String {
    let operation = shape.operation;
    let mut arguments = vec!["self".to_owned()];
    arguments.extend(shape.path.iter().map(|parameter| parameter.name.clone()));
    arguments.push("/".to_owned());
    let mut given = vec![names::string(&operation.method), names::string(&operation.path)];
    let pairs: Vec<String> = shape.path.iter().map(|one| format!("\"{0}\": {0}", one.name)).collect();
    given.push(if pairs.is_empty() { "None".to_owned() } else { format!("{{{}}}", pairs.join(", ")) });
    given.push("call".to_owned());
    let keywords = keywords(shape);
    if !keywords.is_empty() {
        given.push(format!("query={}", tuple(&keywords)));
    }
    match shape.body {
        Body::Keys(_, fields) => {
            arguments.push("body=None".to_owned());
            given.push(format!(
                "keys={}",
                tuple(&fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>())
            ));
            given.push("body=body".to_owned());
        }
        Body::Whole(_) => {
            arguments.push("body".to_owned());
            given.push("body=body".to_owned());
        }
        Body::File => {
            arguments.push("file".to_owned());
            given.push("files={\"file\": file}".to_owned());
        }
        Body::None => {}
    }
    let required: Vec<&str> = required(shape).map(|parameter| parameter.name.as_str()).collect();
    if !required.is_empty() {
        arguments.push("*".to_owned());
        arguments.extend(required.iter().map(|name| (*name).to_owned()));
        let pairs: Vec<String> = required.iter().map(|name| format!("\"{name}\": {name}")).collect();
        given.push(format!("required={{{}}}", pairs.join(", ")));
    }
    arguments.push("**call".to_owned());
    // For people, and for whoever wants to know it at run time: nothing evaluates it.
    let annotation = match shape.answer {
        Answer::Listing(item) => format!("Listing[{}]", names::ty(item, Style::Annotation)),
        _ => shape.data(Style::Annotation),
    };
    let run = if shape.is_listing() { "_list" } else { "_call" };
    format!(
        "\n    def {}({}) -> {annotation}:\n{}        return self.{run}({})\n",
        operation.name,
        arguments.join(", "),
        doc(docs, shape),
        given.join(", ")
    )
}

/// A tuple of strings.
fn tuple(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| names::string(name)).collect();
    format!("({},)", quoted.join(", "))
}

/// The query parameters that the server wants.
pub(super) fn required<'a>(shape: &'a Shape<'_>) -> impl Iterator<Item = &'a Parameter> {
    shape.query.iter().copied().filter(|parameter| parameter.required)
}

/// The keywords that go into the query and may be left out.
fn keywords<'a>(shape: &'a Shape<'_>) -> Vec<&'a str> {
    let mut keywords: Vec<&str> =
        shape.query.iter().filter(|parameter| !parameter.required).map(|one| one.name.as_str()).collect();
    if shape.operation.search.is_some() {
        keywords.extend(["search", "search_params"]);
    }
    keywords
}

/// The type of `search`.
pub(super) fn search(shape: &Shape<'_>) -> Option<&'static str> {
    let search = shape.operation.search.as_ref()?;
    Some(if search.fields == Type::Ref("UserSearchField".to_owned()) { "UserSearch" } else { "Search" })
}

/// A docstring: what it does, its route, what is special about it, and the fields.
fn doc(docs: &Docs, shape: &Shape<'_>) -> String {
    let operation = shape.operation;
    let mut paragraphs: Vec<String> =
        docs.operation(&operation.id).map(|said| said.replace('`', "``")).into_iter().collect();
    paragraphs.push(format!("``{} {}``", operation.method, operation.path));
    if operation.deprecated {
        paragraphs.push("Logto advises against it.".to_owned());
    }
    if !operation.needs_token {
        paragraphs.push("The server wants no token for it.".to_owned());
    }
    if operation.answer.statuses.iter().all(|status| (300..400).contains(status)) {
        paragraphs.push(
            "Success is a redirect, which is not followed: it comes as :class:`UnexpectedRedirectError`."
                .to_owned(),
        );
    }
    paragraphs.push(fields(docs, shape).join("\n"));
    let text = names::docstring(&paragraphs.join("\n\n"));
    let text = text.lines().fold(String::new(), |mut text, line| {
        let indent = if line.is_empty() || text.is_empty() { "" } else { "        " };
        let _ = writeln!(text, "{indent}{line}");
        text
    });
    format!("        \"\"\"{text}        \"\"\"\n")
}

/// What goes in and what comes out.
fn fields(docs: &Docs, shape: &Shape<'_>) -> Vec<String> {
    let field = |name: &str, ty: &str, about: &str| format!(":param {name}: ``{ty}``{about}");
    let mut fields: Vec<String> =
        shape.path.iter().map(|parameter| field(&parameter.name, &text(&parameter.ty), "")).collect();
    match shape.body {
        Body::Keys(name, keys) => {
            fields.extend(keys.iter().map(|key| field(&key.name, &text(&key.ty), &about(docs, name, key))));
            fields.push(field("body", name, ": the whole body, instead of its keys as keywords"));
        }
        Body::Whole(ty) => fields.push(field("body", &text(ty), ", required")),
        Body::File => {
            let about =
                ", required: the content, or ``(name, content)``, or ``(name, content, content type)``";
            fields.push(field("file", "File", about));
        }
        Body::None => {}
    }
    for parameter in &shape.query {
        fields.push(field(
            &parameter.name,
            &text(&parameter.ty),
            if parameter.required { ", required" } else { "" },
        ));
    }
    if let Some(search) = search(shape) {
        let about = ": a pattern for any of the fields (``%ann%``), or a search over several";
        fields.push(field("search", &format!("str | {search}"), about));
        let about =
            ": a search in the server's words, ``{\"search.name\": …, \"mode.name\": …, \"joint\": …}``";
        fields.push(field("search_params", "Mapping[str, object]", about));
    }
    let (options, own) = if shape.is_listing() {
        ("ListingOptions", "``page_size``, ``page``, ``concurrency``, ``cursor``, ``progress``, ")
    } else {
        ("OperationOptions", "")
    };
    fields.push(format!(
        ":param call: {own}``headers``, ``timeout``, ``retries``, ``deadline``, ``idempotent``, ``query``: see :class:`{options}`"
    ));
    fields.push(format!(":return: {}", returned(shape)));
    fields
}

fn text(ty: &Type) -> String {
    names::ty(ty, Style::Text)
}

fn about(docs: &Docs, model: &str, field: &Field) -> String {
    let mut about = if field.required { ", required".to_owned() } else { String::new() };
    if let Some(said) = docs.field(model, &field.name) {
        let _ = write!(about, ": {}", said.replace('`', "``"));
    }
    if field.ty == Type::Millis {
        about.push_str(": milliseconds since 1970");
    }
    about
}

fn returned(shape: &Shape<'_>) -> String {
    match (&shape.answer, shape.operation.paging) {
        (Answer::Listing(item), Paging::WhenAsked) => {
            format!("a listing of ``{}``, which brings all; the server pages it when asked", text(item))
        }
        (Answer::Listing(item), _) => {
            format!("a listing of ``{}``, which brings all, page by page", text(item))
        }
        (Answer::Nothing, _) => "``None``".to_owned(),
        _ => format!("``{}``", shape.data(Style::Text)),
    }
}
