//! What a user has besides its row: social identities and personal access tokens.

use serde_json::json;

use super::Call;
use super::answer::{Answer, Failure, failure, not_found};
use super::common::{text, whole};
use super::guard::{Kind, may, must};
use super::routes::{Route, route};
use super::users::{change, one};
use crate::json::{Js, parse};
use crate::world::{Jsonb, PersonalAccessToken};

pub(super) const ROUTES: &[Route] = &[
    route("GET", "/api/users/{userId}/all-identities", all_identities),
    route("POST", "/api/users/{userId}/identities", link_identity),
    route("PUT", "/api/users/{userId}/identities/{target}", set_identity),
    route("DELETE", "/api/users/{userId}/identities/{target}", delete_identity),
    route("GET", "/api/users/{userId}/identities/{target}", get_identity),
    route("GET", "/api/users/{userId}/personal-access-tokens", list_tokens),
    route("POST", "/api/users/{userId}/personal-access-tokens", create_token),
    route("DELETE", "/api/users/{userId}/personal-access-tokens/{name}", delete_token),
    route("PATCH", "/api/users/{userId}/personal-access-tokens/{name}", rename_token),
    // The same for names that no path can carry.
    route("POST", "/api/users/{userId}/personal-access-tokens/delete", delete_token_by_body),
    route("PATCH", "/api/users/{userId}/personal-access-tokens", rename_token_by_body),
];

fn identities(call: &Call<'_>) -> Result<Vec<(String, Js)>, Failure> {
    let identities = parse(one(call)?.identities.text().as_bytes()).map(|document| document.value);
    Ok(match identities {
        Ok(Js::Object(members)) => members,
        _ => Vec::new(),
    })
}

/// Nobody comes from SSO.
fn all_identities(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let social: Vec<_> = identities(call)?
        .into_iter()
        .map(|(target, identity)| json!({ "target": target, "identity": Jsonb::of(&identity) }))
        .collect();
    Ok(Answer::json(&json!({ "socialIdentities": social, "ssoIdentities": [] })))
}

/// As a user who came back from the connector's provider would be linked; what they brought is taken as it is.
fn link_identity(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[must("connectorId", Kind::Name), must("connectorData", Kind::Object)])?;
    let connector = text(&body, "connectorId").unwrap_or_default();
    call.stored("connectors", "id", &connector)?;
    let mut all = identities(call)?;
    if all.iter().any(|(name, _)| name == "simulated") {
        return Err(failure(
            422,
            "user.identity_already_in_use",
            "The social account has been associated with an existing account.",
        ));
    }
    let identity = vec![
        ("userId".to_owned(), Js::String(call.world.rng.long_id())),
        ("details".to_owned(), body.get("connectorData").cloned().unwrap_or(Js::Null)),
    ];
    all.push(("simulated".to_owned(), Js::Object(identity)));
    change(call, |user| user.identities = Jsonb::of(&Js::Object(all)))?;
    Ok(Answer::json(&one(call)?.identities))
}

/// 201 for a new identity, 200 for a changed one; both answer all identities.
fn set_identity(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[must("userId", Kind::Text), may("details", Kind::Object)])?;
    let target = call.param(1).to_owned();
    let mut all = identities(call)?;
    let is_new = !all.iter().any(|(name, _)| *name == target);
    let mut identity = vec![("userId".to_owned(), body.get("userId").cloned().unwrap_or(Js::Null))];
    if let Some(details) = body.get("details") {
        identity.push(("details".to_owned(), details.clone()));
    }
    all.push((target, Js::Object(identity)));
    change(call, |user| user.identities = Jsonb::of(&Js::Object(all)))?;
    let identities = &one(call)?.identities;
    Ok(if is_new { Answer::created(identities) } else { Answer::json(identities) })
}

fn no_identity() -> Failure {
    failure(404, "user.identity_not_exist", "The social account has not been linked to the user.")
}

fn get_identity(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let all = identities(call)?;
    let (_, identity) = all.iter().find(|(name, _)| name == call.param(1)).ok_or_else(no_identity)?;
    Ok(Answer::json(&json!({ "identity": Jsonb::of(identity) })))
}

fn delete_identity(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let mut all = identities(call)?;
    let before = all.len();
    all.retain(|(name, _)| name != call.param(1));
    if all.len() == before {
        return Err(no_identity());
    }
    change(call, |user| user.identities = Jsonb::of(&Js::Object(all)))
}

fn list_tokens(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = &one(call)?.id;
    let rows: Vec<_> =
        call.world.personal_access_tokens.iter().filter(|token| token.user_id == *id).collect();
    Ok(Answer::json(&rows))
}

fn token_mut<'c>(call: &'c mut Call<'_>, user_id: &str, name: &str) -> Option<&'c mut PersonalAccessToken> {
    call.world.personal_access_tokens.iter_mut().find(|token| token.user_id == user_id && token.name == name)
}

fn name_taken() -> Failure {
    failure(422, "user.personal_access_token_name_exists", "Personal access token name already exists.")
}

fn create_token(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[must("name", Kind::Name).max(256), may("expiresAt", Kind::Number).or_null()])?;
    let user_id = one(call)?.id.clone();
    let name = text(&body, "name").unwrap_or_default();
    if token_mut(call, &user_id, &name).is_some() {
        return Err(name_taken());
    }
    let token = PersonalAccessToken {
        tenant_id: call.world.tenant_id.clone(),
        user_id,
        name,
        value: format!("pat_{}", call.world.rng.secret(32)),
        created_at: call.now_ms,
        expires_at: whole(&body, "expiresAt"),
    };
    let answer = Answer::created(&token);
    call.world.personal_access_tokens.push(token);
    Ok(answer)
}

fn delete_token(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let name = call.param(1).to_owned();
    delete_token_named(call, &name)
}

fn delete_token_by_body(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[must("name", Kind::Name)])?;
    delete_token_named(call, &text(&body, "name").unwrap_or_default())
}

fn delete_token_named(call: &mut Call<'_>, name: &str) -> Result<Answer, Failure> {
    let user_id = call.param(0).to_owned();
    let tokens = &mut call.world.personal_access_tokens;
    let before = tokens.len();
    tokens.retain(|token| token.user_id != user_id || token.name != name);
    if tokens.len() < before { Ok(Answer::empty()) } else { Err(not_found()) }
}

fn rename_token(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[must("name", Kind::Name).max(256)])?;
    let old = call.param(1).to_owned();
    rename_token_to(call, &old, text(&body, "name").unwrap_or_default())
}

fn rename_token_by_body(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[must("currentName", Kind::Name), must("name", Kind::Name).max(256)])?;
    let old = text(&body, "currentName").unwrap_or_default();
    rename_token_to(call, &old, text(&body, "name").unwrap_or_default())
}

fn rename_token_to(call: &mut Call<'_>, old: &str, new: String) -> Result<Answer, Failure> {
    let user_id = call.param(0).to_owned();
    if new != old && token_mut(call, &user_id, &new).is_some() {
        return Err(name_taken());
    }
    let token = token_mut(call, &user_id, old).ok_or_else(not_found)?;
    token.name = new;
    Ok(Answer::json(token))
}
