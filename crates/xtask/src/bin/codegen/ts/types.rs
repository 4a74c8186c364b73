//! Names and types as TypeScript has them.

use logto_catalogue::{Type, text::snake};

/// A group's or a method's name: `list_user_roles` → `listUserRoles`.
pub(crate) fn camel(name: &str) -> String {
    let mut camel = String::new();
    let mut capital = false;
    for c in name.chars() {
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

/// An argument's name, as a path parameter has it.
pub(crate) fn argument(name: &str) -> String {
    camel(&snake(name))
}

/// A property's name, in quotes where it needs some.
pub(crate) fn key(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    if plain { name.to_owned() } else { format!("{name:?}") }
}

/// The type of a value.
pub(crate) fn ty(ty: &Type) -> String {
    match ty {
        Type::Any => "unknown".to_owned(),
        Type::String | Type::Format(_) => "string".to_owned(),
        Type::Integer | Type::Number | Type::Millis => "number".to_owned(),
        Type::Boolean => "boolean".to_owned(),
        Type::File => "Blob".to_owned(),
        Type::Const(value) => value.to_string(),
        Type::List(inner) => match **inner {
            Type::Nullable(_) => format!("({})[]", self::ty(inner)),
            _ => format!("{}[]", self::ty(inner)),
        },
        Type::Map(inner) => format!("{{ [key: string]: {} }}", self::ty(inner)),
        Type::Nullable(inner) => format!("{} | null", self::ty(inner)),
        Type::Ref(name) => name.clone(),
    }
}
