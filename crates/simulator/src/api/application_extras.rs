//! What an application has besides its row: access control, its own sign-in page, consent, domains of protected apps.

use serde_json::{Value, json};

use super::Call;
use super::answer::{Answer, Failure, failure, foreign_key, not_found};
use super::applications::{one, one_mut};
use super::common::texts;
use super::guard::{Kind, may, must};
use super::paging::{Page, Total, When};
use super::routes::{Route, route};
use crate::json::{Js, parse};
use crate::world::{Document, Jsonb, find, is};

pub(super) const ROUTES: &[Route] = &[
    route("GET", "/api/applications/{applicationId}/access-control", |call| {
        Ok(Answer::json(&access_control(call)?))
    }),
    route("PUT", "/api/applications/{applicationId}/access-control", set_access_control),
    route("GET", "/api/applications/{applicationId}/sign-in-experience", sign_in_experience),
    route("PUT", "/api/applications/{applicationId}/sign-in-experience", set_sign_in_experience),
    route("GET", "/api/applications/{applicationId}/user-consent-scopes", consent_scopes),
    route("POST", "/api/applications/{applicationId}/user-consent-scopes", add_consent_scopes),
    route(
        "DELETE",
        "/api/applications/{applicationId}/user-consent-scopes/{scopeType}/{scopeId}",
        remove_consent_scope,
    ),
    route("GET", "/api/applications/{id}/users/{userId}/consent-organizations", consent_organizations),
    route("POST", "/api/applications/{id}/users/{userId}/consent-organizations", add_consent_organizations),
    route(
        "PUT",
        "/api/applications/{id}/users/{userId}/consent-organizations",
        replace_consent_organizations,
    ),
    route(
        "DELETE",
        "/api/applications/{id}/users/{userId}/consent-organizations/{organizationId}",
        remove_consent_organization,
    ),
    route("GET", "/api/applications/{id}/protected-app-metadata/custom-domains", |call| {
        Ok(Answer::json(&domains(call)?))
    }),
    route("POST", "/api/applications/{id}/protected-app-metadata/custom-domains", add_domain),
    route("DELETE", "/api/applications/{id}/protected-app-metadata/custom-domains/{domain}", remove_domain),
    route("DELETE", "/api/applications/{id}/legacy-secret", no_legacy_secret),
];

const ACCESS: &str = "application_access_controls";
const EXPERIENCES: &str = "application_sign_in_experiences";
const SCOPES: &str = "application_user_consent_scopes";
const ORGANIZATIONS: &str = "application_user_consent_organizations";

/// The lists of a row that may not be there yet, in the order of their names.
fn lists(call: &Call<'_>, table: &str, names: &[&str]) -> Result<Document, Failure> {
    let row = call.world.documents.find(table, "applicationId", &one(call)?.id);
    let list = |name: &&str| {
        let value = row.and_then(|row| row.get(*name)).cloned().unwrap_or_else(|| json!([]));
        ((*name).to_owned(), value)
    };
    Ok(names.iter().map(list).collect())
}

/// Puts a row in the place of the one that was there; whether there was one.
fn replace(call: &mut Call<'_>, table: &'static str, mut row: Document) -> Result<bool, Failure> {
    let id = one(call)?.id.clone();
    let known = call.world.documents.remove(table, "applicationId", &id) > 0;
    row.insert("applicationId".to_owned(), id.into());
    call.world.documents.add(table, row);
    Ok(known)
}

fn access_control(call: &Call<'_>) -> Result<Document, Failure> {
    lists(call, ACCESS, &["userIds", "userRoleIds", "organizationIds", "organizationRoleRules"])
}

fn set_access_control(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let members = call.members(&[
        must("userIds", Kind::Texts),
        must("userRoleIds", Kind::Texts),
        must("organizationIds", Kind::Texts),
        must("organizationRoleRules", Kind::List),
    ])?;
    replace(call, ACCESS, members)?;
    Ok(Answer::json(&access_control(call)?))
}

fn sign_in_experience(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = one(call)?.id.clone();
    Ok(Answer::json(call.stored(EXPERIENCES, "applicationId", &id)?))
}

/// 201 where it is the first, else 200.
fn set_sign_in_experience(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let members = call.members(&[
        may("color", Kind::Object),
        may("branding", Kind::Object),
        may("customCss", Kind::Text).or_null(),
        may("displayName", Kind::Text).or_null(),
        must("termsOfUseUrl", Kind::Text).or_null(),
        must("privacyPolicyUrl", Kind::Text).or_null(),
    ])?;
    let mut row = Document::new();
    let defaults = [
        ("tenantId", json!(call.world.tenant_id)),
        ("color", json!({})),
        ("branding", json!({})),
        ("customCss", Value::Null),
        ("displayName", Value::Null),
    ];
    row.extend(defaults.map(|(name, value)| (name.to_owned(), value)));
    row.extend(members);
    let known = replace(call, EXPERIENCES, row)?;
    let answer = sign_in_experience(call)?;
    Ok(if known { answer } else { Answer { status: http::StatusCode::CREATED, ..answer } })
}

