//! The other tables, and what holds for the whole API.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

mod common;

use common::tenant::{Tenant, header, json, text};
use logto_simulator::Options;
use serde_json::{Value, json};

fn id(row: &Value) -> String {
    row["id"].as_str().expect("an id").to_owned()
}

#[test]
fn paths_and_methods_that_are_none() {
    let tenant = Tenant::with_users(1);
    for (method, path, status, body, allow) in [
        ("GET", "/api/nosuch", 404, "Not Found", None),
        ("POST", "/api/organizations/x/y/z", 404, "Not Found", None),
        ("GET", "/api//users", 404, "Not Found", None),
        ("PUT", "/api/users", 405, "Method Not Allowed", Some("POST, HEAD, GET")),
        ("POST", "/api/status", 405, "Method Not Allowed", Some("HEAD, GET")),
        ("PURGE", "/api/users", 501, "Not Implemented", Some("POST, HEAD, GET")),
        ("OPTIONS", "/api/users", 200, "", Some("POST, HEAD, GET")),
    ] {
        // None of it needs a token.
        let answer = tenant.raw(method, path, &[], b"");
        assert_eq!((answer.status().as_u16(), text(&answer)), (status, body), "{method} {path}");
        assert_eq!(header(&answer, "content-type"), Some("text/plain; charset=utf-8"));
        assert_eq!(header(&answer, "allow"), allow, "{method} {path}");
        assert_eq!(header(&answer, "logto-core-request-id").map(str::len), Some(16));
    }
}

#[test]
fn some_paths_need_no_token() {
    let tenant = Tenant::with_users(0);
    let status = tenant.raw("GET", "/api/status", &[], b"");
    assert_eq!((status.status().as_u16(), status.body().len()), (204, 0));
    let experience = tenant.raw("GET", "/api/.well-known/sign-in-exp", &[], b"");
    assert_eq!(experience.status(), 200);
    assert!(header(&experience, "etag").is_some());
}

#[test]
fn lists_page_always_when_asked_or_never() {
    let tenant = Tenant::with_users(30);
    let role = id(&tenant.ok("GET", "/api/roles?type=User", None)[0]);
    let organization = id(&tenant.ok("GET", "/api/organizations?q=Org%200", None)[0]);
    let member = id(&tenant.ok("GET", &format!("/api/organizations/{organization}/users"), None)[0]);
    let org_role = id(&tenant.ok("GET", "/api/organization-roles", None)[0]);
    let hook = id(&tenant.ok("GET", "/api/hooks", None)[0]);
    let paged = |path: &str| {
        let answer = tenant.get(path);
        assert_eq!(answer.status(), 200, "{path}: {}", text(&answer));
        let links = answer.headers().get_all("link").iter().count();
        assert_eq!(header(&answer, "total-number").is_some(), links >= 2, "{path}");
        links >= 2
    };
    for path in [
        "/api/users",
        "/api/logs",
        "/api/roles",
        "/api/organizations",
        "/api/organization-roles",
        &format!("/api/roles/{role}/users"),
        &format!("/api/roles/{role}/applications"),
        &format!("/api/users/{member}/roles"),
        "/api/applications/m2m-app/roles",
        "/api/resources/orders-api/scopes",
        &format!("/api/organizations/{organization}/users"),
        &format!("/api/organizations/{organization}/applications"),
        &format!("/api/hooks/{hook}/recent-logs"),
    ] {
        assert!(paged(path) && paged(&format!("{path}?page=1")), "{path} pages always");
    }
    for path in [
        "/api/applications",
        "/api/resources",
        "/api/hooks",
        "/api/sso-connectors",
        "/api/one-time-tokens",
        "/api/organization-scopes",
        "/api/applications/m2m-app/organizations",
        &format!("/api/roles/{role}/scopes"),
        &format!("/api/organization-roles/{org_role}/scopes"),
        &format!("/api/organization-roles/{org_role}/resource-scopes"),
        &format!("/api/organizations/{organization}/users/{member}/roles"),
        &format!("/api/organizations/{organization}/jit/email-domains"),
        &format!("/api/organizations/{organization}/jit/roles"),
        &format!("/api/organizations/{organization}/jit/sso-connectors"),
    ] {
        assert!(!paged(path), "{path} does not page unless asked");
        assert!(paged(&format!("{path}?page=1")), "{path} pages when asked");
        assert!(paged(&format!("{path}?page_size=5")), "{path} pages when asked");
    }
    for path in
        ["/api/connectors", &format!("/api/users/{member}/organizations"), "/api/organization-invitations"]
    {
        assert!(!paged(&format!("{path}?page=1&page_size=5")), "{path} never pages");
    }
}

