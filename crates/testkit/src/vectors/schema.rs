//! `tests/vectors/schema.json`, which editors read, says what the types of this module say.

use std::collections::BTreeSet;

use logto_management_core::options::{CALL_OPTIONS, CLIENT_OPTIONS};
use logto_simulator::script::Script;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    compare::{ERROR_MEMBERS, EXPECT_MEMBERS},
    format::{CallSpec, ClientSpec, Fill, ListSpec, Params, RawBody, SeenSpec, Step, Vector},
};

fn schema() -> Value {
    serde_json::from_str(include_str!("../../../../tests/vectors/schema.json")).expect("the schema is JSON")
}

/// The members that the schema lets an object have; it must not let it have any other.
fn in_schema(pointer: &str) -> BTreeSet<String> {
    let schema = schema();
    let object = schema.pointer(pointer).unwrap_or_else(|| panic!("the schema has no {pointer}"));
    assert_eq!(object["additionalProperties"], false, "{pointer} must be closed");
    object["properties"].as_object().expect("properties").keys().cloned().collect()
}

/// The members of a type, out of serde's complaint about one that is none of them.
fn members(complaint: &str) -> BTreeSet<String> {
    let (_, expected) = complaint.split_once("expected").expect("a complaint about an unknown field");
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn of_type<T: DeserializeOwned>() -> BTreeSet<String> {
    let complaint =
        serde_json::from_value::<T>(json!({ "no such member": 0 })).err().expect("types are strict");
    members(&complaint.to_string())
}

fn of_script(script: Value) -> BTreeSet<String> {
    members(&Script::from_json(&script).expect_err("the script is strict").to_string())
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn the_schema_has_the_members_of_the_types() {
    let types = [
        ("", of_type::<Vector>()),
        ("/$defs/client", of_type::<ClientSpec>()),
        ("/$defs/step", of_type::<Step>()),
        ("/$defs/call", of_type::<CallSpec>()),
        ("/$defs/call/properties/rawBody", of_type::<RawBody>()),
        ("/$defs/list", of_type::<ListSpec>()),
        ("/$defs/params", of_type::<Params>()),
        ("/$defs/fill", of_type::<Fill>()),
        ("/$defs/seen", of_type::<SeenSpec>()),
        ("/$defs/expect", set(EXPECT_MEMBERS)),
        ("/$defs/error", set(ERROR_MEMBERS)),
        ("/$defs/client/properties/options", set(CLIENT_OPTIONS)),
        ("/$defs/call/properties/options", set(CALL_OPTIONS)),
        ("/$defs/route", of_script(json!([{ "no such member": 0 }]))),
        ("/$defs/answer", of_script(json!([{ "on": "GET /", "answers": [{ "no such member": 0 }] }]))),
    ];
    for (pointer, members) in types {
        assert!(!members.is_empty(), "{pointer} has members");
        assert_eq!(in_schema(pointer), members, "at {pointer}");
    }
}