/// What a body calls them, and what a path does.
const SCOPE_TYPES: [(&str, &str); 4] = [
    ("organizationScopes", "organization-scopes"),
    ("resourceScopes", "resource-scopes"),
    ("organizationResourceScopes", "organization-resource-scopes"),
    ("userScopes", "user-scopes"),
];

fn scope_ids(call: &Call<'_>) -> Result<Document, Failure> {
    lists(call, SCOPES, &SCOPE_TYPES.map(|(name, _)| name))
}

fn ids<'r>(row: &'r Document, name: &str) -> Vec<&'r str> {
    row.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

fn consent_scopes(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let row = scope_ids(call)?;
    let world = &*call.world;
    let organization_scopes: Vec<_> = ids(&row, "organizationScopes")
        .into_iter()
        .filter_map(|id| find(&world.organization_scopes, id))
        .map(|scope| json!({ "id": scope.id, "name": scope.name, "description": scope.description }))
        .collect();
    let by_resource = |name: &str| -> Vec<Value> {
        let wanted = ids(&row, name);
        let resources = world.resources.iter().filter_map(|resource| {
            let scopes: Vec<_> = world
                .scopes
                .iter()
                .filter(|scope| scope.resource_id == resource.id && wanted.contains(&scope.id.as_str()))
                .map(|scope| json!({ "id": scope.id, "name": scope.name, "description": scope.description }))
                .collect();
            let summary =
                json!({ "id": resource.id, "name": resource.name, "indicator": resource.indicator });
            (!scopes.is_empty()).then(|| json!({ "resource": summary, "scopes": scopes }))
        });
        resources.collect()
    };
    Ok(Answer::json(&json!({
        "organizationScopes": organization_scopes,
        "resourceScopes": by_resource("resourceScopes"),
        "organizationResourceScopes": by_resource("organizationResourceScopes"),
        "userScopes": ids(&row, "userScopes"),
    })))
}

/// Consent is asked for by third-party applications only. Answers with the text `Created`.
fn add_consent_scopes(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&SCOPE_TYPES.map(|(name, _)| may(name, Kind::Texts)))?;
    if !one(call)?.is_third_party {
        return Err(failure(
            422,
            "application.third_party_application_only",
            "The feature is only available for third-party applications.",
        ));
    }
    for id in texts(&body, "organizationScopes") {
        find(&call.world.organization_scopes, &id).ok_or_else(foreign_key)?;
    }
    for id in texts(&body, "resourceScopes").iter().chain(&texts(&body, "organizationResourceScopes")) {
        find(&call.world.scopes, id).ok_or_else(foreign_key)?;
    }
    let mut row = scope_ids(call)?;
    for (name, _) in SCOPE_TYPES {
        if let Some(Value::Array(list)) = row.get_mut(name) {
            for id in texts(&body, name).into_iter().map(Value::from) {
                if !list.contains(&id) {
                    list.push(id);
                }
            }
        }
    }
    replace(call, SCOPES, row)?;
    Ok(Answer::created_text())
}

fn remove_consent_scope(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let mut row = scope_ids(call)?;
    let named = SCOPE_TYPES.iter().find(|(_, path)| *path == call.param(1));
    let (name, _) =
        named.ok_or_else(|| failure(400, "guard.invalid_input", "The request params is invalid."))?;
    let Some(Value::Array(list)) = row.get_mut(*name) else { return Err(not_found()) };
    let before = list.len();
    list.retain(|id| id.as_str() != Some(call.param(2)));
    if list.len() == before {
        return Err(not_found());
    }
    replace(call, SCOPES, row)?;
    Ok(Answer::empty())
}

/// The ids of the organizations that the user lets the application act for.
fn consented(call: &Call<'_>) -> Result<Vec<String>, Failure> {
    let id = &one(call)?.id;
    call.world.users.get(call.param(1)).ok_or_else(not_found)?;
    let rows = call.world.documents.all(ORGANIZATIONS).iter();
    let own = rows.filter(|row| is(row, "applicationId", id) && is(row, "userId", call.param(1)));
    Ok(own.filter_map(|row| row.get("organizationId")?.as_str().map(str::to_owned)).collect())
}

fn consent_organizations(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = consented(call)?;
    let rows: Vec<_> = call.world.organizations.iter().filter(|row| ids.contains(&row.id)).collect();
    let page = Page::read(&call.query, When::Always)?.unwrap_or(Page { offset: 0, size: 20 });
    let part: Vec<_> = rows.iter().skip(page.offset).take(page.size).collect();
    Ok(call.described(Answer::json(&json!({ "organizations": part })), page, Total::Exact(rows.len())))
}

