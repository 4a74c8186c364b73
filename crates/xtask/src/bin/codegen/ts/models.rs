//! The models. Types and not interfaces: a value of theirs can be given where any keys are taken (`Record<string, unknown>`).

use std::fmt::Write as _;

use logto_catalogue::{Field, Model, Type};

use super::{Context, comment, types};

pub(crate) fn file(context: &Context<'_>) -> String {
    let mut text = String::new();
    for (name, model) in &context.catalogue.models {
        let _ = write!(text, "export type {name} = {};\n\n", body(context, name, model));
    }
    text
}

fn body(context: &Context<'_>, name: &str, model: &Model) -> String {
    match model {
        Model::Fields(fields) => object(context, name, fields),
        Model::Values(values) => union(values.iter().map(|value| format!("{value:?}"))),
        Model::Variants { of, .. } => union(of.iter().map(|variant| types::ty(&variant.ty))),
    }
}

fn union(members: impl Iterator<Item = String>) -> String {
    members.collect::<Vec<_>>().join(" | ")
}

fn object(context: &Context<'_>, name: &str, fields: &[Field]) -> String {
    let mut text = "{\n".to_owned();
    for field in fields {
        text.push_str(&comment("  ", &doc(context.docs.field(name, &field.name), field)));
        let mark = if field.required { "" } else { "?" };
        let _ = writeln!(text, "  {}{mark}: {};", types::key(&field.name), types::ty(&field.ty));
    }
    if context.catalogue.open.contains(name) {
        text.push_str("  /** Further keys, which nobody can list. */\n  [key: string]: unknown;\n");
    }
    text.push('}');
    text
}

fn doc(said: Option<&str>, field: &Field) -> Vec<String> {
    let mut parts: Vec<String> = said.map(str::to_owned).into_iter().collect();
    match core(&field.ty) {
        Type::Millis => parts.push("Milliseconds since 1970.".to_owned()),
        Type::Format(format) if format == "date-time" => parts.push("ISO 8601.".to_owned()),
        _ => {}
    }
    let mut lines = if parts.is_empty() { Vec::new() } else { vec![parts.join(" ")] };
    if field.deprecated {
        lines.push("@deprecated Logto advises against it.".to_owned());
    }
    lines
}

/// The type inside of null.
fn core(ty: &Type) -> &Type {
    match ty {
        Type::Nullable(inner) => core(inner),
        other => other,
    }
}
