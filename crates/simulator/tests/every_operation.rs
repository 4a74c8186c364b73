//! Every operation of the Management API is called once at least, and answers what the catalogue says: status, media type, every key.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs, unreachable_pub)]

mod common;
mod walk;

use serde_json::json;

use common::tenant::Tenant;
use walk::{Walk, id};

#[test]
fn users() {
    let tenant = Tenant::with_users(5);
    let mut walk = Walk::new(&tenant);
    let new = json!({ "username": "ann", "primaryEmail": "ann@example.com", "password": "a long one", "customData": { "a": 1 } });
    let user = id(&walk.call("CreateUser", &[], Some(new)));
    let of = [user.as_str()];
    for operation in [
        "GetUser",
        "ListUserCustomData",
        "GetUserHasPassword",
        "ListUserRoles",
        "ListUserLogtoConfigs",
        "ListUserOrganizations",
        "ListUserAllIdentities",
        "ListUserGrants",
        "ListUserSessions",
        "ListUserMfaVerifications",
        "ListUserPersonalAccessTokens",
    ] {
        walk.call(operation, &of, None);
    }
    walk.list("ListUsers", &[], "page_size=3&search=%25a%25");
    walk.list("GetUser", &of, "includePasswordHash=true");
    walk.call("UpdateUser", &of, Some(json!({ "name": "Ann", "avatar": null })));
    walk.call("UpdateUserCustomData", &of, Some(json!({ "customData": { "b": 2 } })));
    walk.call("UpdateUserProfile", &of, Some(json!({ "profile": { "familyName": "Lee" } })));
    walk.call("UpdateUserPassword", &of, Some(json!({ "password": "another long one" })));
    walk.call("VerifyUserPassword", &of, Some(json!({ "password": "another long one" })));
    walk.call("UpdateUserPasswordExpiration", &of, Some(json!({ "isExpired": true })));
    walk.call("UpdateUserIsSuspended", &of, Some(json!({ "isSuspended": true })));
    walk.call("UpdateUserLogtoConfigs", &of, Some(json!({ "mfa": { "skipped": true } })));
    let identity = json!({ "userId": "s1", "details": { "name": "Ann" } });
    walk.call("ReplaceUserIdentity", &[&user, "github"], Some(identity));
    walk.call("GetUserIdentity", &[&user, "github"], None);
    walk.call("DeleteUserIdentity", &[&user, "github"], None);
    let connector =
        id(&walk.call("CreateConnector", &[], Some(json!({ "connectorId": "simulated-social" }))));
    let linked = json!({ "connectorId": connector, "connectorData": { "code": "c" } });
    walk.call("CreateUserIdentity", &of, Some(linked));
    walk.call("CreateUserMfaVerification", &of, Some(json!({ "type": "Totp" })));
    walk.call("CreateUserMfaVerification", &of, Some(json!({ "type": "BackupCode" })));
    let factors = walk.call("ListUserMfaVerifications", &of, None);
    walk.call("DeleteUserMfaVerification", &[&user, factors[1]["id"].as_str().expect("an id")], None);
    for name in ["one", "two", "a/b"] {
        walk.call("CreateUserPersonalAccessToken", &of, Some(json!({ "name": name })));
    }
    walk.call("UpdateUserPersonalAccessToken", &[&user, "one"], Some(json!({ "name": "1" })));
    walk.call("UpdatePersonalAccessTokenName", &of, Some(json!({ "currentName": "a/b", "name": "c/d" })));
    walk.call("DeletePersonalAccessTokenPost", &of, Some(json!({ "name": "c/d" })));
    walk.call("DeleteUserPersonalAccessToken", &[&user, "1"], None);
    walk.call("CreateSubjectToken", &[], Some(json!({ "userId": user })));
    for (operation, parameter) in [
        ("DeleteUserGrant", "g"),
        ("GetUserSession", "s"),
        ("DeleteUserSession", "s"),
        ("GetUserSsoIdentity", "c"),
    ] {
        walk.refuses(operation, &[&user, parameter], None, 404);
    }
    walk.call("GetTotalUserCount", &[], None);
    walk.call("GetNewUserCounts", &[], None);
    walk.call("GetActiveUserCounts", &[], None);
    walk.call("DeleteUser", &of, None);
    walk.called_all_but(
        &["users", "dashboard", "subject_tokens"],
        &["AssignUserRoles", "ReplaceUserRoles", "DeleteUserRole"],
    );
}

