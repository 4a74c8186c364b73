//! What type checkers see of the verbs: `api.get("/api/users/{userId}", path=…)` gives what that route gives.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use logto_catalogue::Type;

use super::names::{self, Style};
use super::operations::KINDS;
use super::shape::{Answer, Body, Shape};
use super::stubs::wrapped;

/// The verbs that have routes.
const VERBS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The stub: a class of each kind.
pub(super) fn stub(shapes: &[Shape<'_>]) -> String {
    let mut by_verb: BTreeMap<String, Vec<&Shape<'_>>> = BTreeMap::new();
    let mut models = BTreeSet::new();
    let mut paths = BTreeMap::new();
    for shape in shapes {
        by_verb.entry(shape.operation.method.to_lowercase()).or_default().push(shape);
        if let Some(ty) = shape.operation.answered() {
            ty.refs(&mut |name| _ = models.insert(name));
        }
        if let Answer::Listing(item) = shape.answer {
            item.refs(&mut |name| _ = models.insert(name));
        }
        if let Some(ty) = json(shape) {
            ty.refs(&mut |name| _ = models.insert(name));
        }
        for parameter in &shape.path {
            parameter.ty.refs(&mut |name| _ = models.insert(name));
        }
        if !shape.path.is_empty() {
            let mut members = String::new();
            for parameter in &shape.path {
                let _ = writeln!(members, "    {}: {}", parameter.name, segment(&parameter.ty));
            }
            paths.insert(path_type(shape), members);
        }
    }
    let mut text = format!(
        "import builtins\nfrom collections.abc import Coroutine, Mapping\nfrom typing import Any, Literal, overload\n\n\
         from typing_extensions import TypedDict, Unpack\n\nfrom .._listing import AsyncListing, Listing\n\
         from .._options import BodyOptions, CallOptions, File, ListingOptions, OperationOptions, PathValue\n\
         from .._response import RawResponse\nfrom .._verbs import Sending\n{}\n\
         __all__ = [\"AsyncRawVerbs\", \"AsyncVerbs\", \"RawVerbs\", \"Verbs\"]\n\n",
        names::import_models(".types", models)
    );
    for (name, members) in paths {
        let _ = write!(text, "class {name}(TypedDict):\n{members}\n");
    }
    for (kind, _) in KINDS {
        let any = wrapped(kind, "Any");
        let _ = writeln!(text, "class {kind}Verbs(Sending):");
        let _ = writeln!(
            text,
            "    def request(self, method: str, template: str, /, **call: Unpack[BodyOptions]) -> {any}: ..."
        );
        let _ =
            writeln!(text, "    def head(self, template: str, /, **call: Unpack[CallOptions]) -> {any}: ...");
        for verb in VERBS {
            for shape in by_verb.get(verb).into_iter().flatten() {
                text.push_str(&overload(shape, verb, kind));
            }
        }
        let listing = match kind {
            "" => "Listing",
            "Async" => "AsyncListing",
            _ => {
                text.push('\n');
                continue;
            }
        };
        for shape in by_verb.get("get").into_iter().flatten() {
            text.push_str(&paginate(shape, listing));
        }
        let _ = write!(
            text,
            "    @overload\n    def paginate(self, template: str, /, *, path: Mapping[str, PathValue] = ..., **call: Unpack[ListingOptions]) -> {listing}[Any]: ...\n\n"
        );
    }
    text
}

fn json<'a>(shape: &Shape<'a>) -> Option<&'a Type> {
    match shape.body {
        Body::Keys(..) | Body::Whole(_) => crate::rust::json_body(shape.operation),
        Body::None | Body::File => None,
    }
}

fn segment(ty: &Type) -> String {
    match ty {
        Type::String | Type::Format(_) => "PathValue".to_owned(),
        ty => names::ty(ty, Style::Stub),
    }
}

/// The class of a path's parameters: by their names, and by what they take where that is not just any text.
fn path_type(shape: &Shape<'_>) -> String {
    let mut name = "_".to_owned();
    for parameter in &shape.path {
        name.push_str(&logto_catalogue::text::pascal(&parameter.name));
        if let Type::Ref(model) = &parameter.ty {
            name.push_str(model);
        }
    }
    name
}

fn overload(shape: &Shape<'_>, verb: &str, kind: &str) -> String {
    let mut arguments = keywords(shape);
    if let Some(ty) = json(shape) {
        arguments.push(format!("json: {}", names::ty(ty, Style::Stub)));
    } else if matches!(shape.body, Body::File) {
        arguments.push("files: Mapping[str, File]".to_owned());
    }
    signature(verb, shape, &arguments, "OperationOptions", &wrapped(kind, &shape.data(Style::Stub)))
}

fn paginate(shape: &Shape<'_>, listing: &str) -> String {
    let Answer::Listing(item) = shape.answer else { return String::new() };
    let item = names::ty(item, Style::Stub);
    signature("paginate", shape, &keywords(shape), "ListingOptions", &format!("{listing}[{item}]"))
}

fn keywords(shape: &Shape<'_>) -> Vec<String> {
    if shape.path.is_empty() { Vec::new() } else { vec![format!("path: {}", path_type(shape))] }
}

fn signature(name: &str, shape: &Shape<'_>, arguments: &[String], options: &str, returned: &str) -> String {
    let star = if arguments.is_empty() { String::new() } else { format!("*, {}, ", arguments.join(", ")) };
    format!(
        "    @overload\n    def {name}(self, template: Literal[{}], /, {star}**call: Unpack[{options}]) -> {returned}: ...\n",
        names::string(&shape.operation.path)
    )
}
