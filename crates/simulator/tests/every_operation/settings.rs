//! Hooks, logs, tokens, and what a tenant sets up and writes.

use serde_json::json;

use crate::common::tenant::Tenant;
use crate::walk::{Walk, id};

#[test]
fn hooks_logs_and_tokens() {
    let tenant = Tenant::new(logto_simulator::Options { logs: 3, ..logto_simulator::Options::default() });
    let mut walk = Walk::new(&tenant);
    let new = json!({ "name": "h", "events": ["User.Created"], "config": { "url": "https://example.com/h", "headers": { "a": "b" } } });
    let hook = id(&walk.call("CreateHook", &[], Some(new)));
    walk.list("ListHooks", &[], "includeExecutionStats=true");
    walk.list("GetHook", &[&hook], "includeExecutionStats=true");
    walk.call("UpdateHook", &[&hook], Some(json!({ "enabled": false })));
    walk.call("UpdateHookSigningKey", &[&hook], None);
    walk.call("ListHookRecentLogs", &[&hook], None);
    walk.refuses(
        "CreateHookTest",
        &[&hook],
        Some(json!({ "events": ["User.Created"], "config": { "url": "https://example.com/h" } })),
        422,
    );
    walk.call("DeleteHook", &[&hook], None);
    let logs = walk.call("ListLogs", &[], None);
    walk.call("GetLog", &[logs[0]["id"].as_str().expect("an id")], None);
    let new = json!({ "email": "ann@example.com", "context": { "jitOrganizationIds": [] }, "expiresIn": 60 });
    let token = walk.call("AddOneTimeTokens", &[], Some(new.clone()));
    let other = id(&walk.call("AddOneTimeTokens", &[], Some(new)));
    walk.list("ListOneTimeTokens", &[], "email=ann@example.com&status=active&page=1");
    walk.call("GetOneTimeToken", &[&other], None);
    let wrong = json!({ "email": "bob@example.com", "token": token["token"] });
    walk.refuses("VerifyOneTimeToken", &[], Some(wrong), 400);
    let right = json!({ "email": "ann@example.com", "token": token["token"] });
    walk.call("VerifyOneTimeToken", &[], Some(right.clone()));
    walk.refuses("VerifyOneTimeToken", &[], Some(right), 400);
    walk.call("ReplaceOneTimeTokenStatus", &[&other], Some(json!({ "status": "revoked" })));
    walk.call("DeleteOneTimeToken", &[&other], None);
    walk.refuses("CreateVerificationCode", &[], Some(json!({ "email": "ann@example.com" })), 501);
    walk.call("CreateConnector", &[], Some(json!({ "connectorId": "simulated-email" })));
    walk.call("CreateVerificationCode", &[], Some(json!({ "email": "ann@example.com" })));
    walk.call(
        "VerifyVerificationCode",
        &[],
        Some(json!({ "email": "ann@example.com", "verificationCode": "000000" })),
    );
    walk.call("DeleteSentinelActivities", &[], Some(json!({ "targetType": "User", "targets": ["x"] })));
    walk.refuses("DeleteSecret", &["x"], None, 404);
    walk.list("GetHasuraAuth", &[], "resource=r&unauthorizedRole=guest");
    walk.refuses("AssertSaml", &["c"], Some(json!({})), 404);
    walk.refuses("AssertSingleSignOnSaml", &["c"], Some(json!({ "SAMLResponse": "r" })), 404);
    walk.called_all_of(&[
        "hooks",
        "logs",
        "one_time_tokens",
        "verification_codes",
        "sentinel_activities",
        "secrets",
        "authn",
    ]);
}

