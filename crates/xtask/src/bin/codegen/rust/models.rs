//! Models: structs, open enumerations and unions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use logto_catalogue::{Field, Model, Type, Variant};

use super::{Context, Use, feature_gate, names};

/// The module of the models that several groups use.
const SHARED: &str = "shared";

/// The text of each module, by its name.
pub(super) fn modules(context: &Context<'_>) -> BTreeMap<String, String> {
    let mut modules: BTreeMap<String, String> = BTreeMap::new();
    for (name, used) in &context.uses {
        let Some(model) = context.catalogue.models.get(*name) else { continue };
        let module = modules.entry(home(used).to_owned()).or_default();
        if home(used) == SHARED {
            // Items of this module stand behind different features.
            module.push_str(&item(context, name, model, used, &feature_gate(used.groups.iter().copied())));
        } else {
            module.push_str(&item(context, name, model, used, ""));
        }
    }
    for module in modules.values_mut() {
        *module = format!(
            "#![allow(unused_imports)]\n\n{}\n\nuse std::{{collections::BTreeMap, fmt}};\n\n\
             use serde::{{Deserialize, Serialize}};\nuse serde_json::{{Map, Value}};\n\n\
             use super::*;\nuse crate::{{Patch, Time, open::{{filled, has, marked, open_enum, present, union}}}};\n\n{module}",
            "#![allow(missing_docs, clippy::should_implement_trait)]"
        );
    }
    modules
}

/// The module that holds them all together.
pub(super) fn index(context: &Context<'_>) -> String {
    let mut homes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for used in context.uses.values() {
        homes.entry(home(used)).or_default().extend(&used.groups);
    }
    let mut text = "//! What operations send and answer with.\n//!\n\
        //! Every struct can be made by `Default`; those that are sent have `new` with what is required, and a method for every other key.\n\
        #![allow(unused_imports)]\n\n"
        .to_owned();
    for (home, groups) in &homes {
        let gate = feature_gate(groups.iter().copied());
        let _ = writeln!(text, "{gate}mod {home};\n{gate}pub use {home}::*;");
    }
    text
}

fn home<'a>(used: &Use<'a>) -> &'a str {
    let mut groups = used.groups.iter();
    match (groups.next(), groups.next()) {
        (Some(group), None) => group,
        _ => SHARED,
    }
}

fn item(context: &Context<'_>, name: &str, model: &Model, used: &Use<'_>, gate: &str) -> String {
    let doc = doc(used);
    match model {
        Model::Values(values) => enumeration(name, values, &doc, gate),
        Model::Variants { tag, of } => union(context, name, tag.as_deref(), of, &doc, gate),
        Model::Fields(fields) => structure(context, name, fields, used, &doc, gate),
    }
}

/// Who sends it and who answers with it.
fn doc(used: &Use<'_>) -> String {
    let whole: Vec<String> = used.whole.iter().map(|name| format!("`{name}`")).collect();
    if whole.is_empty() { String::new() } else { format!("/// Of {}.\n", whole.join(", ")) }
}

fn enumeration(name: &str, values: &[String], doc: &str, gate: &str) -> String {
    let variants = names::variants(values);
    let lines: String =
        variants.iter().zip(values).map(|(variant, value)| format!("{variant} = {value:?},\n")).collect();
    format!("{gate}open_enum! {{\n{doc}{name} {{\n{lines}}}\n}}\n\n")
}

fn union(
    context: &Context<'_>,
    name: &str,
    tag: Option<&str>,
    variants: &[Variant],
    doc: &str,
    gate: &str,
) -> String {
    let mut lines = String::new();
    for variant in variants {
        let condition = condition(context, tag, &variant.ty);
        let _ = writeln!(lines, "{}({}) if {condition},", variant.name, names::ty(&variant.ty));
    }
    format!("{gate}union! {{\n{doc}{name} {{\n{lines}}}\n}}\n\n")
}

