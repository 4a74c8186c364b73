//! `/api/resources`

use serde_json::json;

use super::answer::{Answer, Failure, failure, not_exists, not_found};
use super::common::{flag, get_row, get_row_mut, text, whole};
use super::guard::{Kind, may, must};
use super::paging::When;
use super::routes::{Route, route};
use super::{Call, with_members};
use crate::json::Js;
use crate::world::{MANAGEMENT_API, Resource, Scope, World, remove};

pub(super) const ROUTES: &[Route] = &[
    route("GET", "/api/resources", list),
    route("POST", "/api/resources", create),
    route("GET", "/api/resources/{id}", get),
    route("PATCH", "/api/resources/{id}", update),
    route("DELETE", "/api/resources/{id}", delete),
    route("PATCH", "/api/resources/{id}/is-default", set_default),
    route("GET", "/api/resources/{resourceId}/scopes", list_scopes),
    route("POST", "/api/resources/{resourceId}/scopes", create_scope),
    route("PATCH", "/api/resources/{resourceId}/scopes/{scopeId}", update_scope),
    route("DELETE", "/api/resources/{resourceId}/scopes/{scopeId}", delete_scope),
];

fn scopes_of<'w>(world: &'w World, resource_id: &str) -> Vec<&'w Scope> {
    world.scopes.iter().filter(|scope| scope.resource_id == resource_id).collect()
}

fn list(call: &mut Call<'_>) -> Result<Answer, Failure> {
    if !call.flag("includeScopes") {
        return call.list(&call.world.resources, When::Asked);
    }
    let rows: Vec<_> = call
        .world
        .resources
        .iter()
        .map(|resource| with_members(resource, &[("scopes", json!(scopes_of(call.world, &resource.id)))]))
        .collect();
    call.list(&rows, When::Asked)
}

fn one<'c>(call: &'c Call<'_>) -> Result<&'c Resource, Failure> {
    get_row(&call.world.resources, "resources", call.param(0))
}

fn one_mut<'c>(call: &'c mut Call<'_>) -> Result<&'c mut Resource, Failure> {
    let id = call.param(0).to_owned();
    get_row_mut(&mut call.world.resources, "resources", &id)
}

fn get(call: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::json(one(call)?))
}

fn create(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[
        must("name", Kind::Name),
        must("indicator", Kind::Name),
        may("accessTokenTtl", Kind::Number),
    ])?;
    let indicator = text(&body, "indicator").unwrap_or_default();
    if call.world.resources.iter().any(|resource| resource.indicator == indicator) {
        let message = format!("The API identifier {indicator} is already in use");
        return Err(failure(422, "resource.resource_identifier_in_use", &message));
    }
    let resource = Resource {
        tenant_id: call.world.tenant_id.clone(),
        id: call.world.rng.long_id(),
        name: text(&body, "name").unwrap_or_default(),
        indicator,
        is_default: false,
        access_token_ttl: whole(&body, "accessTokenTtl").unwrap_or(3600),
    };
    let answer = Answer::created(&with_members(&resource, &[("scopes", json!([]))]));
    call.world.resources.push(resource);
    Ok(answer)
}

fn update(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[may("name", Kind::Name), may("accessTokenTtl", Kind::Number)])?;
    let resource = one_mut(call)?;
    resource.name = text(&body, "name").unwrap_or_else(|| resource.name.clone());
    resource.access_token_ttl = whole(&body, "accessTokenTtl").unwrap_or(resource.access_token_ttl);
    Ok(Answer::json(resource))
}

fn set_default(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[must("isDefault", Kind::Flag)])?;
    let id = one(call)?.id.clone();
    let is_default = flag(&body, "isDefault").unwrap_or(false);
    for resource in &mut call.world.resources {
        // There is one default at most.
        resource.is_default =
            (resource.id == id && is_default) || (resource.id != id && !is_default && resource.is_default);
    }
    get(call)
}

fn delete(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = call.param(0).to_owned();
    if id == MANAGEMENT_API {
        return Err(failure(
            400,
            "resource.cannot_delete_management_api",
            "Cannot delete Logto Management API.",
        ));
    }
    if !remove(&mut call.world.resources, &id) {
        return Err(not_exists("resources", &id));
    }
    let scope_ids: Vec<_> = scopes_of(call.world, &id).into_iter().map(|scope| scope.id.clone()).collect();
    for scope_id in scope_ids {
        call.world.delete_scope(&scope_id);
    }
    Ok(Answer::empty())
}

fn list_scopes(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = &one(call)?.id;
    let rows = call.world.scopes.iter().filter(|scope| scope.resource_id == *id);
    let rows = call.searched(rows, &["id", "name", "description"], |scope| {
        vec![Some(&scope.id), Some(&scope.name), scope.description.as_deref()]
    })?;
    call.list(&rows, When::Always)
}

fn check_scope_name(call: &Call<'_>, body: &Js, own_id: Option<&str>) -> Result<(), Failure> {
    let Some(name) = text(body, "name") else { return Ok(()) };
    if name.contains(' ') {
        let message = "The name of the scope cannot contain any spaces.";
        return Err(failure(400, "scope.name_with_space", message));
    }
    let taken = |scope: &&Scope| scope.name == name && own_id != Some(scope.id.as_str());
    if scopes_of(call.world, call.param(0)).iter().any(taken) {
        return Err(failure(422, "scope.name_exists", &format!("The scope name {name} is already in use")));
    }
    Ok(())
}

fn create_scope(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[must("name", Kind::Name).max(256), may("description", Kind::Text).or_null()])?;
    let resource_id = one(call)?.id.clone();
    check_scope_name(call, &body, None)?;
    let scope = Scope {
        tenant_id: call.world.tenant_id.clone(),
        id: call.world.rng.long_id(),
        resource_id,
        name: text(&body, "name").unwrap_or_default(),
        description: text(&body, "description"),
        created_at: call.now_ms,
    };
    let answer = Answer::created(&scope);
    call.world.add_scope(scope);
    Ok(answer)
}

fn update_scope(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[may("name", Kind::Name).max(256), may("description", Kind::Text).or_null()])?;
    let id = call.param(1).to_owned();
    check_scope_name(call, &body, Some(&id))?;
    let scope = get_row_mut(&mut call.world.scopes, "scopes", &id)?;
    scope.name = text(&body, "name").unwrap_or_else(|| scope.name.clone());
    if body.get("description").is_some() {
        scope.description = text(&body, "description");
    }
    Ok(Answer::json(scope))
}

fn delete_scope(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = call.param(1).to_owned();
    let resource_id = call.param(0);
    let there = scopes_of(call.world, resource_id).iter().any(|scope| scope.id == id);
    if there && call.world.delete_scope(&id) { Ok(Answer::empty()) } else { Err(not_found()) }
}
