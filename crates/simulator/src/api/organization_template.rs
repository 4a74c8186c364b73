//! `/api/organization-roles`, `/api/organization-scopes` and `/api/organization-invitations`

use serde_json::{Value, json};

use super::answer::{Answer, Failure, exists_already, foreign_key, not_found};
use super::common::{add_all, all_exist, among, get_row, get_row_mut, take, text, texts, whole};
use super::connectors::{can_send, no_sender};
use super::guard::{Kind, may, must};
use super::paging::When;
use super::routes::{Route, route};
use super::{Call, organizations, with_members};
use crate::json::Js;
use crate::world::{Invitation, OrganizationRole, OrganizationScope, World, find, remove};

pub(super) const ROLES: &[Route] = &[
    route("GET", "/api/organization-roles", list_roles),
    route("POST", "/api/organization-roles", create_role),
    route("GET", "/api/organization-roles/{id}", get_role),
    route("PATCH", "/api/organization-roles/{id}", update_role),
    route("DELETE", "/api/organization-roles/{id}", delete_role),
    route("GET", "/api/organization-roles/{id}/scopes", list_role_scopes),
    route("POST", "/api/organization-roles/{id}/scopes", add_role_scopes),
    route("PUT", "/api/organization-roles/{id}/scopes", replace_role_scopes),
    route("DELETE", "/api/organization-roles/{id}/scopes/{organizationScopeId}", remove_role_scope),
    route("GET", "/api/organization-roles/{id}/resource-scopes", list_resource_scopes),
    route("POST", "/api/organization-roles/{id}/resource-scopes", add_resource_scopes),
    route("PUT", "/api/organization-roles/{id}/resource-scopes", replace_resource_scopes),
    route("DELETE", "/api/organization-roles/{id}/resource-scopes/{scopeId}", remove_resource_scope),
];

pub(super) const SCOPES: &[Route] = &[
    route("GET", "/api/organization-scopes", list_scopes),
    route("POST", "/api/organization-scopes", create_scope),
    route("GET", "/api/organization-scopes/{id}", get_scope),
    route("PATCH", "/api/organization-scopes/{id}", update_scope),
    route("DELETE", "/api/organization-scopes/{id}", delete_scope),
];

pub(super) const INVITATIONS: &[Route] = &[
    route("GET", "/api/organization-invitations", list_invitations),
    route("POST", "/api/organization-invitations", create_invitation),
    route("GET", "/api/organization-invitations/{id}", get_invitation),
    route("DELETE", "/api/organization-invitations/{id}", delete_invitation),
    route("PUT", "/api/organization-invitations/{id}/status", set_invitation_status),
    route("POST", "/api/organization-invitations/{id}/message", send_invitation),
];

const TYPES: Kind = Kind::OneOf(&["User", "MachineToMachine"]);

fn role<'c>(call: &'c Call<'_>) -> Result<&'c OrganizationRole, Failure> {
    get_row(&call.world.organization_roles, "organization_roles", call.param(0))
}

fn role_mut<'c>(call: &'c mut Call<'_>) -> Result<&'c mut OrganizationRole, Failure> {
    let id = call.param(0).to_owned();
    get_row_mut(&mut call.world.organization_roles, "organization_roles", &id)
}

fn list_roles(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let world = &*call.world;
    let rows = world
        .organization_roles
        .iter()
        .filter(|role| call.q(&[&role.id, &role.name, role.description.as_deref().unwrap_or("")]));
    let rows: Vec<_> = rows
        .map(|role| {
            let scopes: Vec<_> = among(&world.organization_scopes, &role.scopes)
                .into_iter()
                .map(|scope| json!({ "id": scope.id, "name": scope.name }))
                .collect();
            let resource_scopes: Vec<_> = among(&world.scopes, &role.resource_scopes)
                .into_iter()
                .map(|scope| {
                    let resource = find(&world.resources, &scope.resource_id)
                        .map(|resource| json!({ "id": resource.id, "name": resource.name }));
                    json!({ "id": scope.id, "name": scope.name, "resource": resource })
                })
                .collect();
            with_members(role, &[("scopes", json!(scopes)), ("resourceScopes", json!(resource_scopes))])
        })
        .collect();
    call.list(&rows, When::Always)
}

fn get_role(call: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::json(role(call)?))
}