#[test]
fn over_ten_thousand_logs_are_not_counted_when_asked_so() {
    let tenant = Tenant::new(Options { users: 0, logs: 10_050, ..Options::default() });
    let exact = tenant.get("/api/logs?page_size=100");
    // The token has left a row of its own.
    assert_eq!(
        (header(&exact, "total-number"), header(&exact, "total-number-is-capped")),
        (Some("10051"), None)
    );
    let capped = tenant.get("/api/logs?page_size=100&page=3&enableCap=true");
    assert_eq!(header(&capped, "total-number"), Some("10001"));
    assert_eq!(header(&capped, "total-number-is-capped"), Some("true"));
    let links: Vec<_> = capped.headers().get_all("link").iter().map(|l| l.to_str().expect("text")).collect();
    assert!(!links.iter().any(|l| l.contains("\"next\"") || l.contains("\"last\"")), "{links:?}");
    assert_eq!(
        json(&tenant.get("/api/logs?page_size=100&page=101&enableCap=true")).as_array().map(Vec::len),
        Some(51)
    );
    let few = tenant.get("/api/logs?enableCap=true&logKey=nosuch");
    assert_eq!((header(&few, "total-number"), header(&few, "total-number-is-capped")), (Some("0"), None));
    assert_eq!(
        tenant.fails("GET", "/api/logs?start_time=abc", None),
        (400, "guard.invalid_input".to_owned())
    );
}