#[test]
fn roles_resources_and_scopes() {
    let tenant = Tenant::with_users(3);
    let mut walk = Walk::new(&tenant);
    let user = tenant.simulator.user_ids().remove(0);
    let resource = id(&walk.call(
        "CreateResource",
        &[],
        Some(json!({ "name": "r", "indicator": "https://r.example.com" })),
    ));
    walk.list("ListResources", &[], "includeScopes=true");
    walk.call("GetResource", &[&resource], None);
    walk.call("UpdateResource", &[&resource], Some(json!({ "name": "R", "accessTokenTtl": 60 })));
    walk.call("UpdateResourceIsDefault", &[&resource], Some(json!({ "isDefault": true })));
    let scope = id(&walk.call(
        "CreateResourceScope",
        &[&resource],
        Some(json!({ "name": "read", "description": null })),
    ));
    walk.call("ListResourceScopes", &[&resource], None);
    walk.call("UpdateResourceScope", &[&resource, &scope], Some(json!({ "description": "Reads" })));
    let role = id(&walk.call(
        "CreateRole",
        &[],
        Some(json!({ "name": "reader", "description": "Reads", "scopeIds": [scope] })),
    ));
    walk.list("ListRoles", &[], "search=%25read%25");
    walk.call("GetRole", &[&role], None);
    walk.call("UpdateRole", &[&role], Some(json!({ "description": "Reads all", "isDefault": false })));
    walk.call("CreateRoleUser", &[&role], Some(json!({ "userIds": [user] })));
    walk.call("ListRoleUsers", &[&role], None);
    walk.call("DeleteRoleUser", &[&role, &user], None);
    walk.call("ListRoleScopes", &[&role], None);
    walk.call("DeleteRoleScope", &[&role, &scope], None);
    walk.call("CreateRoleScope", &[&role], Some(json!({ "scopeIds": [scope] })));
    walk.call("AssignUserRoles", &[&user], Some(json!({ "roleIds": [role] })));
    walk.call("DeleteUserRole", &[&user, &role], None);
    walk.call("ReplaceUserRoles", &[&user], Some(json!({ "roleIds": [role] })));
    let machines = json!({ "name": "machines", "description": "Works", "type": "MachineToMachine" });
    let machines = id(&walk.call("CreateRole", &[], Some(machines)));
    let application = json!({ "name": "worker", "type": "MachineToMachine" });
    let application = id(&walk.call("CreateApplication", &[], Some(application)));
    walk.call("CreateRoleApplication", &[&machines], Some(json!({ "applicationIds": [application] })));
    walk.call("ListRoleApplications", &[&machines], None);
    walk.call("DeleteRoleApplication", &[&machines, &application], None);
    walk.call("AssignApplicationRoles", &[&application], Some(json!({ "roleIds": [machines] })));
    walk.call("ListApplicationRoles", &[&application], None);
    walk.call("DeleteApplicationRole", &[&application, &machines], None);
    walk.call("ReplaceApplicationRoles", &[&application], Some(json!({ "roleIds": [machines] })));
    walk.call("DeleteRole", &[&role], None);
    walk.call("DeleteResourceScope", &[&resource, &scope], None);
    walk.call("DeleteResource", &[&resource], None);
    walk.called_all_of(&["roles", "resources"]);
}

