//! Models: a `TypedDict` for each object, a `Literal` for each enumeration, a `Union` for each union.
//!
//! They are real classes, which validators can read at run time (`typing.get_type_hints`), written so that Python 3.9 takes them. Nothing imports them but those who want them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use logto_catalogue::{Field, Model, Type, Variant};

use super::names::{self, Style};
use crate::rust::{Context, Use};

/// The module of the models that several groups use.
const SHARED: &str = "shared";
/// The module of the error codes, and their type.
const CODES: &str = "error_code";
const CODE: &str = "ErrorCode";

/// The text of each module, by its name.
pub(super) fn modules(context: &Context<'_>) -> BTreeMap<String, String> {
    let mut homes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, used) in &context.uses {
        homes.entry(home(used)).or_default().insert(name);
    }
    let mut modules: BTreeMap<String, String> =
        homes.iter().map(|(home, members)| ((*home).to_owned(), module(context, home, members))).collect();
    modules.insert(CODES.to_owned(), codes(context));
    modules
}

/// The codes of errors.
fn codes(context: &Context<'_>) -> String {
    let codes: Vec<String> = context.catalogue.codes.iter().cloned().collect();
    let doc = "The codes of errors that are known, :attr:`LogtoError.code`. A server may have others.";
    let text = enumeration(CODE, &codes, doc);
    format!(
        "\"\"\"Logto's error codes.\"\"\"\n\nfrom __future__ import annotations\n\nfrom typing import Literal\n\n\
         __all__ = [\"{CODE}\"]\n\n{}\n",
        text.trim_end()
    )
}

/// Where a model stands.
pub(super) fn home<'a>(used: &Use<'a>) -> &'a str {
    let mut groups = used.groups.iter();
    match (groups.next(), groups.next()) {
        (Some(group), None) => group,
        _ => SHARED,
    }
}

/// The module through which all of them are had, each loaded when it is first asked for.
pub(super) fn index(context: &Context<'_>) -> String {
    let mut homes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, used) in &context.uses {
        homes.entry(home(used)).or_default().push(name);
    }
    homes.insert(CODES, vec![CODE]);
    let mut imports = String::new();
    let mut table = String::new();
    for (home, members) in &homes {
        let _ = writeln!(imports, "    from .{home} import (");
        for name in members {
            let _ = writeln!(imports, "        {name} as {name},");
            let _ = writeln!(table, "        \"{name}\": \"{home}\",");
        }
        imports.push_str("    )\n");
    }
    let names: BTreeSet<&str> = context.uses.keys().copied().chain([CODE]).collect();
    let all: String = names.iter().fold(String::new(), |mut all, name| {
        let _ = writeln!(all, "    \"{name}\",");
        all
    });
    format!(
        "\"\"\"What operations send and answer with: dictionaries as ``TypedDict``, enumerations as ``Literal``.\n\n\
         Keys and values are named as on the wire. Times are whole milliseconds since 1970 unless said otherwise. A newer server may send more keys and values than these.\n\"\"\"\n\n\
         from __future__ import annotations\n\nfrom typing import TYPE_CHECKING\n\n\
         if TYPE_CHECKING:\n{imports}else:\n    from importlib import import_module\n\n    _HOMES = {{\n{table}    }}\n\n\
         \n    def __getattr__(name: str) -> object:\n        home = _HOMES.get(name)\n        if home is None:\n\
         \x20           raise AttributeError(f\"module {{__name__!r}} has no attribute {{name!r}}\")\n\
         \x20       value = globals()[name] = getattr(import_module(f\"{{__name__}}.{{home}}\"), name)\n        return value\n\n\
         \n    def __dir__() -> list[str]:\n        return sorted({{*globals(), *_HOMES}})\n\n\n__all__ = [\n{all}]\n"
    )
}

