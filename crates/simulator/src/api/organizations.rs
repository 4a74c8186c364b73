//! `/api/organizations`

use serde_json::{Value, json};

use super::answer::{Answer, Failure, failure, foreign_key, not_found, nothing_to_change};
use super::common::{add_all, all_exist, among, flag, get_row, get_row_mut, take, text, texts};
use super::guard::{Field, Kind, may, must};
use super::paging::{Page, Total, When};
use super::routes::{Route, route};
use super::{Call, applications, with_members};
use crate::json::Js;
use crate::world::{Jsonb, Organization, User, World, remove, seed};

pub(super) const ROUTES: &[Route] = &[
    route("POST", "/api/organizations", create),
    route("GET", "/api/organizations", list),
    route("GET", "/api/organizations/{id}", get),
    route("PATCH", "/api/organizations/{id}", update),
    route("DELETE", "/api/organizations/{id}", delete),
    route("GET", "/api/organizations/{id}/users", list_users),
    route("POST", "/api/organizations/{id}/users", add_users),
    route("PUT", "/api/organizations/{id}/users", replace_users),
    route("POST", "/api/organizations/{id}/users/roles", assign_to_users),
    route("DELETE", "/api/organizations/{id}/users/{userId}", remove_user),
    route("GET", "/api/organizations/{id}/users/{userId}/roles", list_user_roles),
    route("POST", "/api/organizations/{id}/users/{userId}/roles", add_user_roles),
    route("PUT", "/api/organizations/{id}/users/{userId}/roles", replace_user_roles),
    route("DELETE", "/api/organizations/{id}/users/{userId}/roles/{organizationRoleId}", remove_user_role),
    route("GET", "/api/organizations/{id}/users/{userId}/scopes", list_user_scopes),
    route("GET", "/api/organizations/{id}/applications", list_applications),
    route("POST", "/api/organizations/{id}/applications", add_applications),
    route("PUT", "/api/organizations/{id}/applications", replace_applications),
    route("POST", "/api/organizations/{id}/applications/roles", assign_to_applications),
    route("DELETE", "/api/organizations/{id}/applications/{applicationId}", remove_application),
    route("GET", "/api/organizations/{id}/applications/{applicationId}/roles", list_application_roles),
    route("POST", "/api/organizations/{id}/applications/{applicationId}/roles", add_application_roles),
    route("PUT", "/api/organizations/{id}/applications/{applicationId}/roles", replace_application_roles),
    route(
        "DELETE",
        "/api/organizations/{id}/applications/{applicationId}/roles/{organizationRoleId}",
        remove_application_role,
    ),
];

/// Id and name of each of these organisation roles.
pub(super) fn roles_brief(world: &World, ids: &[String]) -> Value {
    let roles = among(&world.organization_roles, ids);
    json!(roles.iter().map(|role| json!({ "id": role.id, "name": role.name })).collect::<Vec<_>>())
}

pub(super) fn one<'c>(call: &'c Call<'_>) -> Result<&'c Organization, Failure> {
    get_row(&call.world.organizations, "organizations", call.param(0))
}

pub(super) fn one_mut<'c>(call: &'c mut Call<'_>) -> Result<&'c mut Organization, Failure> {
    let id = call.param(0).to_owned();
    get_row_mut(&mut call.world.organizations, "organizations", &id)
}

fn list(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let rows = call.world.organizations.iter().filter(|organization| {
        call.q(&[&organization.id, &organization.name, organization.description.as_deref().unwrap_or("")])
    });
    let rows: Vec<&Organization> = rows.collect();
    if !call.flag("showFeatured") {
        return call.list(&rows, When::Always);
    }
    let rows: Vec<_> = rows.into_iter().map(|row| with_members(row, &featured(call.world, row))).collect();
    call.list(&rows, When::Always)
}

fn featured<'m>(world: &World, organization: &Organization) -> Vec<(&'m str, Value)> {
    let users: Vec<_> = organization
        .users
        .keys()
        .filter_map(|id| world.users.get(id))
        .take(3)
        .map(|user| json!({ "id": user.id, "avatar": user.avatar, "name": user.name }))
        .collect();
    vec![("usersCount", json!(organization.users.len())), ("featuredUsers", json!(users))]
}

fn get(call: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::json(one(call)?))
}

const OPTIONAL: &[Field] = &[
    may("description", Kind::Text).or_null().max(256),
    may("customData", Kind::Object),
    may("isMfaRequired", Kind::Flag),
    may("color", Kind::Object),
    may("branding", Kind::Object),
    may("customCss", Kind::Text).or_null(),
];

fn fields(name: Field) -> Vec<Field> {
    std::iter::once(name).chain(OPTIONAL.iter().copied()).collect()
}

