//! Finds the shapes that operations share, and names every object, enumeration and union.
//!
//! # Which shapes are one model
//! Shapes that are equal, formats and marks of keys aside. And the shapes of whole answers (or of the items of a list) that differ only by
//! keys that may be absent: a `User` is one model, whether the operation adds the password's digest or not.
//!
//! # Names
//! 1. Whole answers of GET, one thing before lists: the operation id without its verb, the items of a list in the singular (`GetUser` →
//!    `User`, `ListLogs` → `Log`); an item whose name is taken by another shape is `Listed…` (`ListedRole`).
//! 2. Whole bodies: the id and `Body`.
//! 3. Whole answers of the other methods: as GET's where they have an id, else the operation id and `Answer`.
//! 4. What is inside, in the order of the models that it is found in: the key, in the singular if it is in a list or map, behind the
//!    name of the model (`ApplicationType`); the key alone if it has two words or more and stands in several models (`SignInMethod`).
//! 5. Variants of a union: the union's name and the constant that marks the variant.
//! 6. Parameters: their name if it has two words or more, or the id and their name.
//!
//! Under `/api/.well-known/` each comes after all others.
//!
//! `overrides.toml` renames what comes out badly. Two shapes of one name are an error.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use super::{
    MakeError, Overrides,
    overrides::Renames,
    raw::{RawCatalogue, RawField, RawType},
    roots::{Root, roots},
    unify::unify,
    wrong,
};
use crate::{
    text::{pascal, singular, words},
    types::{Field, Model, Type, Variant},
};

/// Names that would hide what generated Rust uses.
const RESERVED: [&str; 12] = [
    "Box", "Default", "Error", "File", "Option", "Patch", "Result", "Self", "String", "Value", "Vec", "Time",
];

/// Every model, and which shape is which.
pub(super) struct Models {
    names: BTreeMap<String, String>,
    models: BTreeMap<String, Model>,
    /// Those with keys that nobody can list.
    pub(super) open: BTreeSet<String>,
}

impl Models {
    /// A type as the catalogue has it.
    pub(super) fn convert(&self, raw: &RawType) -> Result<Type, MakeError> {
        let boxed = |inner: &RawType| self.convert(inner).map(Box::new);
        Ok(match raw {
            RawType::Any => Type::Any,
            RawType::String => Type::String,
            RawType::Number => Type::Number,
            RawType::Integer => Type::Integer,
            RawType::Millis => Type::Millis,
            RawType::File => Type::File,
            RawType::Boolean => Type::Boolean,
            RawType::Format(format) => Type::Format(format.clone()),
            RawType::Const(value) => Type::Const(value.clone()),
            RawType::List(inner) => Type::List(boxed(inner)?),
            RawType::Map(inner) => Type::Map(boxed(inner)?),
            RawType::Nullable(inner) => Type::Nullable(boxed(inner)?),
            RawType::Enum(_) | RawType::OneOf(_) | RawType::Object { .. } => match self.names.get(&raw.key())
            {
                Some(name) => Type::Ref(name.clone()),
                None => return wrong(format!("a shape without a name: {}", raw.key())),
            },
            RawType::AllOf(_) => return wrong(format!("an intersection that is left: {}", raw.key())),
        })
    }