#[test]
fn organizations_and_their_template() {
    let tenant = Tenant::with_users(3);
    let mut walk = Walk::new(&tenant);
    let user = tenant.simulator.user_ids().remove(0);
    let organization = json!({ "name": "o", "description": null, "customData": {}, "branding": { "logoUrl": "https://example.com/l.png" } });
    let organization = id(&walk.call("CreateOrganization", &[], Some(organization)));
    let of = [organization.as_str()];
    walk.list("ListOrganizations", &[], "showFeatured=true&q=o");
    walk.call("GetOrganization", &of, None);
    walk.call("UpdateOrganization", &of, Some(json!({ "isMfaRequired": true })));
    let scope = id(&walk.call("CreateOrganizationScope", &[], Some(json!({ "name": "invite" }))));
    walk.call("ListOrganizationScopes", &[], None);
    walk.call("GetOrganizationScope", &[&scope], None);
    walk.call("UpdateOrganizationScope", &[&scope], Some(json!({ "description": "Invites" })));
    let api_scope = json!({ "name": "invoices" });
    let api_scope = id(&walk.call("CreateResourceScope", &["orders-api"], Some(api_scope)));
    let role = id(&walk.call(
        "CreateOrganizationRole",
        &[],
        Some(json!({ "name": "host", "organizationScopeIds": [scope] })),
    ));
    walk.call("ListOrganizationRoles", &[], None);
    walk.call("GetOrganizationRole", &[&role], None);
    walk.call("UpdateOrganizationRole", &[&role], Some(json!({ "description": "Hosts" })));
    walk.call("ListOrganizationRoleScopes", &[&role], None);
    walk.call("DeleteOrganizationRoleScope", &[&role, &scope], None);
    walk.call("CreateOrganizationRoleScope", &[&role], Some(json!({ "organizationScopeIds": [scope] })));
    walk.call("ReplaceOrganizationRoleScopes", &[&role], Some(json!({ "organizationScopeIds": [scope] })));
    walk.call("CreateOrganizationRoleResourceScope", &[&role], Some(json!({ "scopeIds": [api_scope] })));
    walk.call("ListOrganizationRoleResourceScopes", &[&role], None);
    walk.call("DeleteOrganizationRoleResourceScope", &[&role, &api_scope], None);
    walk.call("ReplaceOrganizationRoleResourceScopes", &[&role], Some(json!({ "scopeIds": [api_scope] })));
    walk.call("AddOrganizationUsers", &of, Some(json!({ "userIds": [user] })));
    walk.call("ReplaceOrganizationUsers", &of, Some(json!({ "userIds": [user] })));
    walk.call(
        "AssignOrganizationRolesToUsers",
        &of,
        Some(json!({ "userIds": [user], "organizationRoleIds": [role] })),
    );
    walk.call("ListOrganizationUsers", &of, None);
    walk.call("ListUserOrganizations", &[&user], None);
    walk.call("ListOrganizationUserRoles", &[&organization, &user], None);
    walk.call("ListOrganizationUserScopes", &[&organization, &user], None);
    walk.call("DeleteOrganizationUserRole", &[&organization, &user, &role], None);
    walk.call(
        "AssignOrganizationRolesToUser",
        &[&organization, &user],
        Some(json!({ "organizationRoleIds": [role] })),
    );
    walk.call(
        "ReplaceOrganizationUserRoles",
        &[&organization, &user],
        Some(json!({ "organizationRoleIds": [] })),
    );
    let machines = json!({ "name": "machines", "type": "MachineToMachine" });
    let machines = id(&walk.call("CreateOrganizationRole", &[], Some(machines)));
    let application = id(&walk.call(
        "CreateApplication",
        &[],
        Some(json!({ "name": "worker", "type": "MachineToMachine" })),
    ));
    let member = [organization.as_str(), application.as_str()];
    walk.call("AddOrganizationApplications", &of, Some(json!({ "applicationIds": [application] })));
    walk.call("ReplaceOrganizationApplications", &of, Some(json!({ "applicationIds": [application] })));
    let both = json!({ "applicationIds": [application], "organizationRoleIds": [machines] });
    walk.call("AssignOrganizationRolesToApplications", &of, Some(both));
    walk.call("ListOrganizationApplications", &of, None);
    walk.call("ListApplicationOrganizations", &[&application], None);
    walk.call("ListOrganizationApplicationRoles", &member, None);
    walk.call("DeleteOrganizationApplicationRole", &[&organization, &application, &machines], None);
    walk.call(
        "AssignOrganizationRolesToApplication",
        &member,
        Some(json!({ "organizationRoleIds": [machines] })),
    );
    walk.call("ReplaceOrganizationApplicationRoles", &member, Some(json!({ "organizationRoleIds": [] })));
    just_in_time(&mut walk, &organization, &role);
    invitations(&mut walk, &organization, &role);
    walk.call("DeleteOrganizationUser", &[&organization, &user], None);
    walk.call("DeleteOrganizationApplication", &member, None);
    walk.call("DeleteOrganization", &of, None);
    walk.call("DeleteOrganizationRole", &[&role], None);
    walk.call("DeleteOrganizationScope", &[&scope], None);
    walk.called_all_of(&[
        "organizations",
        "organization_roles",
        "organization_scopes",
        "organization_invitations",
    ]);
}