#[test]
fn settings_and_content() {
    let tenant = Tenant::with_users(1);
    let mut walk = Walk::new(&tenant);
    for operation in [
        "GetStatus",
        "GetSwaggerJson",
        "GetSignInExp",
        "GetWellKnownExperience",
        "GetSignInExperienceConfig",
        "GetWellKnownAccountCenter",
        "GetSignInExperiencePhrases",
        "GetWellKnownManagementOpenapiJson",
        "GetWellKnownExperienceOpenapiJson",
        "GetWellKnownUserOpenapiJson",
        "GetAccountCenterSettings",
        "GetAdminConsoleConfig",
        "GetIdTokenConfig",
        "GetOidcSessionConfig",
        "ListJwtCustomizers",
        "ListActions",
        "GetUsernameCaseSensitivityConflicts",
        "GetUserAssetServiceStatus",
    ] {
        walk.call(operation, &[], None);
    }
    walk.call(
        "UpdateSignInExp",
        &[],
        Some(json!({ "branding": { "logoUrl": "https://example.com/l.png" }, "supportEmail": null })),
    );
    walk.call("CheckPasswordWithDefaultSignInExperience", &[], Some(json!({ "password": "short" })));
    walk.call(
        "UpdateAccountCenterSettings",
        &[],
        Some(json!({ "enabled": true, "fields": { "name": "Edit" } })),
    );
    walk.call("UpdateAdminConsoleConfig", &[], Some(json!({ "organizationCreated": true })));
    walk.call("UpsertIdTokenConfig", &[], Some(json!({ "enabledExtendedClaims": ["roles"] })));
    walk.call("UpdateOidcSessionConfig", &[], Some(json!({ "ttl": 3600 })));
    walk.refuses("GetCaptchaProvider", &[], None, 404);
    let captcha = json!({ "config": { "type": "Turnstile", "siteKey": "s", "secretKey": "k" } });
    walk.call("UpdateCaptchaProvider", &[], Some(captcha));
    walk.call("GetCaptchaProvider", &[], None);
    walk.call("DeleteCaptchaProvider", &[], None);
    for kind in ["private-keys", "cookie-keys"] {
        walk.call("GetOidcKeys", &[kind], None);
        let keys = walk.call("RotateOidcKeys", &[kind], None);
        walk.call("DeleteOidcKey", &[kind, keys[1]["id"].as_str().expect("an id")], None);
    }
    let script = json!({ "script": "const getCustomJwtClaims = async () => ({});", "environmentVariables": { "a": "b" } });
    walk.call("UpsertJwtCustomizer", &["access-token"], Some(script));
    walk.call("ListJwtCustomizers", &[], None);
    walk.call("GetJwtCustomizer", &["access-token"], None);
    walk.call("UpdateJwtCustomizer", &["access-token"], Some(json!({ "blockIssuanceOnError": true })));
    walk.call("DeleteJwtCustomizer", &["access-token"], None);
    let test = json!({ "tokenType": "client-credentials", "script": "x", "token": {}, "context": {} });
    walk.refuses("TestJwtCustomizer", &[], Some(test), 422);
    let action = "action.postSignIn";
    walk.call("UpsertAction", &[action], Some(json!({ "script": "s", "enabled": false })));
    walk.call("ListActions", &[], None);
    walk.call("GetAction", &[action], None);
    walk.call("UpdateAction", &[action], Some(json!({ "enabled": true })));
    walk.call("DeleteAction", &[action], None);
    walk.call("TestAction", &[], Some(json!({ "script": "s", "actionType": action, "event": {} })));
    phrases_and_fields(&mut walk);
    templates_and_domains(&mut walk);
    connectors(&mut walk);
    walk.upload("UploadCustomUiAssets", "ui.zip", "application/zip");
    walk.upload("CreateUserAsset", "ann.png", "image/png");
    walk.called_all_of(&[
        "status",
        "swagger_json",
        "well_known",
        "sign_in_exp",
        "account_center",
        "captcha_provider",
        "configs",
        "custom_phrases",
        "custom_profile_fields",
        "email_templates",
        "domains",
        "connectors",
        "connector_factories",
        "sso_connectors",
        "sso_connector_providers",
        "user_assets",
    ]);
}

