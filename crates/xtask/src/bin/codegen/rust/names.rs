//! Identifiers and types as Rust has them.

use logto_catalogue::{
    Type,
    text::{pascal, snake},
};

const KEYWORDS: [&str; 12] =
    ["as", "enum", "fn", "impl", "in", "loop", "match", "mod", "move", "ref", "type", "use"];

/// A field, an argument or a method.
pub(crate) fn field(name: &str) -> String {
    let snake = snake(name);
    if KEYWORDS.contains(&snake.as_str()) { format!("r#{snake}") } else { snake }
}

/// What serde makes of a field's name under `rename_all = "camelCase"`.
pub(crate) fn camel(field: &str) -> String {
    let mut camel = String::new();
    let mut capital = false;
    for c in field.trim_start_matches("r#").chars() {
        match c {
            '_' => capital = true,
            c if capital => {
                camel.push(c.to_ascii_uppercase());
                capital = false;
            }
            c => camel.push(c),
        }
    }
    camel
}

/// The variants of an enumeration: by the whole value, or where all are told apart by what stands behind the last colon, by that
/// (`urn:oasis:…:nameid-format:persistent` → `Persistent`).
pub(crate) fn variants(values: &[String]) -> Vec<String> {
    let short: Vec<String> =
        values.iter().map(|value| pascal(value.rsplit(':').next().unwrap_or_default())).collect();
    let mut sorted = short.clone();
    sorted.sort();
    sorted.dedup();
    if sorted.len() == values.len() { short } else { values.iter().map(|value| pascal(value)).collect() }
}

/// The type of a value.
pub(crate) fn ty(ty: &Type) -> String {
    match ty {
        Type::Any => "Value".to_owned(),
        Type::String | Type::Format(_) => "String".to_owned(),
        Type::Integer => "i64".to_owned(),
        Type::Number => "f64".to_owned(),
        Type::Boolean => "bool".to_owned(),
        Type::Millis => "Time".to_owned(),
        Type::File => "Upload".to_owned(),
        Type::Const(value) => if value.is_boolean() { "bool" } else { "String" }.to_owned(),
        Type::List(inner) => format!("Vec<{}>", self::ty(inner)),
        Type::Map(inner) if **inner == Type::Any => "Map<String, Value>".to_owned(),
        Type::Map(inner) => format!("BTreeMap<String, {}>", self::ty(inner)),
        Type::Nullable(inner) => format!("Option<{}>", self::ty(inner)),
        Type::Ref(name) => name.clone(),
    }
}

/// The type of an argument that is turned into such a value, and the expression that turns it.
pub(crate) fn argument(name: &str, ty: &Type) -> (String, String) {
    match ty {
        Type::Boolean | Type::Integer | Type::Number => (self::ty(ty), name.to_owned()),
        Type::Const(value) if value.is_boolean() => ("bool".to_owned(), name.to_owned()),
        Type::List(inner) => match **inner {
            Type::String | Type::Format(_) | Type::Ref(_) => (
                format!("impl IntoIterator<Item = impl Into<{}>>", self::ty(inner)),
                format!("{name}.into_iter().map(Into::into).collect()"),
            ),
            _ => (format!("impl Into<{}>", self::ty(ty)), format!("{name}.into()")),
        },
        Type::Map(inner) => (
            format!("impl IntoIterator<Item = (impl Into<String>, impl Into<{}>)>", self::ty(inner)),
            format!("{name}.into_iter().map(|(key, value)| (key.into(), value.into())).collect()"),
        ),
        _ => (format!("impl Into<{}>", self::ty(ty)), format!("{name}.into()")),
    }
}

/// The type that has a group's operations as methods. Never the name of a model.
pub(crate) fn handle(group: &str) -> String {
    format!("{}Api", pascal(group))
}
