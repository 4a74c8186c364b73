//! One shape for whole answers that differ only by keys that may be absent.

use super::raw::{RawCatalogue, RawField, RawType};

/// Makes one of the shapes of whole answers that differ only by keys that may be absent.
pub(super) fn unify(raw: &mut RawCatalogue) {
    let mut unions: Vec<Vec<RawField>> = Vec::new();
    let find =
        |unions: &[Vec<RawField>], fields: &[RawField]| unions.iter().position(|known| alike(known, fields));
    each_answer(raw, &mut |fields| match find(&unions, fields).and_then(|at| unions.get_mut(at)) {
        Some(known) => join(known, fields),
        None => unions.push(fields.clone()),
    });
    each_answer(raw, &mut |fields| {
        if let Some(known) = find(&unions, fields).and_then(|at| unions.get(at)) {
            fields.clone_from(known);
        }
    });
}

fn each_answer(raw: &mut RawCatalogue, change: &mut dyn FnMut(&mut Vec<RawField>)) {
    for operation in &mut raw.operations {
        for ty in operation.answers.values_mut().flat_map(|content| content.values_mut()) {
            if let RawType::Object { fields, .. } = ty.core_mut() {
                change(fields);
            }
        }
    }
}

/// Whether two shapes differ only by keys that may be absent, and have more in common than not.
fn alike(a: &[RawField], b: &[RawField]) -> bool {
    let find = |fields: &[RawField], name: &str| {
        fields.iter().find(|field| field.name == name).map(|field| field.ty.key())
    };
    let fits = |a: &[RawField], b: &[RawField]| {
        a.iter().all(|field| find(b, &field.name).map_or(!field.required, |key| key == field.ty.key()))
    };
    let common = a.iter().filter(|field| find(b, &field.name).is_some()).count();
    common >= 3 && common * 3 >= a.len().max(b.len()) * 2 && fits(a, b) && fits(b, a)
}

fn join(known: &mut Vec<RawField>, fields: &[RawField]) {
    for field in &mut *known {
        let other = fields.iter().find(|other| other.name == field.name);
        field.required &= other.is_some_and(|other| other.required);
    }
    for field in fields {
        if !known.iter().any(|other| other.name == field.name) {
            known.push(field.clone());
        }
    }
}
