//! What is made to be used once, and what is only done: one-time tokens, subject tokens, verification codes, uploads, lockouts.

use serde_json::{Value, json};

use super::answer::{Answer, Failure, failure, not_found};
use super::connectors::{can_send, no_sender};
use super::guard::{Kind, may, must};
use super::paging::When;
use super::routes::{Route, public, route};
use super::{Call, multipart};
use crate::world::Document;

pub(super) const ROUTES: &[Route] = &[
    route("GET", "/api/one-time-tokens", list),
    route("POST", "/api/one-time-tokens", create),
    route("POST", "/api/one-time-tokens/verify", verify),
    route("GET", "/api/one-time-tokens/{id}", |call| {
        Ok(Answer::json(call.stored(TOKENS, "id", call.param(0))?))
    }),
    route("DELETE", "/api/one-time-tokens/{id}", |call| {
        let id = call.param(0).to_owned();
        call.delete_stored(TOKENS, "id", &id)
    }),
    route("PUT", "/api/one-time-tokens/{id}/status", set_status),
    route("POST", "/api/subject-tokens", create_subject_token),
    route("POST", "/api/verification-codes", send_code),
    route("POST", "/api/verification-codes/verify", verify_code),
    route("POST", "/api/sentinel-activities/delete", forget_failures),
    route("DELETE", "/api/secrets/{id}", |_| Err(not_found())),
    route("GET", "/api/user-assets/service-status", storage),
    route("POST", "/api/user-assets", upload),
    public("GET", "/api/authn/hasura", hasura),
    public("POST", "/api/authn/saml/{connectorId}", |_| Err(not_found())),
    public("POST", "/api/authn/single-sign-on/saml/{connectorId}", |_| Err(not_found())),
];

const TOKENS: &str = "one_time_tokens";
const CODES: &str = "verification_codes";
/// What every verification code is.
const CODE: &str = "000000";
const IMAGES: [&str; 9] = [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/vnd.microsoft.icon",
    "image/x-icon",
    "image/svg+xml",
    "image/tiff",
    "image/webp",
    "image/bmp",
];

fn text<'r>(row: &'r Document, name: &str) -> &'r str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Newest first; `email` and `status` narrow it down.
fn list(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let mut rows = call.stored_by_query(TOKENS, &["email", "status"]);
    rows.reverse();
    call.list(&rows, When::Asked)
}

/// Lives for ten minutes unless told otherwise.
fn create(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let mut members = call.members(&[
        must("email", Kind::Name).max(128),
        may("context", Kind::Object),
        may("expiresIn", Kind::Number),
    ])?;
    let seconds = members.remove("expiresIn").and_then(|value| value.as_u64()).unwrap_or(600);
    let mut row = call.new_row();
    row.insert("context".to_owned(), json!({}));
    row.extend(members);
    row.insert("token".to_owned(), call.world.rng.secret(32).into());
    row.insert("status".to_owned(), "active".into());
    row.insert("createdAt".to_owned(), call.now_ms.into());
    row.insert("expiresAt".to_owned(), (call.now_ms + seconds * 1000).into());
    let answer = Answer::created(&row);
    call.world.documents.add(TOKENS, row);
    Ok(answer)
}

/// Uses it up.
fn verify(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.members(&[must("token", Kind::Name), must("email", Kind::Name)])?;
    let now_ms = call.now_ms;
    let Some(row) = call.world.documents.find_mut(TOKENS, "token", text(&body, "token")) else {
        return Err(failure(
            404,
            "one_time_token.token_not_found",
            "Active token not found with given email and token.",
        ));
    };
    let (code, message) = match text(row, "status") {
        _ if text(row, "email") != text(&body, "email") => {
            ("one_time_token.email_mismatch", "Email mismatch with the given token.")
        }
        "consumed" => ("one_time_token.token_consumed", "The token has been consumed."),
        "revoked" => ("one_time_token.token_revoked", "The token has been revoked."),
        _ if row.get("expiresAt").and_then(Value::as_u64).is_some_and(|at| at <= now_ms) => {
            ("one_time_token.token_expired", "The token is expired.")
        }
        _ => {
            row.insert("status".to_owned(), "consumed".into());
            return Ok(Answer::json(row));
        }
    };
    Err(failure(400, code, message))
}

