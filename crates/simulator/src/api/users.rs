//! `/api/users`

use bytes::{BufMut as _, BytesMut};
use serde_json::json;

use super::answer::{Answer, Failure, failure, foreign_key, not_found, nothing_to_change};
use super::guard::{Field, Kind, may, must};
use super::paging::{Page, Total, When};
use super::routes::{Route, route};
use super::search::Search;
use super::{Call, roles};
use crate::json::Js;
use crate::world::{Jsonb, User, find};

pub(super) const ROUTES: &[Route] = &[
    route("POST", "/api/users", create),
    route("GET", "/api/users", list),
    route("GET", "/api/users/{userId}", get),
    route("PATCH", "/api/users/{userId}", update),
    route("DELETE", "/api/users/{userId}", delete),
    route("GET", "/api/users/{userId}/custom-data", custom_data),
    route("PATCH", "/api/users/{userId}/custom-data", merge_custom_data),
    route("PATCH", "/api/users/{userId}/profile", merge_profile),
    route("PATCH", "/api/users/{userId}/password", set_password),
    route("POST", "/api/users/{userId}/password/verify", verify_password),
    route("GET", "/api/users/{userId}/has-password", has_password),
    route("PATCH", "/api/users/{userId}/is-suspended", suspend),
    route("GET", "/api/users/{userId}/organizations", organizations),
    route("GET", "/api/users/{userId}/roles", list_roles),
    route("POST", "/api/users/{userId}/roles", add_roles),
    route("PUT", "/api/users/{userId}/roles", replace_roles),
    route("DELETE", "/api/users/{userId}/roles/{roleId}", remove_role),
];

const FIELDS: [&str; 5] = ["id", "username", "name", "primaryEmail", "primaryPhone"];

fn matches(search: &Search, user: &User) -> bool {
    search.matches(&[
        Some(&user.id),
        user.username.as_deref(),
        user.name.as_deref(),
        user.primary_email.as_deref(),
        user.primary_phone.as_deref(),
    ])
}

fn list(call: &mut Call<'_>) -> Result<Answer, Failure> {
    if call.query.is_empty() || call.query.pairs().iter().all(|(name, _)| name.starts_with("page")) {
        // The common case, and the one that has to be fast: nothing but a place in the list.
        let page = Page::read(&call.query, When::Always)?.unwrap_or(Page { offset: 0, size: 20 });
        let total = Total::Exact(call.world.users.len());
        let answer = Answer::raw(render(call.world.users.slice(page.offset, page.size), page.size, false));
        return Ok(call.described(answer, page, total));
    }
    let mut excluded: Vec<&dyn Fn(&str) -> bool> = Vec::new();
    let role = call.query.get("excludeRoleId").and_then(|id| find(&call.world.roles, id));
    let in_role = |id: &str| role.is_some_and(|role| role.users.contains(id));
    excluded.push(&in_role);
    let organization =
        call.query.get("excludeOrganizationId").and_then(|id| find(&call.world.organizations, id));
    let in_organization = |id: &str| organization.is_some_and(|o| o.users.contains_key(id));
    excluded.push(&in_organization);
    among(call, |id| !excluded.iter().any(|excludes| excludes(id)))
}

/// The users that this accepts, searched and paged as the query says.
pub(super) fn among(call: &Call<'_>, accepts: impl Fn(&str) -> bool) -> Result<Answer, Failure> {
    let page = Page::read(&call.query, When::Always)?.unwrap_or(Page { offset: 0, size: 20 });
    let search = Search::read(&call.query, &FIELDS)?;
    let found: Vec<&User> = call
        .world
        .users
        .newest()
        .filter(|user| accepts(&user.id) && search.as_ref().is_none_or(|s| matches(s, user)))
        .collect();
    let part = found.iter().copied().skip(page.offset).take(page.size);
    let answer = Answer::raw(render(part, page.size, call.flag("includePasswordHash")));
    Ok(call.described(answer, page, Total::Exact(found.len())))
}

fn render<'u>(users: impl Iterator<Item = &'u User>, count: usize, with_password: bool) -> BytesMut {
    let mut out = BytesMut::with_capacity(2 + count * 400);
    out.put_u8(b'[');
    for (i, user) in users.enumerate() {
        if i > 0 {
            out.put_u8(b',');
        }
        if with_password {
            out.put_slice(user.json_with_password().as_bytes());
        } else {
            out.put_slice(user.json());
        }
    }
    out.put_u8(b']');
    out
}