#[test]
fn roles_and_their_users() {
    let tenant = Tenant::with_users(3);
    let role = tenant.ok("POST", "/api/roles", Some(&json!({ "name": "r", "description": "d" })));
    let path = format!("/api/roles/{}", id(&role));
    assert_eq!(
        tenant.fails("POST", "/api/roles", Some(&json!({ "name": "r", "description": "d" }))),
        (422, "role.name_in_use".to_owned())
    );
    let users = tenant.simulator.user_ids();
    let answer = tenant.api("POST", &format!("{path}/users"), Some(&json!({ "userIds": users[..2] })));
    // Success, and no JSON, whatever the document says.
    assert_eq!((answer.status().as_u16(), text(&answer)), (201, "Created"));
    assert_eq!(header(&answer, "content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(tenant.ids(&format!("{path}/users")), users[..2]);
    assert_eq!(
        tenant.fails("POST", &format!("{path}/users"), Some(&json!({ "userIds": [users[0]] }))),
        (422, "role.user_exists".to_owned())
    );
    let held = format!("/api/users/{}/roles", users[2]);
    let added = tenant.api("POST", &held, Some(&json!({ "roleIds": [id(&role)] })));
    assert_eq!((added.status().as_u16(), json(&added)["addedRoleIds"].clone()), (201, json!([id(&role)])));
    let again = tenant.ok("POST", &held, Some(&json!({ "roleIds": [id(&role)] })));
    assert_eq!(again["addedRoleIds"], json!([]));
    assert!(tenant.ids(&held).contains(&id(&role)));
    assert_eq!(tenant.api("DELETE", &format!("{held}/{}", id(&role)), None).status(), 204);
    // A deleted user is nobody's any more.
    tenant.api("DELETE", &format!("/api/users/{}", users[0]), None);
    assert_eq!(tenant.ids(&format!("{path}/users")), users[1..2]);
    assert_eq!(tenant.api("DELETE", &path, None).status(), 204);
    assert_eq!(tenant.fails("DELETE", &path, None), (404, "entity.not_exists_with_id".to_owned()));
}

#[test]
fn applications_and_their_secrets() {
    let tenant = Tenant::with_users(0);
    let missing = tenant.api("POST", "/api/applications", Some(&json!({ "name": "x" })));
    assert_eq!(json(&missing)["data"]["issues"][0]["path"], json!(["type"]));
    let app =
        tenant.ok("POST", "/api/applications", Some(&json!({ "name": "x", "type": "MachineToMachine" })));
    assert_eq!(app["oidcClientMetadata"]["redirectUris"], json!([]));
    assert_eq!(tenant.ids("/api/applications")[0], id(&app));
    let path = format!("/api/applications/{}", id(&app));
    let secret =
        tenant.ok("GET", &format!("{path}/secrets"), None)[0]["value"].as_str().expect("a secret").to_owned();
    assert_eq!(tenant.ask_token(&id(&app), &secret, common::tenant::INDICATOR, "all").status(), 200);
    let second = tenant.api("POST", &format!("{path}/secrets"), Some(&json!({ "name": "second" })));
    assert_eq!(second.status(), 201);
    assert_eq!(tenant.fails("POST", &format!("{path}/secrets"), Some(&json!({ "name": "second" }))).0, 422);
    assert_eq!(tenant.api("DELETE", &format!("{path}/secrets/Default%20secret"), None).status(), 204);
    assert_eq!(tenant.ask_token(&id(&app), &secret, common::tenant::INDICATOR, "all").status(), 401);
    let role = id(&tenant.ok("GET", "/api/roles?type=MachineToMachine", None)[0]);
    let replaced = tenant.api("PUT", &format!("{path}/roles"), Some(&json!({ "roleIds": [role] })));
    assert_eq!((replaced.status().as_u16(), text(&replaced)), (200, "OK"));
    let mine = json(&second)["value"].as_str().expect("a secret").to_owned();
    assert_eq!(json(&tenant.ask_token(&id(&app), &mine, common::tenant::INDICATOR, "all"))["scope"], "all");
    let types = tenant.get("/api/applications?types=SPA&types=MachineToMachine&page=1&page_size=2");
    assert_eq!(header(&types, "total-number"), Some("6"));
    assert_eq!(tenant.api("DELETE", &path, None).status(), 204);
    assert_eq!(tenant.fails("GET", &path, None), (404, "entity.not_exists_with_id".to_owned()));
}

#[test]
fn resources_and_their_scopes() {
    let tenant = Tenant::with_users(0);
    let body = json!({ "name": "R", "indicator": "https://r.example" });
    let created = tenant.api("POST", "/api/resources", Some(&body));
    assert_eq!((created.status().as_u16(), json(&created)["accessTokenTtl"].as_u64()), (201, Some(3600)));
    assert_eq!(
        tenant.fails("POST", "/api/resources", Some(&body)),
        (422, "resource.resource_identifier_in_use".to_owned())
    );
    let path = format!("/api/resources/{}", id(&json(&created)));
    let scopes = format!("{path}/scopes");
    assert_eq!(tenant.api("POST", &scopes, Some(&json!({ "name": "read" }))).status(), 201);
    assert_eq!(
        tenant.fails("POST", &scopes, Some(&json!({ "name": "read" }))),
        (422, "scope.name_exists".to_owned())
    );
    assert_eq!(
        tenant.fails("POST", &scopes, Some(&json!({ "name": "re ad" }))),
        (400, "scope.name_with_space".to_owned())
    );
    assert_eq!(tenant.ids(&scopes).len(), 1);
    assert_eq!(
        tenant.fails("DELETE", "/api/resources/management-api", None),
        (400, "resource.cannot_delete_management_api".to_owned())
    );
    assert_eq!(tenant.api("DELETE", &path, None).status(), 204);
    let all = tenant.ok("GET", "/api/resources?includeScopes=true", None);
    assert_eq!(all[0]["scopes"][0]["name"], "all");
}

#[test]
fn organisations_and_their_members() {
    let tenant = Tenant::with_users(4);
    let created = tenant.api("POST", "/api/organizations", Some(&json!({ "name": "O" })));
    assert_eq!(created.status(), 201);
    let path = format!("/api/organizations/{}", id(&json(&created)));
    let users = tenant.simulator.user_ids();
    let members = format!("{path}/users");
    let added = tenant.api("POST", &members, Some(&json!({ "userIds": users[..2] })));
    assert_eq!((added.status().as_u16(), json(&added)), (201, json!({ "userIds": users[..2] })));
    assert_eq!(
        tenant.fails("POST", &members, Some(&json!({ "userIds": ["nosuch"] }))),
        (422, "entity.relation_foreign_key_not_found".to_owned())
    );
    let roles = tenant.ids("/api/organization-roles");
    let assign = json!({ "userIds": [users[0]], "organizationRoleIds": [roles[1]] });
    let assigned = tenant.api("POST", &format!("{members}/roles"), Some(&assign));
    assert_eq!((assigned.status().as_u16(), text(&assigned)), (201, "Created"));
    let listed = tenant.ok("GET", &members, None);
    assert_eq!(listed[0]["organizationRoles"], json!([{ "id": roles[1], "name": "org-role-1" }]));
    assert_eq!(listed[1]["organizationRoles"], json!([]));
    assert_eq!(tenant.ids(&format!("{members}/{}/scopes", users[0])).len(), 2);
    assert_eq!(tenant.api("PUT", &members, Some(&json!({ "userIds": [users[3]] }))).status(), 204);
    assert_eq!(tenant.ids(&members), users[3..]);
    assert_eq!(tenant.fails("DELETE", &format!("{members}/{}", users[0]), None).0, 404);
    let apps =
        tenant.api("POST", &format!("{path}/applications"), Some(&json!({ "applicationIds": ["m2m-app"] })));
    assert_eq!((apps.status().as_u16(), text(&apps)), (201, "Created"));
    assert_eq!(tenant.ids("/api/applications/m2m-app/organizations"), [id(&json(&created))]);
    assert_eq!(tenant.api("DELETE", &path, None).status(), 204);
    assert_eq!(tenant.fails("DELETE", &path, None), (404, "entity.not_found".to_owned()));
    assert_eq!(tenant.fails("GET", &path, None), (404, "entity.not_exists_with_id".to_owned()));
    let empty = tenant.api("POST", "/api/organizations", Some(&json!({ "name": "" })));
    assert_eq!(json(&empty)["data"]["issues"][0]["code"], "too_small");
}

#[test]
fn the_organisation_template_and_hooks() {
    let tenant = Tenant::with_users(0);
    let role = tenant.ok("POST", "/api/organization-roles", Some(&json!({ "name": "guest" })));
    assert_eq!(
        tenant.fails("POST", "/api/organization-roles", Some(&json!({ "name": "guest" }))),
        (422, "entity.unique_integrity_violation".to_owned())
    );
    let scopes = tenant.ids("/api/organization-scopes");
    let path = format!("/api/organization-roles/{}/scopes", id(&role));
    let added = tenant.api("POST", &path, Some(&json!({ "organizationScopeIds": [scopes[0]] })));
    assert_eq!((added.status().as_u16(), text(&added)), (201, "Created"));
    assert_eq!(tenant.ids(&path), scopes[..1]);
    let hook = tenant.api(
        "POST",
        "/api/hooks",
        Some(&json!({ "name": "h", "events": ["User.Created"], "config": { "url": "http://127.0.0.1:9/" } })),
    );
    assert_eq!((hook.status().as_u16(), &json(&hook)["event"]), (201, &json!(null)));
    let path = format!("/api/hooks/{}", id(&json(&hook)));
    assert_eq!(tenant.ok("PATCH", &path, Some(&json!({ "enabled": false })))["enabled"], false);
    let test = json!({ "events": ["User.Created"], "config": { "url": "http://127.0.0.1:9/" } });
    assert_eq!(
        tenant.fails("POST", &format!("{path}/test"), Some(&test)),
        (422, "hook.send_test_payload_failed".to_owned())
    );
    assert_eq!(tenant.api("DELETE", &path, None).status(), 204);
    let invited = json!({ "invitee": "a@example.com", "organizationId": tenant.ids("/api/organizations")[0], "expiresAt": 1 });
    let invitation = tenant.ok("POST", "/api/organization-invitations", Some(&invited));
    let status = format!("/api/organization-invitations/{}/status", id(&invitation));
    assert_eq!(tenant.ok("PUT", &status, Some(&json!({ "status": "Revoked" })))["status"], "Revoked");
}

#[test]
fn messages_follow_the_language_and_codes_do_not() {
    let tenant = Tenant::with_users(0);
    let token = format!("Bearer {}", tenant.token);
    let headers = [("authorization", token.as_str()), ("accept-language", "zh-CN")];
    let answer = tenant.raw("GET", "/api/users/nosuch", &headers, b"");
    assert_eq!(json(&answer), json!({ "code": "entity.not_found", "message": "该资源不存在。" }));
}

#[test]
fn answers_are_compressed_on_demand() {
    let tenant = Tenant::new(Options { compress: true, users: 20, ..Options::default() });
    let token = format!("Bearer {}", tenant.token);
    let headers = [("authorization", token.as_str()), ("accept-encoding", "gzip, deflate")];
    let answer = tenant.raw("GET", "/api/users", &headers, b"");
    assert_eq!(header(&answer, "content-encoding"), Some("gzip"));
    assert!(answer.body().starts_with(&[0x1f, 0x8b]));
    assert!(header(&tenant.get("/api/users"), "content-encoding").is_none());
}
