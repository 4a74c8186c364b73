//! How users sign in: second factors, sessions, grants, identities of SSO, and what Logto remembers of their choices.

use serde_json::{Value, json};

use super::Call;
use super::answer::{Answer, Failure, failure, not_found};
use super::guard::{Kind, may, must};
use super::routes::{Route, route};
use super::users::{change, one};
use crate::world::{Document, is};

pub(super) const ROUTES: &[Route] = &[
    route("GET", "/api/users/{userId}/logto-configs", |call| Ok(Answer::json(&configs(call)?))),
    route("PATCH", "/api/users/{userId}/logto-configs", update_configs),
    route("PATCH", "/api/users/{userId}/password/expiration", expire_password),
    route("GET", "/api/users/{userId}/mfa-verifications", list_factors),
    route("POST", "/api/users/{userId}/mfa-verifications", add_factor),
    route("DELETE", "/api/users/{userId}/mfa-verifications/{verificationId}", remove_factor),
    route("GET", "/api/users/{userId}/grants", |call| nothing(call, "grants")),
    route("DELETE", "/api/users/{userId}/grants/{grantId}", no_such),
    route("GET", "/api/users/{userId}/sessions", |call| nothing(call, "sessions")),
    route("GET", "/api/users/{userId}/sessions/{sessionId}", no_session),
    route("DELETE", "/api/users/{userId}/sessions/{sessionId}", no_session),
    route("GET", "/api/users/{userId}/sso-identities/{ssoConnectorId}", no_such),
];

const FACTORS: &str = "mfa_verifications";
const CONFIGS: &str = "user_logto_configs";
/// One pixel.
const QR_CODE: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// Nobody ever signs in here.
fn nothing(call: &Call<'_>, name: &str) -> Result<Answer, Failure> {
    one(call)?;
    Ok(Answer::json(&json!({ name: [] })))
}

fn no_such(call: &mut Call<'_>) -> Result<Answer, Failure> {
    one(call)?;
    Err(not_found())
}

fn no_session(call: &mut Call<'_>) -> Result<Answer, Failure> {
    one(call)?;
    Err(failure(404, "oidc.session_not_found", "Session not found."))
}

fn configs(call: &Call<'_>) -> Result<Document, Failure> {
    let row = call.world.documents.find(CONFIGS, "userId", &one(call)?.id);
    let part = |name: &str, new: Value| {
        let mut part = if let Value::Object(part) = new { part } else { Document::new() };
        if let Some(Value::Object(set)) = row.and_then(|row| row.get(name)) {
            part.extend(set.clone());
        }
        (name.to_owned(), Value::Object(part))
    };
    Ok([
        part("mfa", json!({ "skipped": false, "skipMfaOnSignIn": false })),
        part("passkeySignIn", json!({ "skipped": false })),
    ]
    .into_iter()
    .collect())
}

fn update_configs(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let members = call.members(&[may("mfa", Kind::Object), may("passkeySignIn", Kind::Object)])?;
    let mut row = configs(call)?;
    for (name, change) in members {
        if let (Some(Value::Object(part)), Value::Object(change)) = (row.get_mut(&name), change) {
            part.extend(change);
        }
    }
    let id = one(call)?.id.clone();
    call.world.documents.remove(CONFIGS, "userId", &id);
    row.insert("userId".to_owned(), id.into());
    call.world.documents.add(CONFIGS, row);
    Ok(Answer::json(&configs(call)?))
}

fn expire_password(call: &mut Call<'_>) -> Result<Answer, Failure> {
    call.body(&[must("isExpired", Kind::Flag)])?;
    change(call, |_| ())
}

fn list_factors(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = &one(call)?.id;
    let shown = |row: &Document| {
        let mut row = row.clone();
        row.remove("userId");
        row
    };
    let rows = call.world.documents.all(FACTORS).iter().filter(|row| is(row, "userId", id)).map(shown);
    Ok(Answer::json(&rows.collect::<Vec<_>>()))
}

/// Times of factors are ISO 8601 text.
fn add_factor(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.members(&[
        must("type", Kind::OneOf(&["Totp", "BackupCode"])),
        may("secret", Kind::Name),
        may("codes", Kind::Texts),
    ])?;
    let user = one(call)?.id.clone();
    let own: Vec<_> =
        call.world.documents.all(FACTORS).iter().filter(|row| is(row, "userId", &user)).collect();
    let has = |kind: &str| own.iter().any(|row| is(row, "type", kind));
    let is_totp = is(&body, "type", "Totp");
    if is_totp && has("Totp") {
        return Err(failure(422, "user.totp_already_in_use", "TOTP is already in use."));
    }
    if !is_totp && has("BackupCode") {
        return Err(failure(422, "user.backup_code_already_in_use", "Backup code is already in use."));
    }
    if !is_totp && own.is_empty() {
        return Err(failure(
            422,
            "session.mfa.backup_code_can_not_be_alone",
            "Backup code can not be the only MFA method.",
        ));
    }
    let mut row = Document::new();
    row.insert("id".to_owned(), call.world.rng.long_id().into());
    row.insert("userId".to_owned(), user.into());
    row.insert("createdAt".to_owned(), iso(call.now_ms).into());
    row.insert("type".to_owned(), body.get("type").cloned().unwrap_or_default());
    let answer = if is_totp {
        let secret =
            body.get("secret").cloned().unwrap_or_else(|| call.world.rng.secret(32).to_uppercase().into());
        json!({ "type": "Totp", "secret": secret, "secretQrCode": QR_CODE })
    } else {
        let made = (0..10).map(|_| call.world.rng.secret(10).to_lowercase().into()).collect();
        let codes = body.get("codes").cloned().unwrap_or(Value::Array(made));
        row.insert("remainCodes".to_owned(), codes.as_array().map_or(0, Vec::len).into());
        json!({ "type": "BackupCode", "codes": codes })
    };
    call.world.documents.add(FACTORS, row);
    Ok(Answer::json(&answer))
}

fn remove_factor(call: &mut Call<'_>) -> Result<Answer, Failure> {
    one(call)?;
    let id = call.param(1).to_owned();
    call.delete_stored(FACTORS, "id", &id)
}

/// `2026-01-01T00:00:00.000Z`
pub(super) fn iso(at_ms: u64) -> String {
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_millis(at_ms);
    // `Thu, 01 Jan 2026 00:00:00 GMT`
    let date = httpdate::fmt_http_date(time);
    let mut words = date.split(' ').skip(1);
    let (day, month, year, clock) = (words.next(), words.next(), words.next(), words.next());
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = MONTHS.iter().position(|name| Some(*name) == month).unwrap_or(0) + 1;
    format!(
        "{}-{month:02}-{}T{}.{:03}Z",
        year.unwrap_or_default(),
        day.unwrap_or_default(),
        clock.unwrap_or_default(),
        at_ms % 1000
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn times_as_text() {
        assert_eq!(super::iso(1_767_225_600_007), "2026-01-01T00:00:00.007Z");
        assert_eq!(super::iso(1_709_210_096_000), "2024-02-29T12:34:56.000Z");
    }
}
