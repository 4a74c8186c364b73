//! `/api/roles`

use serde_json::{Value, json};

use super::answer::{Answer, Failure, failure, not_exists, not_found};
use super::common::{add_all, all_exist, flag, get_row, get_row_mut, take, text, texts};
use super::guard::{Field, Kind, may, must};
use super::paging::When;
use super::routes::{Route, route};
use super::{Call, applications, users, with_members};
use crate::json::Js;
use crate::world::{Role, Scope, World, find, remove, seed};

pub(super) const ROUTES: &[Route] = &[
    route("POST", "/api/roles", create),
    route("GET", "/api/roles", list),
    route("GET", "/api/roles/{id}", get),
    route("PATCH", "/api/roles/{id}", update),
    route("DELETE", "/api/roles/{id}", delete),
    route("GET", "/api/roles/{id}/users", list_users),
    route("POST", "/api/roles/{id}/users", add_users),
    route("DELETE", "/api/roles/{id}/users/{userId}", remove_user),
    route("GET", "/api/roles/{id}/applications", list_applications),
    route("POST", "/api/roles/{id}/applications", add_applications),
    route("DELETE", "/api/roles/{id}/applications/{applicationId}", remove_application),
    route("GET", "/api/roles/{id}/scopes", list_scopes),
    route("POST", "/api/roles/{id}/scopes", add_scopes),
    route("DELETE", "/api/roles/{id}/scopes/{scopeId}", remove_scope),
];

const TYPES: Kind = Kind::OneOf(&["User", "MachineToMachine"]);

pub(super) const SEARCH: [&str; 3] = ["id", "name", "description"];

pub(super) fn searchable(role: &Role) -> Vec<Option<&str>> {
    vec![Some(&role.id), Some(&role.name), Some(&role.description)]
}

fn list(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let world = &*call.world;
    let rows = world.roles.iter().filter(|role| {
        call.query.get("type").is_none_or(|kind| role.kind == kind)
            && call.query.get("excludeUserId").is_none_or(|id| !role.users.contains(id))
            && call
                .query
                .get("excludeApplicationId")
                .is_none_or(|id| !role.applications.iter().any(|a| a == id))
    });
    let rows: Vec<_> = call
        .searched(rows, &SEARCH, searchable)?
        .into_iter()
        .map(|role| with_members(role, &holders(world, role)))
        .collect();
    call.list(&rows, When::Always)
}

/// How many hold a role, and up to three of them.
fn holders<'m>(world: &World, role: &Role) -> Vec<(&'m str, Value)> {
    let users: Vec<_> = role
        .users
        .iter()
        .filter_map(|id| world.users.get(id))
        .take(3)
        .map(|user| json!({ "id": user.id, "avatar": user.avatar, "name": user.name }))
        .collect();
    let apps: Vec<_> = role
        .applications
        .iter()
        .filter_map(|id| find(&world.applications, id))
        .take(3)
        .map(|app| json!({ "id": app.id, "name": app.name, "type": app.kind }))
        .collect();
    vec![
        ("usersCount", json!(role.users.len())),
        ("featuredUsers", json!(users)),
        ("applicationsCount", json!(role.applications.len())),
        ("featuredApplications", json!(apps)),
    ]
}

fn one<'c>(call: &'c Call<'_>) -> Result<&'c Role, Failure> {
    get_row(&call.world.roles, "roles", call.param(0))
}

fn one_mut<'c>(call: &'c mut Call<'_>) -> Result<&'c mut Role, Failure> {
    let id = call.param(0).to_owned();
    get_row_mut(&mut call.world.roles, "roles", &id)
}

fn get(call: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::json(one(call)?))
}

const NEW: &[Field] = &[
    must("name", Kind::Name).max(128),
    must("description", Kind::Name).max(128),
    may("type", TYPES),
    may("isDefault", Kind::Flag),
    may("scopeIds", Kind::Texts),
];

fn check_name(call: &Call<'_>, body: &Js, own_id: Option<&str>) -> Result<(), Failure> {
    let Some(name) = text(body, "name") else { return Ok(()) };
    if call.world.roles.iter().any(|role| role.name == name && own_id != Some(role.id.as_str())) {
        return Err(failure(422, "role.name_in_use", &format!("This role name {name} is already in use")));
    }
    Ok(())
}

fn create(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(NEW)?;
    check_name(call, &body, None)?;
    let scopes = texts(&body, "scopeIds");
    all_exist(&call.world.scopes, &scopes)?;
    let kind = text(&body, "type").unwrap_or_else(|| "User".to_owned());
    let (name, description) =
        (text(&body, "name").unwrap_or_default(), text(&body, "description").unwrap_or_default());
    let id = call.world.rng.long_id();
    let mut role = seed::role(&call.world.tenant_id, id, &name, &description, &kind);
    role.is_default = flag(&body, "isDefault").unwrap_or(false);
    role.scopes = scopes;
    let answer = Answer::json(&role);
    call.world.roles.push(role);
    Ok(answer)
}

