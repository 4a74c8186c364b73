//! What a tenant has one of: sign-in experience, account centre, captcha, and the settings below `/api/configs`.

use serde_json::{Value, json};

use super::answer::{Answer, Failure};
use super::guard::{Field, Kind, may, must};
use super::multipart;
use super::routes::{Route, public, route};
use super::{Call, settings_keys as keys};
use crate::json::Js;
use crate::world::Document;

pub(super) const ROUTES: &[Route] = &[
    route("GET", "/api/sign-in-exp", sign_in_experience),
    route("PATCH", "/api/sign-in-exp", update_sign_in_experience),
    route("POST", "/api/sign-in-exp/default/check-password", check_password),
    route("POST", "/api/sign-in-exp/default/custom-ui-assets", upload_custom_ui),
    route("GET", "/api/sign-in-exp/username-policy/case-sensitivity-conflicts", username_conflicts),
    route("GET", "/api/account-center", |call| Ok(Answer::json(&account_center(call)))),
    route("PATCH", "/api/account-center", update_account_center),
    route("GET", "/api/captcha-provider", captcha_provider),
    route("PUT", "/api/captcha-provider", set_captcha_provider),
    route("DELETE", "/api/captcha-provider", |call| call.delete_stored("captcha_providers", "id", DEFAULT)),
    route("GET", "/api/configs/admin-console", |call| Ok(Answer::json(&admin_console(call)))),
    route("PATCH", "/api/configs/admin-console", update_admin_console),
    route("GET", "/api/configs/id-token", |call| Ok(Answer::json(&id_token(call)))),
    route("PUT", "/api/configs/id-token", set_id_token),
    route("GET", "/api/configs/oidc/session", |call| Ok(Answer::json(&session(call)))),
    route("PATCH", "/api/configs/oidc/session", update_session),
    route("GET", "/api/configs/oidc/{keyType}", keys::list),
    route("POST", "/api/configs/oidc/{keyType}/rotate", keys::rotate),
    route("DELETE", "/api/configs/oidc/{keyType}/{keyId}", keys::delete),
];

/// What needs no token.
pub(super) const WELL_KNOWN: &[Route] = &[
    public("GET", "/api/.well-known/sign-in-exp", experience),
    public("GET", "/api/.well-known/experience", experience),
    public("GET", "/api/.well-known/account-center", |call| Ok(Answer::json(&account_center(call)))),
];

/// The id of a table's only row.
const DEFAULT: &str = "default";

/// The only row of a table: what was set, over what a new tenant has.
fn single(call: &Call<'_>, table: &str, new: Value) -> Document {
    let mut row = if let Value::Object(row) = new { row } else { Document::new() };
    if let Some(set) = call.world.documents.find(table, "id", DEFAULT) {
        row.extend(set.clone());
    }
    row
}

/// Sets members of the only row of a table.
fn set(call: &mut Call<'_>, table: &'static str, members: Document) {
    match call.world.documents.find_mut(table, "id", DEFAULT) {
        Some(row) => row.extend(members),
        None => {
            let mut row = members;
            row.insert("id".to_owned(), DEFAULT.into());
            call.world.documents.add(table, row);
        }
    }
}

/// As a new tenant has it.
fn experience_document(call: &Call<'_>) -> Document {
    let new = json!({
        "tenantId": call.world.tenant_id,
        "id": DEFAULT,
        "color": { "primaryColor": "#6139F6", "isDarkModeEnabled": false, "darkPrimaryColor": "#8768F8" },
        "branding": {},
        "hideLogtoBranding": false,
        "languageInfo": { "autoDetect": true, "fallbackLanguage": "en" },
        "termsOfUseUrl": null,
        "privacyPolicyUrl": null,
        "agreeToTermsPolicy": "Automatic",
        "signIn": { "methods": [{ "identifier": "username", "password": true, "verificationCode": false, "isPasswordPrimary": true }] },
        "signUp": { "identifiers": ["username"], "password": true, "verify": false },
        "socialSignIn": {},
        "socialSignInConnectorTargets": [],
        "signInMode": "SignInAndRegister",
        "customCss": null,
        "customContent": {},
        "customUiAssets": null,
        "customUiCsp": {},
        "passwordPolicy": {},
        "mfa": { "policy": "UserControlled", "factors": [] },
        "adaptiveMfa": {},
        "singleSignOnEnabled": true,
        "supportEmail": null,
        "supportWebsiteUrl": null,
        "unknownSessionRedirectUrl": null,
        "captchaPolicy": {},
        "sentinelPolicy": {},
        "emailBlocklistPolicy": {},
        "verificationCodePolicy": {},
        "forgotPasswordMethods": null,
        "passkeySignIn": {},
        "signUpProfileFields": null,
        "passwordExpiration": {},
        "usernamePolicy": {},
    });
    single(call, "sign_in_experiences", new)
}

