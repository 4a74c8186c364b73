//! The catalogue as the generators see it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `management.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Catalogue {
    /// What it was made from.
    pub source: Source,
    /// What the error codes were taken from.
    pub code_source: Source,
    /// By path, then method.
    pub operations: Vec<Operation>,
    /// Every object, enumeration and union that an operation speaks of, by name.
    pub models: BTreeMap<String, Model>,
    /// The models that are objects with further keys, of any type, which nobody can list.
    pub open: BTreeSet<String>,
    /// The codes of errors that are known, `user.username_already_in_use`; a server may have others.
    pub codes: BTreeSet<String>,
}

/// The package that a catalogue was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// `@logto/api`.
    pub package: String,
    /// Its version; that of `@logto/api` is the version of the Logto it describes.
    pub version: String,
}

/// One operation of the Management API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Operation {
    /// Logto's own id, `ListUserRoles`.
    pub id: String,
    /// The group that it is called under in every language, `users`.
    pub group: String,
    /// Its name in the group, `list_roles`.
    pub name: String,
    /// In capitals.
    pub method: String,
    /// The route template, `/api/users/{userId}/roles`.
    pub path: String,
    /// Whether Logto advises against it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub deprecated: bool,
    /// Whether the server wants an access token.
    pub needs_token: bool,
    /// Whether the server pages what it answers.
    pub paging: Paging,
    /// The key under which the items of a page stand, where the answer is no list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items_in: Option<String>,
    /// Whether success comes as `text/plain` or not at all where the declarations promise JSON. Such an operation has no answer type.
    #[serde(default, skip_serializing_if = "is_false")]
    pub text_answer: bool,
    /// Path parameters in the order of the path, then query parameters. `page` and `page_size` are not among them: see `paging`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    /// What `search`, `search.<field>`, `mode.<field>`, `joint` and `isCaseSensitive` may say, where the operation reads them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<Search>,
    /// The request body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// What success brings.
    pub answer: Answer,
    /// The error statuses that the declarations name; the server has others.
    pub errors: BTreeSet<u16>,
}

/// Whether a listing is paged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Paging {
    /// Twenty items come unless `page` or `page_size` say otherwise.
    Always,
    /// Everything comes unless `page` or `page_size` are given.
    WhenAsked,
    /// It knows neither.
    Never,
}

/// A path, query, header or cookie parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Where it goes.
    #[serde(rename = "in")]
    pub place: Place,
    /// Its name on the wire.
    pub name: String,
    /// What it takes. A list is a key that repeats.
    #[serde(rename = "type")]
    pub ty: Type,
    /// Whether the server wants it.
    pub required: bool,
}

/// Where a parameter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// A segment of the path.
    Path,
    /// The query.
    Query,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
}

/// Logto's search: `search=%x%` looks in every field, `search.<field>=x` in one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// The enumeration of the fields that can be searched by name.
    pub fields: Type,
}

/// A request body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// Whether the server wants one.
    pub required: bool,
    /// Its type for each media type that is taken; `application/json` stands first where it is.
    pub content: BTreeMap<String, Type>,
}

/// What a successful call brings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The statuses of success.
    pub statuses: BTreeSet<u16>,
    /// The data; none for operations that bring no data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    /// Whether it may also come without data (204 beside 200).
    #[serde(default, skip_serializing_if = "is_false")]
    pub optional: bool,
}

/// The data of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// The media type.
    pub media: String,
    /// What it holds; a string for text that is no JSON.
    #[serde(rename = "type")]
    pub ty: Type,
}

/// The type of a value. In JSON: `"string"`, `{"list": "string"}`, `{"ref": "User"}`, …
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Type {
    /// Any JSON value.
    Any,
    /// A string.
    String,
    /// A string of a known form: `url`, `email` or `date-time`.
    Format(String),
    /// A whole number.
    Integer,
    /// A number that may have a fraction.
    Number,
    /// True or false.
    Boolean,
    /// A point in time: whole milliseconds since 1970.
    Millis,
    /// An uploaded file (multipart).
    File,
    /// This value and no other.
    Const(Value),
    /// A list.
    List(Box<Self>),
    /// An object with any keys, their values of this type.
    Map(Box<Self>),
    /// This, or null.
    Nullable(Box<Self>),
    /// A model, by name.
    Ref(String),
}