fn module(context: &Context<'_>, home: &str, members: &BTreeSet<&str>) -> String {
    let models = &context.catalogue.models;
    let mut foreign = BTreeSet::new();
    let mut classes = String::new();
    let mut values = String::new();
    let mut unions = BTreeMap::new();
    for name in members {
        let Some(model) = models.get(*name) else { continue };
        model.refs(&mut |other| {
            if !members.contains(other) {
                foreign.insert(other);
            }
        });
        let doc = context.uses.get(name).map(|used| doc(context, name, used)).unwrap_or_default();
        match model {
            Model::Fields(fields) => classes.push_str(&structure(context, name, fields, &doc)),
            Model::Values(of) => values.push_str(&enumeration(name, of, &doc)),
            Model::Variants { of, .. } => _ = unions.insert(*name, (model, union(name, of, &doc))),
        }
    }
    let body = format!("{values}{classes}{}", in_order(unions));
    let typing = names::import("typing", &["Any", "Literal", "Optional", "TypedDict", "Union"], &body);
    let shared = names::import_models(".shared", foreign);
    let mut text =
        format!("\"\"\"{}\"\"\"\n\nfrom __future__ import annotations\n\n{typing}\n{shared}\n", about(home));
    text.push_str("__all__ = [\n");
    for name in members {
        let _ = writeln!(text, "    \"{name}\",");
    }
    // Aliases stand where everything that they name is defined.
    let _ = write!(text, "]\n\n\n{body}");
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// Unions behind those that they name: they are evaluated at once.
fn in_order(mut unions: BTreeMap<&str, (&Model, String)>) -> String {
    let mut text = String::new();
    while !unions.is_empty() {
        let waits = |model: &Model| {
            let mut waits = false;
            model.refs(&mut |name| waits |= unions.contains_key(name));
            waits
        };
        // Those of a circle, which no order helps, come as they are, and the tests tell.
        let next = unions.iter().find(|(_, (model, _))| !waits(model)).or_else(|| unions.iter().next());
        let Some(name) = next.map(|(name, _)| *name) else { break };
        text.extend(unions.remove(name).map(|(_, union)| union));
    }
    text
}

fn about(home: &str) -> String {
    match home {
        SHARED => "Models that several groups of operations use.".to_owned(),
        group => format!("Models of the operations ``{group}``."),
    }
}

/// Who sends it and who answers with it.
fn doc(context: &Context<'_>, name: &str, used: &Use<'_>) -> String {
    let whole: Vec<String> = used.whole.iter().map(|name| format!("``{name}``")).collect();
    let mut parts = Vec::new();
    parts.push(if whole.is_empty() {
        "Part of others.".to_owned()
    } else {
        format!("Of {}.", whole.join(", "))
    });
    if context.catalogue.open.contains(name) {
        parts.push("It has further keys, which nobody can list.".to_owned());
    }
    parts.join(" ")
}

fn enumeration(name: &str, values: &[String], doc: &str) -> String {
    let values: String = values.iter().fold(String::new(), |mut text, value| {
        let _ = writeln!(text, "    {},", names::string(value));
        text
    });
    format!("{name} = Literal[\n{values}]\n\"\"\"{doc}\"\"\"\n\n")
}

fn union(name: &str, variants: &[Variant], doc: &str) -> String {
    let of: Vec<String> = variants.iter().map(|variant| names::ty(&variant.ty, Style::Annotation)).collect();
    format!("{name} = Union[{}]\n\"\"\"{doc}\"\"\"\n\n", of.join(", "))
}

/// `NotRequired` is younger than the oldest Python, so what may be absent stands in a class of its own.
fn structure(context: &Context<'_>, name: &str, fields: &[Field], doc: &str) -> String {
    let (required, optional): (Vec<&Field>, Vec<&Field>) = fields.iter().partition(|field| field.required);
    let member = |field: &&Field| member(context, name, field);
    let doc = format!("    \"\"\"{doc}\"\"\"\n\n");
    if fields.iter().any(|field| !names::is_identifier(&field.name)) {
        return functional(name, &required, &optional, &doc);
    }
    let (required, optional): (String, String) =
        (required.iter().map(member).collect(), optional.iter().map(member).collect());
    match (required.is_empty(), optional.is_empty()) {
        (_, true) => format!("class {name}(TypedDict):\n{doc}{required}\n\n"),
        (true, false) => format!("class {name}(TypedDict, total=False):\n{doc}{optional}\n\n"),
        (false, false) => {
            format!(
                "class _{name}(TypedDict):\n{required}\n\nclass {name}(_{name}, total=False):\n{doc}{optional}\n\n"
            )
        }
    }
}

fn member(context: &Context<'_>, model: &str, field: &Field) -> String {
    let mut text = format!("    {}: {}\n", field.name, names::ty(&field.ty, Style::Annotation));
    if let Some(said) = said(context, model, field) {
        let _ = writeln!(text, "    \"\"\"{}\"\"\"", names::docstring(&said));
    }
    text
}

/// What is to be known of a key.
fn said(context: &Context<'_>, model: &str, field: &Field) -> Option<String> {
    let mut parts: Vec<String> =
        context.docs.field(model, &field.name).map(str::to_owned).into_iter().collect();
    match &field.ty {
        Type::Format(format) if format == "date-time" => parts.push("ISO 8601.".to_owned()),
        Type::Millis => parts.push("Milliseconds since 1970.".to_owned()),
        Type::Nullable(inner) if **inner == Type::Millis => parts.push("Milliseconds since 1970.".to_owned()),
        _ => {}
    }
    if field.deprecated {
        parts.push("Logto advises against it.".to_owned());
    }
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// With keys that are no identifiers.
fn functional(name: &str, required: &[&Field], optional: &[&Field], doc: &str) -> String {
    let members = |fields: &[&Field]| {
        fields.iter().fold(String::new(), |mut text, field| {
            let _ = writeln!(
                text,
                "        {}: {},",
                names::string(&field.name),
                names::ty(&field.ty, Style::Eager)
            );
            text
        })
    };
    format!(
        "_{name}Required = TypedDict(\n    \"_{name}Required\",\n    {{\n{}    }},\n)\n\n\
         _{name}Optional = TypedDict(\n    \"_{name}Optional\",\n    {{\n{}    }},\n    total=False,\n)\n\n\n\
         class {name}(_{name}Required, _{name}Optional):\n{doc}\n",
        members(required),
        members(optional)
    )
}
