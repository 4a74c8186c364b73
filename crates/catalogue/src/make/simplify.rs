//! Takes out what says the same in a longer way, and what says nothing.

use serde_json::Value;

use super::raw::{RawCatalogue, RawField, RawType};

fn everywhere(raw: &mut RawCatalogue, change: &dyn Fn(&mut RawType)) {
    fn deep(ty: &mut RawType, change: &dyn Fn(&mut RawType)) {
        ty.children_mut().into_iter().for_each(|inner| deep(inner, change));
        change(ty);
    }
    for operation in &mut raw.operations {
        operation.parameters.iter_mut().for_each(|parameter| deep(&mut parameter.ty, change));
        let bodies = operation.body.iter_mut().flat_map(|body| body.content.values_mut());
        let answers = operation.answers.values_mut().flat_map(|content| content.values_mut());
        bodies.chain(answers).for_each(|ty| deep(ty, change));
    }
}

/// An intersection with an object whose keys are of any type is that which it is intersected with: the object only carries descriptions.
pub(super) fn intersections(raw: &mut RawCatalogue) {
    fn is_vague(ty: &RawType) -> bool {
        match ty {
            RawType::Any => true,
            RawType::Object { fields, .. } => {
                fields.iter().all(|field| !field.required && is_vague(&field.ty))
            }
            _ => false,
        }
    }
    everywhere(raw, &|ty| {
        if let RawType::AllOf(types) = ty {
            types.retain(|ty| !is_vague(ty));
            if let [only] = types.as_slice() {
                *ty = only.clone();
            }
        }
    });
}

/// Everything else.
pub(super) fn all(raw: &mut RawCatalogue) {
    everywhere(raw, &|ty| match ty {
        // What the server fills in need not be sent; and rows that are older than the key come without it.
        RawType::Object { fields, .. } => {
            fields.iter_mut().filter(|field| field.has_default).for_each(|field| field.required = false);
        }
        RawType::OneOf(types) => {
            if [RawType::String, RawType::Number, RawType::Boolean]
                .iter()
                .all(|scalar| types.contains(scalar))
            {
                *ty = RawType::Any;
                return;
            }
            drop_repeated(types);
            if let [only] = types.as_slice() {
                *ty = only.clone();
            }
        }
        RawType::Nullable(inner) if matches!(**inner, RawType::Any | RawType::Nullable(_)) => {
            *ty = (**inner).clone()
        }
        _ => {}
    });
    // A query key may always be repeated: a list, or one of its items, is a list.
    for parameter in raw.operations.iter_mut().flat_map(|operation| &mut operation.parameters) {
        if let RawType::OneOf(types) = &parameter.ty
            && let [RawType::List(item), other] = types.as_slice()
            && **item == *other
        {
            parameter.ty = RawType::List(item.clone());
        }
    }
}

/// Drops variants that another one describes better: the same keys, with a constant where this one has any string.
fn drop_repeated(types: &mut Vec<RawType>) {
    fn names(fields: &[RawField]) -> Vec<&str> {
        fields.iter().map(|field| field.name.as_str()).collect()
    }
    let better = |fields: &[RawField], other: &RawType| {
        let RawType::Object { fields: others, .. } = other else { return false };
        names(fields) == names(others)
            && fields
                .iter()
                .zip(others)
                .any(|(a, b)| a.ty == RawType::String && matches!(b.ty, RawType::Const(Value::String(_))))
    };
    let all = types.clone();
    types.retain(|ty| match ty {
        RawType::Object { fields, .. } => !all.iter().any(|other| better(fields, other)),
        _ => true,
    });
}

/// The one object that a union of objects amounts to: every key of any of them, required where all of them require it.
pub(super) fn merged(union: &RawType) -> RawType {
    let RawType::OneOf(variants) = union else { return union.clone() };
    let mut all = Vec::new();
    for variant in variants {
        match variant {
            RawType::Object { fields, .. } => all.push(fields),
            _ => return union.clone(),
        }
    }
    let mut fields: Vec<RawField> = Vec::new();
    for field in all.iter().copied().flatten() {
        match fields.iter_mut().find(|known| known.name == field.name) {
            Some(known) => {
                known.required &= field.required;
                known.ty = either(&known.ty, &field.ty);
            }
            None => fields.push(field.clone()),
        }
    }
    for field in &mut fields {
        field.required &= all.iter().all(|fields| fields.iter().any(|other| other.name == field.name));
    }
    RawType::Object { fields, open: false }
}

/// A type that holds the values of both.
fn either(a: &RawType, b: &RawType) -> RawType {
    match (a, b) {
        _ if a == b => a.clone(),
        (RawType::Const(Value::Bool(_)), RawType::Const(Value::Bool(_))) => RawType::Boolean,
        (RawType::Const(Value::String(a)), RawType::Const(Value::String(b))) => {
            RawType::Enum(vec![a.clone(), b.clone()])
        }
        (RawType::Object { .. }, RawType::Object { .. }) => {
            merged(&RawType::OneOf(vec![a.clone(), b.clone()]))
        }
        _ => RawType::Any,
    }
}
