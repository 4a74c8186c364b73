//! `overrides.toml`: what the declarations get wrong or cannot say.
//!
//! A place is written `Operation:path`, where the operation is its id or `*`, and the path ends at what is meant: `body`, `answer` or
//! `query` alone, or keys of it from any depth on (`passwordPolicy.length.min`, `createdAt`). Null, lists and maps on the way are stepped
//! through.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{MakeError, RawType, wrong};
use crate::types::Place;

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Overrides {
    /// Which listings page, and how.
    pub(crate) paging: Paging,
    /// Operations that answer success without JSON.
    pub(crate) text_answers: Operations,
    /// Operations that the server answers without a token.
    pub(crate) no_token: Operations,
    /// Types that are others in truth.
    #[serde(default, rename = "type")]
    pub(crate) types: Vec<TypeCorrection>,
    /// Keys that may be absent, or null.
    #[serde(default)]
    pub(crate) optional: Vec<Correction>,
    #[serde(default)]
    pub(crate) nullable: Vec<Correction>,
    /// Objects with keys that nobody can list.
    #[serde(default)]
    pub(crate) open: Vec<Correction>,
    /// Keys that must not be shown in logs.
    #[serde(default)]
    pub(crate) secret: Vec<Correction>,
    /// Unions that are one object in truth.
    #[serde(default)]
    pub(crate) merge: Vec<Correction>,
    /// Keys that the server sends and nobody told of.
    #[serde(default)]
    pub(crate) field: Vec<NewField>,
    /// Parameters that the server reads and nobody told of.
    #[serde(default)]
    pub(crate) parameter: Vec<NewParameter>,
    /// Success statuses and media types that never come.
    #[serde(default)]
    pub(crate) answer: Vec<AnswerCorrection>,
    /// What can be searched.
    #[serde(default)]
    pub(crate) search: Vec<Search>,
    /// Names of operations that the rule does not give: `from` is the id, `to` is `group.name`.
    #[serde(default)]
    pub(crate) name: Vec<Renamed>,
    /// Names of models that the rule does not give: `from` is the rule's.
    #[serde(default)]
    pub(crate) model: Vec<Renamed>,
    /// Names of union variants that the rule does not give: `from` is `Union.Variant`.
    #[serde(default)]
    pub(crate) variant: Vec<Renamed>,
    /// Codes of errors that no message is there for.
    #[serde(default)]
    pub(crate) code: Vec<Codes>,
    /// Further words by which an operation id names its group.
    #[serde(default)]
    pub(crate) noun: Vec<Noun>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Paging {
    pub(crate) always: Vec<String>,
    pub(crate) when_asked: Vec<String>,
    #[serde(rename = "because")]
    pub(crate) _because: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Operations {
    pub(crate) operations: Vec<String>,
    #[serde(rename = "because")]
    pub(crate) _because: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypeCorrection {
    pub(crate) at: Vec<String>,
    /// As the reader writes types.
    pub(crate) is: RawType,
    #[serde(rename = "because")]
    pub(crate) _because: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Correction {
    pub(crate) at: Vec<String>,
    #[serde(rename = "because")]
    pub(crate) _because: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewField {
    /// The objects that have it.
    pub(crate) at: Vec<String>,
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) ty: RawType,
    #[serde(rename = "because")]
    pub(crate) _because: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewParameter {
    pub(crate) operations: Vec<String>,
    #[serde(rename = "in")]
    pub(crate) place: Place,
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) ty: RawType,
    #[serde(rename = "because")]
    pub(crate) _because: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerCorrection {
    pub(crate) operations: Vec<String>,
    /// This status never comes.
    #[serde(default)]
    pub(crate) never: Option<u16>,
    /// Success is of this media type, and a string.
    #[serde(default)]
    pub(crate) text: Option<String>,
    #[serde(rename = "because")]
    pub(crate) _because: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Search {
    pub(crate) operations: Vec<String>,
    /// The name of the enumeration of fields.
    pub(crate) name: String,
    pub(crate) fields: Vec<String>,
    #[serde(rename = "because")]
    pub(crate) _because: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Renamed {
    pub(crate) from: String,
    pub(crate) to: String,
    #[serde(rename = "because")]
    pub(crate) _because: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Codes {
    pub(crate) codes: Vec<String>,
    #[serde(rename = "because")]
    pub(crate) _because: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Noun {
    pub(crate) group: String,
    pub(crate) noun: String,
    #[serde(rename = "because")]
    pub(crate) _because: String,
}

impl Overrides {
    /// Reads `overrides.toml`.
    ///
    /// # Errors
    /// Where it has another shape, an entry without its reason above all.
    pub fn parse(toml: &str) -> Result<Self, MakeError> {
        toml::from_str(toml).or_else(|error| wrong(format!("overrides.toml: {error}")))
    }

    /// The committed ones.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn load() -> Result<Self, MakeError> {
        Self::parse(include_str!("../../overrides.toml"))
    }

    /// Further nouns of a group.
    pub(crate) fn nouns(&self, group: &str) -> impl Iterator<Item = &str> {
        self.noun.iter().filter(move |noun| noun.group == group).map(|noun| noun.noun.as_str())
    }
}

/// A table of renamings that knows which it was asked for.
pub(crate) struct Renames<'a> {
    what: &'static str,
    table: BTreeMap<&'a str, (&'a str, bool)>,
}

impl<'a> Renames<'a> {
    pub(crate) fn new(what: &'static str, renamed: &'a [Renamed]) -> Self {
        let table = renamed.iter().map(|entry| (entry.from.as_str(), (entry.to.as_str(), false))).collect();
        Self { what, table }
    }

    /// The name to use for `from`, if there is another.
    pub(crate) fn find(&mut self, from: &str) -> Option<String> {
        let (to, used) = self.table.get_mut(from)?;
        *used = true;
        Some((*to).to_owned())
    }

    /// The name to use for the one that the rule gives.
    pub(crate) fn get(&mut self, from: String) -> String {
        self.find(&from).unwrap_or(from)
    }

    /// Every entry must have been of use.
    pub(crate) fn finish(self) -> Result<(), MakeError> {
        match self.table.iter().find(|(_, (_, used))| !used) {
            Some((from, _)) => wrong(format!("overrides.toml: there is no {} {from}", self.what)),
            None => Ok(()),
        }
    }
}
