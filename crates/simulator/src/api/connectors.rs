//! Connectors, social and for messages, and the ones for single sign-on. What they would do is never done.

use serde_json::{Value, json};

use super::Call;
use super::answer::{Answer, Failure, failure, not_exists, not_found};
use super::guard::{Field, Kind, may, must};
use super::paging::When;
use super::routes::{Route, route};
use crate::world::{Document, is};

pub(super) const ROUTES: &[Route] = &[
    route("GET", "/api/connector-factories", |_| Ok(Answer::json(&factories()))),
    route("GET", "/api/connector-factories/{id}", |call| {
        Ok(Answer::json(&factory(call.param(0)).ok_or_else(not_found)?))
    }),
    route("GET", "/api/connectors", list),
    route("POST", "/api/connectors", create),
    route("GET", "/api/connectors/{id}", get),
    route("PATCH", "/api/connectors/{id}", update),
    route("DELETE", "/api/connectors/{id}", |call| {
        let id = call.param(0).to_owned();
        call.delete_stored(CONNECTORS, "id", &id)
    }),
    route("POST", "/api/connectors/{connectorId}/authorization-uri", authorization_uri),
    route("POST", "/api/connectors/{factoryId}/test", test),
    route("GET", "/api/sso-connector-providers", |_| Ok(Answer::json(&providers()))),
    route("GET", "/api/sso-connectors", list_sso),
    route("POST", "/api/sso-connectors", create_sso),
    route("GET", "/api/sso-connectors/{id}", get_sso),
    route("PATCH", "/api/sso-connectors/{id}", update_sso),
    route("DELETE", "/api/sso-connectors/{id}", |call| {
        let id = call.param(0).to_owned();
        for organization in &mut call.world.organizations {
            organization.jit_sso_connectors.retain(|other| *other != id);
        }
        call.delete_stored(SSO, "id", &id).map_err(|_| not_exists(SSO, &id))
    }),
];

const CONNECTORS: &str = "connectors";
/// The table of SSO connectors.
pub(super) const SSO: &str = "sso_connectors";

/// One social connector, and one for messages.
fn factories() -> [Value; 2] {
    [
        json!({
            "type": "Social", "id": "simulated-social", "target": "simulated", "platform": "Universal",
            "name": { "en": "Simulated social" }, "description": { "en": "Signs in nobody." },
            "logo": "./logo.svg", "logoDark": null, "readme": "", "isStandard": false,
            "formItems": [
                { "key": "clientId", "label": "Client ID", "type": "Text", "required": true },
                { "key": "prompts", "label": "Prompts", "type": "MultiSelect", "required": false, "selectItems": [{ "value": "login" }] },
            ],
        }),
        json!({
            "type": "Email", "id": "simulated-email", "target": "simulated-email", "platform": null,
            "name": { "en": "Simulated e-mail" }, "description": { "en": "Sends nothing." },
            "logo": "./logo.svg", "logoDark": null, "readme": "", "configTemplate": "{}",
        }),
    ]
}

fn factory(id: &str) -> Option<Document> {
    factories().into_iter().find_map(|factory| match factory {
        Value::Object(factory) if is(&factory, "id", id) => Some(factory),
        _ => None,
    })
}

/// The connector's row, over what its factory says.
fn rendered(row: &Document) -> Document {
    let id = row.get("connectorId").and_then(Value::as_str).unwrap_or_default();
    let mut all = factory(id).unwrap_or_default();
    all.extend(row.clone());
    all
}

/// `target` narrows it down.
fn list(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let rows: Vec<_> = call.world.documents.all(CONNECTORS).iter().map(rendered).collect();
    let wanted = |row: &&Document| call.query.get("target").is_none_or(|target| is(row, "target", target));
    Ok(Answer::json(&rows.iter().filter(wanted).collect::<Vec<_>>()))
}

fn get(call: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::json(&rendered(call.stored(CONNECTORS, "id", call.param(0))?)))
}

const CHANGED: &[Field] = &[
    may("config", Kind::Object),
    may("metadata", Kind::Object),
    may("syncProfile", Kind::Flag),
    may("enableTokenStorage", Kind::Flag),
];

fn create(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let fields = [&[must("connectorId", Kind::Name), may("id", Kind::Name)][..], CHANGED].concat();
    let members = call.members(&fields)?;
    let factory = members.get("connectorId").and_then(Value::as_str).unwrap_or_default();
    if self::factory(factory).is_none() {
        return Err(failure(
            422,
            "connector.not_found_with_connector_id",
            "Cannot find connector with given standard connector id.",
        ));
    }
    if call.world.documents.find(CONNECTORS, "connectorId", factory).is_some() {
        return Err(failure(
            422,
            "connector.multiple_instances_not_supported",
            "Can not create multiple instance with picked standard connector.",
        ));
    }
    let mut row = Document::new();
    row.insert("id".to_owned(), call.world.rng.short_id().into());
    let defaults = [
        ("config", json!({})),
        ("metadata", json!({})),
        ("syncProfile", json!(false)),
        ("enableTokenStorage", json!(false)),
    ];
    row.extend(defaults.map(|(name, value)| (name.to_owned(), value)));
    row.extend(members);
    let answer = Answer::json(&rendered(&row));
    call.world.documents.add(CONNECTORS, row);
    Ok(answer)
}

