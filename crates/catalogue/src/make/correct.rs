//! Applies the corrections that concern types and statuses.

use super::{
    MakeError, Overrides,
    overrides::Correction,
    raw::{RawCatalogue, RawField, RawOperation, RawParameter, RawType},
    simplify, wrong,
};

/// `Operation:path`, taken apart.
struct Target<'a> {
    text: &'a str,
    operation: Option<&'a str>,
    path: Vec<&'a str>,
    used: bool,
}

impl<'a> Target<'a> {
    fn parse(text: &'a str) -> Result<Self, MakeError> {
        let Some((operation, path)) = text.split_once(':') else {
            return wrong(format!("overrides.toml: {text:?} is no `Operation:path`"));
        };
        let operation = (operation != "*").then_some(operation);
        Ok(Self { text, operation, path: path.split('.').collect(), used: false })
    }

    fn is_at(&self, operation: &str, path: &[String]) -> bool {
        if self.operation.is_some_and(|wanted| wanted != operation) {
            return false;
        }
        let rooted = matches!(self.path.first(), Some(&("body" | "answer" | "query")));
        let tail = path.len().checked_sub(self.path.len());
        tail.is_some_and(|start| {
            (!rooted || start == 0) && path.iter().skip(start).zip(&self.path).all(|(a, b)| a == b)
        })
    }
}

/// What is at a place: a key, or the whole of a body, answer or parameter.
enum Found<'a> {
    Field(&'a mut RawField),
    Whole(&'a mut RawType),
}

impl Found<'_> {
    fn ty(&mut self) -> &mut RawType {
        match self {
            Self::Field(field) => &mut field.ty,
            Self::Whole(ty) => ty,
        }
    }
}

type Visit<'a> = dyn FnMut(&str, &[String], Found<'_>) -> Result<(), MakeError> + 'a;

/// Visits every place of an operation, what is inside of a type before the type itself.
fn walk(operation: &mut RawOperation, visit: &mut Visit<'_>) -> Result<(), MakeError> {
    let id = operation.id.clone();
    for parameter in &mut operation.parameters {
        let mut path = vec!["query".to_owned(), parameter.name.clone()];
        within(&id, &mut path, &mut parameter.ty, visit)?;
        visit(&id, &path, Found::Whole(&mut parameter.ty))?;
    }
    let bodies = operation.body.iter_mut().flat_map(|body| body.content.values_mut()).map(|ty| ("body", ty));
    let success = operation.answers.iter_mut().filter(|(status, _)| **status < 300);
    let answers = success.flat_map(|(_, content)| content.values_mut()).map(|ty| ("answer", ty));
    for (root, ty) in bodies.chain(answers) {
        let mut path = vec![root.to_owned()];
        within(&id, &mut path, ty, visit)?;
        visit(&id, &path, Found::Whole(ty))?;
    }
    Ok(())
}

fn within(
    id: &str,
    path: &mut Vec<String>,
    ty: &mut RawType,
    visit: &mut Visit<'_>,
) -> Result<(), MakeError> {
    if let RawType::Object { fields, .. } = ty {
        for field in fields {
            path.push(field.name.clone());
            within(id, path, &mut field.ty, visit)?;
            visit(id, path, Found::Field(field))?;
            path.pop();
        }
        return Ok(());
    }
    ty.children_mut().into_iter().try_for_each(|inner| within(id, path, inner, visit))
}

fn each<'a>(
    raw: &mut RawCatalogue,
    at: impl Iterator<Item = &'a String>,
    change: &mut dyn FnMut(Found<'_>) -> Result<(), MakeError>,
) -> Result<(), MakeError> {
    let mut targets = at.map(|text| Target::parse(text)).collect::<Result<Vec<_>, _>>()?;
    for operation in &mut raw.operations {
        walk(operation, &mut |id, path, mut found| {
            for target in targets.iter_mut().filter(|target| target.is_at(id, path)) {
                target.used = true;
                let again = match &mut found {
                    Found::Field(field) => Found::Field(field),
                    Found::Whole(ty) => Found::Whole(ty),
                };
                change(again)?;
            }
            Ok(())
        })?;
    }
    match targets.iter().find(|target| !target.used) {
        Some(target) => wrong(format!("overrides.toml: there is nothing at {:?}", target.text)),
        None => Ok(()),
    }
}

