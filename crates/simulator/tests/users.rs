//! Users: listing, searching, changing.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

mod common;

use std::collections::HashSet;

use common::tenant::{Tenant, header, json, text};
use logto_simulator::{Options, Simulator};
use serde_json::json;

fn links(answer: &http::Response<bytes::Bytes>) -> Vec<&str> {
    answer.headers().get_all("link").iter().map(|v| v.to_str().expect("text")).collect()
}

#[test]
fn pages_are_newest_first_and_link_to_the_wrong_path() {
    let tenant = Tenant::with_users(45);
    let answer = tenant.get("/api/users?page=2&foo=b%C3%A4r&foo=x");
    assert_eq!(header(&answer, "total-number"), Some("45"));
    assert_eq!(
        links(&answer),
        [
            r#"<http://logto.test/users?page=1&foo=b%C3%A4r%2Cx>; rel="first""#,
            r#"<http://logto.test/users?page=1&foo=b%C3%A4r%2Cx>; rel="prev""#,
            r#"<http://logto.test/users?page=3&foo=b%C3%A4r%2Cx>; rel="last""#,
            r#"<http://logto.test/users?page=3&foo=b%C3%A4r%2Cx>; rel="next""#,
        ]
    );
    let rows = json(&answer);
    assert_eq!(rows.as_array().map(Vec::len), Some(20));
    assert_eq!(rows[0]["username"], "user_0024");
    assert_eq!(rows[19]["username"], "user_0005");
    let last = tenant.get("/api/users?page=3");
    assert_eq!((json(&last).as_array().map(Vec::len), links(&last).len()), (Some(5), 3));
    let beyond = tenant.get("/api/users?page=4");
    assert_eq!((json(&beyond), header(&beyond, "total-number")), (json!([]), Some("45")));
    assert!(!links(&beyond).iter().any(|link| link.contains("next")));
    // What the link says is a web page.
    let followed = tenant.get("/users?page=3");
    assert_eq!(header(&followed, "content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(followed.status(), 200);
}

#[test]
fn every_user_is_listed_once_whatever_the_page_size() {
    let tenant = Tenant::with_users(103);
    let all: Vec<String> = tenant.simulator.user_ids();
    for size in [1, 7, 100] {
        let pages = 103_usize.div_ceil(size);
        let listed: Vec<String> = (1..=pages)
            .flat_map(|page| tenant.ids(&format!("/api/users?page={page}&page_size={size}")))
            .collect();
        assert_eq!(listed, all, "{size}");
    }
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), 103);
    for bad in ["page=0", "page_size=101", "page=x", "page=1&page=2"] {
        let target = format!("/api/users?{bad}");
        assert_eq!(tenant.fails("GET", &target, None), (400, "guard.invalid_pagination".to_owned()), "{bad}");
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let bytes = |seed| {
        let tenant = Tenant::new(Options { seed, users: 50, ..Options::default() });
        let answer = tenant.get("/api/users?page_size=100");
        (answer.body().clone(), header(&answer, "logto-core-request-id").map(str::to_owned))
    };
    assert_eq!(bytes(1), bytes(1));
    assert_ne!(bytes(1).0, bytes(2).0);
    assert_ne!(bytes(1).1, bytes(2).1);
}

#[test]
fn searching() {
    let tenant = Tenant::with_users(500);
    let total = |query: &str| {
        let answer = tenant.get(&format!("/api/users?{query}"));
        header(&answer, "total-number").and_then(|n| n.parse::<u64>().ok())
    };
    // An underscore is any character: user0001@example.com is the eleventh.
    assert_eq!(total("search=%25user_001%25"), Some(11));
    assert_eq!(total("search=user_0012"), Some(1));
    assert_eq!(total("search.name=Ana%25&mode.name=like&page_size=3"), Some(50));
    assert_eq!(total("search=%25%E6%9D%8E%25"), Some(50));
    assert_eq!(total("search.username=%5Euser_00%5B0-3%5D&mode.username=posix"), Some(40));
    let two = &tenant.simulator.user_ids()[..2];
    assert_eq!(total(&format!("search.id={}&search.id={}&mode.id=exact", two[0], two[1])), Some(2));
    assert_eq!(total("search_params[search]=nobody"), Some(500));
    let bad = tenant.get("/api/users?search.name=a&mode=nosuch");
    assert_eq!(
        json(&bad)["message"],
        "Input is invalid. Search match mode `nosuch` is not valid, expect one of exact, like, similar_to, posix."
    );
    let role = tenant.ok("GET", "/api/roles?type=User", None)[0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(total(&format!("excludeRoleId={role}")), Some(250));
}

#[test]
fn custom_data_is_merged_in_one_place_and_replaced_in_the_other() {
    let tenant = Tenant::with_users(0);
    let user = tenant.ok(
        "POST",
        "/api/users",
        Some(&json!({ "username": "u", "customData": { "a": 1, "b": { "c": 1 } } })),
    );
    let path = format!("/api/users/{}", user["id"].as_str().expect("an id"));
    let data = json!({ "customData": { "b": { "d": 2 }, "zz": null } });
    let merged = tenant.ok("PATCH", &format!("{path}/custom-data"), Some(&data));
    assert_eq!(merged, json!({ "a": 1, "b": { "d": 2 }, "zz": null }));
    assert_eq!(tenant.ok("PATCH", &path, Some(&data))["customData"], json!({ "b": { "d": 2 }, "zz": null }));
    assert_eq!(tenant.fails("PATCH", &path, Some(&json!({}))), (422, "entity.invalid_input".to_owned()));
}

#[test]
fn the_life_of_a_user() {
    let mut tenant = Tenant::with_users(2);
    let user =
        tenant.ok("POST", "/api/users", Some(&json!({ "username": "ann", "nosuch": 1, "password": "p" })));
    assert_eq!(user["hasPassword"], true);
    assert_eq!(user.get("nosuch"), None);
    let id = user["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/users/{id}");
    assert_eq!(tenant.ids("/api/users")[0], id);
    tenant.now_ms += 5;
    let changed = tenant.ok("PATCH", &path, Some(&json!({ "name": "Ann", "username": null })));
    assert_eq!((&changed["name"], &changed["username"]), (&json!("Ann"), &json!(null)));
    assert_eq!(changed["updatedAt"].as_u64(), changed["createdAt"].as_u64().map(|at| at + 5));
    assert_eq!(tenant.ok("GET", &path, None), changed);
    let verify = format!("{path}/password/verify");
    assert_eq!(tenant.api("POST", &verify, Some(&json!({ "password": "p" }))).status(), 204);
    assert_eq!(
        tenant.fails("POST", &verify, Some(&json!({ "password": "q" }))),
        (422, "session.invalid_credentials".to_owned())
    );
    let suspended =
        tenant.ok("PATCH", &format!("{path}/is-suspended"), Some(&json!({ "isSuspended": true })));
    assert_eq!(suspended["isSuspended"], true);
    let gone = tenant.api("DELETE", &path, None);
    assert_eq!((gone.status().as_u16(), gone.body().len(), header(&gone, "content-type")), (204, 0, None));
    for method in ["GET", "DELETE"] {
        assert_eq!(tenant.fails(method, &path, None), (404, "entity.not_found".to_owned()));
    }
    assert_eq!(tenant.ids("/api/users").len(), 2);
}

#[test]
fn what_others_have_cannot_be_taken() {
    let tenant = Tenant::with_users(3);
    for (name, value, code) in [
        ("username", "user_0001", "user.username_already_in_use"),
        ("primaryEmail", "user0001@example.com", "user.email_already_in_use"),
    ] {
        assert_eq!(tenant.fails("POST", "/api/users", Some(&json!({ name: value }))), (422, code.to_owned()));
    }
    let ids = tenant.simulator.user_ids();
    let (mine, other) = (&ids[1], &ids[0]);
    let taken = json!({ "username": "user_0001" });
    assert_eq!(tenant.fails("PATCH", &format!("/api/users/{other}"), Some(&taken)).0, 422);
    assert_eq!(tenant.api("PATCH", &format!("/api/users/{mine}"), Some(&taken)).status(), 200);
}

#[test]
fn bodies_that_are_wrong_are_refused_in_zods_words() {
    let tenant = Tenant::with_users(0);
    let answer = tenant.api("POST", "/api/users", Some(&json!({ "username": null })));
    assert_eq!(answer.status(), 400);
    assert_eq!(
        json(&answer),
        json!({
            "code": "guard.invalid_input",
            "data": {
                "issues": [{ "code": "invalid_type", "expected": "string", "received": "null", "path": ["username"], "message": "Expected string, received null" }],
                "name": "ZodError",
            },
            "details": "Error in key path \"username\": (invalid_type) Expected string but received null.",
            "message": "The request body is invalid.",
        })
    );
    let token = format!("Bearer {}", tenant.token);
    let post = |content_type: Option<&str>, body: &[u8]| {
        let mut headers = vec![("authorization", token.as_str())];
        headers.extend(content_type.map(|value| ("content-type", value)));
        tenant.raw("POST", "/api/users", &headers, body)
    };
    let json_type = Some("application/json");
    let message = |body: &[u8]| {
        let answer = post(json_type, body);
        assert_eq!(answer.status(), 400);
        json(&answer)["message"].as_str().unwrap_or("").to_owned()
    };
    assert_eq!(message(b"{\"username\": "), "Unexpected end of JSON input");
    assert_eq!(message(b"\"x\""), "invalid JSON, only supports object and array");
    assert_eq!(
        message(b"{\"customData\":{\"__proto__\":1}}"),
        "Object contains forbidden prototype property"
    );
    assert_eq!(post(json_type, br#"{"name":"\u0000"}"#).status(), 500);
    assert_eq!(post(json_type, br#"{"name":"\ud83d"}"#).status(), 422);
    let long = format!("{{\"name\":\"{}\"}}", "n".repeat(129));
    assert_eq!(json(&post(json_type, long.as_bytes()))["code"], "entity.value_too_long");
    // Without a type, or with one that is none of its own, a body is ignored.
    for content_type in [None, Some("application/xml")] {
        let answer = post(content_type, b"{\"username\":\"ignored\"}");
        assert_eq!((answer.status().as_u16(), &json(&answer)["username"]), (200, &json!(null)));
    }
    assert_eq!(
        json(&post(Some("application/x-www-form-urlencoded"), b"username=form+1"))["code"],
        "guard.invalid_input"
    );
    assert_eq!(json(&post(Some("application/x-www-form-urlencoded"), b"username=form"))["username"], "form");
}

#[test]
fn a_body_may_have_one_mebibyte_and_not_a_byte_more() {
    let tenant = Tenant::with_users(1);
    let path = format!("/api/users/{}", tenant.simulator.user_ids()[0]);
    let body = |len: usize| json!({ "customData": { "big": "x".repeat(len - 25) } });
    assert_eq!(body(1024 * 1024).to_string().len(), 1024 * 1024);
    assert_eq!(tenant.api("PATCH", &path, Some(&body(1024 * 1024))).status(), 200);
    let large = tenant.api("PATCH", &path, Some(&body(1024 * 1024 + 1)));
    assert_eq!((large.status().as_u16(), text(&large)), (404, "Not Found"));
    assert_eq!(header(&large, "content-type"), Some("text/plain; charset=utf-8"));
}

#[test]
fn validators_and_head() {
    let tenant = Tenant::with_users(3);
    let token = format!("Bearer {}", tenant.token);
    let get = |method, extra: &[(&str, &str)]| {
        let mut headers = vec![("authorization", token.as_str())];
        headers.extend(extra);
        tenant.raw(method, "/api/users?page_size=2", &headers, b"")
    };
    let answer = get("GET", &[]);
    let etag = header(&answer, "etag").expect("an etag").to_owned();
    for value in [etag.clone(), format!("W/{etag}"), "*".to_owned(), format!("\"x\", {etag}")] {
        let same = get("GET", &[("if-none-match", &value)]);
        assert_eq!((same.status().as_u16(), same.body().len()), (304, 0), "{value}");
        assert_eq!(header(&same, "total-number"), Some("3"));
        assert_eq!(header(&same, "content-type"), None);
    }
    assert_eq!(get("GET", &[("if-none-match", "\"other\"")]).status(), 200);
    let head = get("HEAD", &[]);
    assert_eq!((head.status().as_u16(), head.body().len()), (200, 0));
    assert_eq!(header(&head, "content-length"), Some(answer.body().len().to_string().as_str()));
    assert_eq!((header(&head, "total-number"), header(&head, "etag")), (Some("3"), None));
}

#[test]
fn parameters_are_taken_as_they_are() {
    let tenant = Tenant::with_users(1);
    let id = tenant.simulator.user_ids()[0].clone();
    for segment in ["a%2Fb", "%E6%9D%8E", "%zz", "%2E%2E", ".", "count"] {
        let target = format!("/api/users/{segment}");
        assert_eq!(tenant.fails("GET", &target, None), (404, "entity.not_found".to_owned()), "{segment}");
    }
    let escaped: String = id.bytes().map(|b| format!("%{b:02x}")).collect();
    assert_eq!(tenant.ok("GET", &format!("/api/users/{escaped}"), None)["id"], id);
    let tokens = format!("/api/users/{id}/personal-access-tokens");
    assert_eq!(tenant.api("POST", &tokens, Some(&json!({ "name": "pat/1 ü" }))).status(), 201);
    assert_eq!(tenant.api("DELETE", &format!("{tokens}/pat%2F1%20%C3%BC"), None).status(), 204);
    assert_eq!(tenant.api("DELETE", &format!("{tokens}/pat%2F1%20%C3%BC"), None).status(), 404);
    let identity = format!("/api/users/{id}/identities/github");
    let body = json!({ "userId": "gh1" });
    assert_eq!(tenant.api("PUT", &identity, Some(&body)).status(), 201);
    assert_eq!(tenant.api("PUT", &identity, Some(&body)).status(), 200);
    assert_eq!(tenant.ok("GET", &identity, None)["identity"]["userId"], "gh1");
}

#[test]
fn a_hundred_thousand_users_are_no_burden() {
    let simulator = Simulator::new(Options { users: 100_000, ..Options::default() });
    let mut tenant = Tenant { simulator, now_ms: common::tenant::START, token: String::new() };
    tenant.renew();
    let answer = tenant.get("/api/users?page=1000&page_size=100");
    assert_eq!(header(&answer, "total-number"), Some("100000"));
    assert_eq!(json(&answer)[99]["username"], "user_0000");
}
