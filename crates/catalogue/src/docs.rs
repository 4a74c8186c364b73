//! Documentation in our own words, for names that do not explain themselves: `docs.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Docs {
    /// By operation id.
    pub operations: BTreeMap<String, String>,
    /// By `Model.key`, or `*.key`.
    pub fields: BTreeMap<String, String>,
}

impl Docs {
    /// Reads the file.
    ///
    /// # Errors
    /// Where it has another shape.
    pub fn parse(toml: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(toml)
    }

    /// The committed one.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn load() -> Result<Self, toml::de::Error> {
        Self::parse(include_str!("../docs.toml"))
    }

    /// What is said of an operation.
    #[must_use]
    pub fn operation(&self, id: &str) -> Option<&str> {
        self.operations.get(id).map(String::as_str)
    }

    /// What is said of a key: of this model first, then of every model.
    #[must_use]
    pub fn field(&self, model: &str, key: &str) -> Option<&str> {
        let own = self.fields.get(&format!("{model}.{key}"));
        own.or_else(|| self.fields.get(&format!("*.{key}"))).map(String::as_str)
    }
}
