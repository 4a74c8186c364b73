//! Tables that are small and that no other table looks into: each row is the JSON object that the API answers.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A row.
pub(crate) type Document = Map<String, Value>;

/// The tables, each in the order of creation.
#[derive(Debug, Default)]
pub(crate) struct Documents(BTreeMap<&'static str, Vec<Document>>);

impl Documents {
    pub(crate) fn all(&self, table: &str) -> &[Document] {
        self.0.get(table).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn all_mut(&mut self, table: &'static str) -> &mut Vec<Document> {
        self.0.entry(table).or_default()
    }

    /// The first row with this text under this key.
    pub(crate) fn find(&self, table: &str, key: &str, value: &str) -> Option<&Document> {
        self.all(table).iter().find(|row| is(row, key, value))
    }

    pub(crate) fn find_mut(&mut self, table: &'static str, key: &str, value: &str) -> Option<&mut Document> {
        self.all_mut(table).iter_mut().find(|row| is(row, key, value))
    }

    pub(crate) fn add(&mut self, table: &'static str, row: Document) {
        self.all_mut(table).push(row);
    }

    /// Removes the rows with this text under this key; how many there were.
    pub(crate) fn remove(&mut self, table: &'static str, key: &str, value: &str) -> usize {
        let rows = self.all_mut(table);
        let before = rows.len();
        rows.retain(|row| !is(row, key, value));
        before - rows.len()
    }

    /// Removes what belonged to a row of another table.
    pub(crate) fn forget(&mut self, key: &str, value: &str) {
        for rows in self.0.values_mut() {
            rows.retain(|row| !is(row, key, value));
        }
    }
}

/// Whether a row has this text under this key.
pub(crate) fn is(row: &Document, key: &str, value: &str) -> bool {
    row.get(key).and_then(Value::as_str) == Some(value)
}
