//! `/api/applications`

use serde_json::json;

use super::answer::{Answer, Failure, failure, not_found};
use super::common::{add_all, flag, get_row, get_row_mut, take, text, texts, whole};
use super::guard::{Field, Kind, may, must};
use super::paging::When;
use super::routes::{Route, route};
use super::{Call, roles, with_members};
use crate::json::Js;
use crate::world::{Application, Jsonb, Secret, find, seed};

/// The domain of protected apps.
pub(super) const PROTECTED_DOMAIN: &str = "protected.example.com";

pub(super) const ROUTES: &[Route] = &[
    route("POST", "/api/applications", create),
    route("GET", "/api/applications", list),
    route("GET", "/api/applications/{id}", get),
    route("PATCH", "/api/applications/{id}", update),
    route("DELETE", "/api/applications/{id}", delete),
    route("PATCH", "/api/applications/{applicationId}/custom-data", merge_custom_data),
    route("GET", "/api/applications/{applicationId}/roles", list_roles),
    route("POST", "/api/applications/{applicationId}/roles", add_roles),
    route("PUT", "/api/applications/{applicationId}/roles", replace_roles),
    route("DELETE", "/api/applications/{applicationId}/roles/{roleId}", remove_role),
    route("GET", "/api/applications/{id}/organizations", list_organizations),
    route("GET", "/api/applications/{id}/secrets", list_secrets),
    route("POST", "/api/applications/{id}/secrets", create_secret),
    route("DELETE", "/api/applications/{id}/secrets/{name}", delete_secret),
    route("PATCH", "/api/applications/{id}/secrets/{name}", rename_secret),
];

const TYPES: Kind = Kind::OneOf(&["Native", "SPA", "Traditional", "MachineToMachine", "Protected", "SAML"]);

pub(super) const SEARCH: [&str; 3] = ["id", "name", "description"];

pub(super) fn searchable(app: &Application) -> Vec<Option<&str>> {
    vec![Some(&app.id), Some(&app.name), app.description.as_deref()]
}

fn list(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let types: Vec<&str> = call.query.all("types").collect();
    let third_party = call.query.get("isThirdParty").map(|value| value == "true");
    let role = call.query.get("excludeRoleId").and_then(|id| find(&call.world.roles, id));
    let organization =
        call.query.get("excludeOrganizationId").and_then(|id| find(&call.world.organizations, id));
    let rows = call.world.applications.iter().rev().filter(|app| {
        (types.is_empty() || types.contains(&app.kind.as_str()))
            && third_party.is_none_or(|wanted| app.is_third_party == wanted)
            && !role.is_some_and(|role| role.applications.contains(&app.id))
            && !organization.is_some_and(|o| o.applications.contains_key(&app.id))
    });
    call.list(&call.searched(rows, &SEARCH, searchable)?, When::Asked)
}

pub(super) fn one<'c>(call: &'c Call<'_>) -> Result<&'c Application, Failure> {
    get_row(&call.world.applications, "applications", call.param(0))
}

pub(super) fn one_mut<'c>(call: &'c mut Call<'_>) -> Result<&'c mut Application, Failure> {
    let id = call.param(0).to_owned();
    get_row_mut(&mut call.world.applications, "applications", &id)
}

fn get(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let app = one(call)?;
    let is_admin =
        call.world.roles.iter().any(|role| {
            role.name == "Internal role for the admin tenant" && role.applications.contains(&app.id)
        });
    Ok(Answer::json(&with_members(app, &[("isAdmin", json!(is_admin))])))
}

const NEW: &[Field] = &[
    must("name", Kind::Name).max(256),
    may("description", Kind::Text).or_null(),
    must("type", TYPES),
    may("oidcClientMetadata", Kind::Object),
    may("customClientMetadata", Kind::Object),
    may("customData", Kind::Object),
    may("isThirdParty", Kind::Flag),
    may("protectedAppMetadata", Kind::Object),
];

const CHANGED: &[Field] = &[
    may("name", Kind::Name).max(256),
    may("description", Kind::Text).or_null(),
    may("oidcClientMetadata", Kind::Object),
    may("customClientMetadata", Kind::Object),
    may("customData", Kind::Object),
    may("appLevelAccessControlEnabled", Kind::Flag),
];

pub(super) fn apply(app: &mut Application, body: &Js) {
    if let Some(name) = text(body, "name") {
        app.name = name;
    }
    if body.get("description").is_some() {
        app.description = text(body, "description");
    }
    let columns = [
        ("oidcClientMetadata", &mut app.oidc_client_metadata),
        ("customClientMetadata", &mut app.custom_client_metadata),
        ("customData", &mut app.custom_data),
    ];
    for (name, column) in columns {
        if let Some(value) = body.get(name) {
            *column = Jsonb::of(value);
        }
    }
    app.is_third_party = flag(body, "isThirdParty").unwrap_or(app.is_third_party);
    app.app_level_access_control_enabled =
        flag(body, "appLevelAccessControlEnabled").unwrap_or(app.app_level_access_control_enabled);
}

fn create(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(NEW)?;
    let kind = text(&body, "type").unwrap_or_default();
    let id = call.world.rng.long_id();
    let mut app = seed::application(&call.world.tenant_id, id, "", &kind, call.now_ms);
    apply(&mut app, &body);
    if matches!(kind.as_str(), "MachineToMachine" | "Traditional" | "Protected") {
        let secret = new_secret(call, &app.id, "Default secret".to_owned(), None);
        app.secrets.push(secret);
    }
    if kind == "Protected" {
        app.protected_app_metadata = Some(protected(&body)?);
    }
    let answer = Answer::json(&app);
    call.world.applications.push(app);
    Ok(answer)
}