fn sign_in_experience(call: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::json(&experience_document(call)))
}

/// What the sign-in page gets: without what only administrators see, with what is joined from elsewhere.
fn experience(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let mut document = experience_document(call);
    for hidden in ["emailBlocklistPolicy", "forgotPasswordMethods"] {
        document.remove(hidden);
    }
    let fields = call.world.documents.all("custom_profile_fields").to_vec();
    let joined = json!({
        "socialConnectors": [],
        "ssoConnectors": [],
        "forgotPassword": { "phone": false, "email": false },
        "isDevelopmentTenant": false,
        "customProfileFields": fields,
    });
    if let Value::Object(joined) = joined {
        document.extend(joined);
    }
    Ok(Answer::json(&document))
}

const EXPERIENCE: &[Field] = &[
    may("color", Kind::Object),
    may("branding", Kind::Object),
    may("hideLogtoBranding", Kind::Flag),
    may("languageInfo", Kind::Object),
    may("termsOfUseUrl", Kind::Text).or_null(),
    may("privacyPolicyUrl", Kind::Text).or_null(),
    may("agreeToTermsPolicy", Kind::OneOf(&["Automatic", "ManualRegistrationOnly", "Manual"])),
    may("signIn", Kind::Object),
    may("signUp", Kind::Object),
    may("socialSignIn", Kind::Object),
    may("socialSignInConnectorTargets", Kind::Texts),
    may("signInMode", Kind::OneOf(&["SignIn", "Register", "SignInAndRegister"])),
    may("customCss", Kind::Text).or_null(),
    may("customContent", Kind::Object),
    may("customUiAssets", Kind::Object).or_null(),
    may("customUiCsp", Kind::Object),
    may("passwordPolicy", Kind::Object),
    may("mfa", Kind::Object),
    may("adaptiveMfa", Kind::Object),
    may("singleSignOnEnabled", Kind::Flag),
    may("supportEmail", Kind::Text).or_null(),
    may("supportWebsiteUrl", Kind::Text).or_null(),
    may("unknownSessionRedirectUrl", Kind::Text).or_null(),
    may("captchaPolicy", Kind::Object),
    may("sentinelPolicy", Kind::Object),
    may("emailBlocklistPolicy", Kind::Object),
    may("verificationCodePolicy", Kind::Object),
    may("forgotPasswordMethods", Kind::Texts).or_null(),
    may("passkeySignIn", Kind::Object),
    may("signUpProfileFields", Kind::List).or_null(),
    may("passwordExpiration", Kind::Object),
    may("usernamePolicy", Kind::Object),
];

fn update_sign_in_experience(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let members = call.members(EXPERIENCE)?;
    set(call, "sign_in_experiences", members);
    sign_in_experience(call)
}

/// The policy of a new tenant: eight characters.
fn check_password(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[must("password", Kind::Name), may("userId", Kind::Text)])?;
    let length = body.get("password").and_then(Js::as_str).map_or(0, |text| text.chars().count());
    if length >= 8 {
        return Ok(Answer::json(&json!({ "result": true })));
    }
    let issue = json!({ "code": "password_rejected.too_short", "interpolation": { "min": 8 } });
    Ok(Answer::json(&json!({ "result": false, "issues": [issue] })))
}

