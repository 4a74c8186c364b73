//! `paths`, `operations` and `components`, in openapi-typescript's shape.
//!
//! What a caller sends may be what the official declarations take, too: programs that were written against them go on compiling.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use logto_catalogue::{Operation, Paging, Parameter, Place, Type};

use super::declared::looser;
use super::{Context, comment, spelt, types};

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

const INTRODUCTION: &str = "\
import type { LooseSearchQuery } from '../search.js';\nimport type * as m from './models.js';

type Headers = { [name: string]: unknown };
/** An answer with JSON. */
type Json<T> = { headers: Headers; content: { \"application/json\": T } };
/** An answer without data. */
type Empty = { headers: Headers; content?: never };
/**
 * A refusal. It can be assigned to an `ErrorBody`, whose `code` knows the known codes. Here it cannot: openapi-fetch takes answers apart (`Readable`), and `string & {}`, without which a union
 * of known codes and any string is `string`, is an object to it.
 */
type Failure = Json<{ code?: string; message: string; data?: unknown; details?: unknown }>;
/** A body in which keys, at any depth, may also be what the official declarations take. */
type Loosen<Body, Keys, Also> = Body extends readonly (infer Item)[]
  ? Loosen<Item, Keys, Also>[]
  : Body extends object
    ? { [Key in keyof Body]: Key extends Keys ? Body[Key] | Also : Loosen<Body[Key], Keys, Also> }
    : Body;
type NoParameters = { query?: never; header?: never; path?: never; cookie?: never };

";

pub(crate) fn file(context: &Context<'_>) -> String {
    let mut text = INTRODUCTION.to_owned();
    text.push_str("/** What can be called at each path. */\nexport interface paths {\n");
    for (path, methods) in by_path(context) {
        let _ = write!(text, "  {path:?}: {{ parameters: NoParameters;");
        for method in METHODS {
            match methods.get(method) {
                Some(operation) => {
                    let _ = write!(text, " {method}: operations[\"{}\"];", operation.id);
                }
                None => {
                    let _ = write!(text, " {method}?: never;");
                }
            }
        }
        text.push_str(" };\n");
    }
    text.push_str("}\n\n/** Every operation's parameters, body and answers, by Logto's own id. */\nexport interface operations {\n");
    for operation in &context.catalogue.operations {
        text.push_str(&entry(context, operation));
    }
    text.push_str("}\n\n/** What the lists are of, by their paths. */\nexport interface lists {\n");
    for operation in &context.catalogue.operations {
        if let Some(item) = listed(context, operation) {
            let _ = writeln!(text, "  {:?}: {};", operation.path, model(item));
        }
    }
    text.push_str("}\n\n/** The models, as openapi-typescript has them; each is exported by its name too. */\nexport interface components {\n  schemas: {\n");
    for name in context.catalogue.models.keys() {
        let _ = writeln!(text, "    {name}: m.{name};");
    }
    text.push_str("  };\n  responses: never;\n  parameters: never;\n  requestBodies: never;\n  headers: never;\n  pathItems: never;\n}\n");
    text
}

/// What `paginate` lists at a path: also what the server never pages, which is a listing of one page.
fn listed<'a>(context: &'a Context<'_>, operation: &'a Operation) -> Option<&'a Type> {
    match operation.answered() {
        _ if operation.method != "GET" => None,
        Some(Type::List(item)) => Some(item),
        _ => context.catalogue.items(operation),
    }
}

fn by_path<'a>(context: &Context<'a>) -> BTreeMap<&'a str, BTreeMap<String, &'a Operation>> {
    let mut paths: BTreeMap<&str, BTreeMap<String, &Operation>> = BTreeMap::new();
    for operation in &context.catalogue.operations {
        paths.entry(&operation.path).or_default().insert(operation.method.to_lowercase(), operation);
    }
    paths
}

fn entry(context: &Context<'_>, operation: &Operation) -> String {
    let mut text = comment("  ", &doc(context, operation));
    let _ = writeln!(text, "  {}: {{", operation.id);
    let _ = writeln!(text, "    parameters: {};", parameters(operation));
    let _ = writeln!(text, "    {};", body(operation));
    let _ = writeln!(text, "    responses: {{ {} }};\n  }};", responses(operation).join("; "));
    text
}

fn doc(context: &Context<'_>, operation: &Operation) -> Vec<String> {
    let mut lines: Vec<String> = context.docs.operation(&operation.id).map(spelt).into_iter().collect();
    if operation.deprecated {
        lines.push("@deprecated Logto advises against it.".to_owned());
    }
    lines
}