/// A named type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Model {
    /// An object.
    Fields(Vec<Field>),
    /// One of these strings, as far as this version knows.
    Values(Vec<String>),
    /// One of several types.
    Variants {
        /// The key whose constant tells the variants apart, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tag: Option<String>,
        /// In order: where no tag tells, the first that fits is meant.
        of: Vec<Variant>,
    },
}

/// A key of an object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its name on the wire.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: Type,
    /// Whether it is always there.
    pub required: bool,
    /// Whether Logto advises against it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub deprecated: bool,
    /// Whether it must not be shown in logs: passwords, secrets, tokens.
    #[serde(default, skip_serializing_if = "is_false")]
    pub secret: bool,
}

/// One type of a union.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Its name among the variants, `EmailVerificationCode`.
    pub name: String,
    /// What it is.
    #[serde(rename = "type")]
    pub ty: Type,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_false(value: &bool) -> bool {
    !*value
}

impl Catalogue {
    /// The committed catalogue.
    ///
    /// # Errors
    /// Where the file is not of this shape: it was edited by hand, or the types were.
    pub fn load() -> Result<Self, serde_json::Error> {
        serde_json::from_str(include_str!("../management.json"))
    }

    /// The groups, in order of their names.
    #[must_use]
    pub fn groups(&self) -> BTreeMap<&str, Vec<&Operation>> {
        let mut groups: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
        for operation in &self.operations {
            groups.entry(&operation.group).or_default().push(operation);
        }
        groups
    }

    /// The models that a type speaks of, directly and through others, in order of their names.
    #[must_use]
    pub fn reach<'a>(&'a self, ty: &'a Type) -> BTreeSet<&'a str> {
        let mut open = Vec::new();
        ty.refs(&mut |name| open.push(name));
        let mut seen = BTreeSet::new();
        while let Some(name) = open.pop() {
            if seen.insert(name)
                && let Some(model) = self.models.get(name)
            {
                model.refs(&mut |name| open.push(name));
            }
        }
        seen
    }

    /// What the items of a listing are: of a list, or of the list that the answer holds under [`Operation::items_in`]. None where the
    /// server never pages.
    #[must_use]
    pub fn items<'a>(&'a self, operation: &'a Operation) -> Option<&'a Type> {
        if operation.paging == Paging::Never {
            return None;
        }
        let list = match (operation.answered()?, &operation.items_in) {
            (Type::Ref(model), Some(key)) => match self.models.get(model)? {
                Model::Fields(fields) => &fields.iter().find(|field| field.name == *key)?.ty,
                _ => return None,
            },
            (list, _) => list,
        };
        if let Type::List(item) = list { Some(item) } else { None }
    }

    /// The operation with an id.
    #[must_use]
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }
}

impl Operation {
    /// `users.list_roles`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}.{}", self.group, self.name)
    }

    /// Every type that the caller sends: parameters, search fields and bodies.
    pub fn sent(&self) -> impl Iterator<Item = &Type> {
        let bodies = self.body.iter().flat_map(|body| body.content.values());
        let search = self.search.iter().map(|search| &search.fields);
        self.parameters.iter().map(|parameter| &parameter.ty).chain(search).chain(bodies)
    }

    /// The type of the data of an answer.
    #[must_use]
    pub fn answered(&self) -> Option<&Type> {
        self.answer.content.as_ref().map(|content| &content.ty)
    }

    /// The parameters of one place.
    pub fn parameters_in(&self, place: Place) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(move |parameter| parameter.place == place)
    }
}

impl Type {
    /// The models that this type names.
    pub fn refs<'a>(&'a self, each: &mut impl FnMut(&'a str)) {
        match self {
            Self::Ref(name) => each(name),
            Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) => inner.refs(each),
            _ => {}
        }
    }
}

impl Model {
    /// The models that this one names.
    pub fn refs<'a>(&'a self, each: &mut impl FnMut(&'a str)) {
        match self {
            Self::Fields(fields) => fields.iter().for_each(|field| field.ty.refs(each)),
            Self::Values(_) => {}
            Self::Variants { of, .. } => of.iter().for_each(|variant| variant.ty.refs(each)),
        }
    }
}