/// Lives below the domain that `/api/systems/application` tells.
fn protected(body: &Js) -> Result<Jsonb, Failure> {
    let Some(metadata) = body.get("protectedAppMetadata") else {
        return Err(failure(
            400,
            "application.protected_app_metadata_is_required",
            "Protected app metadata is required.",
        ));
    };
    let host = format!("{}.{PROTECTED_DOMAIN}", text(metadata, "subDomain").unwrap_or_default());
    Ok(Jsonb::of(&Js::Object(vec![
        ("host".to_owned(), Js::String(host)),
        ("origin".to_owned(), Js::String(text(metadata, "origin").unwrap_or_default())),
        ("sessionDuration".to_owned(), Js::Number(1_209_600.0)),
        ("pageRules".to_owned(), Js::Array(Vec::new())),
    ])))
}

fn update(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(CHANGED)?;
    let app = one_mut(call)?;
    apply(app, &body);
    Ok(Answer::json(app))
}

fn delete(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let app = one(call)?;
    if app.kind == "SAML" {
        return Err(failure(
            400,
            "application.saml.use_saml_app_api",
            "Use `[METHOD] /saml-applications(/.*)?` API to operate SAML app.",
        ));
    }
    let id = app.id.clone();
    call.world.delete_application(&id);
    Ok(Answer::empty())
}

fn merge_custom_data(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[])?;
    let app = one_mut(call)?;
    app.custom_data = app.custom_data.merged(&body);
    Ok(Answer::json(&app.custom_data))
}

fn list_roles(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = &one(call)?.id;
    let rows = call.world.roles.iter().filter(|role| role.applications.contains(id));
    call.list(&call.searched(rows, &roles::SEARCH, roles::searchable)?, When::Always)
}

/// The role ids of the body, all of them ids of roles for machines.
fn role_ids(call: &Call<'_>, kind: Kind) -> Result<Vec<String>, Failure> {
    let ids = texts(&call.body(&[must("roleIds", kind)])?, "roleIds");
    for id in &ids {
        if get_row(&call.world.roles, "roles", id)?.kind != "MachineToMachine" {
            return Err(failure(
                422,
                "application.invalid_role_type",
                "Can not assign user type role to machine to machine application.",
            ));
        }
    }
    Ok(ids)
}

fn add_roles(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = role_ids(call, Kind::Ids)?;
    let app_id = one(call)?.id.clone();
    let mut added = Vec::new();
    for id in &ids {
        if let Some(role) = call.world.role_mut(id)
            && !role.applications.contains(&app_id)
        {
            role.applications.push(app_id.clone());
            added.push(id.clone());
        }
    }
    Ok(Answer::created(&json!({ "roleIds": ids, "addedRoleIds": added })))
}

/// Answers with the text `OK`, whatever the document says.
fn replace_roles(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = role_ids(call, Kind::Texts)?;
    let app_id = one(call)?.id.clone();
    for role in &mut call.world.roles {
        take(&mut role.applications, &app_id);
        if ids.contains(&role.id) {
            add_all(&mut role.applications, vec![app_id.clone()]);
        }
    }
    Ok(Answer::ok_text())
}

fn remove_role(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let app_id = one(call)?.id.clone();
    let role_id = call.param(1).to_owned();
    let held = call.world.role_mut(&role_id).is_some_and(|role| take(&mut role.applications, &app_id));
    if held { Ok(Answer::empty()) } else { Err(not_found()) }
}

fn list_organizations(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = &one(call)?.id;
    let mut rows = Vec::new();
    for organization in &call.world.organizations {
        let Some(role_ids) = organization.applications.get(id) else { continue };
        let roles = super::organizations::roles_brief(call.world, role_ids);
        rows.push(with_members(organization, &[("organizationRoles", roles)]));
    }
    call.list(&rows, When::Asked)
}

fn new_secret(call: &mut Call<'_>, app_id: &str, name: String, expires_at: Option<u64>) -> Secret {
    Secret {
        tenant_id: call.world.tenant_id.clone(),
        application_id: app_id.to_owned(),
        name,
        value: call.world.rng.secret(32),
        created_at: call.now_ms,
        expires_at,
    }
}

fn list_secrets(call: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::json(&one(call)?.secrets))
}

fn create_secret(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[must("name", Kind::Name).max(256), may("expiresAt", Kind::Number).or_null()])?;
    let app_id = one(call)?.id.clone();
    let name = text(&body, "name").unwrap_or_default();
    secret_name_is_free(call, &name)?;
    let secret = new_secret(call, &app_id, name, whole(&body, "expiresAt"));
    let answer = Answer::created(&secret);
    one_mut(call)?.secrets.push(secret);
    Ok(answer)
}

fn secret_name_is_free(call: &Call<'_>, name: &str) -> Result<(), Failure> {
    if one(call)?.secrets.iter().any(|secret| secret.name == name) {
        return Err(failure(422, "application.secret_name_exists", "Secret name already exists."));
    }
    Ok(())
}

fn delete_secret(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let name = call.param(1).to_owned();
    let secrets = &mut one_mut(call)?.secrets;
    let before = secrets.len();
    secrets.retain(|secret| secret.name != name);
    if secrets.len() < before { Ok(Answer::empty()) } else { Err(not_found()) }
}

fn rename_secret(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[must("name", Kind::Name).max(256)])?;
    let (old, new) = (call.param(1).to_owned(), text(&body, "name").unwrap_or_default());
    if old != new {
        secret_name_is_free(call, &new)?;
    }
    let secrets = &mut one_mut(call)?.secrets;
    let secret = secrets.iter_mut().find(|secret| secret.name == old).ok_or_else(not_found)?;
    secret.name = new;
    Ok(Answer::json(secret))
}
