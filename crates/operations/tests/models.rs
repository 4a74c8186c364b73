//! Models and the catalogue agree: what the catalogue says may come, random in everything that it leaves open, passes through the Rust types
//! and comes out as it went in; and so it does with keys, values and variants added that nobody knows.
#![allow(clippy::expect_used, clippy::indexing_slicing, missing_docs)]

#[path = "generated/types.rs"]
mod types;

mod random;

use std::collections::BTreeMap;

use logto_catalogue::{Catalogue, Type};
use proptest::prelude::*;
use random::{Random, Tags};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Decodes a value into a type and encodes it again.
type Trip = fn(&str) -> Result<Value, serde_json::Error>;

fn trip<T: DeserializeOwned + Serialize>(json: &str) -> Result<Value, serde_json::Error> {
    serde_json::to_value(serde_json::from_str::<T>(json)?)
}

/// Each operation's JSON body or answer: its type by the catalogue and in Rust.
fn cases(
    catalogue: &Catalogue,
    trips: &[(&'static str, Trip)],
    ty: impl Fn(&logto_catalogue::Operation) -> Option<&Type>,
) -> Vec<(&'static str, Type, Trip)> {
    let trips: BTreeMap<_, _> = trips.iter().copied().collect();
    let all: Vec<_> =
        catalogue.operations.iter().filter_map(|operation| Some((operation, ty(operation)?))).collect();
    assert_eq!(all.len(), trips.len(), "every operation has its type, and no other has");
    all.iter()
        .map(|(operation, ty)| {
            let (id, trip) = trips.get_key_value(operation.id.as_str()).expect("its type is in the table");
            (*id, (*ty).clone(), *trip)
        })
        .collect()
}

fn answer(operation: &logto_catalogue::Operation) -> Option<&Type> {
    let content = operation.answer.content.as_ref()?;
    (content.media == "application/json").then_some(&content.ty)
}

fn body(operation: &logto_catalogue::Operation) -> Option<&Type> {
    operation.body.as_ref()?.content.get("application/json")
}

fn check(trips: &[(&'static str, Trip)], ty: fn(&logto_catalogue::Operation) -> Option<&Type>) {
    let catalogue = Catalogue::load().expect("management.json is a catalogue");
    let cases = cases(&catalogue, trips, ty);
    let tags = Tags::new(&catalogue);
    // Two bodies a case, with and without strangers: 100 for each operation and each kind.
    let config = ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(seed: u64)| {
        for (id, ty, trip) in &cases {
            for strangers in [false, true] {
                let mut random = Random::new(&catalogue, &tags, seed, strangers);
                let (sent, known) = random.value(ty);
                let text = sent.to_string();
                match trip(&text) {
                    Ok(back) => prop_assert!(
                        random::same(&back, &known),
                        "{id}: {text}\nbecame {back}\nand should be {known}"
                    ),
                    Err(error) => prop_assert!(false, "{id}: {error}: {text}"),
                }
            }
        }
    });
}

#[test]
fn answers_pass_through() {
    check(types::ANSWERS, answer);
}

#[test]
fn bodies_pass_through() {
    check(types::BODIES, body);
}

/// Null where it should never be is no reason to lose a whole list.
#[test]
fn answers_of_objects_decode_with_every_key_null() {
    let catalogue = Catalogue::load().expect("management.json is a catalogue");
    for (id, ty, trip) in cases(&catalogue, types::ANSWERS, answer) {
        let (name, is_list) = match &ty {
            Type::Ref(name) => (name, false),
            Type::List(inner) => match &**inner {
                Type::Ref(name) => (name, true),
                _ => continue,
            },
            _ => continue,
        };
        let Some(logto_catalogue::Model::Fields(fields)) = catalogue.models.get(name) else { continue };
        let nulls: serde_json::Map<_, _> =
            fields.iter().map(|field| (field.name.clone(), Value::Null)).collect();
        let json = if is_list { Value::Array(vec![nulls.into()]) } else { nulls.into() };
        assert!(trip(&json.to_string()).is_ok(), "{id}");
    }
}

/// An older server leaves out keys that came later: they have their type's empty value, and nothing fails.
#[test]
fn answers_of_objects_decode_without_any_key() {
    let catalogue = Catalogue::load().expect("management.json is a catalogue");
    for (id, ty, trip) in cases(&catalogue, types::ANSWERS, answer) {
        let empty = match ty {
            Type::List(_) => "[{}]",
            _ => "{}",
        };
        assert!(trip(empty).is_ok(), "{id}");
    }
}
