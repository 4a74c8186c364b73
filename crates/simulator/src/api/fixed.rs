//! Operations without state: what needs no token, and what is the same in every tenant without connectors.

use serde_json::{Value, json};

use super::Call;
use super::answer::{Answer, Failure, failure, not_exists, not_found};
use super::paging::When;
use super::routes::{Route, public, route};

pub(super) const ROUTES: &[Route] = &[
    public("GET", "/api/status", status),
    public("GET", "/api/.well-known/sign-in-exp", sign_in_experience),
    public("GET", "/api/.well-known/experience", sign_in_experience),
    public("GET", "/api/.well-known/phrases", |_| Ok(Answer::raw("{}"))),
    public("GET", "/api/.well-known/account-center", account_center),
    public("GET", "/api/.well-known/management.openapi.json", openapi),
    public("GET", "/api/.well-known/experience.openapi.json", openapi),
    public("GET", "/api/.well-known/user.openapi.json", openapi),
    public("GET", "/api/swagger.json", openapi),
    route("GET", "/api/sign-in-exp", sign_in_experience),
    route("GET", "/api/account-center", account_center),
    route("GET", "/api/dashboard/users/total", total_users),
    route("GET", "/api/dashboard/users/new", new_users),
    route("GET", "/api/connectors", none),
    route("GET", "/api/connector-factories", none),
    route("GET", "/api/sso-connectors", none_paged),
    route("GET", "/api/one-time-tokens", none_paged),
    route("GET", "/api/custom-phrases", none),
    route("GET", "/api/custom-profile-fields", none),
    route("GET", "/api/domains", none),
    route("GET", "/api/email-templates", none),
    route("GET", "/api/configs/jwt-customizer", none),
    route("GET", "/api/configs/jwt-customizer/{tokenTypePath}", no_customizer),
    route("GET", "/api/configs/admin-console", admin_console),
    route("GET", "/api/captcha-provider", |_| Err(not_found())),
    route("GET", "/api/user-assets/service-status", no_storage),
    route("GET", "/api/systems/application", no_protected_apps),
];

fn status(_: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::empty())
}

fn none(_: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::raw("[]"))
}

fn none_paged(call: &mut Call<'_>) -> Result<Answer, Failure> {
    call.list::<Value>(&[], When::Asked)
}

fn sign_in_experience(call: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::json(&json!({
        "tenantId": call.world.tenant_id,
        "id": "default",
        "color": { "primaryColor": "#6139F6", "isDarkModeEnabled": false, "darkPrimaryColor": "#8768F8" },
        "branding": {},
        "hideLogtoBranding": false,
        "languageInfo": { "autoDetect": true, "fallbackLanguage": "en" },
        "termsOfUseUrl": null,
        "privacyPolicyUrl": null,
        "agreeToTermsPolicy": "Automatic",
        "signIn": { "methods": [{ "identifier": "username", "password": true, "verificationCode": false, "isPasswordPrimary": true }] },
        "signUp": { "identifiers": ["username"], "password": true, "verify": false },
        "socialSignInConnectorTargets": [],
        "signInMode": "SignInAndRegister",
        "customCss": null,
        "customContent": {},
        "passwordPolicy": {},
        "mfa": { "policy": "UserControlled", "factors": [] },
        "singleSignOnEnabled": true,
        "socialConnectors": [],
        "ssoConnectors": [],
    })))
}

fn account_center(call: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::json(&json!({
        "tenantId": call.world.tenant_id,
        "id": "default",
        "enabled": false,
        "fields": {},
        "webauthnRelatedOrigins": [],
        "deleteAccountUrl": null,
        "customCss": null,
        "profileFields": null,
    })))
}

fn openapi(_: &mut Call<'_>) -> Result<Answer, Failure> {
    let info = json!({ "title": "Logto API references (simulated)", "version": "Latest" });
    Ok(Answer::json(&json!({ "openapi": "3.0.1", "info": info, "paths": {} })))
}

fn total_users(call: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::json(&json!({ "totalUserCount": call.world.users.len() })))
}

fn new_users(call: &mut Call<'_>) -> Result<Answer, Failure> {
    const DAY_MS: u64 = 86_400_000;
    let since = |days: u64| {
        let start = call.now_ms.saturating_sub(days * DAY_MS);
        call.world.users.newest().filter(|user| user.created_at >= start).count()
    };
    let (today, week) = (since(1), since(7));
    Ok(Answer::json(&json!({
        "today": { "count": today, "delta": today }, "last7Days": { "count": week, "delta": week },
    })))
}

fn admin_console(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let created = !call.world.organizations.is_empty();
    Ok(Answer::json(&json!({ "signInExperienceCustomized": false, "organizationCreated": created })))
}

fn no_customizer(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let key = match call.param(0) {
        "access-token" => "jwt.accessToken",
        "client-credentials" => "jwt.clientCredentials",
        _ => return Err(failure(400, "guard.invalid_input", "The request params is invalid.")),
    };
    Err(not_exists("logto_config", key))
}

fn no_storage(_: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::raw(r#"{"status":"not_configured","isExperienceAvatarUploadEnabled":true}"#))
}

fn no_protected_apps(_: &mut Call<'_>) -> Result<Answer, Failure> {
    Err(failure(
        501,
        "application.protected_app_not_configured",
        "Protected app provider is not configured. This feature is not available for open source version.",
    ))
}
