//! What the reader prints: the declarations as they are.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Everything that the reader found.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawCatalogue {
    pub(crate) package: String,
    pub(crate) version: String,
    pub(crate) operations: Vec<RawOperation>,
    pub(crate) codes: RawCodes,
}

/// The codes of errors, and the package that words them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCodes {
    pub(crate) package: String,
    pub(crate) version: String,
    pub(crate) known: BTreeSet<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawOperation {
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) deprecated: bool,
    pub(crate) parameters: Vec<RawParameter>,
    #[serde(default)]
    pub(crate) body: Option<RawBody>,
    /// By status, then media type.
    pub(crate) answers: BTreeMap<u16, BTreeMap<String, RawType>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawParameter {
    #[serde(rename = "in")]
    pub(crate) place: crate::types::Place,
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) ty: RawType,
    pub(crate) required: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawBody {
    pub(crate) required: bool,
    pub(crate) content: BTreeMap<String, RawType>,
}

/// A type, with everything in it in place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RawType {
    /// Any JSON value.
    Any,
    /// A string.
    String,
    /// A number of which no more is known.
    Number,
    /// A whole number (by a correction: the declarations know none).
    Integer,
    /// A time in milliseconds (by a correction).
    Millis,
    /// A file (by a correction).
    File,
    /// True or false.
    Boolean,
    /// A string of a known form.
    Format(String),
    /// This value.
    Const(Value),
    /// One of these strings.
    Enum(Vec<String>),
    /// A list.
    List(Box<Self>),
    /// An object with any keys.
    Map(Box<Self>),
    /// This or null.
    Nullable(Box<Self>),
    /// One of these.
    OneOf(Vec<Self>),
    /// All of these.
    AllOf(Vec<Self>),
    /// An object.
    Object {
        /// Its keys.
        fields: Vec<RawField>,
        /// Whether it has further keys, which nobody can list (by a correction).
        #[serde(default)]
        open: bool,
    },
}

/// A key of an object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RawField {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: RawType,
    /// Whether it is declared as always there.
    pub required: bool,
    /// Whether the server fills it in where it is absent.
    #[serde(default)]
    pub has_default: bool,
    /// Whether it is marked as deprecated.
    #[serde(default)]
    pub deprecated: bool,
    /// Whether it must not be shown in logs (by a correction).
    #[serde(default)]
    pub secret: bool,
}

impl RawField {
    /// A key that may be absent.
    pub(crate) fn optional(name: &str, ty: &RawType) -> Self {
        Self {
            name: name.to_owned(),
            ty: ty.clone(),
            required: false,
            has_default: false,
            deprecated: false,
            secret: false,
        }
    }
}

impl RawType {
    /// What is inside null and lists: the place that a correction means.
    pub(crate) fn core_mut(&mut self) -> &mut Self {
        match self {
            Self::Nullable(inner) | Self::List(inner) => inner.core_mut(),
            other => other,
        }
    }

    /// What is inside null, lists and maps: the place that a name is for.
    pub(crate) fn core(&self) -> &Self {
        match self {
            Self::Nullable(inner) | Self::List(inner) | Self::Map(inner) => inner.core(),
            other => other,
        }
    }

    /// Whether this needs a name of its own.
    pub(crate) const fn is_composite(&self) -> bool {
        matches!(self, Self::Object { .. } | Self::Enum(_) | Self::OneOf(_))
    }

    /// The types directly inside of this one, deepest wrappers included.
    pub(crate) fn children_mut(&mut self) -> Vec<&mut Self> {
        match self {
            Self::Nullable(inner) | Self::List(inner) | Self::Map(inner) => vec![inner.as_mut()],
            Self::OneOf(types) | Self::AllOf(types) => types.iter_mut().collect(),
            Self::Object { fields, .. } => fields.iter_mut().map(|field| &mut field.ty).collect(),
            _ => Vec::new(),
        }
    }

    /// Text that is equal for types that are meant to be one model: formats and marks of keys make no difference.
    pub(crate) fn key(&self) -> String {
        let mut bare = self.clone();
        bare.strip();
        serde_json::to_string(&bare).unwrap_or_default()
    }

    fn strip(&mut self) {
        if let Self::Format(_) = self {
            *self = Self::String;
        }
        if let Self::Object { fields, .. } = self {
            for field in fields {
                field.deprecated = false;
                field.secret = false;
                field.has_default = false;
            }
        }
        self.children_mut().into_iter().for_each(Self::strip);
    }
}

/// The order of methods in the catalogue.
pub(crate) fn rank(method: &str) -> usize {
    ["GET", "POST", "PUT", "PATCH", "DELETE"].iter().position(|known| *known == method).unwrap_or(usize::MAX)
}