/// When a JSON value is this variant.
fn condition(context: &Context<'_>, tag: Option<&str>, ty: &Type) -> String {
    let fields = match ty {
        Type::Ref(name) => match context.catalogue.models.get(name) {
            Some(Model::Fields(fields)) => fields.as_slice(),
            _ => &[],
        },
        Type::String | Type::Format(_) => return "Value::is_string".to_owned(),
        Type::Boolean => return "Value::is_boolean".to_owned(),
        Type::List(_) => return "Value::is_array".to_owned(),
        Type::Map(_) => return "Value::is_object".to_owned(),
        Type::Integer | Type::Number | Type::Millis => return "Value::is_number".to_owned(),
        _ => return "|_: &Value| true".to_owned(),
    };
    if let Some(tag) = tag
        && let Some(field) = fields.iter().find(|field| field.name == tag)
    {
        let marks = match &field.ty {
            Type::Const(value) => vec![value.as_str().unwrap_or_default().to_owned()],
            Type::Ref(name) => match context.catalogue.models.get(name) {
                Some(Model::Values(values)) => values.clone(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        return format!("|value: &Value| marked(value, {tag:?}, &{marks:?})");
    }
    let required: Vec<&str> =
        fields.iter().filter(|field| field.required).map(|field| field.name.as_str()).collect();
    format!("|value: &Value| has(value, &{required:?})")
}

/// The key of a struct that only says which variant of a union it is: serde writes it, and nobody else has to.
fn mark<'a>(context: &Context<'_>, name: &str, fields: &'a [Field]) -> Option<&'a Field> {
    let is_variant = |model: &Model, tag: &str| match model {
        Model::Variants { tag: Some(of), of: variants } if of == tag => {
            variants.iter().any(|variant| variant.ty == Type::Ref(name.to_owned()))
        }
        _ => false,
    };
    fields.iter().find(|field| {
        matches!(&field.ty, Type::Const(value) if value.is_string())
            && field.required
            && context.catalogue.models.values().any(|model| is_variant(model, &field.name))
    })
}

fn structure(
    context: &Context<'_>,
    name: &str,
    fields: &[Field],
    used: &Use<'_>,
    doc: &str,
    gate: &str,
) -> String {
    let mark = mark(context, name, fields);
    let fields: Vec<&Field> =
        fields.iter().filter(|field| mark.is_none_or(|mark| mark.name != field.name)).collect();
    let secret = fields.iter().any(|field| field.secret);
    let debug = if secret { "" } else { "Debug, " };
    let mut container = "rename_all = \"camelCase\", default".to_owned();
    if let Some(Field { name, ty: Type::Const(value), .. }) = mark {
        let _ = write!(container, ", tag = {name:?}, rename = {value}");
    }
    let mut text = format!(
        "{gate}{doc}#[derive(Clone, {debug}Default, PartialEq, Serialize, Deserialize)]\n#[serde({container})]\n\
         #[non_exhaustive]\npub struct {name} {{\n"
    );
    for field in &fields {
        text.push_str(&member(context, name, field));
    }
    if context.catalogue.open.contains(name) {
        text.push_str(
            "/// Further keys, which nobody can list.\n#[serde(flatten)]\npub other: Map<String, Value>,\n",
        );
    }
    text.push_str("}\n\n");
    if secret {
        text.push_str(&careful_debug(name, &fields, gate));
    }
    if used.sent {
        text.push_str(&constructors(name, &fields, gate));
    }
    text
}

/// The type of a struct's field.
fn member_type(field: &Field) -> String {
    match (&field.ty, field.required) {
        (ty, true) => names::ty(ty),
        (Type::Nullable(inner), false) => format!("Patch<{}>", names::ty(inner)),
        (ty, false) => format!("Option<{}>", names::ty(ty)),
    }
}

fn member(context: &Context<'_>, model: &str, field: &Field) -> String {
    let name = names::field(&field.name);
    let mut serde = Vec::new();
    if names::camel(&name) != field.name {
        serde.push(format!("rename = {:?}", field.name));
    }
    match (&field.ty, field.required) {
        (_, true) => {}
        (Type::Nullable(_), false) => serde.push("skip_serializing_if = \"Patch::is_absent\"".to_owned()),
        (_, false) => serde.push("skip_serializing_if = \"Option::is_none\"".to_owned()),
    }
    match (&field.ty, field.required) {
        (Type::Any, false) => serde.push("deserialize_with = \"present\"".to_owned()),
        (Type::Any | Type::Nullable(_), true) | (_, false) => {}
        (_, true) => serde.push("deserialize_with = \"filled\"".to_owned()),
    }
    let mut text = String::new();
    if let Some(doc) = member_doc(context.docs.field(model, &field.name), field) {
        let _ = writeln!(text, "/// {doc}");
    }
    if !serde.is_empty() {
        let _ = writeln!(text, "#[serde({})]", serde.join(", "));
    }
    let _ = writeln!(text, "pub {name}: {},", member_type(field));
    text
}

fn member_doc(said: Option<&str>, field: &Field) -> Option<String> {
    let mut parts: Vec<String> = said.map(str::to_owned).into_iter().collect();
    match &field.ty {
        Type::Const(value) if value.is_string() => {
            parts.push(format!("Always `{}`.", value.as_str().unwrap_or_default()))
        }
        Type::Const(value) => parts.push(format!("Always `{value}`.")),
        Type::Format(format) if format == "date-time" => parts.push("ISO 8601.".to_owned()),
        _ => {}
    }
    if field.deprecated {
        parts.push("Logto advises against it.".to_owned());
    }
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// `Debug` that shows no secrets.
fn careful_debug(name: &str, fields: &[&Field], gate: &str) -> String {
    let mut lines = String::new();
    for field in fields {
        let ident = names::field(&field.name);
        let shown = ident.trim_start_matches("r#");
        if field.secret {
            let _ = writeln!(lines, ".field({shown:?}, &\"<redacted>\")");
        } else {
            let _ = writeln!(lines, ".field({shown:?}, &self.{ident})");
        }
    }
    format!(
        "/// Without what is secret.\n{gate}impl fmt::Debug for {name} {{\n\
         fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{\nf.debug_struct({name:?})\n{lines}.finish()\n}}\n}}\n\n"
    )
}

/// `new` with what is required, and a method for every other key.
fn constructors(name: &str, fields: &[&Field], gate: &str) -> String {
    let mut arguments = Vec::new();
    let mut values = Vec::new();
    let mut setters = String::new();
    for field in fields {
        let ident = names::field(&field.name);
        match (&field.ty, field.required) {
            (Type::Const(value), true) => values.push(match value.as_str() {
                Some(text) => format!("{ident}: {text:?}.to_owned()"),
                None => format!("{ident}: {value}"),
            }),
            (ty, true) => {
                let (argument, value) = names::argument(&ident, ty);
                arguments.push(format!("{ident}: {argument}"));
                values.push(if value == ident { ident } else { format!("{ident}: {value}") });
            }
            (ty, false) => {
                let (argument, value) = match ty {
                    Type::Nullable(inner) => {
                        (format!("impl Into<Patch<{}>>", names::ty(inner)), "value.into()".to_owned())
                    }
                    ty => {
                        let (argument, value) = names::argument("value", ty);
                        (argument, format!("Some({value})"))
                    }
                };
                let _ = writeln!(
                    setters,
                    "/// Sets `{}`.\n#[must_use]\npub fn {ident}(mut self, value: {argument}) -> Self {{\nself.{ident} = {value};\nself\n}}\n",
                    field.name
                );
            }
        }
    }
    let new = if values.is_empty() {
        "Self::default()".to_owned()
    } else if values.len() == fields.len() {
        format!("Self {{ {} }}", values.join(", "))
    } else {
        format!("Self {{ {}, ..Self::default() }}", values.join(", "))
    };
    let doc = if arguments.is_empty() { "Nothing set." } else { "With what is required." };
    format!(
        "{gate}impl {name} {{\n/// {doc}\n#[must_use]\npub fn new({}) -> Self {{\n{new}\n}}\n\n{setters}}}\n\n",
        arguments.join(", ")
    )
}