pub(super) fn one<'c>(call: &'c Call<'_>) -> Result<&'c User, Failure> {
    call.world.users.get(call.param(0)).ok_or_else(not_found)
}

fn get(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let user = one(call)?;
    if call.flag("includePasswordHash") {
        return Ok(Answer::raw(user.json_with_password()));
    }
    Ok(Answer::raw(user.json().clone()))
}

fn is_username(text: &str) -> bool {
    text.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    !name.is_empty()
        && !domain.contains('@')
        && domain.split_once('.').is_some_and(|(host, top)| !host.is_empty() && !top.is_empty())
        && !text.contains(char::is_whitespace)
}

fn is_phone(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

const NEW: &[Field] = &[
    may("primaryPhone", Kind::Matching(is_phone)).max(128),
    may("primaryEmail", Kind::Matching(is_email)).max(128),
    may("username", Kind::Matching(is_username)).max(128),
    may("password", Kind::Name),
    may("name", Kind::Text).max(128),
    may("avatar", Kind::Text).or_null().max(2048),
    may("customData", Kind::Object),
    may("profile", Kind::Object),
];

const CHANGED: &[Field] = &[
    may("username", Kind::Matching(is_username)).or_null().max(128),
    may("primaryEmail", Kind::Matching(is_email)).or_null().max(128),
    may("primaryPhone", Kind::Matching(is_phone)).or_null().max(128),
    may("name", Kind::Text).or_null().max(128),
    may("avatar", Kind::Text).or_null().max(2048),
    may("customData", Kind::Object),
    may("profile", Kind::Object),
];

/// Whether another user has what this one is to get.
fn check_unique(call: &Call<'_>, body: &Js, own_id: Option<&str>) -> Result<(), Failure> {
    type Column = fn(&User) -> Option<&str>;
    let columns: [(&str, Column, &str, &str); 3] = [
        (
            "username",
            |u| u.username.as_deref(),
            "user.username_already_in_use",
            "This username is already in use.",
        ),
        (
            "primaryEmail",
            |u| u.primary_email.as_deref(),
            "user.email_already_in_use",
            "This email is associated with an existing account.",
        ),
        (
            "primaryPhone",
            |u| u.primary_phone.as_deref(),
            "user.phone_already_in_use",
            "This phone is associated with an existing account.",
        ),
    ];
    for (name, column, code, message) in columns {
        let Some(wanted) = body.get(name).and_then(Js::as_str) else { continue };
        let taken = |user: &User| column(user) == Some(wanted) && own_id != Some(user.id.as_str());
        if call.world.users.newest().any(taken) {
            return Err(failure(422, code, message));
        }
    }
    Ok(())
}

/// Writes the members that are there; whether there was one.
fn apply(user: &mut User, body: &Js) -> bool {
    let mut changed = false;
    let texts: [(&str, &mut Option<String>); 5] = [
        ("username", &mut user.username),
        ("primaryEmail", &mut user.primary_email),
        ("primaryPhone", &mut user.primary_phone),
        ("name", &mut user.name),
        ("avatar", &mut user.avatar),
    ];
    for (name, column) in texts {
        if let Some(value) = body.get(name) {
            *column = value.as_str().map(str::to_owned);
            changed = true;
        }
    }
    for (name, column) in [("customData", &mut user.custom_data), ("profile", &mut user.profile)] {
        if let Some(value) = body.get(name) {
            *column = Jsonb::of(value);
            changed = true;
        }
    }
    changed
}

fn create(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(NEW)?;
    check_unique(call, &body, None)?;
    let id = call.world.rng.short_id();
    let mut user = User::new(id, call.now_ms);
    apply(&mut user, &body);
    user.password = body.get("password").and_then(Js::as_str).map(str::to_owned);
    let answer = Answer::raw(user.json().clone());
    call.world.users.insert(user);
    Ok(answer)
}

/// Changes the user and answers it as it is then.
pub(super) fn change(call: &mut Call<'_>, change: impl FnOnce(&mut User)) -> Result<Answer, Failure> {
    let (id, now_ms) = (call.param(0).to_owned(), call.now_ms);
    let user = call.world.users.get_mut(&id).ok_or_else(not_found)?;
    change(user);
    user.updated_at = now_ms;
    Ok(Answer::raw(user.json().clone()))
}

fn update(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(CHANGED)?;
    one(call)?;
    check_unique(call, &body, Some(call.param(0)))?;
    if !CHANGED_NAMES.iter().any(|name| body.get(name).is_some()) {
        return Err(nothing_to_change());
    }
    change(call, |user| {
        apply(user, &body);
    })
}

const CHANGED_NAMES: [&str; 7] =
    ["username", "primaryEmail", "primaryPhone", "name", "avatar", "customData", "profile"];

fn delete(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = call.param(0).to_owned();
    if call.world.delete_user(&id) { Ok(Answer::empty()) } else { Err(not_found()) }
}

fn custom_data(call: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::json(&one(call)?.custom_data))
}