fn apply(organization: &mut Organization, body: &Js) {
    organization.name = text(body, "name").unwrap_or_else(|| organization.name.clone());
    for (name, column) in
        [("description", &mut organization.description), ("customCss", &mut organization.custom_css)]
    {
        if body.get(name).is_some() {
            *column = text(body, name);
        }
    }
    let columns = [
        ("customData", &mut organization.custom_data),
        ("color", &mut organization.color),
        ("branding", &mut organization.branding),
    ];
    for (name, column) in columns {
        if let Some(value) = body.get(name) {
            *column = Jsonb::of(value);
        }
    }
    organization.is_mfa_required = flag(body, "isMfaRequired").unwrap_or(organization.is_mfa_required);
}

fn create(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&fields(must("name", Kind::Name).max(128)))?;
    let id = call.world.rng.short_id();
    let mut organization = seed::organization(&call.world.tenant_id, id, "", call.now_ms);
    apply(&mut organization, &body);
    let answer = Answer::created(&organization);
    call.world.add_organization(organization);
    Ok(answer)
}

fn update(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&fields(may("name", Kind::Name).max(128)))?;
    let organization = one_mut(call)?;
    if matches!(&body, Js::Object(members) if members.is_empty()) {
        return Err(nothing_to_change());
    }
    apply(organization, &body);
    Ok(Answer::json(organization))
}

fn delete(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = call.param(0).to_owned();
    call.world.invitations.retain(|invitation| invitation.organization_id != id);
    if remove(&mut call.world.organizations, &id) { Ok(Answer::empty()) } else { Err(not_found()) }
}

fn list_users(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let organization = one(call)?;
    let page = Page::read(&call.query, When::Always)?.unwrap_or(Page { offset: 0, size: 20 });
    let with_role = call.query.get("organizationRoleId");
    let members: Vec<(&User, &Vec<String>)> = call
        .world
        .users
        .newest()
        .filter_map(|user| organization.users.get(&user.id).map(|roles| (user, roles)))
        .filter(|(_, roles)| with_role.is_none_or(|id| roles.iter().any(|role| role == id)))
        .filter(|(user, _)| {
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            call.q(&[&user.id, &text(&user.name), &text(&user.username), &text(&user.primary_email)])
        })
        .collect();
    let part: Vec<_> = members
        .iter()
        .skip(page.offset)
        .take(page.size)
        .map(|(user, roles)| {
            with_members(&user.raw(), &[("organizationRoles", roles_brief(call.world, roles))])
        })
        .collect();
    Ok(call.described(Answer::json(&part), page, Total::Exact(members.len())))
}

fn user_ids(call: &Call<'_>, kind: Kind) -> Result<Vec<String>, Failure> {
    let ids = texts(&call.body(&[must("userIds", kind)])?, "userIds");
    one(call)?;
    if ids.iter().all(|id| call.world.users.contains(id)) { Ok(ids) } else { Err(foreign_key()) }
}

fn add_users(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = user_ids(call, Kind::Ids)?;
    let members = &mut one_mut(call)?.users;
    for id in &ids {
        members.entry(id.clone()).or_default();
    }
    Ok(Answer::created(&json!({ "userIds": ids })))
}

fn replace_users(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = user_ids(call, Kind::Texts)?;
    let members = &mut one_mut(call)?.users;
    members.retain(|id, _| ids.contains(id));
    for id in ids {
        members.entry(id).or_default();
    }
    Ok(Answer::empty())
}

fn remove_user(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = call.param(1).to_owned();
    one_mut(call)?.users.remove(&id).map(|_| Answer::empty()).ok_or_else(not_found)
}

/// Users or applications of an organisation, as one of the two.
#[derive(Clone, Copy)]
enum Side {
    Users,
    Applications,
}

impl Side {
    fn of(self, organization: &mut Organization) -> &mut std::collections::BTreeMap<String, Vec<String>> {
        match self {
            Self::Users => &mut organization.users,
            Self::Applications => &mut organization.applications,
        }
    }

    fn ids_name(self) -> &'static str {
        match self {
            Self::Users => "userIds",
            Self::Applications => "applicationIds",
        }
    }

    fn not_a_member(self) -> Failure {
        let message = match self {
            Self::Users => "The user must be a member of the organization to proceed.",
            Self::Applications => "The application must be associated with the organization to proceed.",
        };
        failure(422, "organization.require_membership", message)
    }
}

/// Answers with the text `Created`.
fn assign(call: &mut Call<'_>, side: Side) -> Result<Answer, Failure> {
    let body = call.body(&[must(side.ids_name(), Kind::Ids), must("organizationRoleIds", Kind::Ids)])?;
    let (ids, roles) = (texts(&body, side.ids_name()), texts(&body, "organizationRoleIds"));
    one(call)?;
    all_exist(&call.world.organization_roles, &roles)?;
    let members = side.of(one_mut(call)?);
    if !ids.iter().all(|id| members.contains_key(id)) {
        return Err(foreign_key());
    }
    for id in ids {
        add_all(members.entry(id).or_default(), roles.clone());
    }
    Ok(Answer::created_text())
}

fn assign_to_users(call: &mut Call<'_>) -> Result<Answer, Failure> {
    assign(call, Side::Users)
}