fn phrases_and_fields(walk: &mut Walk<'_>) {
    walk.call("ReplaceCustomPhrase", &["de"], Some(json!({ "input": { "username": "Name" } })));
    walk.call("ListCustomPhrases", &[], None);
    walk.call("GetCustomPhrase", &["de"], None);
    walk.call("DeleteCustomPhrase", &["de"], None);
    walk.refuses("GetCustomPhrase", &["nosuch"], None, 400);
    walk.call(
        "CreateCustomProfileField",
        &[],
        Some(json!({ "name": "nick", "type": "Text", "label": "Nick", "required": false })),
    );
    let more = json!([{ "name": "age", "type": "Number", "required": true, "config": { "minValue": 0 } }]);
    walk.call("CreateCustomProfileFieldsBatch", &[], Some(more));
    walk.call("ListCustomProfileFields", &[], None);
    walk.call("GetCustomProfileFieldByName", &["age"], None);
    walk.call(
        "UpdateCustomProfileFieldByName",
        &["age"],
        Some(json!({ "type": "Number", "required": false })),
    );
    let order = json!({ "order": [{ "name": "age", "sieOrder": 1 }, { "name": "nick", "sieOrder": 2 }] });
    let fields = walk.call("UpdateCustomProfileFieldsSieOrder", &[], Some(order));
    assert_eq!(fields[0]["name"], "age");
    walk.call("GetWellKnownExperience", &[], None);
    walk.call("DeleteCustomProfileFieldByName", &["age"], None);
}

fn templates_and_domains(walk: &mut Walk<'_>) {
    let template = json!({ "languageTag": "en", "templateType": "SignIn", "details": { "subject": "s", "content": "c", "contentType": "text/html" } });
    let templates = walk.call("ReplaceEmailTemplates", &[], Some(json!({ "templates": [template] })));
    let template = templates[0]["id"].as_str().expect("an id").to_owned();
    walk.list("ListEmailTemplates", &[], "languageTag=en&templateType=SignIn");
    walk.call("GetEmailTemplate", &[&template], None);
    walk.call("UpdateEmailTemplateDetails", &[&template], Some(json!({ "subject": "S" })));
    walk.refuses("DeleteEmailTemplates", &[], None, 422);
    walk.list("DeleteEmailTemplates", &[], "languageTag=de");
    walk.call("DeleteEmailTemplate", &[&template], None);
    let domain = id(&walk.call("CreateDomain", &[], Some(json!({ "domain": "id.example.com" }))));
    walk.call("ListDomains", &[], None);
    walk.call("GetDomain", &[&domain], None);
    walk.call(
        "ReplaceDomainVerificationFiles",
        &[&domain],
        Some(json!({ "verificationFiles": { "a.txt": "1" } })),
    );
    walk.call("ListDomainVerificationFiles", &[&domain], None);
    walk.call("CleanupDomains", &[], Some(json!({ "staleDays": 1 })));
    walk.call("DeleteDomain", &[&domain], None);
}

fn connectors(walk: &mut Walk<'_>) {
    walk.call("ListConnectorFactories", &[], None);
    walk.call("GetConnectorFactory", &["simulated-social"], None);
    let connector = json!({ "connectorId": "simulated-social", "config": { "clientId": "c" }, "metadata": { "target": "t" } });
    let connector = id(&walk.call("CreateConnector", &[], Some(connector)));
    walk.call("ListConnectors", &[], None);
    walk.call("GetConnector", &[&connector], None);
    walk.call("UpdateConnector", &[&connector], Some(json!({ "syncProfile": true })));
    walk.call(
        "CreateConnectorAuthorizationUri",
        &[&connector],
        Some(json!({ "state": "s", "redirectUri": "https://example.com" })),
    );
    walk.call(
        "CreateConnectorTest",
        &["simulated-email"],
        Some(json!({ "email": "a@example.com", "config": {} })),
    );
    walk.call("DeleteConnector", &[&connector], None);
    walk.call("ListSsoConnectorProviders", &[], None);
    let connector = json!({ "providerName": "OIDC", "connectorName": "sso", "domains": ["example.com"] });
    let connector = id(&walk.call("CreateSsoConnector", &[], Some(connector)));
    walk.call("ListSsoConnectors", &[], None);
    walk.call("GetSsoConnector", &[&connector], None);
    walk.call(
        "UpdateSsoConnector",
        &[&connector],
        Some(json!({ "syncProfile": true, "connectorName": "SSO" })),
    );
    walk.call("DeleteSsoConnector", &[&connector], None);
}
