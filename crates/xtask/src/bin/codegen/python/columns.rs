//! What the columns of an exported listing are: of each route that answers with a list of objects, the keys of these and what they hold, in the words of `bindings/python/src/columns.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use logto_catalogue::{Catalogue, Model, Type};

use super::names;
use super::shape::Shape;

pub(super) fn module(catalogue: &Catalogue, shapes: &[Shape<'_>]) -> String {
    let mut routes = BTreeMap::new();
    let mut models = BTreeSet::new();
    for shape in shapes.iter().filter(|shape| shape.operation.method.eq_ignore_ascii_case("get")) {
        // Of a listing, or of a list that comes whole.
        let item = catalogue.items(shape.operation).or_else(|| match shape.operation.answered()? {
            Type::List(item) => Some(item.as_ref()),
            _ => None,
        });
        if let Some(Type::Ref(name)) = item
            && let Some(Model::Fields(_)) = catalogue.models.get(name)
        {
            routes.insert(shape.operation.path.as_str(), name.as_str());
            models.insert(name.as_str());
        }
    }
    let mut text = "\"\"\"The columns of listings: which model a route lists, and its keys with their kinds.\"\"\"\n\nfrom __future__ import annotations\n\n\
        __all__ = [\"MODELS\", \"ROUTES\"]\n\nROUTES: dict[str, str] = {\n"
        .to_owned();
    for (route, model) in routes {
        let _ = writeln!(text, "    {}: \"{model}\",", names::string(route));
    }
    text.push_str("}\n\nMODELS: dict[str, list[tuple[str, str]]] = {\n");
    for model in models {
        let Some(Model::Fields(fields)) = catalogue.models.get(model) else { continue };
        let _ = writeln!(text, "    \"{model}\": [");
        for field in fields {
            let kind = kind(catalogue, &field.ty).unwrap_or("json");
            let _ = writeln!(text, "        ({}, \"{kind}\"),", names::string(&field.name));
        }
        text.push_str("    ],\n");
    }
    text.push_str("}\n");
    text
}

/// The kind of a value; `None` where it is no plain one.
fn kind(catalogue: &Catalogue, ty: &Type) -> Option<&'static str> {
    match ty {
        Type::String | Type::Format(_) => Some("text"),
        Type::Const(value) if value.is_string() => Some("text"),
        Type::Boolean => Some("bool"),
        Type::Const(value) if value.is_boolean() => Some("bool"),
        Type::Integer => Some("int"),
        Type::Number => Some("float"),
        Type::Millis => Some("time"),
        Type::Nullable(inner) => kind(catalogue, inner),
        Type::Ref(name) => match catalogue.models.get(name)? {
            Model::Values(_) => Some("text"),
            Model::Fields(_) => None,
            Model::Variants { of, .. } => {
                let mut kinds = of.iter().map(|variant| kind(catalogue, &variant.ty));
                let first = kinds.next()??;
                kinds.all(|other| other == Some(first)).then_some(first)
            }
        },
        Type::Any | Type::File | Type::Const(_) | Type::List(_) | Type::Map(_) => None,
    }
}