    /// Adds an enumeration that no declaration has.
    pub(super) fn add_enumeration(&mut self, name: &str, values: &[String]) -> Result<(), MakeError> {
        match self.models.insert(name.to_owned(), Model::Values(values.to_vec())) {
            Some(other) if other != Model::Values(values.to_vec()) => {
                wrong(format!("overrides.toml: {name} is another model already"))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn finish(self) -> Result<BTreeMap<String, Model>, MakeError> {
        match self.models.keys().find(|name| RESERVED.contains(&name.as_str())) {
            Some(name) => wrong(format!("a model may not be called {name}: rename it in overrides.toml")),
            None => Ok(self.models),
        }
    }
}

pub(super) fn find(raw: &mut RawCatalogue, overrides: &Overrides) -> Result<Models, MakeError> {
    unify(raw);
    let roots = roots(raw);
    let mut namer = Namer::new(&roots, overrides);
    for root in roots.iter().filter(|root| !root.parameter) {
        namer.name_root(root)?;
    }
    namer.name_the_rest()?;
    for root in roots.iter().filter(|root| root.parameter) {
        namer.name_root(root)?;
    }
    let Namer { names, shapes, variants, renames, variant_renames, .. } = namer;
    renames.finish()?;
    let is_open = |(_, shape): &(&String, &RawType)| matches!(shape, RawType::Object { open: true, .. });
    let open = shapes.iter().filter(is_open).map(|(name, _)| name.clone()).collect();
    let mut models = Models { names, models: BTreeMap::new(), open };
    for (name, shape) in &shapes {
        let model = model_of(&models, name, shape, &variants)?;
        models.models.insert(name.clone(), model);
    }
    variant_renames.finish()?;
    Ok(models)
}

struct Namer<'a> {
    names: BTreeMap<String, String>,
    shapes: BTreeMap<String, RawType>,
    /// The names of a union's variants, by the union's name.
    variants: BTreeMap<String, Vec<String>>,
    queue: VecDeque<String>,
    /// In how many shapes each shape stands, directly.
    parents: BTreeMap<String, BTreeSet<String>>,
    renames: Renames<'a>,
    variant_renames: Renames<'a>,
}

impl<'a> Namer<'a> {
    fn new(roots: &[Root<'_>], overrides: &'a Overrides) -> Self {
        let mut parents = BTreeMap::new();
        for root in roots {
            count_parents(root.ty.core(), &mut parents);
        }
        Self {
            names: BTreeMap::new(),
            shapes: BTreeMap::new(),
            variants: BTreeMap::new(),
            queue: VecDeque::new(),
            parents,
            renames: Renames::new("model", &overrides.model),
            variant_renames: Renames::new("variant", &overrides.variant),
        }
    }

    fn name_root(&mut self, root: &Root<'_>) -> Result<(), MakeError> {
        self.name(root.ty.core(), root.candidates.clone())
    }

    /// Names a shape by the first candidate that is free; a shape that has its name keeps it.
    fn name(&mut self, shape: &RawType, candidates: Vec<String>) -> Result<(), MakeError> {
        let key = shape.key();
        if !shape.is_composite() || self.names.contains_key(&key) {
            return Ok(());
        }
        let all = candidates.join(", ");
        for candidate in candidates {
            if self.shapes.contains_key(&candidate) {
                continue;
            }
            let name = self.renames.get(candidate);
            if self.shapes.contains_key(&name) {
                return wrong(format!("two models would be called {name}: rename one in overrides.toml"));
            }
            self.names.insert(key, name.clone());
            self.shapes.insert(name.clone(), shape.clone());
            self.queue.push_back(name);
            return Ok(());
        }
        wrong(format!("several shapes would be called {all}: rename one in overrides.toml"))
    }

    fn name_the_rest(&mut self) -> Result<(), MakeError> {
        while let Some(owner) = self.queue.pop_front() {
            match self.shapes.get(&owner).cloned() {
                Some(RawType::Object { fields, .. }) => self.name_fields(&owner, &fields)?,
                Some(RawType::OneOf(types)) => self.name_variants(&owner, &types)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn name_fields(&mut self, owner: &str, fields: &[RawField]) -> Result<(), MakeError> {
        for field in fields {
            let shape = field.ty.core();
            let mut key_words = words(&field.name);
            if let (RawType::List(_) | RawType::Map(_), Some(last)) =
                (without_null(&field.ty), key_words.last_mut())
            {
                *last = singular(last);
            }
            let alone = pascal(&key_words.join("_"));
            let shared = self.parents.get(&shape.key()).is_some_and(|parents| parents.len() > 1);
            let mut candidates = vec![format!("{owner}{alone}")];
            if shared && key_words.len() > 1 {
                candidates.insert(0, alone);
            }
            self.name(shape, candidates)?;
        }
        Ok(())
    }

    fn name_variants(&mut self, owner: &str, types: &[RawType]) -> Result<(), MakeError> {
        let tag = tag_of(types);
        let mut names = Vec::new();
        for ty in types {
            let by_rule = variant_name(ty, tag.as_deref());
            let name = self.variant_renames.get(format!("{owner}.{by_rule}"));
            let name = name.rsplit('.').next().unwrap_or_default().to_owned();
            if names.contains(&name) {
                return wrong(format!("{owner} has two variants {name}: rename one in overrides.toml"));
            }
            self.name(ty.core(), vec![format!("{owner}{name}")])?;
            names.push(name);
        }
        self.variants.insert(owner.to_owned(), names);
        Ok(())
    }
}

fn without_null(ty: &RawType) -> &RawType {
    if let RawType::Nullable(inner) = ty { inner } else { ty }
}

fn count_parents(shape: &RawType, parents: &mut BTreeMap<String, BTreeSet<String>>) {
    let children: Vec<&RawType> = match shape {
        RawType::Object { fields, .. } => fields.iter().map(|field| field.ty.core()).collect(),
        RawType::OneOf(types) => types.iter().map(RawType::core).collect(),
        _ => return,
    };
    let key = shape.key();
    for child in children.into_iter().filter(|child| child.is_composite()) {
        parents.entry(child.key()).or_default().insert(key.clone());
        count_parents(child, parents);
    }
}

/// The constants by which a key of an object can tell it from others.
fn marks(ty: &RawType, key: &str) -> Option<Vec<String>> {
    let RawType::Object { fields, .. } = ty else { return None };
    match &fields.iter().find(|field| field.name == key && field.required)?.ty {
        RawType::Const(Value::String(value)) => Some(vec![value.clone()]),
        RawType::Enum(values) => Some(values.clone()),
        _ => None,
    }
}

/// The key that tells the types apart: in each a constant, or several, and no constant in two of them.
fn tag_of(types: &[RawType]) -> Option<String> {
    let RawType::Object { fields, .. } = types.first()? else { return None };
    let tells = |key: &&str| {
        let mut seen = BTreeSet::new();
        types
            .iter()
            .all(|ty| marks(ty, key).is_some_and(|marks| marks.into_iter().all(|mark| seen.insert(mark))))
    };
    fields.iter().map(|field| field.name.as_str()).find(tells).map(str::to_owned)
}

fn variant_name(ty: &RawType, tag: Option<&str>) -> String {
    match (ty, tag.and_then(|tag| marks(ty, tag))) {
        (_, Some(marks)) => match marks.as_slice() {
            [mark] => pascal(mark),
            _ => "Several".to_owned(),
        },
        (RawType::Object { fields, .. }, None) => {
            fields.first().map_or_else(|| "Empty".to_owned(), |field| pascal(&field.name))
        }
        (RawType::String | RawType::Format(_) | RawType::Enum(_) | RawType::Const(_), None) => {
            "Text".to_owned()
        }
        (RawType::Number | RawType::Integer | RawType::Millis, None) => "Number".to_owned(),
        (RawType::Boolean, None) => "Boolean".to_owned(),
        (RawType::List(_), None) => "List".to_owned(),
        (RawType::Map(_), None) => "Map".to_owned(),
        _ => "Value".to_owned(),
    }
}

fn model_of(
    models: &Models,
    name: &str,
    shape: &RawType,
    variants: &BTreeMap<String, Vec<String>>,
) -> Result<Model, MakeError> {
    Ok(match shape {
        RawType::Enum(values) => Model::Values(values.clone()),
        RawType::OneOf(types) => {
            let mut of = Vec::new();
            for (ty, name) in types.iter().zip(variants.get(name).into_iter().flatten()) {
                of.push(Variant { name: name.clone(), ty: models.convert(ty)? });
            }
            Model::Variants { tag: tag_of(types), of }
        }
        RawType::Object { fields, .. } => {
            let mut converted = Vec::new();
            for field in fields {
                converted.push(Field {
                    name: field.name.clone(),
                    ty: models.convert(&field.ty)?,
                    required: field.required,
                    deprecated: field.deprecated,
                    secret: field.secret,
                });
            }
            Model::Fields(converted)
        }
        other => return wrong(format!("{name} is no shape: {}", other.key())),
    })
}