fn create_role(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[
        must("name", Kind::Name).max(128),
        may("description", Kind::Text).or_null().max(256),
        may("type", TYPES),
        may("organizationScopeIds", Kind::Texts),
        may("resourceScopeIds", Kind::Texts),
    ])?;
    let name = text(&body, "name").unwrap_or_default();
    if call.world.organization_roles.iter().any(|role| role.name == name) {
        return Err(exists_already());
    }
    let (scopes, resource_scopes) = (texts(&body, "organizationScopeIds"), texts(&body, "resourceScopeIds"));
    all_exist(&call.world.organization_scopes, &scopes)?;
    all_exist(&call.world.scopes, &resource_scopes)?;
    let role = OrganizationRole {
        tenant_id: call.world.tenant_id.clone(),
        id: call.world.rng.long_id(),
        name,
        description: text(&body, "description"),
        kind: text(&body, "type").unwrap_or_else(|| "User".to_owned()),
        scopes,
        resource_scopes,
    };
    let answer = Answer::created(&role);
    call.world.organization_roles.push(role);
    Ok(answer)
}

fn update_role(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[
        may("name", Kind::Name).max(128),
        may("description", Kind::Text).or_null().max(256),
        may("type", TYPES),
    ])?;
    let id = role(call)?.id.clone();
    let name = text(&body, "name");
    if call.world.organization_roles.iter().any(|role| Some(&role.name) == name.as_ref() && role.id != id) {
        return Err(exists_already());
    }
    let role = role_mut(call)?;
    role.name = name.unwrap_or_else(|| role.name.clone());
    if body.get("description").is_some() {
        role.description = text(&body, "description");
    }
    role.kind = text(&body, "type").unwrap_or_else(|| role.kind.clone());
    Ok(Answer::json(role))
}

fn delete_role(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = call.param(0).to_owned();
    if call.world.delete_organization_role(&id) { Ok(Answer::empty()) } else { Err(not_found()) }
}

fn list_role_scopes(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = &role(call)?.scopes;
    call.list(&among(&call.world.organization_scopes, ids), When::Asked)
}

fn scope_ids(call: &Call<'_>, kind: Kind) -> Result<Vec<String>, Failure> {
    let ids = texts(&call.body(&[must("organizationScopeIds", kind)])?, "organizationScopeIds");
    role(call)?;
    all_exist(&call.world.organization_scopes, &ids)?;
    Ok(ids)
}

/// Answers with the text `Created`.
fn add_role_scopes(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = scope_ids(call, Kind::Ids)?;
    add_all(&mut role_mut(call)?.scopes, ids);
    Ok(Answer::created_text())
}

fn replace_role_scopes(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = scope_ids(call, Kind::Texts)?;
    role_mut(call)?.scopes = ids;
    Ok(Answer::empty())
}

fn remove_role_scope(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = call.param(1).to_owned();
    if take(&mut role_mut(call)?.scopes, &id) { Ok(Answer::empty()) } else { Err(not_found()) }
}

fn list_resource_scopes(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = &role(call)?.resource_scopes;
    call.list(&among(&call.world.scopes, ids), When::Asked)
}

fn resource_scope_ids(call: &Call<'_>, kind: Kind) -> Result<Vec<String>, Failure> {
    let ids = texts(&call.body(&[must("scopeIds", kind)])?, "scopeIds");
    role(call)?;
    all_exist(&call.world.scopes, &ids)?;
    Ok(ids)
}

/// Answers with the text `Created`.
fn add_resource_scopes(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = resource_scope_ids(call, Kind::Ids)?;
    add_all(&mut role_mut(call)?.resource_scopes, ids);
    Ok(Answer::created_text())
}

fn replace_resource_scopes(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = resource_scope_ids(call, Kind::Texts)?;
    role_mut(call)?.resource_scopes = ids;
    Ok(Answer::empty())
}

fn remove_resource_scope(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = call.param(1).to_owned();
    if take(&mut role_mut(call)?.resource_scopes, &id) { Ok(Answer::empty()) } else { Err(not_found()) }
}

fn list_scopes(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let rows: Vec<_> = call
        .world
        .organization_scopes
        .iter()
        .filter(|scope| call.q(&[&scope.id, &scope.name, scope.description.as_deref().unwrap_or("")]))
        .collect();
    call.list(&rows, When::Asked)
}

fn get_scope(call: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::json(get_row(&call.world.organization_scopes, "organization_scopes", call.param(0))?))
}

fn create_scope(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body =
        call.body(&[must("name", Kind::Name).max(128), may("description", Kind::Text).or_null().max(256)])?;
    let name = text(&body, "name").unwrap_or_default();
    if call.world.organization_scopes.iter().any(|scope| scope.name == name) {
        return Err(exists_already());
    }
    let scope = OrganizationScope {
        tenant_id: call.world.tenant_id.clone(),
        id: call.world.rng.long_id(),
        name,
        description: text(&body, "description"),
    };
    let answer = Answer::created(&scope);
    call.world.organization_scopes.push(scope);
    Ok(answer)
}