fn update(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let fields = [
        may("name", Kind::Name).max(128),
        may("description", Kind::Name).max(128),
        may("isDefault", Kind::Flag),
    ];
    let body = call.body(&fields)?;
    let id = one(call)?.id.clone();
    check_name(call, &body, Some(&id))?;
    let role = one_mut(call)?;
    role.name = text(&body, "name").unwrap_or_else(|| role.name.clone());
    role.description = text(&body, "description").unwrap_or_else(|| role.description.clone());
    role.is_default = flag(&body, "isDefault").unwrap_or(role.is_default);
    Ok(Answer::json(role))
}

fn delete(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = call.param(0).to_owned();
    if remove(&mut call.world.roles, &id) { Ok(Answer::empty()) } else { Err(not_exists("roles", &id)) }
}

fn list_users(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let role = one(call)?;
    users::among(call, |id| role.users.contains(id))
}

/// Answers with the text `Created`, whatever the document says.
fn add_users(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = texts(&call.body(&[must("userIds", Kind::Ids)])?, "userIds");
    let role = one(call)?;
    if let Some(id) = ids.iter().find(|id| role.users.contains(*id)) {
        let message = format!("The user id {id} is already been added to this role");
        return Err(failure(422, "role.user_exists", &message));
    }
    if !ids.iter().all(|id| call.world.users.contains(id)) {
        return Err(not_found());
    }
    one_mut(call)?.users.extend(ids);
    Ok(Answer::created_text())
}

fn remove_user(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = call.param(1).to_owned();
    if one_mut(call)?.users.remove(&id) { Ok(Answer::empty()) } else { Err(not_found()) }
}

fn list_applications(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let role = one(call)?;
    let rows = call.world.applications.iter().rev().filter(|app| role.applications.contains(&app.id));
    let rows = call.searched(rows, &applications::SEARCH, applications::searchable)?;
    call.list(&rows, When::Always)
}

/// Answers with the text `Created`.
fn add_applications(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = texts(&call.body(&[must("applicationIds", Kind::Ids)])?, "applicationIds");
    let role = one(call)?;
    if let Some(id) = ids.iter().find(|id| role.applications.contains(id)) {
        let message = format!("The application id {id} is already been added to this role");
        return Err(failure(422, "role.application_exists", &message));
    }
    if let Some(id) = ids.iter().find(|id| find(&call.world.applications, id).is_none()) {
        return Err(not_exists("applications", id));
    }
    add_all(&mut one_mut(call)?.applications, ids);
    Ok(Answer::created_text())
}

fn remove_application(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = call.param(1).to_owned();
    if take(&mut one_mut(call)?.applications, &id) { Ok(Answer::empty()) } else { Err(not_found()) }
}

fn held_scopes<'c>(call: &'c Call<'_>) -> Result<Vec<&'c Scope>, Failure> {
    let role = one(call)?;
    let rows = call.world.scopes.iter().filter(|scope| role.scopes.contains(&scope.id));
    call.searched(rows, &SEARCH, |scope| {
        vec![Some(&scope.id), Some(&scope.name), scope.description.as_deref()]
    })
}

fn list_scopes(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let rows: Vec<_> = held_scopes(call)?
        .into_iter()
        .map(|scope| {
            let resource = find(&call.world.resources, &scope.resource_id);
            with_members(scope, &[("resource", json!(resource))])
        })
        .collect();
    call.list(&rows, When::Asked)
}

fn add_scopes(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = texts(&call.body(&[must("scopeIds", Kind::Ids)])?, "scopeIds");
    let role = one(call)?;
    if let Some(id) = ids.iter().find(|id| role.scopes.contains(id)) {
        let message = format!("The scope id {id} has already been added to this role");
        return Err(failure(422, "role.scope_exists", &message));
    }
    if let Some(id) = ids.iter().find(|id| find(&call.world.scopes, id).is_none()) {
        return Err(not_exists("scopes", id));
    }
    add_all(&mut one_mut(call)?.scopes, ids);
    let role = one(call)?;
    let rows: Vec<_> = call.world.scopes.iter().filter(|scope| role.scopes.contains(&scope.id)).collect();
    Ok(Answer::created(&rows))
}

fn remove_scope(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = call.param(1).to_owned();
    if take(&mut one_mut(call)?.scopes, &id) { Ok(Answer::empty()) } else { Err(not_found()) }
}