fn parameters(operation: &Operation) -> String {
    let path: Vec<String> = operation
        .parameters_in(Place::Path)
        .map(|parameter| format!("{}: {}", types::key(&parameter.name), model(&parameter.ty)))
        .collect();
    let (query, required) = query(operation, For::Paths);
    if path.is_empty() && query.is_none() {
        return "NoParameters".to_owned();
    }
    let query = query.map_or_else(
        || "query?: never".to_owned(),
        |query| format!("query{}: {query}", if required { "" } else { "?" }),
    );
    let path =
        if path.is_empty() { "path?: never".to_owned() } else { format!("path: {{ {} }}", path.join("; ")) };
    format!("{{ {query}; header?: never; {path}; cookie?: never }}")
}

/// For whom the query's types are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// Calls by path: also what the official declarations take.
    Paths,
    /// Calls by name.
    Names,
}

/// The query, if there is one, and whether it must be given.
pub(crate) fn query(operation: &Operation, whom: For) -> (Option<String>, bool) {
    let mut members = Vec::new();
    if operation.paging != Paging::Never {
        members.push("page?: number; page_size?: number".to_owned());
    }
    members.extend(operation.parameters_in(Place::Query).map(|parameter| {
        let mark = if parameter.required { "" } else { "?" };
        format!("{}{mark}: {}", types::key(&parameter.name), query_type(parameter, whom))
    }));
    let required = operation.parameters_in(Place::Query).any(|parameter| parameter.required);
    let search = operation.search.as_ref().map(|search| {
        let name = if whom == For::Paths { "LooseSearchQuery" } else { "SearchQuery" };
        format!("{name}<{}>", model(&search.fields))
    });
    let object = (!members.is_empty()).then(|| format!("{{ {} }}", members.join("; ")));
    let all: Vec<String> = object.into_iter().chain(search).collect();
    ((!all.is_empty()).then(|| all.join(" & ")), required)
}

/// By path, text is taken for what the server reads from text.
fn query_type(parameter: &Parameter, whom: For) -> String {
    let ty = model(&parameter.ty);
    match parameter.ty {
        Type::Boolean | Type::Millis | Type::Integer if whom == For::Paths => format!("{ty} | string"),
        Type::List(ref inner) => format!("{ty} | {}", model(inner)),
        _ => ty,
    }
}

fn body(operation: &Operation) -> String {
    let Some(body) = &operation.body else { return "requestBody?: never".to_owned() };
    let content: Vec<String> = body
        .content
        .iter()
        .map(|(media, ty)| format!("{media:?}: {}", content(operation, media, ty)))
        .collect();
    let mark = if body.required { "" } else { "?" };
    format!("requestBody{mark}: {{ content: {{ {} }} }}", content.join("; "))
}

fn content(operation: &Operation, media: &str, ty: &Type) -> String {
    match media {
        // openapi-fetch sends a form as it is, and hands anything else to the caller's own serialiser.
        "multipart/form-data" => "{ file?: unknown }".to_owned(),
        _ => looser(&operation.id, model(ty)),
    }
}

fn responses(operation: &Operation) -> Vec<String> {
    let answer = &operation.answer;
    let content = match &answer.content {
        Some(content) if content.media == "application/json" => format!("Json<{}>", model(&content.ty)),
        Some(content) => {
            format!("{{ headers: Headers; content: {{ {:?}: {} }} }}", content.media, model(&content.ty))
        }
        None if operation.text_answer => "Json<unknown>".to_owned(),
        None => "Empty".to_owned(),
    };
    let success = answer.statuses.iter().map(|status| match status {
        204 | 300..400 => format!("{status}: Empty"),
        status => format!("{status}: {content}"),
    });
    let failures = operation.errors.iter().map(|status| format!("{status}: Failure"));
    success.chain(failures).chain(["default: Failure".to_owned()]).collect()
}

/// A type whose models stand in the other file.
pub(crate) fn model(ty: &Type) -> String {
    match ty {
        Type::Ref(name) => format!("m.{name}"),
        Type::List(inner) => match **inner {
            Type::Nullable(_) => format!("({})[]", model(inner)),
            _ => format!("{}[]", model(inner)),
        },
        Type::Map(inner) => format!("{{ [key: string]: {} }}", model(inner)),
        Type::Nullable(inner) => format!("{} | null", model(inner)),
        other => types::ty(other),
    }
}
