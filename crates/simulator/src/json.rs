//! JSON as Logto treats it: read by a JavaScript engine, kept in PostgreSQL's `jsonb`.
//!
//! What clients notice of that, and why no ordinary JSON crate will do: numbers are doubles (`1e400` becomes `null`, `9007199254740993` becomes `…992`), a repeated key
//! counts once, the keys of stored objects are ordered by length and then by bytes, bytes that are no UTF-8 become U+FFFD, NUL and lone surrogates can't be stored, and
//! a key `__proto__` is refused.

mod parse;
mod write;

pub(crate) use self::parse::parse;
pub(crate) use self::write::{jsonb, string};

/// A JSON value; objects in the order in which they were written, repeated keys and all ([`Js::get`] and [`jsonb`] take the last).
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Js {
    Null,
    Bool(bool),
    Number(f64),
    String(String),
    Array(Vec<Self>),
    Object(Vec<(String, Self)>),
}

/// A parsed document, and what is wrong with it though it parses.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Document {
    pub(crate) value: Js,
    /// Some string contains U+0000.
    pub(crate) nul: bool,
    /// Some string contains half of a surrogate pair.
    pub(crate) lone_surrogate: bool,
    /// Some object has the key `__proto__`.
    pub(crate) forbidden_key: bool,
}

impl From<&Js> for serde_json::Value {
    fn from(value: &Js) -> Self {
        match value {
            Js::Null => Self::Null,
            Js::Bool(flag) => Self::Bool(*flag),
            // A whole number is written as one.
            Js::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => Self::from(*number as i64),
            Js::Number(number) => Self::from(*number),
            Js::String(text) => Self::from(text.as_str()),
            Js::Array(items) => items.iter().map(Self::from).collect(),
            Js::Object(members) => {
                members.iter().map(|(key, value)| (key.clone(), Self::from(value))).collect()
            }
        }
    }
}

impl Js {
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            // The last one counts, as in JavaScript.
            Self::Object(members) => members.iter().rev().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    pub(crate) fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub(crate) fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// As Zod names what it received.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// A list of strings, if it is nothing else.
    pub(crate) fn strings(&self) -> Option<Vec<String>> {
        self.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
    }
}