pub(super) fn apply(raw: &mut RawCatalogue, overrides: &Overrides) -> Result<(), MakeError> {
    simplify::intersections(raw);
    for new in &overrides.field {
        each(raw, new.at.iter(), &mut |mut found| match found.ty().core_mut() {
            RawType::Object { fields, .. } if fields.iter().any(|field| field.name == new.name) => {
                wrong(format!("overrides.toml: the key {} is declared by now", new.name))
            }
            RawType::Object { fields, .. } => {
                fields.push(RawField::optional(&new.name, &new.ty));
                Ok(())
            }
            _ => wrong("overrides.toml: only objects have keys"),
        })?;
    }
    for correction in &overrides.types {
        each(raw, correction.at.iter(), &mut |mut found| {
            *found.ty().core_mut() = correction.is.clone();
            Ok(())
        })?;
    }
    let places = |corrections: &'_ [Correction]| -> Vec<String> {
        corrections.iter().flat_map(|correction| correction.at.clone()).collect()
    };
    each(raw, places(&overrides.merge).iter(), &mut |mut found| {
        let core = found.ty().core_mut();
        *core = simplify::merged(core);
        Ok(())
    })?;
    each(raw, places(&overrides.optional).iter(), &mut |found| match found {
        Found::Field(field) => {
            field.required = false;
            Ok(())
        }
        Found::Whole(_) => wrong("overrides.toml: only keys of an object can be optional"),
    })?;
    each(raw, places(&overrides.open).iter(), &mut |mut found| match found.ty().core_mut() {
        RawType::Object { open, .. } => {
            *open = true;
            Ok(())
        }
        _ => wrong("overrides.toml: only objects can be open"),
    })?;
    each(raw, places(&overrides.secret).iter(), &mut |found| match found {
        Found::Field(field) => {
            field.secret = true;
            Ok(())
        }
        Found::Whole(_) => wrong("overrides.toml: only keys of an object can be secret"),
    })?;
    each(raw, places(&overrides.nullable).iter(), &mut |mut found| {
        let ty = found.ty();
        if !matches!(ty, RawType::Nullable(_)) {
            *ty = RawType::Nullable(Box::new(ty.clone()));
        }
        Ok(())
    })?;
    parameters(raw, overrides)?;
    answers(raw, overrides)
}

fn operation_mut<'a>(raw: &'a mut RawCatalogue, id: &str) -> Result<&'a mut RawOperation, MakeError> {
    match raw.operations.iter_mut().find(|operation| operation.id == id) {
        Some(operation) => Ok(operation),
        None => wrong(format!("overrides.toml: there is no operation {id}")),
    }
}

fn parameters(raw: &mut RawCatalogue, overrides: &Overrides) -> Result<(), MakeError> {
    for new in &overrides.parameter {
        for id in &new.operations {
            let operation = operation_mut(raw, id)?;
            if operation.parameters.iter().any(|old| (old.place, &old.name) == (new.place, &new.name)) {
                return wrong(format!("overrides.toml: {id} declares the parameter {} by now", new.name));
            }
            operation.parameters.push(RawParameter {
                place: new.place,
                name: new.name.clone(),
                ty: new.ty.clone(),
                required: false,
            });
        }
    }
    Ok(())
}

fn answers(raw: &mut RawCatalogue, overrides: &Overrides) -> Result<(), MakeError> {
    for correction in &overrides.answer {
        for id in &correction.operations {
            let answers = &mut operation_mut(raw, id)?.answers;
            if let Some(status) = correction.never
                && answers.remove(&status).is_none()
            {
                return wrong(format!("overrides.toml: {id} declares no status {status}"));
            }
            if let Some(media) = &correction.text {
                let success = answers.iter_mut().filter(|(status, _)| **status < 300);
                success.for_each(|(_, content)| *content = [(media.clone(), RawType::String)].into());
            }
        }
    }
    Ok(())
}