fn upload_custom_ui(call: &mut Call<'_>) -> Result<Answer, Failure> {
    multipart::file(call, &["application/zip"])?;
    Ok(Answer::json(&json!({ "customUiAssetId": call.world.rng.long_id() })))
}

/// Usernames that differ by case alone.
fn username_conflicts(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let mut by_name: std::collections::BTreeMap<String, Vec<&str>> = std::collections::BTreeMap::new();
    for user in call.world.users.newest() {
        if let Some(name) = &user.username {
            by_name.entry(name.to_lowercase()).or_default().push(&user.id);
        }
    }
    by_name.retain(|_, ids| ids.len() > 1);
    let limit = call.query.get("limit").and_then(|text| text.parse().ok()).unwrap_or(10);
    let samples: Vec<_> = by_name
        .iter()
        .take(limit)
        .map(|(name, ids)| json!({ "usernameLower": name, "userIds": ids }))
        .collect();
    Ok(Answer::json(&json!({ "totalConflicts": by_name.len(), "samples": samples })))
}

fn account_center(call: &Call<'_>) -> Document {
    let new = json!({
        "tenantId": call.world.tenant_id,
        "id": DEFAULT,
        "enabled": false,
        "fields": {},
        "webauthnRelatedOrigins": [],
        "deleteAccountUrl": null,
        "customCss": null,
        "profileFields": null,
    });
    single(call, "account_centers", new)
}

fn update_account_center(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let members = call.members(&[
        may("enabled", Kind::Flag),
        may("fields", Kind::Object),
        may("webauthnRelatedOrigins", Kind::Texts),
        may("deleteAccountUrl", Kind::Text).or_null(),
        may("customCss", Kind::Text).or_null(),
        may("profileFields", Kind::List).or_null(),
    ])?;
    set(call, "account_centers", members);
    Ok(Answer::json(&account_center(call)))
}

fn captcha_provider(call: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::json(call.stored("captcha_providers", "id", DEFAULT)?))
}

fn set_captcha_provider(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let mut members = call.members(&[must("config", Kind::Object)])?;
    let known = call.world.documents.find("captcha_providers", "id", DEFAULT);
    let created = known.and_then(|row| row.get("createdAt").cloned()).unwrap_or_else(|| call.now_ms.into());
    members.insert("tenantId".to_owned(), call.world.tenant_id.as_str().into());
    members.insert("createdAt".to_owned(), created);
    members.insert("updatedAt".to_owned(), call.now_ms.into());
    set(call, "captcha_providers", members);
    captcha_provider(call)
}

/// Without the id that the row is kept by.
fn anonymous(mut row: Document) -> Document {
    row.remove("id");
    row
}

fn admin_console(call: &Call<'_>) -> Document {
    let created = !call.world.organizations.is_empty();
    let new = json!({ "signInExperienceCustomized": false, "organizationCreated": created });
    anonymous(single(call, "admin_console_configs", new))
}

fn update_admin_console(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let members = call.members(&[
        may("signInExperienceCustomized", Kind::Flag),
        may("organizationCreated", Kind::Flag),
        may("developmentTenantMigrationNotification", Kind::Object),
        may("checkedChargeNotification", Kind::Object),
    ])?;
    set(call, "admin_console_configs", members);
    Ok(Answer::json(&admin_console(call)))
}

fn id_token(call: &Call<'_>) -> Document {
    anonymous(single(call, "id_token_configs", json!({})))
}

fn set_id_token(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let members = call.members(&[may("enabledExtendedClaims", Kind::Texts)])?;
    set(call, "id_token_configs", members);
    Ok(Answer::json(&id_token(call)))
}

fn session(call: &Call<'_>) -> Document {
    anonymous(single(call, "session_configs", json!({ "ttl": 1_209_600 })))
}

fn update_session(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let members = call.members(&[may("ttl", Kind::Number)])?;
    set(call, "session_configs", members);
    Ok(Answer::json(&session(call)))
}