fn update(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let members = call.members(CHANGED)?;
    let id = call.param(0).to_owned();
    call.stored_mut(CONNECTORS, "id", &id)?.extend(members);
    get(call)
}

fn authorization_uri(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.members(&[must("state", Kind::Name), must("redirectUri", Kind::Name)])?;
    let row = rendered(call.stored(CONNECTORS, "id", call.param(0))?);
    if !is(&row, "type", "Social") {
        return Err(failure(400, "connector.unexpected_type", "The connector's type is unexpected."));
    }
    let state = body.get("state").and_then(Value::as_str).unwrap_or_default();
    let to = format!("https://social.example.com/authorize?state={state}");
    Ok(Answer::json(&json!({ "redirectTo": to, "redirectUri": body.get("redirectUri") })))
}

fn test(call: &mut Call<'_>) -> Result<Answer, Failure> {
    call.body(&[may("phone", Kind::Text), may("email", Kind::Text), must("config", Kind::Object)])?;
    let kind = factory(call.param(0)).filter(|factory| is(factory, "type", "Email"));
    kind.map(|_| Answer::empty()).ok_or_else(not_found)
}

/// Whether there is a connector that could send e-mail (or text messages, of which there is no factory).
pub(super) fn can_send(call: &Call<'_>, kind: &str) -> bool {
    call.world.documents.all(CONNECTORS).iter().any(|row| is(&rendered(row), "type", kind))
}

/// 501 where nobody could send it.
pub(super) fn no_sender(kind: &str) -> Failure {
    failure(501, "connector.not_found", &format!("Cannot find any available connector for type: {kind}."))
}

const PROVIDERS: [(&str, &str, &str); 6] = [
    ("OIDC", "oidc", "OIDC"),
    ("SAML", "saml", "SAML"),
    ("AzureAD", "saml", "Microsoft Entra ID (SAML)"),
    ("GoogleWorkspace", "oidc", "Google Workspace"),
    ("Okta", "oidc", "Okta"),
    ("AzureAdOidc", "oidc", "Microsoft Entra ID (OIDC)"),
];

fn providers() -> Vec<Value> {
    let provider = |(name, kind, shown): &(&str, &str, &str)| {
        json!({
            "providerName": name, "providerType": kind, "name": shown, "description": "",
            "logo": "data:image/svg+xml;base64,", "logoDark": "data:image/svg+xml;base64,",
        })
    };
    PROVIDERS.iter().map(provider).collect()
}

/// With what its provider adds.
fn rendered_sso(row: &Document) -> Document {
    let mut all = row.clone();
    if let Some((_, kind, shown)) = PROVIDERS.iter().find(|(name, ..)| is(row, "providerName", name)) {
        for (name, value) in [
            ("name", *shown),
            ("providerType", *kind),
            ("providerLogo", "data:image/svg+xml;base64,"),
            ("providerLogoDark", "data:image/svg+xml;base64,"),
        ] {
            all.insert(name.to_owned(), value.into());
        }
    }
    all
}

fn list_sso(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let rows: Vec<_> = call.world.documents.all(SSO).iter().rev().map(rendered_sso).collect();
    call.list(&rows, When::Asked)
}

fn get_sso(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = call.param(0);
    let row = call.world.documents.find(SSO, "id", id).ok_or_else(|| not_exists(SSO, id))?;
    Ok(Answer::json(&rendered_sso(row)))
}

const CHANGED_SSO: &[Field] = &[
    may("config", Kind::Object),
    may("domains", Kind::Texts),
    may("branding", Kind::Object),
    may("syncProfile", Kind::Flag),
    may("enableTokenStorage", Kind::Flag),
];

fn sso_name_is_free(call: &Call<'_>, members: &Document, own_id: &str) -> Result<(), Failure> {
    let name = members.get("connectorName").and_then(Value::as_str).unwrap_or_default();
    match call.world.documents.find(SSO, "connectorName", name) {
        Some(other) if !is(other, "id", own_id) => Err(failure(
            409,
            "single_sign_on.duplicate_connector_name",
            "Connector name already exists. Please choose a different name.",
        )),
        _ => Ok(()),
    }
}

/// Answers with the row alone.
fn create_sso(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let names = [must("providerName", Kind::Name), must("connectorName", Kind::Name).max(128)];
    let members = call.members(&[&names[..], CHANGED_SSO].concat())?;
    if !PROVIDERS.iter().any(|(name, ..)| is(&members, "providerName", name)) {
        return Err(failure(422, "connector.not_found", "Cannot find any available connector."));
    }
    sso_name_is_free(call, &members, "")?;
    let mut row = call.new_row();
    let defaults = [
        ("config", json!({})),
        ("domains", json!([])),
        ("branding", json!({})),
        ("syncProfile", json!(false)),
        ("enableTokenStorage", json!(false)),
        ("createdAt", json!(call.now_ms)),
    ];
    row.extend(defaults.map(|(name, value)| (name.to_owned(), value)));
    row.extend(members);
    let answer = Answer::json(&row);
    call.world.documents.add(SSO, row);
    Ok(answer)
}

fn update_sso(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let names = [may("connectorName", Kind::Name).max(128)];
    let members = call.members(&[&names[..], CHANGED_SSO].concat())?;
    let id = call.param(0).to_owned();
    sso_name_is_free(call, &members, &id)?;
    call.stored_mut(SSO, "id", &id).map_err(|_| not_exists(SSO, &id))?.extend(members);
    get_sso(call)
}