fn merge_custom_data(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[must("customData", Kind::Object)])?;
    change(call, |user| {
        user.custom_data = user.custom_data.merged(body.get("customData").unwrap_or(&Js::Null));
    })?;
    custom_data(call)
}

fn merge_profile(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[must("profile", Kind::Object)])?;
    change(call, |user| {
        user.profile = user.profile.merged(body.get("profile").unwrap_or(&Js::Null));
    })?;
    Ok(Answer::json(&one(call)?.profile))
}

const PASSWORD: &[Field] = &[must("password", Kind::Name)];

fn password(body: &Js) -> Option<String> {
    body.get("password").and_then(Js::as_str).map(str::to_owned)
}

fn set_password(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(PASSWORD)?;
    change(call, |user| user.password = password(&body))
}

fn verify_password(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(PASSWORD)?;
    if one(call)?.password.is_some() && one(call)?.password == password(&body) {
        return Ok(Answer::empty());
    }
    Err(failure(
        422,
        "session.invalid_credentials",
        "Incorrect account or password. Please check your input.",
    ))
}

fn has_password(call: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::json(&json!({ "hasPassword": one(call)?.password.is_some() })))
}

fn suspend(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[must("isSuspended", Kind::Flag)])?;
    change(call, |user| user.is_suspended = body.get("isSuspended").and_then(Js::as_bool).unwrap_or(false))
}

fn organizations(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = &one(call)?.id;
    let mut rows = Vec::new();
    for organization in &call.world.organizations {
        let Some(role_ids) = organization.users.get(id) else { continue };
        let roles = super::organizations::roles_brief(call.world, role_ids);
        rows.push(super::with_members(organization, &[("organizationRoles", roles)]));
    }
    Ok(Answer::json(&rows))
}

fn list_roles(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = &one(call)?.id;
    let rows = call.world.roles.iter().filter(|role| role.users.contains(id));
    call.list(&call.searched(rows, &roles::SEARCH, roles::searchable)?, When::Always)
}

/// The role ids of the body, all of them ids of roles for users.
fn role_ids(call: &Call<'_>, kind: Kind) -> Result<Vec<String>, Failure> {
    let body = call.body(&[must("roleIds", kind)])?;
    let ids = body.get("roleIds").and_then(Js::strings).unwrap_or_default();
    for id in &ids {
        let role = find(&call.world.roles, id).ok_or_else(foreign_key)?;
        if role.kind != "User" {
            return Err(failure(
                422,
                "user.invalid_role_type",
                "Invalid role type. Cannot assign machine-to-machine role to user.",
            ));
        }
    }
    Ok(ids)
}

fn add_roles(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = role_ids(call, Kind::Ids)?;
    let user_id = one(call)?.id.clone();
    let mut added = Vec::new();
    for id in &ids {
        if let Some(role) = call.world.role_mut(id)
            && role.users.insert(user_id.clone())
        {
            added.push(id.clone());
        }
    }
    Ok(Answer::created(&json!({ "roleIds": ids, "addedRoleIds": added })))
}

fn replace_roles(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = role_ids(call, Kind::Texts)?;
    let user_id = one(call)?.id.clone();
    for role in &mut call.world.roles {
        if ids.contains(&role.id) {
            role.users.insert(user_id.clone());
        } else {
            role.users.remove(&user_id);
        }
    }
    Ok(Answer::json(&json!({ "roleIds": ids })))
}

fn remove_role(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let user_id = one(call)?.id.clone();
    let role_id = call.param(1).to_owned();
    let held = call.world.role_mut(&role_id).is_some_and(|role| role.users.remove(&user_id));
    if held { Ok(Answer::empty()) } else { Err(not_found()) }
}