fn set_status(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let statuses = Kind::OneOf(&["active", "consumed", "revoked", "expired"]);
    let body = call.members(&[must("status", statuses)])?;
    let id = call.param(0).to_owned();
    let row = call.stored_mut(TOKENS, "id", &id)?;
    if text(&body, "status") == "active" {
        return Err(failure(400, "one_time_token.cannot_reactivate_token", "Cannot reactivate the token."));
    }
    row.extend(body);
    Ok(Answer::json(row))
}

fn create_subject_token(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.members(&[must("userId", Kind::Name), may("context", Kind::Object)])?;
    if !call.world.users.contains(text(&body, "userId")) {
        return Err(not_found());
    }
    let token = format!("sub_{}", call.world.rng.secret(32));
    Ok(Answer::created(&json!({ "subjectToken": token, "expiresIn": 600 })))
}

/// The address or number of a body, and what would bring it a message.
fn receiver(call: &Call<'_>) -> Result<(&'static str, &'static str, String), Failure> {
    let body = call.members(&[may("email", Kind::Name), may("phone", Kind::Name)])?;
    for (name, kind) in [("email", "Email"), ("phone", "Sms")] {
        if body.contains_key(name) {
            return Ok((name, kind, text(&body, name).to_owned()));
        }
    }
    Err(failure(400, "verification_code.phone_email_empty", "Both phone and email are empty."))
}

/// Sends nothing; a connector must be there all the same.
fn send_code(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let (name, kind, to) = receiver(call)?;
    if !can_send(call, kind) {
        return Err(no_sender(kind));
    }
    call.world.documents.remove(CODES, name, &to);
    let mut row = Document::new();
    row.insert(name.to_owned(), to.into());
    call.world.documents.add(CODES, row);
    Ok(Answer::empty())
}

fn verify_code(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.members(&[must("verificationCode", Kind::Name)])?;
    let (name, _, to) = receiver(call)?;
    if call.world.documents.find(CODES, name, &to).is_none() {
        return Err(failure(
            400,
            "verification_code.not_found",
            "Verification code not found. Please send verification code first.",
        ));
    }
    if text(&body, "verificationCode") != CODE {
        return Err(failure(400, "verification_code.code_mismatch", "Invalid verification code."));
    }
    call.world.documents.remove(CODES, name, &to);
    Ok(Answer::empty())
}

fn forget_failures(call: &mut Call<'_>) -> Result<Answer, Failure> {
    call.body(&[must("targetType", Kind::OneOf(&["User", "App"])), must("targets", Kind::Ids)])?;
    Ok(Answer::empty())
}

fn storage(_: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::json(&json!({
        "status": "ready",
        "allowUploadMimeTypes": IMAGES,
        "maxUploadFileSize": 8 * 1024 * 1024,
        "isExperienceAvatarUploadEnabled": true,
    })))
}

/// Keeps nothing; the address leads nowhere.
fn upload(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let file = multipart::file(call, &IMAGES)?;
    let id = call.world.rng.long_id();
    Ok(Answer::json(&json!({ "url": format!("https://assets.example.com/{id}/{}", file.name) })))
}

/// Everybody is a stranger to it.
fn hasura(call: &mut Call<'_>) -> Result<Answer, Failure> {
    match call.query.get("unauthorizedRole") {
        Some(role) => Ok(Answer::json(&json!({ "X-Hasura-Role": role }))),
        None => Err(failure(401, "auth.authorization_header_missing", "Authorization header is missing.")),
    }
}
