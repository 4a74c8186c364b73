//! `/api/configs/oidc/{keyType}`: the keys that sign tokens and cookies.

use serde_json::{Value, json};

use super::Call;
use super::answer::{Answer, Failure, failure};
use super::guard::{Kind, may};
use crate::world::{Document, is};

/// The table of the keys that the path names. A new tenant has one key in each.
fn table(call: &mut Call<'_>) -> Result<&'static str, Failure> {
    let table = match call.param(0) {
        "private-keys" => "oidc_private_keys",
        "cookie-keys" => "oidc_cookie_keys",
        _ => return Err(failure(400, "guard.invalid_input", "The request params is invalid.")),
    };
    if call.world.documents.all(table).is_empty() {
        let first = key(call, table, "EC");
        call.world.documents.add(table, first);
    }
    Ok(table)
}

/// Times of keys are seconds.
fn key(call: &mut Call<'_>, table: &str, algorithm: &str) -> Document {
    let mut key = Document::new();
    key.insert("id".to_owned(), call.world.rng.long_id().into());
    key.insert("createdAt".to_owned(), (call.now_ms / 1000).into());
    if table == "oidc_private_keys" {
        key.insert("signingKeyAlgorithm".to_owned(), algorithm.into());
        key.insert("status".to_owned(), "Current".into());
    }
    key
}

pub(super) fn list(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let table = table(call)?;
    Ok(Answer::json(&call.world.documents.all(table)))
}

/// The new key comes first; the one before it stays, older ones go.
pub(super) fn rotate(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.members(&[
        may("signingKeyAlgorithm", Kind::OneOf(&["RSA", "EC"])),
        may("rotationGracePeriod", Kind::Number),
    ])?;
    let table = table(call)?;
    let algorithm = body.get("signingKeyAlgorithm").and_then(Value::as_str).unwrap_or("EC");
    let new = key(call, table, algorithm);
    let keys = call.world.documents.all_mut(table);
    keys.truncate(1);
    for old in keys.iter_mut().filter(|old| old.contains_key("status")) {
        old.insert("status".to_owned(), json!("Previous"));
    }
    keys.insert(0, new);
    list(call)
}

pub(super) fn delete(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let table = table(call)?;
    let id = call.param(1).to_owned();
    let keys = call.world.documents.all(table);
    let at = keys.iter().position(|key| is(key, "id", &id));
    match at {
        None => Err(failure(404, "oidc.key_not_found", "Key with the ID is not found.")),
        Some(_) if keys.len() == 1 => Err(failure(422, "oidc.key_required", "At least one key is required.")),
        Some(0) => Err(failure(
            422,
            "oidc.only_previous_key_can_be_deleted",
            "Only the previous key can be deleted.",
        )),
        Some(_) => call.delete_stored(table, "id", &id),
    }
}