/// The ids of a body, all of them of organizations that the user is a member of.
fn organization_ids(call: &Call<'_>) -> Result<Vec<String>, Failure> {
    let ids = texts(&call.body(&[must("organizationIds", Kind::Texts)])?, "organizationIds");
    for id in &ids {
        let organization = find(&call.world.organizations, id).ok_or_else(foreign_key)?;
        if !organization.users.contains_key(call.param(1)) {
            return Err(failure(
                422,
                "organization.require_membership",
                "The user must be a member of the organization to proceed.",
            ));
        }
    }
    Ok(ids)
}

fn remember(call: &mut Call<'_>, ids: Vec<String>) -> Result<(), Failure> {
    let known = consented(call)?;
    let (application, user) = (one(call)?.id.clone(), call.param(1).to_owned());
    for id in ids.into_iter().filter(|id| !known.contains(id)) {
        let mut row = Document::new();
        row.insert("applicationId".to_owned(), application.as_str().into());
        row.insert("userId".to_owned(), user.as_str().into());
        row.insert("organizationId".to_owned(), id.into());
        call.world.documents.add(ORGANIZATIONS, row);
    }
    Ok(())
}

fn forget(call: &mut Call<'_>, wanted: impl Fn(&Document) -> bool) -> Result<usize, Failure> {
    let (application, user) = (one(call)?.id.clone(), call.param(1).to_owned());
    let rows = call.world.documents.all_mut(ORGANIZATIONS);
    let before = rows.len();
    rows.retain(|row| !(is(row, "applicationId", &application) && is(row, "userId", &user) && wanted(row)));
    Ok(before - rows.len())
}

/// Answers with the text `Created`.
fn add_consent_organizations(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = organization_ids(call)?;
    remember(call, ids)?;
    Ok(Answer::created_text())
}

fn replace_consent_organizations(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = organization_ids(call)?;
    consented(call)?;
    forget(call, |_| true)?;
    remember(call, ids)?;
    Ok(Answer::empty())
}

fn remove_consent_organization(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = call.param(2).to_owned();
    if forget(call, |row| is(row, "organizationId", &id))? > 0 {
        Ok(Answer::empty())
    } else {
        Err(not_found())
    }
}

/// The metadata of a protected app; other applications have none.
fn protected(call: &Call<'_>) -> Result<Document, Failure> {
    let metadata =
        one(call)?.protected_app_metadata.as_ref().map(|metadata| parse(metadata.text().as_bytes()));
    match metadata.map(|parsed| parsed.map(|document| Value::from(&document.value))) {
        Some(Ok(Value::Object(metadata))) => Ok(metadata),
        _ => Err(failure(
            422,
            "application.protected_application_only",
            "The feature is only available for protected applications.",
        )),
    }
}

fn domains(call: &Call<'_>) -> Result<Vec<Value>, Failure> {
    Ok(match protected(call)?.get("customDomains") {
        Some(Value::Array(domains)) => domains.clone(),
        _ => Vec::new(),
    })
}

fn set_domains(call: &mut Call<'_>, domains: Vec<Value>) -> Result<(), Failure> {
    let mut metadata = protected(call)?;
    metadata.insert("customDomains".to_owned(), domains.into());
    let text = serde_json::to_vec(&metadata).unwrap_or_default();
    let value = parse(&text).map_or(Js::Null, |document| document.value);
    one_mut(call)?.protected_app_metadata = Some(Jsonb::of(&value));
    Ok(())
}

/// Answers with the text `Created`.
fn add_domain(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.members(&[must("domain", Kind::Name)])?;
    let mut domains = domains(call)?;
    if !domains.is_empty() {
        return Err(failure(422, "domain.limit_to_one_domain", "You can only have one custom domain."));
    }
    let name = body.get("domain").cloned().unwrap_or_default();
    domains.push(json!({
        "domain": name,
        "status": "PendingVerification",
        "errorMessage": null,
        "dnsRecords": [{ "type": "CNAME", "name": name, "value": "domains.protected.app" }],
        "cloudflareData": null,
    }));
    set_domains(call, domains)?;
    Ok(Answer::created_text())
}

fn remove_domain(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let mut domains = domains(call)?;
    let before = domains.len();
    domains.retain(|domain| domain.get("domain").and_then(Value::as_str) != Some(call.param(1)));
    if domains.len() == before {
        return Err(failure(404, "application.custom_domain_not_found", "The custom domain is not found."));
    }
    set_domains(call, domains)?;
    Ok(Answer::empty())
}

/// Applications are made with their secret in the list of secrets: none has one of the old kind.
fn no_legacy_secret(call: &mut Call<'_>) -> Result<Answer, Failure> {
    one(call)?;
    Err(failure(404, "application.no_legacy_secret_found", "The application does not have a legacy secret."))
}