fn just_in_time(walk: &mut Walk<'_>, organization: &str, role: &str) {
    let of = [organization];
    walk.call("CreateOrganizationJitEmailDomain", &of, Some(json!({ "emailDomain": "example.com" })));
    walk.call("ReplaceOrganizationJitEmailDomains", &of, Some(json!({ "emailDomains": ["example.org"] })));
    walk.call("ListOrganizationJitEmailDomains", &of, None);
    walk.call("DeleteOrganizationJitEmailDomain", &[organization, "example.org"], None);
    walk.call("CreateOrganizationJitRole", &of, Some(json!({ "organizationRoleIds": [role] })));
    walk.call("ReplaceOrganizationJitRoles", &of, Some(json!({ "organizationRoleIds": [role] })));
    walk.call("ListOrganizationJitRoles", &of, None);
    walk.call("DeleteOrganizationJitRole", &[organization, role], None);
    let connector = json!({ "providerName": "OIDC", "connectorName": "jit" });
    let connector = id(&walk.call("CreateSsoConnector", &[], Some(connector)));
    walk.call("CreateOrganizationJitSsoConnector", &of, Some(json!({ "ssoConnectorIds": [connector] })));
    walk.call("ReplaceOrganizationJitSsoConnectors", &of, Some(json!({ "ssoConnectorIds": [connector] })));
    walk.call("ListOrganizationJitSsoConnectors", &of, None);
    walk.call("DeleteOrganizationJitSsoConnector", &[organization, &connector], None);
}

fn invitations(walk: &mut Walk<'_>, organization: &str, role: &str) {
    let invitation = json!({
        "invitee": "bob@example.com", "organizationId": organization, "expiresAt": 1_900_000_000_000_u64,
        "organizationRoleIds": [role], "messagePayload": false,
    });
    let invitation = id(&walk.call("CreateOrganizationInvitation", &[], Some(invitation)));
    walk.call("ListOrganizationInvitations", &[], None);
    walk.call("GetOrganizationInvitation", &[&invitation], None);
    walk.refuses("CreateOrganizationInvitationMessage", &[&invitation], Some(json!({})), 501);
    walk.call("CreateConnector", &[], Some(json!({ "connectorId": "simulated-email" })));
    walk.call("CreateOrganizationInvitationMessage", &[&invitation], Some(json!({ "code": "1" })));
    walk.call("ReplaceOrganizationInvitationStatus", &[&invitation], Some(json!({ "status": "Revoked" })));
    walk.call("DeleteOrganizationInvitation", &[&invitation], None);
}

