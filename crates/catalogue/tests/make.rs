//! How the catalogue is made, on declarations of a few lines.
#![allow(clippy::expect_used, clippy::indexing_slicing)]

use logto_catalogue::{
    Catalogue, Model, Paging, Type,
    make::{MakeError, Overrides, RawCatalogue, make},
};
use serde_json::{Value, json};

/// Corrections that every set of overrides has.
const BARE: &str = r#"
    [paging]
    always = []
    when-asked = []
    because = "none pages"
    [text-answers]
    operations = []
    because = "none"
    [no-token]
    operations = []
    because = "none"
"#;

fn field(name: &str, ty: &Value, required: bool) -> Value {
    json!({ "name": name, "type": ty, "required": required })
}

fn object(fields: &[Value]) -> Value {
    json!({ "object": { "fields": fields } })
}

fn operation(id: &str, method: &str, path: &str, answer: &Value) -> Value {
    json!({
        "id": id, "method": method, "path": path, "parameters": [],
        "answers": { "200": { "application/json": answer }, "404": {} },
    })
}

fn made(operations: &[Value], overrides: &str) -> Result<Catalogue, MakeError> {
    let codes = json!({ "package": "q", "version": "2.0.0", "known": ["thing.broken"] });
    let raw = json!({ "package": "p", "version": "1.0.0", "operations": operations, "codes": codes });
    let raw: RawCatalogue = serde_json::from_value(raw).expect("it is what the reader prints");
    make(raw, &Overrides::parse(&format!("{BARE}{overrides}"))?)
}

fn thing() -> Value {
    object(&[
        field("id", &json!("string"), true),
        field("name", &json!("string"), true),
        field("at", &json!("number"), true),
    ])
}

#[test]
fn answers_that_differ_by_what_may_be_absent_are_one_model() {
    let mut fields = thing()["object"]["fields"].as_array().cloned().expect("it has fields");
    fields.push(field("extra", &json!("boolean"), false));
    let operations = [
        operation("GetThing", "GET", "/api/things/one", &thing()),
        operation("ListThings", "GET", "/api/things", &json!({ "list": object(&fields) })),
    ];
    let catalogue = made(&operations, "").expect("it can be made");
    let names: Vec<_> = catalogue.models.keys().map(String::as_str).collect();
    assert_eq!(names, ["Thing"]);
    let Some(Model::Fields(fields)) = catalogue.models.get("Thing") else { panic!("it is an object") };
    let required: Vec<_> = fields.iter().map(|field| (field.name.as_str(), field.required)).collect();
    assert_eq!(required, [("id", true), ("name", true), ("at", true), ("extra", false)]);
    assert_eq!(
        catalogue.operations.iter().map(|operation| operation.paging).collect::<Vec<_>>(),
        [Paging::Never; 2]
    );
}

#[test]
fn answers_that_differ_by_what_is_always_there_are_two() {
    let mut fields = thing()["object"]["fields"].as_array().cloned().expect("it has fields");
    fields.push(field("count", &json!("number"), true));
    let operations = [
        operation("GetThing", "GET", "/api/things/one", &thing()),
        operation("ListThings", "GET", "/api/things", &json!({ "list": object(&fields) })),
    ];
    let catalogue = made(&operations, "").expect("it can be made");
    assert_eq!(catalogue.models.keys().collect::<Vec<_>>(), ["ListedThing", "Thing"]);
}

#[test]
fn a_correction_changes_what_is_inside_of_lists_and_null() {
    let answer = object(&[field("ats", &json!({ "nullable": { "list": "number" } }), true)]);
    let catalogue = made(
        &[operation("GetThing", "GET", "/api/things", &answer)],
        "[[type]]\nat = [\"*:ats\"]\nis = \"millis\"\nbecause = \"they are times\"",
    )
    .expect("it can be made");
    let Some(Model::Fields(fields)) = catalogue.models.get("Thing") else { panic!("it is an object") };
    let times = Type::Nullable(Box::new(Type::List(Box::new(Type::Millis))));
    assert_eq!(fields.iter().map(|field| &field.ty).collect::<Vec<_>>(), [&times]);
}

