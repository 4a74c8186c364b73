//! Scripts that run inside of a real Logto, and never here: `/api/configs/jwt-customizer` and `/api/configs/actions`.

use http::StatusCode;
use serde_json::Value;

use super::Call;
use super::answer::{Answer, Failure, failure, not_exists};
use super::guard::{Field, Kind, may, must};
use super::routes::{Route, route};
use crate::world::Document;

pub(super) const ROUTES: &[Route] = &[
    route("GET", "/api/configs/jwt-customizer", |call| list_scripts(call, &CUSTOMIZERS)),
    route("POST", "/api/configs/jwt-customizer/test", test_customizer),
    route("GET", "/api/configs/jwt-customizer/{tokenTypePath}", |call| script(call, &CUSTOMIZERS)),
    route("PUT", "/api/configs/jwt-customizer/{tokenTypePath}", |call| set_script(call, &CUSTOMIZERS)),
    route("PATCH", "/api/configs/jwt-customizer/{tokenTypePath}", |call| update_script(call, &CUSTOMIZERS)),
    route("DELETE", "/api/configs/jwt-customizer/{tokenTypePath}", |call| delete_script(call, &CUSTOMIZERS)),
    route("GET", "/api/configs/actions", |call| list_scripts(call, &ACTIONS)),
    route("POST", "/api/configs/actions/test", test_action),
    route("GET", "/api/configs/actions/{actionType}", |call| script(call, &ACTIONS)),
    route("PUT", "/api/configs/actions/{actionType}", |call| set_script(call, &ACTIONS)),
    route("PATCH", "/api/configs/actions/{actionType}", |call| update_script(call, &ACTIONS)),
    route("DELETE", "/api/configs/actions/{actionType}", |call| delete_script(call, &ACTIONS)),
];

/// A kind of scripts, with one for each key.
struct Scripts {
    table: &'static str,
    /// What the path says, and the key.
    keys: [(&'static str, &'static str); 2],
    fields: &'static [Field],
}

const CUSTOMIZERS: Scripts = Scripts {
    table: "jwt_customizers",
    keys: [("access-token", "jwt.accessToken"), ("client-credentials", "jwt.clientCredentials")],
    fields: &[
        may("script", Kind::Name),
        may("environmentVariables", Kind::Object),
        may("contextSample", Kind::Object),
        may("tokenSample", Kind::Object),
        may("blockIssuanceOnError", Kind::Flag),
    ],
};

const ACTIONS: Scripts = Scripts {
    table: "actions",
    keys: [
        ("action.postFirstFactorVerification", "action.postFirstFactorVerification"),
        ("action.postSignIn", "action.postSignIn"),
    ],
    fields: &[
        may("script", Kind::Name),
        may("environmentVariables", Kind::Object),
        may("contextSample", Kind::Any),
        may("enabled", Kind::Flag),
        may("onExecutionError", Kind::OneOf(&["block", "allow"])),
    ],
};

impl Scripts {
    fn key(&self, call: &Call<'_>) -> Result<&'static str, Failure> {
        let found = self.keys.iter().find(|(path, _)| *path == call.param(0));
        found
            .map(|(_, key)| *key)
            .ok_or_else(|| failure(400, "guard.invalid_input", "The request params is invalid."))
    }

    fn value<'c>(&self, call: &'c Call<'_>) -> Result<&'c Value, Failure> {
        let key = self.key(call)?;
        let row = call.world.documents.find(self.table, "key", key);
        row.and_then(|row| row.get("value")).ok_or_else(|| not_exists("logto_config", key))
    }
}

fn list_scripts(call: &mut Call<'_>, scripts: &Scripts) -> Result<Answer, Failure> {
    Ok(Answer::json(&call.world.documents.all(scripts.table)))
}

fn script(call: &mut Call<'_>, scripts: &Scripts) -> Result<Answer, Failure> {
    Ok(Answer::json(scripts.value(call)?))
}

fn set_script(call: &mut Call<'_>, scripts: &Scripts) -> Result<Answer, Failure> {
    let key = scripts.key(call)?;
    let members = call.members(scripts.fields)?;
    if !members.contains_key("script") {
        call.body(&[must("script", Kind::Name)])?;
    }
    let answer = Answer::json(&members);
    let mut row = Document::new();
    row.insert("key".to_owned(), key.into());
    row.insert("value".to_owned(), members.into());
    let known = call.world.documents.remove(scripts.table, "key", key) > 0;
    call.world.documents.add(scripts.table, row);
    Ok(if known { answer } else { Answer { status: StatusCode::CREATED, ..answer } })
}

fn update_script(call: &mut Call<'_>, scripts: &Scripts) -> Result<Answer, Failure> {
    let key = scripts.key(call)?;
    let members = call.members(scripts.fields)?;
    scripts.value(call)?;
    let row = call.stored_mut(scripts.table, "key", key)?;
    if let Some(Value::Object(value)) = row.get_mut("value") {
        value.extend(members);
    }
    script(call, scripts)
}

/// 204 whether there was one or not.
fn delete_script(call: &mut Call<'_>, scripts: &Scripts) -> Result<Answer, Failure> {
    let key = scripts.key(call)?;
    call.world.documents.remove(scripts.table, "key", key);
    Ok(Answer::empty())
}

/// No script ever runs here.
fn test_customizer(call: &mut Call<'_>) -> Result<Answer, Failure> {
    call.body(&[must("tokenType", Kind::Name), must("script", Kind::Name)])?;
    Err(failure(422, "jwt_customizer.general", "Error in JWT customizer script execution."))
}

fn test_action(call: &mut Call<'_>) -> Result<Answer, Failure> {
    call.body(&[
        must("script", Kind::Name),
        must("actionType", Kind::OneOf(&["action.postFirstFactorVerification", "action.postSignIn"])),
    ])?;
    Ok(Answer::empty())
}
