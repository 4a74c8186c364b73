//! Applications and SAML applications.

use serde_json::json;

use crate::common::tenant::Tenant;
use crate::walk::{Walk, id};

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
