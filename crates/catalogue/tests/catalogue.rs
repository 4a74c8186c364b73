//! What holds for the committed catalogue.
#![allow(clippy::expect_used, clippy::indexing_slicing)]

use std::collections::BTreeSet;

use logto_catalogue::{
    Catalogue, Docs, Model, Operation, Paging, Place, Type,
    make::{group_of, name_of},
    text::snake,
};

fn catalogue() -> Catalogue {
    Catalogue::load().expect("management.json is a catalogue")
}

/// A rename shows as a diff of names.txt, beside the one of the catalogue.
#[test]
fn every_operation_has_the_name_that_was_agreed() {
    let catalogue = catalogue();
    let mut names: Vec<String> = catalogue
        .operations
        .iter()
        .map(|operation| format!("{} = {}", operation.full_name(), operation.id))
        .collect();
    names.sort();
    let agreed: Vec<&str> = include_str!("../names.txt").lines().collect();
    assert_eq!(agreed.len(), 275);
    assert_eq!(names, agreed);
    for (name, id) in [
        ("users.list", "ListUsers"),
        ("users.get", "GetUser"),
        ("users.list_roles", "ListUserRoles"),
        ("organizations.assign_roles_to_users", "AssignOrganizationRolesToUsers"),
    ] {
        assert!(agreed.contains(&format!("{name} = {id}").as_str()), "{name}");
    }
}

#[test]
fn names_are_unique_and_follow_the_rule_but_for_the_corrected() {
    let catalogue = catalogue();
    let mut seen = BTreeSet::new();
    let mut by_hand = Vec::new();
    for operation in &catalogue.operations {
        let (group, name) = (&operation.group, &operation.name);
        assert!(seen.insert(operation.full_name()), "{} comes twice", operation.full_name());
        assert_eq!(&snake(name), name);
        assert_eq!(group, &group_of(&operation.path));
        if *name != name_of(&operation.id, group, std::iter::empty()) {
            by_hand.push(operation.id.as_str());
        }
    }
    by_hand.sort_unstable();
    assert_eq!(by_hand, ["CheckPasswordWithDefaultSignInExperience", "DeleteEmailTemplates"]);
}

#[test]
fn paths_and_parameters_agree() {
    for operation in &catalogue().operations {
        assert!(operation.path.starts_with("/api/"), "{}", operation.path);
        let segments: Vec<&str> = operation
            .path
            .split('/')
            .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        let parameters: Vec<&str> =
            operation.parameters_in(Place::Path).map(|parameter| parameter.name.as_str()).collect();
        assert_eq!(segments, parameters, "{}", operation.id);
        assert!(operation.parameters_in(Place::Path).all(|parameter| parameter.required));
    }
}

fn ids(catalogue: &Catalogue, wanted: impl Fn(&Operation) -> bool) -> usize {
    catalogue.operations.iter().filter(|operation| wanted(operation)).count()
}

#[test]
fn paging_text_answers_and_tokens_are_as_measured() {
    let catalogue = catalogue();
    assert_eq!(ids(&catalogue, |operation| operation.paging == Paging::Always), 14);
    assert_eq!(ids(&catalogue, |operation| operation.paging == Paging::WhenAsked), 15);
    assert_eq!(ids(&catalogue, |operation| operation.text_answer), 14);
    for operation in &catalogue.operations {
        if operation.paging != Paging::Never {
            let is_list = matches!(operation.answered(), Some(Type::List(_)));
            assert!(is_list != operation.items_in.is_some(), "{} answers a list, or has one", operation.id);
            assert_eq!(operation.method, "GET");
        }
        if operation.text_answer {
            assert_eq!(operation.answer.content, None, "{}", operation.id);
        }
        let open = operation.path.contains("/.well-known/") || operation.path == "/api/status";
        assert!(!open || !operation.needs_token, "{}", operation.id);
    }
}

/// The vector that plays them through every door has exactly these.
#[test]
fn the_vector_of_text_answers_has_all_of_them() {
    let vector = include_str!("../../../tests/vectors/answers/fourteen_without_json.json");
    let vector: serde_json::Value = serde_json::from_str(vector).expect("it is JSON");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let steps = vector.get("steps").and_then(|steps| steps.as_array()).expect("it has steps");
    let called: BTreeSet<_> = steps
        .iter()
        .filter_map(|step| step.get("call"))
        .map(|call| (text(&call["method"]), text(&call["path"])))
        .collect();
    let catalogue = catalogue();
    let silent = catalogue.operations.iter().filter(|operation| operation.text_answer);
    assert_eq!(called, silent.map(|one| (one.method.clone(), one.path.clone())).collect());
}

#[test]
fn every_model_is_used_and_every_name_leads_to_a_model() {
    let catalogue = catalogue();
    let mut used = BTreeSet::new();
    for ty in catalogue.operations.iter().flat_map(|operation| operation.sent().chain(operation.answered())) {
        used.extend(catalogue.reach(ty));
    }
    let known: BTreeSet<&str> = catalogue.models.keys().map(String::as_str).collect();
    assert_eq!(used, known);
}

