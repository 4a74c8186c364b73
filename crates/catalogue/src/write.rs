//! JSON as the catalogue is committed: keys in the order of the Rust types, what fits stands on one line, the rest is broken up, so
//! that a change of one field is a diff of one line.

use std::fmt::{self, Write as _};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

/// The longest line that is not broken up.
const WIDTH: usize = 120;

/// The text of a value, ending in a line break.
///
/// # Errors
/// Where the value cannot be written as JSON.
pub fn pretty(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let node: Node = serde_json::from_str(&serde_json::to_string(value)?)?;
    let mut text = String::new();
    node.put(0, 0, &mut text);
    text.push('\n');
    Ok(text)
}

/// JSON with its keys in order: `serde_json::Value` sorts them.
enum Node {
    Scalar(Value),
    Array(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl Node {
    /// Writes it where `before` characters stand on the line already.
    fn put(&self, depth: usize, before: usize, out: &mut String) {
        let line = self.inline();
        // The objects of the upper levels are always broken up: an operation is never one line.
        if self.is_flat() || depth > 2 && before + line.chars().count() < WIDTH {
            out.push_str(&line);
            return;
        }
        let indent = "  ".repeat(depth + 1);
        let (open, close) = if matches!(self, Self::Array(_)) { ('[', ']') } else { ('{', '}') };
        out.push(open);
        let mut separator = "\n";
        let mut entry = |key: Option<&String>, value: &Self| {
            let key = key.map(|key| format!("{}: ", Value::from(key.as_str()))).unwrap_or_default();
            let _ = write!(out, "{separator}{indent}{key}");
            value.put(depth + 1, indent.len() + key.chars().count(), out);
            separator = ",\n";
        };
        match self {
            Self::Array(items) => items.iter().for_each(|item| entry(None, item)),
            Self::Object(entries) => entries.iter().for_each(|(key, value)| entry(Some(key), value)),
            Self::Scalar(_) => {}
        }
        let _ = write!(out, "\n{}{close}", "  ".repeat(depth));
    }

    fn is_flat(&self) -> bool {
        match self {
            Self::Array(items) => items.is_empty(),
            Self::Object(entries) => entries.is_empty(),
            Self::Scalar(_) => true,
        }
    }

    fn inline(&self) -> String {
        match self {
            Self::Array(items) => {
                format!("[{}]", items.iter().map(Self::inline).collect::<Vec<_>>().join(", "))
            }
            Self::Object(entries) if entries.is_empty() => "{}".to_owned(),
            Self::Object(entries) => {
                let entry = |(key, value): &(String, Self)| {
                    format!("{}: {}", Value::from(key.as_str()), value.inline())
                };
                format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
            }
            Self::Scalar(scalar) => scalar.to_string(),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NodeVisitor;
        impl<'de> Visitor<'de> for NodeVisitor {
            type Value = Node;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }
            fn visit_unit<E>(self) -> Result<Node, E> {
                Ok(Node::Scalar(Value::Null))
            }
            fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
                Ok(Node::Scalar(value.into()))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
                Ok(Node::Scalar(value.into()))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
                Ok(Node::Scalar(value.into()))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
                Ok(Node::Scalar(value.into()))
            }
            fn visit_str<E>(self, value: &str) -> Result<Node, E> {
                Ok(Node::Scalar(value.into()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Node::Array(items))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Node::Object(entries))
            }
        }
        deserializer.deserialize_any(NodeVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_in_the_same_order() {
        let json = r#"{"z":[{"b":{"d":[1,"x\"",null],"c":{}}}],"a":[]}"#;
        let value: Box<serde_json::value::RawValue> = serde_json::from_str(json).unwrap();
        let text = pretty(&value).unwrap();
        assert_eq!(
            text,
            "{\n  \"z\": [\n    {\n      \"b\": { \"d\": [1, \"x\\\"\", null], \"c\": {} }\n    }\n  ],\n  \"a\": []\n}\n"
        );
    }
}