#[test]
fn applications() {
    let tenant = Tenant::with_users(2);
    let mut walk = Walk::new(&tenant);
    let user = tenant.simulator.user_ids().remove(0);
    let new = json!({
        "name": "web", "type": "Traditional", "isThirdParty": true,
        "oidcClientMetadata": { "redirectUris": ["https://example.com/callback"], "postLogoutRedirectUris": [] },
    });
    let application = id(&walk.call("CreateApplication", &[], Some(new)));
    let of = [application.as_str()];
    walk.list("ListApplications", &[], "types=Traditional&types=SPA&isThirdParty=true");
    walk.call("GetApplication", &of, None);
    walk.call(
        "UpdateApplication",
        &of,
        Some(json!({ "description": "Web", "customClientMetadata": { "refreshTokenTtlInDays": 7 } })),
    );
    walk.call("UpdateApplicationCustomData", &of, Some(json!({ "a": 1 })));
    walk.call("GetApplicationAccessControl", &of, None);
    let control =
        json!({ "userIds": [user], "userRoleIds": [], "organizationIds": [], "organizationRoleRules": [] });
    walk.call("ReplaceApplicationAccessControl", &of, Some(control));
    walk.refuses("GetApplicationSignInExperience", &of, None, 404);
    let experience = json!({ "termsOfUseUrl": null, "privacyPolicyUrl": "https://example.com/privacy" });
    walk.call("ReplaceApplicationSignInExperience", &of, Some(experience));
    walk.call("GetApplicationSignInExperience", &of, None);
    let scope = tenant.ids("/api/resources/orders-api/scopes").remove(0);
    let organization_scope = tenant.ids("/api/organization-scopes").remove(0);
    let scopes = json!({
        "resourceScopes": [scope], "organizationResourceScopes": [scope], "organizationScopes": [organization_scope], "userScopes": ["email"],
    });
    walk.call("CreateApplicationUserConsentScope", &of, Some(scopes));
    walk.call("ListApplicationUserConsentScopes", &of, None);
    walk.call("DeleteApplicationUserConsentScope", &[&application, "user-scopes", "email"], None);
    let organization = tenant.ids("/api/organizations").remove(0);
    tenant.api(
        "POST",
        &format!("/api/organizations/{organization}/users"),
        Some(&json!({ "userIds": [user] })),
    );
    let consent = [application.as_str(), user.as_str()];
    walk.call(
        "CreateApplicationUserConsentOrganization",
        &consent,
        Some(json!({ "organizationIds": [organization] })),
    );
    walk.call("ListApplicationUserConsentOrganizations", &consent, None);
    walk.call(
        "ReplaceApplicationUserConsentOrganizations",
        &consent,
        Some(json!({ "organizationIds": [organization] })),
    );
    walk.call("DeleteApplicationUserConsentOrganization", &[&application, &user, &organization], None);
    walk.call("CreateApplicationSecret", &of, Some(json!({ "name": "second", "expiresAt": null })));
    walk.call("ListApplicationSecrets", &of, None);
    walk.call("UpdateApplicationSecret", &[&application, "second"], Some(json!({ "name": "2" })));
    walk.call("DeleteApplicationSecret", &[&application, "2"], None);
    walk.refuses("DeleteApplicationLegacySecret", &of, None, 404);
    for operation in ["ListApplicationRoles", "ListApplicationOrganizations"] {
        walk.call(operation, &of, None);
    }
    walk.refuses("ListApplicationProtectedAppMetadataCustomDomains", &of, None, 422);
    let guarded = json!({ "name": "guarded", "type": "Protected", "protectedAppMetadata": { "subDomain": "g", "origin": "https://example.com" } });
    let guarded = id(&walk.call("CreateApplication", &[], Some(guarded)));
    walk.call(
        "CreateApplicationProtectedAppMetadataCustomDomain",
        &[&guarded],
        Some(json!({ "domain": "g.example.com" })),
    );
    walk.call("ListApplicationProtectedAppMetadataCustomDomains", &[&guarded], None);
    walk.call("GetApplication", &[&guarded], None);
    walk.call("DeleteApplicationProtectedAppMetadataCustomDomain", &[&guarded, "g.example.com"], None);
    walk.call("GetSystemApplicationConfig", &[], None);
    walk.call("DeleteApplication", &of, None);
    walk.called_all_but(
        &["applications", "systems"],
        &["AssignApplicationRoles", "ReplaceApplicationRoles", "DeleteApplicationRole"],
    );
}

#[test]
fn saml_applications() {
    let tenant = Tenant::with_users(0);
    let mut walk = Walk::new(&tenant);
    let address = json!({ "binding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", "url": "https://sp.example.com/acs" });
    let new = json!({ "name": "saml", "entityId": "urn:sp", "acsUrl": address });
    let application = id(&walk.call("CreateSamlApplication", &[], Some(new)));
    let of = [application.as_str()];
    walk.call("GetSamlApplication", &of, None);
    let changed = walk.call(
        "UpdateSamlApplication",
        &of,
        Some(json!({ "name": "SAML", "attributeMapping": { "email": "mail" } })),
    );
    assert_eq!(changed["entityId"], "urn:sp");
    walk.list("ListApplications", &[], "types=SAML");
    let secret = walk.call("CreateSamlApplicationSecret", &of, Some(json!({ "lifeSpanInYears": 1 })));
    let secret = [application.as_str(), secret["id"].as_str().expect("an id")];
    walk.call("ListSamlApplicationSecrets", &of, None);
    walk.call("UpdateSamlApplicationSecret", &secret, Some(json!({ "active": true })));
    let metadata = walk.call("ListSamlApplicationMetadata", &of, None);
    assert!(metadata.as_str().is_some_and(|xml| xml.contains("EntityDescriptor")));
    walk.refuses("DeleteSamlApplicationSecret", &secret, None, 400);
    walk.call("UpdateSamlApplicationSecret", &secret, Some(json!({ "active": false })));
    walk.call("DeleteSamlApplicationSecret", &secret, None);
    walk.list("GetSamlApplicationCallback", &of, "code=c&state=s");
    walk.list("GetSamlAuthn", &of, "SAMLRequest=r");
    walk.call("CreateSamlAuthn", &of, Some(json!({ "SAMLRequest": "r" })));
    walk.refuses("DeleteApplication", &of, None, 400);
    walk.call("DeleteSamlApplication", &of, None);
    walk.refuses("GetSamlApplication", &of, None, 404);
    walk.called_all_of(&["saml_applications", "saml"]);
}

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
