//! Puts the operations together: names, paging, answers.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    MakeError, Overrides,
    models::Models,
    names,
    overrides::Renames,
    raw::{RawCatalogue, RawOperation, RawType},
    wrong,
};
use crate::types::{
    Answer, Body, Catalogue, Content, Operation, Paging, Parameter, Place, Search, Source, Type,
};

/// Parameters that say which page; `paging` stands for them in the catalogue.
const PAGE_PARAMETERS: [&str; 2] = ["page", "page_size"];
/// How the declarations write Logto's search, which reads other keys: `search` stands for it in the catalogue.
const SEARCH_PARAMETER: &str = "search_params";

pub(super) fn put_together(
    raw: RawCatalogue,
    overrides: &Overrides,
    mut models: Models,
) -> Result<Catalogue, MakeError> {
    for search in &overrides.search {
        models.add_enumeration(&search.name, &search.fields)?;
    }
    let known: BTreeSet<&str> = raw.operations.iter().map(|operation| operation.id.as_str()).collect();
    let lists = [
        &overrides.paging.always,
        &overrides.paging.when_asked,
        &overrides.text_answers.operations,
        &overrides.no_token.operations,
    ];
    let searches = overrides.search.iter().flat_map(|search| &search.operations);
    if let Some(id) = lists.into_iter().flatten().chain(searches).find(|id| !known.contains(id.as_str())) {
        return wrong(format!("overrides.toml: there is no operation {id}"));
    }
    let mut renames = Renames::new("operation", &overrides.name);
    let mut operations = Vec::new();
    for operation in &raw.operations {
        operations.push(one(operation, overrides, &models, &mut renames)?);
    }
    renames.finish()?;
    let mut names = BTreeMap::new();
    for operation in &operations {
        if let Some(other) = names.insert(operation.full_name(), &operation.id) {
            return wrong(format!("{other} and {} are both {}", operation.id, operation.full_name()));
        }
    }
    let source = Source { package: raw.package, version: raw.version };
    let code_source = Source { package: raw.codes.package, version: raw.codes.version };
    let codes = codes(raw.codes.known, overrides)?;
    let open = models.open.clone();
    Ok(Catalogue { source, code_source, operations, models: models.finish()?, open, codes })
}

/// The codes that have a message, and those that the corrections add.
fn codes(mut known: BTreeSet<String>, overrides: &Overrides) -> Result<BTreeSet<String>, MakeError> {
    for code in overrides.code.iter().flat_map(|entry| &entry.codes) {
        if !known.insert(code.clone()) {
            return wrong(format!("overrides.toml: the code {code} has its message by now"));
        }
    }
    Ok(known)
}

fn one(
    raw: &RawOperation,
    overrides: &Overrides,
    models: &Models,
    renames: &mut Renames<'_>,
) -> Result<Operation, MakeError> {
    let id = &raw.id;
    let group = names::group_of(&raw.path);
    let by_rule = || format!("{group}.{}", names::name_of(id, &group, overrides.nouns(&group)));
    let full_name = renames.find(id).unwrap_or_else(by_rule);
    let Some((group, name)) = full_name.split_once('.').filter(|(_, name)| !name.is_empty()) else {
        return wrong(format!("{id} has no name by the rule: give it one in overrides.toml"));
    };
    let paging = paging(raw, overrides)?;
    let text_answer = overrides.text_answers.operations.contains(id);
    Ok(Operation {
        id: id.clone(),
        group: group.to_owned(),
        name: name.to_owned(),
        method: raw.method.clone(),
        path: raw.path.clone(),
        deprecated: raw.deprecated,
        needs_token: !overrides.no_token.operations.contains(id),
        paging,
        items_in: items_in(raw, paging)?,
        text_answer,
        parameters: parameters(raw, models)?,
        search: search(raw, overrides)?,
        body: match &raw.body {
            Some(body) => Some(Body {
                required: body.required,
                content: body
                    .content
                    .iter()
                    .map(|(media, ty)| Ok((media.clone(), models.convert(ty)?)))
                    .collect::<Result<_, MakeError>>()?,
            }),
            None => None,
        },
        answer: answer(raw, models, text_answer)?,
        errors: raw.answers.keys().copied().filter(|status| *status >= 400).collect(),
    })
}

