//! The types that operations send and answer with, in the order in which they are named, and what each may be called.

use super::raw::{RawCatalogue, RawType};
use crate::text::{pascal, singular, words};

/// A type that an operation sends or answers with.
pub(super) struct Root<'a> {
    pub(super) ty: &'a RawType,
    /// Whether it is a parameter's.
    pub(super) parameter: bool,
    /// What it may be called; the first that is free.
    pub(super) candidates: Vec<String>,
}

/// Every root, in the order in which they are named.
pub(super) fn roots(raw: &RawCatalogue) -> Vec<Root<'_>> {
    let mut ranked: Vec<((bool, u8), Root<'_>)> = Vec::new();
    for operation in &raw.operations {
        let id = operation.id.as_str();
        let success = operation.answers.iter().filter(|(status, _)| **status < 300);
        // What browsers fetch is made of what the Management API has names for.
        let open = operation.path.starts_with("/api/.well-known/");
        let mut add = |rank: u8, ty, candidates| {
            ranked.push(((open, rank), Root { ty, parameter: rank == 4, candidates }));
        };
        for ty in success.flat_map(|(_, content)| content.values()) {
            add(answer_rank(id, ty), ty, answer_names(id, ty));
        }
        for ty in operation.body.iter().flat_map(|body| body.content.values()) {
            add(2, ty, vec![format!("{id}Body"), format!("{id}FormBody")]);
        }
        for parameter in &operation.parameters {
            let name = pascal(&parameter.name);
            let mut candidates = vec![format!("{id}{name}")];
            if words(&parameter.name).len() > 1 {
                candidates.insert(0, name);
            }
            add(4, &parameter.ty, candidates);
        }
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, root)| root).collect()
}

fn answer_rank(id: &str, ty: &RawType) -> u8 {
    match (id.starts_with("Get"), id.starts_with("List"), ty) {
        (true, _, RawType::Object { .. }) => 0,
        (true, ..) | (_, true, _) => 1,
        _ => 3,
    }
}

fn answer_names(id: &str, ty: &RawType) -> Vec<String> {
    let mut id_words = words(id);
    let verb = if id_words.is_empty() { String::new() } else { id_words.remove(0) };
    let is_list = matches!(ty, RawType::List(_) | RawType::Map(_));
    if let (true, Some(last)) = (is_list, id_words.last_mut()) {
        *last = singular(last);
    }
    let noun = id_words.concat();
    let whole = format!("{id}Answer");
    match verb.as_str() {
        "List" if is_list => vec![noun.clone(), format!("Listed{noun}"), whole],
        "Get" | "List" => vec![noun, whole],
        // What a call that does something answers with is the thing itself only where it has an identity.
        _ if has_id(ty.core()) => vec![noun, whole],
        _ => vec![whole],
    }
}

fn has_id(ty: &RawType) -> bool {
    matches!(ty, RawType::Object { fields, .. } if fields.iter().any(|field| field.name == "id"))
}