/// Where the declarations say less than the server does.
#[test]
fn corrections_have_arrived() {
    let catalogue = catalogue();
    let field = |model: &str, name: &str| match catalogue.models.get(model) {
        Some(Model::Fields(fields)) => {
            fields.iter().find(|field| field.name == name).map(|field| (field.ty.clone(), field.required))
        }
        _ => None,
    };
    assert_eq!(field("User", "createdAt"), Some((Type::Millis, true)));
    assert_eq!(field("OidcKey", "createdAt"), Some((Type::Integer, true)));
    assert_eq!(field("SamlApplicationSecret", "expiresAt"), Some((Type::Millis, true)));
    assert_eq!(field("OidcClientMetadata", "redirectUris"), Some((Type::List(Box::new(Type::String)), true)));
    let event = Type::Nullable(Box::new(Type::Ref("HookEvent".into())));
    assert_eq!(field("Hook", "event"), Some((event, true)));
    // Declared as required because it has a default.
    assert_eq!(
        field("CreateOrganizationRoleBody", "resourceScopeIds"),
        Some((Type::List(Box::new(Type::String)), false))
    );
    let search = catalogue.operation("ListUsers").and_then(|operation| operation.search.clone());
    assert_eq!(search.map(|search| search.fields), Some(Type::Ref("UserSearchField".into())));
}

/// A name that sounds like a credential is one, or is known to be none.
#[test]
fn what_is_secret_is_marked() {
    const NONE: [&str; 0] = [];
    let mut open = Vec::new();
    for (name, model) in &catalogue().models {
        let Model::Fields(fields) = model else { continue };
        for field in fields.iter().filter(|field| !field.secret) {
            let lower = field.name.to_lowercase();
            let sounds = ["secret", "password", "privatekey", "signingkey", "digest"]
                .iter()
                .any(|word| lower.ends_with(word));
            if sounds && matches!(&field.ty, Type::String | Type::Nullable(_)) {
                open.push(format!("{name}.{}", field.name));
            }
        }
    }
    assert_eq!(open, NONE);
}

#[test]
fn documentation_speaks_of_what_there_is() {
    let catalogue = catalogue();
    let docs = Docs::load().expect("docs.toml has its shape");
    for id in docs.operations.keys() {
        assert!(catalogue.operation(id).is_some(), "there is no operation {id}");
    }
    let keys: BTreeSet<(&str, &str)> = catalogue
        .models
        .iter()
        .filter_map(
            |(name, model)| if let Model::Fields(fields) = model { Some((name, fields)) } else { None },
        )
        .flat_map(|(name, fields)| fields.iter().map(move |field| (name.as_str(), field.name.as_str())))
        .collect();
    for place in docs.fields.keys() {
        let (model, key) = place.split_once('.').expect("a place is Model.key");
        let found = keys.iter().any(|(name, field)| *field == key && (model == "*" || *name == model));
        assert!(found, "there is no {place}");
    }
}

/// Every disagreement is told with its place; what a newer server may add is told apart.
#[test]
fn values_are_held_against_their_types() {
    let catalogue = catalogue();
    let misfits = |ty: &Type, json: &str| -> Vec<String> {
        let value = serde_json::from_str(json).expect("it is JSON");
        let found = catalogue.misfits(ty, &value);
        found.iter().map(|misfit| format!("{}{misfit}", if misfit.new { "new: " } else { "" })).collect()
    };
    let event = r#"{"name":1,"events":["User.Created","Moon.Risen"],"config":{"url":"u","headers":{"a":null}},"more":0}"#;
    assert_eq!(
        misfits(&Type::Ref("CreateHookBody".into()), event),
        [
            ".name: a number is no \"string\"",
            "new: .events[1]: \"Moon.Risen\" is no known HookEvent",
            ".config.headers.a: null is no \"string\"",
            "new: .more: CreateHookBody has no such key (a number)",
        ]
    );
    assert_eq!(
        misfits(&Type::List(Box::new(Type::Ref("CreateHookBody".into()))), r#"[{"config":{}},7]"#),
        ["[0].config.url: missing from HookConfig", "[1]: a number is no CreateHookBody"]
    );
    let union = Type::Ref("CreateOrganizationInvitationBodyMessagePayload".into());
    assert!(misfits(&union, "false").is_empty() && misfits(&union, r#"{"code":"x"}"#).is_empty());
    assert_eq!(misfits(&union, "7").len(), 1);
    let integer = Type::Nullable(Box::new(Type::Integer));
    assert!(misfits(&integer, "null").is_empty() && misfits(&integer, "7").is_empty());
    assert_eq!(misfits(&integer, "7.5"), ["a number is no \"integer\""]);
}
