//! Whether a value is what the catalogue says, to the letter: for tests, and to see where a server and the catalogue disagree. Clients are
//! far more lenient.

use std::fmt;

use serde_json::Value;

use crate::types::{Catalogue, Model, Type};

/// One place at which a value is not what the catalogue says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Where, `[2].profile.address`; empty for the value itself.
    pub at: String,
    /// What is wrong there.
    pub what: String,
    /// Whether it is a key that the catalogue does not know, or a value of an enumeration: what a newer server may send.
    pub new: bool,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.at.is_empty() { f.write_str(&self.what) } else { write!(f, "{}: {}", self.at, self.what) }
    }
}

impl Catalogue {
    /// Every place at which the value is not of the type.
    #[must_use]
    pub fn misfits(&self, ty: &Type, value: &Value) -> Vec<Misfit> {
        let mut found = Vec::new();
        self.look(ty, value, String::new(), &mut found);
        found
    }

    fn look(&self, ty: &Type, value: &Value, at: String, found: &mut Vec<Misfit>) {
        let fits = match ty {
            Type::Any => true,
            Type::String | Type::Format(_) => value.is_string(),
            Type::Integer | Type::Millis => value.is_i64() || value.is_u64(),
            Type::Number => value.is_number(),
            Type::Boolean => value.is_boolean(),
            Type::File => false,
            Type::Const(constant) => value == constant,
            Type::Nullable(_) if value.is_null() => true,
            Type::Nullable(inner) => return self.look(inner, value, at, found),
            Type::List(inner) => match value.as_array() {
                Some(items) => {
                    for (index, item) in items.iter().enumerate() {
                        self.look(inner, item, format!("{at}[{index}]"), found);
                    }
                    true
                }
                None => false,
            },
            Type::Map(inner) => match value.as_object() {
                Some(entries) => {
                    for (key, entry) in entries {
                        self.look(inner, entry, format!("{at}.{key}"), found);
                    }
                    true
                }
                None => false,
            },
            Type::Ref(name) => return self.look_at_model(name, value, at, found),
        };
        if !fits {
            found.push(Misfit { at, what: format!("{} is no {}", brief(value), shown(ty)), new: false });
        }
    }

    fn look_at_model(&self, name: &str, value: &Value, at: String, found: &mut Vec<Misfit>) {
        match (self.models.get(name), value) {
            (Some(Model::Fields(fields)), Value::Object(object)) => {
                for field in fields {
                    let at = format!("{at}.{}", field.name);
                    match object.get(&field.name) {
                        Some(value) => self.look(&field.ty, value, at, found),
                        None if field.required => {
                            found.push(Misfit { at, what: format!("missing from {name}"), new: false });
                        }
                        None => {}
                    }
                }
                if self.open.contains(name) {
                    return;
                }
                for (key, value) in object {
                    if !fields.iter().any(|field| field.name == *key) {
                        let what = format!("{name} has no such key ({})", brief(value));
                        found.push(Misfit { at: format!("{at}.{key}"), what, new: true });
                    }
                }
            }
            (Some(Model::Values(values)), Value::String(text)) => {
                if !values.contains(text) {
                    found.push(Misfit { at, what: format!("{text:?} is no known {name}"), new: true });
                }
            }
            (Some(Model::Variants { of, .. }), _) => {
                let each = of.iter().map(|variant| {
                    let mut found = Vec::new();
                    self.look(&variant.ty, value, at.clone(), &mut found);
                    found
                });
                found.extend(each.min_by_key(Vec::len).unwrap_or_default());
            }
            _ => found.push(Misfit { at, what: format!("{} is no {name}", brief(value)), new: false }),
        }
    }
}

/// A value in a few words: what it says may be a secret.
fn brief(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn shown(ty: &Type) -> String {
    serde_json::to_string(ty).unwrap_or_default()
}