fn paging(raw: &RawOperation, overrides: &Overrides) -> Result<Paging, MakeError> {
    let declared =
        PAGE_PARAMETERS.iter().all(|name| raw.parameters.iter().any(|parameter| parameter.name == *name));
    let kind =
        match (overrides.paging.always.contains(&raw.id), overrides.paging.when_asked.contains(&raw.id)) {
            (true, false) => Paging::Always,
            (false, true) => Paging::WhenAsked,
            (false, false) => Paging::Never,
            (true, true) => return wrong(format!("overrides.toml: {} pages in two ways", raw.id)),
        };
    if declared != (kind != Paging::Never) {
        return wrong(format!("overrides.toml: does {} page? The declarations say {declared}", raw.id));
    }
    Ok(kind)
}

/// A paged answer is a list, or an object with one list in it.
fn items_in(raw: &RawOperation, paging: Paging) -> Result<Option<String>, MakeError> {
    let answer = raw.answers.get(&200).and_then(|content| content.values().next());
    match (paging, answer) {
        (Paging::Never, _) | (_, Some(RawType::List(_))) => Ok(None),
        (_, Some(RawType::Object { fields, .. })) => match fields.as_slice() {
            [field] if matches!(field.ty, RawType::List(_)) => Ok(Some(field.name.clone())),
            _ => wrong(format!("{} pages; where are the items?", raw.id)),
        },
        _ => wrong(format!("{} pages, and answers with no list", raw.id)),
    }
}

fn parameters(raw: &RawOperation, models: &Models) -> Result<Vec<Parameter>, MakeError> {
    let mut parameters = Vec::new();
    for parameter in &raw.parameters {
        let name = parameter.name.as_str();
        if parameter.place == Place::Query && (PAGE_PARAMETERS.contains(&name) || name == SEARCH_PARAMETER) {
            continue;
        }
        parameters.push(Parameter {
            place: parameter.place,
            name: parameter.name.clone(),
            ty: models.convert(&parameter.ty)?,
            required: parameter.required,
        });
    }
    let position = |parameter: &Parameter| match parameter.place {
        Place::Path => raw.path.find(&format!("{{{}}}", parameter.name)),
        _ => Some(usize::MAX),
    };
    if let Some(stray) = parameters.iter().find(|parameter| position(parameter).is_none()) {
        return wrong(format!("{} has a path parameter {} and no such segment", raw.id, stray.name));
    }
    let in_path = parameters.iter().filter(|parameter| parameter.place == Place::Path).count();
    if raw.path.matches('{').count() != in_path {
        return wrong(format!("{} has path segments without a parameter", raw.id));
    }
    parameters.sort_by_key(|parameter| (parameter.place, position(parameter)));
    Ok(parameters)
}

fn search(raw: &RawOperation, overrides: &Overrides) -> Result<Option<Search>, MakeError> {
    let declared = raw.parameters.iter().any(|parameter| parameter.name == SEARCH_PARAMETER);
    let found = overrides.search.iter().find(|search| search.operations.contains(&raw.id));
    match (declared, found) {
        (true, Some(search)) => Ok(Some(Search { fields: Type::Ref(search.name.clone()) })),
        (false, None) => Ok(None),
        (true, None) => wrong(format!("overrides.toml: which fields does {} search?", raw.id)),
        (false, Some(_)) => wrong(format!("overrides.toml: {} searches nothing by the declarations", raw.id)),
    }
}

fn answer(raw: &RawOperation, models: &Models, text_answer: bool) -> Result<Answer, MakeError> {
    let success: BTreeMap<_, _> = raw.answers.iter().filter(|(status, _)| **status < 400).collect();
    let statuses = success.keys().map(|status| **status).collect();
    if text_answer {
        return Ok(Answer { statuses, content: None, optional: false });
    }
    let mut content: Option<(&String, &RawType)> = None;
    for (media, ty) in success.values().flat_map(|content| content.iter()) {
        match content {
            Some((_, known)) if known.key() != ty.key() => {
                return wrong(format!("{} answers with different types", raw.id));
            }
            Some(_) => {}
            None => content = Some((media, ty)),
        }
    }
    let optional = content.is_some() && success.contains_key(&204);
    let content = match content {
        Some((media, ty)) => Some(Content { media: media.clone(), ty: models.convert(ty)? }),
        None => None,
    };
    Ok(Answer { statuses, content, optional })
}