/// A new version of the declarations may have made a correction needless, or moved what it spoke of: that must be seen.
#[test]
fn corrections_without_effect_or_reason_are_errors() {
    let operations = [operation("GetThing", "GET", "/api/things", &thing())];
    for (overrides, complaint) in [
        (
            "[[type]]\nat = [\"*:nothing\"]\nis = \"millis\"\nbecause = \"x\"",
            "there is nothing at \"*:nothing\"",
        ),
        (
            "[[type]]\nat = [\"GetNothing:at\"]\nis = \"millis\"\nbecause = \"x\"",
            "there is nothing at \"GetNothing:at\"",
        ),
        ("[[type]]\nat = [\"*:at\"]\nis = \"millis\"", "missing field `because`"),
        (
            "[[name]]\nfrom = \"ListThings\"\nto = \"things.all\"\nbecause = \"x\"",
            "there is no operation ListThings",
        ),
        ("[[model]]\nfrom = \"Nothing\"\nto = \"Thing\"\nbecause = \"x\"", "there is no model Nothing"),
        ("[[answer]]\noperations = [\"GetThing\"]\nnever = 204\nbecause = \"x\"", "declares no status 204"),
        (
            "[[field]]\nat = [\"GetThing:answer\"]\nname = \"id\"\ntype = \"string\"\nbecause = \"x\"",
            "the key id is declared by now",
        ),
        ("[[code]]\ncodes = [\"thing.broken\"]\nbecause = \"x\"", "thing.broken has its message"),
    ] {
        let error = made(&operations, overrides).expect_err(overrides).to_string();
        assert!(error.contains(complaint), "{error}");
    }
}

#[test]
fn a_key_that_nobody_told_of_may_be_absent() {
    let added = "[[field]]\nat = [\"GetThing:answer\"]\nname = \"more\"\ntype = { nullable = \"string\" }\nbecause = \"x\"";
    let catalogue =
        made(&[operation("GetThing", "GET", "/api/things", &thing())], added).expect("it can be made");
    let Some(Model::Fields(fields)) = catalogue.models.get("Thing") else { panic!("it is an object") };
    let more = fields.iter().find(|field| field.name == "more").expect("it was added");
    assert_eq!((&more.ty, more.required), (&Type::Nullable(Box::new(Type::String)), false));
}

#[test]
fn codes_are_those_with_a_message_and_those_added() {
    let added = "[[code]]\ncodes = [\"other.broken\"]\nbecause = \"x\"";
    let catalogue = made(&[], added).expect("it can be made");
    assert_eq!(catalogue.codes.iter().collect::<Vec<_>>(), ["other.broken", "thing.broken"]);
    assert_eq!(catalogue.code_source.package, "q");
}

#[test]
fn two_operations_of_one_name_are_an_error() {
    let operations = [
        operation("DeleteThing", "DELETE", "/api/things/one", &thing()),
        operation("DeleteThings", "DELETE", "/api/things", &thing()),
    ];
    let error = made(&operations, "").expect_err("both are things.delete").to_string();
    assert!(error.contains("things.delete"), "{error}");
    let renamed =
        "[[name]]\nfrom = \"DeleteThings\"\nto = \"things.delete_many\"\nbecause = \"there are two\"";
    assert!(made(&operations, renamed).is_ok());
}

#[test]
fn a_parameter_without_its_place_in_the_path_is_an_error() {
    let mut stray = operation("GetThing", "GET", "/api/things/{id}", &thing());
    assert!(made(std::slice::from_ref(&stray), "").is_err(), "a segment without a parameter");
    stray["parameters"] = json!([{ "in": "path", "name": "other", "type": "string", "required": true }]);
    assert!(made(std::slice::from_ref(&stray), "").is_err(), "a parameter without a segment");
    stray["parameters"] = json!([{ "in": "path", "name": "id", "type": "string", "required": true }]);
    assert!(made(std::slice::from_ref(&stray), "").is_ok());
}

#[test]
fn unions_are_told_apart_by_their_constants() {
    let variant = |mark: &str| {
        object(&[field("type", &json!({ "const": mark }), true), field(mark, &json!("string"), true)])
    };
    let answer = object(&[field("how", &json!({ "oneOf": [variant("slow"), variant("fast")] }), true)]);
    let catalogue =
        made(&[operation("GetThing", "GET", "/api/things", &answer)], "").expect("it can be made");
    let Some(Model::Variants { tag, of }) = catalogue.models.get("ThingHow") else { panic!("it is a union") };
    assert_eq!(tag.as_deref(), Some("type"));
    let names: Vec<_> = of.iter().map(|variant| (variant.name.as_str(), &variant.ty)).collect();
    assert_eq!(
        names,
        [("Slow", &Type::Ref("ThingHowSlow".into())), ("Fast", &Type::Ref("ThingHowFast".into()))]
    );
}
