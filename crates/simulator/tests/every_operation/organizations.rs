//! Organizations, their template, who gets in, and invitations.

use serde_json::json;

use crate::common::tenant::Tenant;
use crate::walk::{Walk, id};

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
