//! An operation as a Python method: what is positional, what is a keyword, what comes back.

use anyhow::{Result, bail};
use logto_catalogue::{Catalogue, Field, Model, Operation, Parameter, Place, Type};

use super::names::{self, Style};
use crate::rust::json_body;

/// The keywords of every operation (`OperationOptions`), and those of listings (`ListingOptions`).
const OPTIONS: [&str; 11] = [
    "body",
    "query",
    "headers",
    "timeout",
    "retries",
    "deadline",
    "idempotent",
    "page_size",
    "page",
    "concurrency",
    "cursor",
];
/// What else listings take.
const PROGRESS: &str = "progress";

/// An operation as a method.
pub(super) struct Shape<'a> {
    pub(super) operation: &'a Operation,
    /// Positional only: the parameters of the path, in its order.
    pub(super) path: Vec<&'a Parameter>,
    /// Keywords of the query.
    pub(super) query: Vec<&'a Parameter>,
    pub(super) body: Body<'a>,
    pub(super) answer: Answer<'a>,
}

/// Where the body comes from.
pub(super) enum Body<'a> {
    None,
    /// Each key is a keyword; `body` takes it as a whole.
    Keys(&'a str, &'a [Field]),
    /// `body` takes it.
    Whole(&'a Type),
    /// `file` takes it.
    File,
}

/// What comes back.
pub(super) enum Answer<'a> {
    /// A listing of such items.
    Listing(&'a Type),
    /// One value.
    Data(&'a Type),
    /// One value, or success without any.
    Optional(&'a Type),
    /// Success without data.
    Nothing,
}

impl<'a> Shape<'a> {
    pub(super) fn new(catalogue: &'a Catalogue, operation: &'a Operation) -> Result<Self> {
        let in_path = names::path_parameters(&operation.path);
        let path = in_path
            .iter()
            .filter_map(|name| operation.parameters_in(Place::Path).find(|parameter| parameter.name == *name))
            .collect::<Vec<_>>();
        if path.len() != in_path.len() {
            bail!("{}: the path has a parameter that is not declared", operation.id);
        }
        let query: Vec<&Parameter> = operation.parameters_in(Place::Query).collect();
        let shape = Self {
            operation,
            path,
            query,
            body: body(catalogue, operation),
            answer: answer(catalogue, operation),
        };
        shape.check()?;
        Ok(shape)
    }

    /// A keyword means one thing only.
    fn check(&self) -> Result<()> {
        let of_body = match self.body {
            Body::Keys(_, fields) => fields,
            _ => &[],
        };
        for parameter in &self.query {
            let name = parameter.name.as_str();
            if is_taken(name) || !names::is_identifier(name) || of_body.iter().any(|field| field.name == name)
            {
                bail!("{}: the query parameter {name} cannot be a keyword of its own", self.operation.id);
            }
        }
        Ok(())
    }

    /// Whether the server pages the list that it answers with.
    pub(super) const fn is_listing(&self) -> bool {
        matches!(self.answer, Answer::Listing(_))
    }

    /// The type of what one answer gives: of a listing, a page.
    pub(super) fn data(&self, style: Style) -> String {
        match self.answer {
            Answer::Listing(_) => {
                self.operation.answered().map_or_else(String::new, |ty| names::ty(ty, style))
            }
            Answer::Data(ty) => names::ty(ty, style),
            Answer::Optional(ty) => names::ty(&Type::Nullable(Box::new(ty.clone())), style),
            Answer::Nothing => "None".to_owned(),
        }
    }
}

fn is_taken(name: &str) -> bool {
    OPTIONS.contains(&name) || name == PROGRESS
}

fn body<'a>(catalogue: &'a Catalogue, operation: &'a Operation) -> Body<'a> {
    match json_body(operation) {
        Some(ty) => match keys(catalogue, ty) {
            Some((name, fields)) => Body::Keys(name, fields),
            None => Body::Whole(ty),
        },
        None if operation
            .body
            .as_ref()
            .is_some_and(|body| body.content.contains_key("multipart/form-data")) =>
        {
            Body::File
        }
        None => Body::None,
    }
}

/// The keys of an object whose keys can all be keywords.
fn keys<'a>(catalogue: &'a Catalogue, ty: &'a Type) -> Option<(&'a str, &'a [Field])> {
    let Type::Ref(name) = ty else { return None };
    let Some(Model::Fields(fields)) = catalogue.models.get(name) else { return None };
    let fits = |field: &Field| names::is_identifier(&field.name) && !is_taken(&field.name);
    (fields.iter().all(fits) && !catalogue.open.contains(name)).then_some((name, fields))
}

fn answer<'a>(catalogue: &'a Catalogue, operation: &'a Operation) -> Answer<'a> {
    if let Some(item) = catalogue.items(operation) {
        return Answer::Listing(item);
    }
    match operation.answered() {
        None => Answer::Nothing,
        Some(ty) if operation.answer.optional => Answer::Optional(ty),
        Some(ty) => Answer::Data(ty),
    }
}