fn assign_to_applications(call: &mut Call<'_>) -> Result<Answer, Failure> {
    assign(call, Side::Applications)
}

/// The organisation roles of the member that the path names.
fn member_roles<'c>(call: &'c mut Call<'_>, side: Side) -> Result<&'c mut Vec<String>, Failure> {
    let id = call.param(1).to_owned();
    side.of(one_mut(call)?).get_mut(&id).ok_or_else(|| side.not_a_member())
}

fn list_member_roles(call: &mut Call<'_>, side: Side) -> Result<Answer, Failure> {
    let ids = member_roles(call, side)?.clone();
    call.list(&among(&call.world.organization_roles, &ids), When::Asked)
}

/// The organisation roles that the body names, by ids or by names.
fn named_roles(call: &Call<'_>) -> Result<Vec<String>, Failure> {
    let body =
        call.body(&[may("organizationRoleIds", Kind::Texts), may("organizationRoleNames", Kind::Texts)])?;
    let mut ids = texts(&body, "organizationRoleIds");
    all_exist(&call.world.organization_roles, &ids)?;
    for name in texts(&body, "organizationRoleNames") {
        let role = call.world.organization_roles.iter().find(|role| role.name == name);
        ids.push(role.ok_or_else(foreign_key)?.id.clone());
    }
    Ok(ids)
}

fn replace_member_roles(call: &mut Call<'_>, side: Side) -> Result<Answer, Failure> {
    let ids = named_roles(call)?;
    *member_roles(call, side)? = ids;
    Ok(Answer::empty())
}

fn remove_member_role(call: &mut Call<'_>, side: Side) -> Result<Answer, Failure> {
    let role_id = call.param(2).to_owned();
    if take(member_roles(call, side)?, &role_id) { Ok(Answer::empty()) } else { Err(not_found()) }
}

fn list_user_roles(call: &mut Call<'_>) -> Result<Answer, Failure> {
    list_member_roles(call, Side::Users)
}

fn add_user_roles(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = named_roles(call)?;
    add_all(member_roles(call, Side::Users)?, ids.clone());
    Ok(Answer::created(&json!({ "organizationRoleIds": ids })))
}

fn replace_user_roles(call: &mut Call<'_>) -> Result<Answer, Failure> {
    replace_member_roles(call, Side::Users)
}

fn remove_user_role(call: &mut Call<'_>) -> Result<Answer, Failure> {
    remove_member_role(call, Side::Users)
}

fn list_user_scopes(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = member_roles(call, Side::Users)?.clone();
    let roles = among(&call.world.organization_roles, &ids);
    let scope_ids: Vec<String> = roles.into_iter().flat_map(|role| role.scopes.clone()).collect();
    Ok(Answer::json(&among(&call.world.organization_scopes, &scope_ids)))
}

fn list_applications(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let organization = one(call)?;
    let rows = call
        .world
        .applications
        .iter()
        .rev()
        .filter(|app| organization.applications.contains_key(&app.id) && call.q(&[&app.id, &app.name]));
    let rows: Vec<_> = call
        .searched(rows, &applications::SEARCH, applications::searchable)?
        .into_iter()
        .map(|app| {
            let ids = organization.applications.get(&app.id).map_or(&[][..], Vec::as_slice);
            with_members(app, &[("organizationRoles", roles_brief(call.world, ids))])
        })
        .collect();
    call.list(&rows, When::Always)
}

fn application_ids(call: &Call<'_>, kind: Kind) -> Result<Vec<String>, Failure> {
    let ids = texts(&call.body(&[must("applicationIds", kind)])?, "applicationIds");
    one(call)?;
    all_exist(&call.world.applications, &ids)?;
    Ok(ids)
}

/// Answers with the text `Created`.
fn add_applications(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = application_ids(call, Kind::Ids)?;
    let members = &mut one_mut(call)?.applications;
    for id in ids {
        members.entry(id).or_default();
    }
    Ok(Answer::created_text())
}

fn replace_applications(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = application_ids(call, Kind::Texts)?;
    let members = &mut one_mut(call)?.applications;
    members.retain(|id, _| ids.contains(id));
    for id in ids {
        members.entry(id).or_default();
    }
    Ok(Answer::empty())
}

fn remove_application(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = call.param(1).to_owned();
    one_mut(call)?.applications.remove(&id).map(|_| Answer::empty()).ok_or_else(not_found)
}

fn list_application_roles(call: &mut Call<'_>) -> Result<Answer, Failure> {
    list_member_roles(call, Side::Applications)
}

/// Answers with the text `Created`; the same for users answers JSON.
fn add_application_roles(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = named_roles(call)?;
    add_all(member_roles(call, Side::Applications)?, ids);
    Ok(Answer::created_text())
}

fn replace_application_roles(call: &mut Call<'_>) -> Result<Answer, Failure> {
    replace_member_roles(call, Side::Applications)
}

fn remove_application_role(call: &mut Call<'_>) -> Result<Answer, Failure> {
    remove_member_role(call, Side::Applications)
}
