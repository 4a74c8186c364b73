//! Names and types as Python has them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use logto_catalogue::{Type, text::pascal};

/// Python's keywords that are no capitalised constants, which no key is named by.
const KEYWORDS: [&str; 32] = [
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
    "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not",
    "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// How a type is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// For type checkers and people: `builtins.list[User] | None`. A group has a method of the name `list`, so the type goes by its full name.
    Stub,
    /// For people: `list[User] | None`.
    Text,
    /// In an annotation that is evaluated by those who want to know it, on Python 3.9 too: `Optional[list[User]]`.
    Annotation,
    /// As above in an expression that is evaluated at once: `Optional[list["User"]]`.
    Eager,
}

/// The type of a value.
pub(super) fn ty(ty: &Type, style: Style) -> String {
    let inside = |inner: &Type| self::ty(inner, style);
    match ty {
        Type::Any => "Any".to_owned(),
        Type::String | Type::Format(_) => "str".to_owned(),
        Type::Integer | Type::Millis => "int".to_owned(),
        Type::Number => "float".to_owned(),
        Type::Boolean => "bool".to_owned(),
        Type::File => "File".to_owned(),
        Type::Const(value) => format!("Literal[{}]", literal(value)),
        Type::List(inner) if style == Style::Stub => format!("builtins.list[{}]", inside(inner)),
        Type::List(inner) => format!("list[{}]", inside(inner)),
        Type::Map(inner) => format!("dict[str, {}]", inside(inner)),
        Type::Nullable(inner) if matches!(style, Style::Stub | Style::Text) => {
            format!("{} | None", inside(inner))
        }
        Type::Nullable(inner) => format!("Optional[{}]", inside(inner)),
        Type::Ref(name) if style == Style::Eager => format!("\"{name}\""),
        Type::Ref(name) => name.clone(),
    }
}

/// A constant as Python writes it.
fn literal(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Bool(true) => "True".to_owned(),
        serde_json::Value::Bool(false) => "False".to_owned(),
        serde_json::Value::Null => "None".to_owned(),
        other => other.to_string(),
    }
}

/// A string as Python writes it. JSON's escapes are Python's too.
pub(super) fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Whether a key can be a keyword argument and a member of a class.
pub(super) fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    let begins = chars.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    begins && chars.all(|c| c.is_ascii_alphanumeric() || c == '_') && !KEYWORDS.contains(&name)
}

/// The class that has a group's operations as methods. Never the name of a model.
pub(super) fn handle(group: &str) -> String {
    format!("{}Api", pascal(group))
}

/// The parameters of a route template, in order.
pub(super) fn path_parameters(template: &str) -> Vec<&str> {
    template.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect()
}

/// Text without what ends a docstring or begins an escape in it.
pub(super) fn docstring(text: &str) -> String {
    text.replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"")
}

/// `from module import …` of those names that a text uses; nothing where it uses none.
pub(super) fn import(module: &str, names: &[&str], text: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let words: BTreeSet<&str> = text.split(|c| !is_word(c)).collect();
    let used: Vec<&str> = names.iter().copied().filter(|name| words.contains(name)).collect();
    if used.is_empty() { String::new() } else { format!("from {module} import {}\n", used.join(", ")) }
}

/// `from module import (…)` of models.
pub(super) fn import_models<'a>(module: &str, models: impl IntoIterator<Item = &'a str>) -> String {
    let mut lines = models.into_iter().fold(String::new(), |mut lines, name| {
        let _ = writeln!(lines, "    {name},");
        lines
    });
    if !lines.is_empty() {
        lines = format!("from {module} import (\n{lines})\n");
    }
    lines
}
