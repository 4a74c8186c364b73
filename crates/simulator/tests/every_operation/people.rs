//! Users, roles, resources and their scopes.

use serde_json::json;

use crate::common::tenant::Tenant;
use crate::walk::{Walk, id};

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