fn update_scope(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body =
        call.body(&[may("name", Kind::Name).max(128), may("description", Kind::Text).or_null().max(256)])?;
    let (id, name) = (call.param(0).to_owned(), text(&body, "name"));
    if call.world.organization_scopes.iter().any(|s| Some(&s.name) == name.as_ref() && s.id != id) {
        return Err(exists_already());
    }
    let scope = get_row_mut(&mut call.world.organization_scopes, "organization_scopes", &id)?;
    scope.name = name.unwrap_or_else(|| scope.name.clone());
    if body.get("description").is_some() {
        scope.description = text(&body, "description");
    }
    Ok(Answer::json(scope))
}

fn delete_scope(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = call.param(0).to_owned();
    if !remove(&mut call.world.organization_scopes, &id) {
        return Err(not_found());
    }
    for role in &mut call.world.organization_roles {
        take(&mut role.scopes, &id);
    }
    Ok(Answer::empty())
}

fn rendered(world: &World, invitation: &Invitation) -> impl serde::Serialize + use<> {
    let roles: Value = organizations::roles_brief(world, &invitation.roles);
    with_members(invitation, &[("organizationRoles", roles)])
}

fn list_invitations(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let is =
        |name: &str, value: Option<&str>| call.query.get(name).is_none_or(|wanted| value == Some(wanted));
    let rows: Vec<_> = call
        .world
        .invitations
        .iter()
        .filter(|invitation| {
            is("organizationId", Some(&invitation.organization_id))
                && is("inviterId", invitation.inviter_id.as_deref())
                && is("invitee", Some(&invitation.invitee))
        })
        .map(|invitation| rendered(call.world, invitation))
        .collect();
    Ok(Answer::json(&rows))
}

fn get_invitation(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let invitation = get_row(&call.world.invitations, "organization_invitations", call.param(0))?;
    Ok(Answer::json(&rendered(call.world, invitation)))
}

/// No e-mail is ever sent; unless `messagePayload` is false, there must be a connector all the same.
fn create_invitation(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[
        may("inviterId", Kind::Text).or_null(),
        must("invitee", Kind::Name),
        must("organizationId", Kind::Name),
        must("expiresAt", Kind::Number),
        may("organizationRoleIds", Kind::Texts),
        may("messagePayload", Kind::Any),
    ])?;
    let organization_id = text(&body, "organizationId").unwrap_or_default();
    if find(&call.world.organizations, &organization_id).is_none() {
        return Err(foreign_key());
    }
    let roles = texts(&body, "organizationRoleIds");
    all_exist(&call.world.organization_roles, &roles)?;
    if !matches!(body.get("messagePayload"), None | Some(Js::Bool(false))) && !can_send(call, "Email") {
        return Err(no_sender("Email"));
    }
    let invitation = Invitation {
        tenant_id: call.world.tenant_id.clone(),
        id: call.world.rng.long_id(),
        inviter_id: text(&body, "inviterId"),
        invitee: text(&body, "invitee").unwrap_or_default(),
        accepted_user_id: None,
        organization_id,
        status: "Pending".to_owned(),
        created_at: call.now_ms,
        updated_at: call.now_ms,
        expires_at: whole(&body, "expiresAt").unwrap_or(0),
        roles,
    };
    let answer = Answer::created(&rendered(call.world, &invitation));
    call.world.invitations.push(invitation);
    Ok(answer)
}

fn send_invitation(call: &mut Call<'_>) -> Result<Answer, Failure> {
    call.body(&[])?;
    get_row(&call.world.invitations, "organization_invitations", call.param(0))?;
    if can_send(call, "Email") { Ok(Answer::empty()) } else { Err(no_sender("Email")) }
}

fn set_invitation_status(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[
        may("acceptedUserId", Kind::Text).or_null(),
        must("status", Kind::OneOf(&["Accepted", "Revoked"])),
    ])?;
    let (id, now_ms) = (call.param(0).to_owned(), call.now_ms);
    let invitation = get_row_mut(&mut call.world.invitations, "organization_invitations", &id)?;
    invitation.status = text(&body, "status").unwrap_or_default();
    invitation.accepted_user_id = text(&body, "acceptedUserId");
    invitation.updated_at = now_ms;
    get_invitation(call)
}

fn delete_invitation(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = call.param(0).to_owned();
    if remove(&mut call.world.invitations, &id) { Ok(Answer::empty()) } else { Err(not_found()) }
}
