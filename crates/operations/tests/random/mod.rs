//! Random values of the catalogue's types.

use std::collections::BTreeSet;

use logto_catalogue::{Catalogue, Model, Type};
use serde_json::{Map, Value, json};

/// Makes values. With `strangers`, objects have keys, and enumerations and unions values, that the catalogue does not know.
pub(crate) struct Random<'a> {
    catalogue: &'a Catalogue,
    tags: &'a Tags,
    state: u64,
    strangers: bool,
}

/// The keys that tell the variants of unions apart, by the variants' models.
pub(crate) struct Tags(BTreeSet<(String, String)>);

impl Tags {
    pub(crate) fn new(catalogue: &Catalogue) -> Self {
        let mut tags = BTreeSet::new();
        for model in catalogue.models.values() {
            if let Model::Variants { tag: Some(tag), of } = model {
                for variant in of {
                    variant.ty.refs(&mut |name| {
                        tags.insert((name.to_owned(), tag.clone()));
                    });
                }
            }
        }
        Self(tags)
    }
}

impl<'a> Random<'a> {
    pub(crate) fn new(catalogue: &'a Catalogue, tags: &'a Tags, seed: u64, strangers: bool) -> Self {
        Self { catalogue, tags, state: seed, strangers }
    }

    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).unwrap_or_default()
    }

    /// A stranger, now and then.
    fn strange(&mut self) -> bool {
        self.strangers && self.below(4) == 0
    }

    fn text(&mut self) -> String {
        const ALPHABET: [char; 12] = ['a', 'Z', '0', ' ', '"', '\\', '\u{0}', '\n', 'ü', '李', '😀', '/'];
        (0..self.below(9)).map(|_| ALPHABET[self.index(ALPHABET.len())]).collect()
    }

    fn any(&mut self, depth: u8) -> Value {
        match self.below(if depth > 2 { 5 } else { 7 }) {
            0 => Value::Null,
            1 => json!(self.below(2) == 0),
            2 => json!(self.next() as i64),
            3 => json!(self.below(1 << 40) as f64 / 8.0),
            4 => json!(self.text()),
            5 => (0..self.below(3)).map(|_| self.any(depth + 1)).collect(),
            _ => (0..self.below(3)).map(|n| (format!("k{n}"), self.any(depth + 1))).collect(),
        }
    }

    /// A value, and what is left of it when a type that does not know the strangers has had it.
    pub(crate) fn value(&mut self, ty: &Type) -> (Value, Value) {
        let value = match ty {
            Type::Any => self.any(0),
            Type::String | Type::Format(_) => json!(self.text()),
            Type::Integer | Type::Millis => json!(self.next() as i64),
            Type::Number => json!(self.below(1 << 40) as f64 / 8.0),
            Type::Boolean => json!(self.below(2) == 0),
            Type::File => Value::Null,
            Type::Const(value) => value.clone(),
            Type::Nullable(inner) => {
                return if self.below(3) == 0 { (Value::Null, Value::Null) } else { self.value(inner) };
            }
            Type::List(inner) => {
                let items: Vec<_> = (0..self.below(3)).map(|_| self.value(inner)).collect();
                let (sent, known): (Vec<_>, Vec<_>) = items.into_iter().unzip();
                return (sent.into(), known.into());
            }
            Type::Map(inner) => {
                let mut sent = Map::new();
                let mut known = Map::new();
                for n in 0..self.below(3) {
                    let (a, b) = self.value(inner);
                    sent.insert(format!("k{n}"), a);
                    known.insert(format!("k{n}"), b);
                }
                return (sent.into(), known.into());
            }
            Type::Ref(name) => return self.model(name),
        };
        (value.clone(), value)
    }

    fn model(&mut self, name: &str) -> (Value, Value) {
        let catalogue = self.catalogue;
        match &catalogue.models[name] {
            Model::Values(values) => {
                let value = if self.strange() {
                    format!("stranger {}", self.text())
                } else {
                    values[self.index(values.len())].clone()
                };
                (json!(value), json!(value))
            }
            Model::Variants { tag, of } => {
                if self.strange() {
                    let stranger = match tag {
                        Some(tag) => json!({ tag.as_str(): "stranger", "x-what": self.any(0) }),
                        None => json!({ "x-what": self.any(0) }),
                    };
                    let any_object_fits =
                        tag.is_none() && of.iter().any(|variant| self.takes_any_object(&variant.ty));
                    if !any_object_fits {
                        return (stranger.clone(), stranger);
                    }
                }
                let variant = &of[self.index(of.len())];
                self.value(&variant.ty)
            }
            Model::Fields(fields) => {
                let mut sent = Map::new();
                let mut known = Map::new();
                for field in fields {
                    if field.required || self.below(2) == 0 {
                        // A tag that is an enumeration must be one of its marks: a stranger would be another variant.
                        let strangers = self.strangers;
                        self.strangers &= !self.tags.0.contains(&(name.to_owned(), field.name.clone()));
                        let (a, b) = self.value(&field.ty);
                        self.strangers = strangers;
                        sent.insert(field.name.clone(), a);
                        known.insert(field.name.clone(), b);
                    }
                }
                if self.strange() {
                    let stranger = self.any(0);
                    if catalogue.open.contains(name) {
                        known.insert("x-stranger".to_owned(), stranger.clone());
                    }
                    sent.insert("x-stranger".to_owned(), stranger);
                }
                (sent.into(), known.into())
            }
        }
    }

    fn takes_any_object(&self, ty: &Type) -> bool {
        match ty {
            Type::Map(_) => true,
            Type::Ref(name) => match &self.catalogue.models[name] {
                Model::Fields(fields) => fields.iter().all(|field| !field.required),
                _ => false,
            },
            _ => false,
        }
    }
}

/// Equality of JSON, where a number is what it is worth: 3 and 3.0 are the same.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (a, b) => a == b,
    }
}
