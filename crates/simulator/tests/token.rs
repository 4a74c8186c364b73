//! The token endpoint, and what the API makes of its tokens.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use common::tenant::{INDICATOR, START, Tenant, header, json, text};
use http::Response;
use logto_simulator::{CLIENT_ID, CLIENT_SECRET, NO_ROLE_CLIENT_ID, Options};
use serde_json::{Value, json};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const GRANT: &str = "grant_type=client_credentials&resource=https%3A%2F%2Fdefault.logto.app%2Fapi&scope=all";

fn basic(tenant: &Tenant, credentials: &str, form: &str) -> Response<Bytes> {
    let authorization = format!("Basic {}", STANDARD.encode(credentials));
    tenant.raw("POST", "/oidc/token", &[FORM, ("authorization", &authorization)], form.as_bytes())
}

fn payload(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}

#[test]
fn a_token_as_logto_gives_it() {
    let tenant = Tenant::with_users(1);
    let answer = basic(&tenant, "m2m-app:m2m-secret", GRANT);
    assert_eq!(answer.status(), 200);
    assert_eq!(header(&answer, "cache-control"), Some("no-store"));
    assert_eq!(header(&answer, "content-type"), Some("application/json; charset=utf-8"));
    assert_eq!(header(&answer, "logto-core-request-id").map(str::len), Some(16));
    assert_eq!(header(&answer, "etag"), None);
    let body = json(&answer);
    let token = body["access_token"].as_str().expect("a token");
    assert_eq!(
        body,
        json!({ "access_token": token, "expires_in": 3600, "token_type": "Bearer", "scope": "all" })
    );
    let claims = payload(token);
    assert_eq!((&claims["sub"], &claims["client_id"]), (&json!(CLIENT_ID), &json!(CLIENT_ID)));
    assert_eq!((&claims["aud"], &claims["scope"]), (&json!(INDICATOR), &json!("all")));
    let iat = START / 1000;
    assert_eq!((&claims["iat"], &claims["exp"]), (&json!(iat), &json!(iat + 3600)));
    assert_eq!(claims["iss"], "http://logto.test/oidc");
    // No two tokens are the same, even in one second.
    assert_ne!(json(&basic(&tenant, "m2m-app:m2m-secret", GRANT))["access_token"], json!(token));
}

#[test]
fn basic_credentials_are_form_decoded() {
    let with = |secret: &str| Options { client_secret: secret.to_owned(), users: 0, ..Options::default() };
    for (secret, sent, status) in [
        ("p+%/:=&? x~", "p%2B%25%2F%3A%3D%26%3F+x~", 200),
        ("p+%/:=&? x~", "p%2B%25%2F%3A%3D%26%3F%20x~", 200),
        ("m2m-secret", "%6D2m%2Dsecret", 200),
        ("a+b", "a+b", 401),
        ("a b", "a+b", 200),
        ("a:b", "a:b", 401),
        ("a:b", "a%3Ab", 200),
        ("a%41b", "a%41b", 401),
        ("a%41b", "a%2541b", 200),
        ("a/b=", "a/b=", 200),
        ("100%", "100%", 500),
        ("ü", "%C3%BC", 200),
    ] {
        let simulator = logto_simulator::Simulator::new(with(secret));
        let tenant = Tenant { simulator, now_ms: START, token: String::new() };
        let answer = basic(&tenant, &format!("m2m-app:{sent}"), GRANT);
        assert_eq!(answer.status(), status, "{secret} sent as {sent}: {}", text(&answer));
    }
}

#[test]
fn credentials_may_stand_in_the_body_too() {
    let tenant = Tenant::with_users(0);
    assert_eq!(tenant.ask_token(CLIENT_ID, CLIENT_SECRET, INDICATOR, "all").status(), 200);
    let body = json!({ "grant_type": "client_credentials", "resource": INDICATOR, "scope": "all", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET });
    let json_type = [("content-type", "application/json")];
    assert_eq!(tenant.raw("POST", "/oidc/token", &json_type, body.to_string().as_bytes()).status(), 200);
    let charset = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
    let form = format!("{GRANT}&client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}");
    assert_eq!(tenant.raw("POST", "/oidc/token", &charset, form.as_bytes()).status(), 200);
}

#[test]
fn refusals() {
    let tenant = Tenant::with_users(0);
    let good = "m2m-app:m2m-secret";
    let both = format!("{GRANT}&client_id=m2m-app&client_secret=m2m-secret");
    let grant = |rest: &str| format!("grant_type=client_credentials{rest}");
    let api = "&resource=https%3A%2F%2Fdefault.logto.app%2Fapi";
    for (credentials, form, status, error, description) in [
        ("m2m-app:wrong", GRANT, 401, "invalid_client", "client authentication failed"),
        ("nosuch:x", GRANT, 400, "invalid_client", "invalid client nosuch"),
        (good, both.as_str(), 400, "invalid_request", "only be provided using one mechanism"),
        (good, &format!("{GRANT}&client_id=other"), 400, "invalid_request", "client_id mismatch"),
        (good, "", 400, "invalid_request", "missing required parameter 'grant_type'"),
        (good, "grant_type=password", 400, "unsupported_grant_type", "unsupported grant_type requested"),
        (
            good,
            &format!("{GRANT}&grant_type=client_credentials"),
            400,
            "invalid_request",
            "must not be provided twice",
        ),
        (
            good,
            &grant("&scope=all"),
            400,
            "invalid_target",
            "both `resource` and `organization_id` are not provided",
        ),
        (good, &grant("&resource=https://nosuch.example"), 400, "invalid_target", "missing, or unknown"),
        (good, &grant(&format!("{api}%2F")), 400, "invalid_target", "missing, or unknown"),
        (good, &grant("&resource=api"), 400, "invalid_target", "must be an absolute URI"),
        (good, &grant("&resource=%00"), 400, "invalid_target", "must be an absolute URI"),
        (good, &grant(&format!("{api}{api}")), 400, "invalid_target", "only a single resource"),
        ("no-colon", GRANT, 400, "invalid_request", "invalid authorization header value format"),
    ] {
        let answer = basic(&tenant, credentials, form);
        let body = json(&answer);
        assert_eq!(answer.status(), status, "{form}: {body}");
        assert_eq!(body["error"], error, "{form}");
        assert_eq!(body["code"], format!("oidc.{error}"));
        assert!(body["error_description"].as_str().is_some_and(|d| d.contains(description)), "{body}");
        let challenged = header(&answer, "www-authenticate").is_some_and(|v| v.starts_with("Basic realm="));
        assert_eq!(challenged, status == 401);
    }
    let nobody = tenant.raw("POST", "/oidc/token", &[FORM], GRANT.as_bytes());
    assert_eq!(json(&nobody)["error_description"], "no client authentication mechanism provided");
    let garbage =
        tenant.raw("POST", "/oidc/token", &[FORM, ("authorization", "Basic %%%")], GRANT.as_bytes());
    assert_eq!(json(&garbage)["error_description"], "invalid authorization header value format");
    // A secret in the body gets no challenge.
    let wrong = tenant.ask_token(CLIENT_ID, "wrong", INDICATOR, "all");
    assert_eq!((wrong.status().as_u16(), header(&wrong, "www-authenticate")), (401, None));
}

#[test]
fn browsers_large_bodies_and_other_methods_are_refused() {
    let tenant = Tenant::with_users(0);
    let form = format!("{GRANT}&client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}");
    let origin =
        tenant.raw("POST", "/oidc/token", &[FORM, ("origin", "https://app.example")], form.as_bytes());
    assert_eq!(origin.status(), 400);
    assert_eq!(
        json(&origin)["error_description"],
        "origin https://app.example not allowed for client: m2m-app"
    );
    let padded = |len: usize| format!("{form}&x={}", "x".repeat(len - form.len() - 3));
    let fits = tenant.raw("POST", "/oidc/token", &[FORM], padded(57_344).as_bytes());
    assert_eq!(fits.status(), 200);
    let large = tenant.raw("POST", "/oidc/token", &[FORM], padded(57_345).as_bytes());
    assert_eq!((large.status().as_u16(), text(&large)), (404, "Not Found"));
    assert_eq!(header(&large, "content-type"), Some("text/plain; charset=utf-8"));
    let nul = tenant.raw("POST", "/oidc/token", &[FORM], format!("{form}&x=\0").as_bytes());
    assert_eq!(json(&nul)["error_description"], "null bytes are not allowed in the request body");
    let get = tenant.raw("GET", "/oidc/token", &[], b"");
    assert_eq!(get.status(), 404);
    assert_eq!(json(&get)["error_description"], "unrecognized route or not allowed method (GET on /token)");
    let preflight = tenant.raw("OPTIONS", "/oidc/token", &[("origin", "https://app.example")], b"");
    assert_eq!(preflight.status(), 204);
    assert_eq!(header(&preflight, "access-control-allow-methods"), Some("POST"));
}

#[test]
fn the_scope_is_what_is_asked_and_held() {
    let tenant = Tenant::with_users(0);
    let orders = "https://orders.example.com/api";
    for (id, resource, asked, granted) in [
        (CLIENT_ID, INDICATOR, "all", Some("all")),
        (CLIENT_ID, INDICATOR, "all+nonsense+all", Some("all")),
        (CLIENT_ID, INDICATOR, "openid+all+offline_access", Some("all")),
        (CLIENT_ID, INDICATOR, "nonsense", None),
        (CLIENT_ID, INDICATOR, "", None),
        (CLIENT_ID, orders, "write:orders+read:orders", Some("read:orders")),
        (NO_ROLE_CLIENT_ID, INDICATOR, "all", None),
    ] {
        let answer = tenant.ask_token(id, CLIENT_SECRET, resource, asked);
        assert_eq!(answer.status(), 200, "{asked}");
        let body = json(&answer);
        assert_eq!(body.get("scope").and_then(Value::as_str), granted, "{id} {asked}");
        assert_eq!(body["expires_in"], if resource == orders { 600 } else { 3600 });
    }
}

fn with_token(tenant: &Tenant, authorization: &str) -> (u16, Value) {
    let answer = tenant.raw("GET", "/api/users", &[("authorization", authorization)], b"");
    (answer.status().as_u16(), json(&answer))
}

#[test]
fn the_api_says_what_is_wrong_with_a_token() {
    let mut tenant = Tenant::with_users(1);
    let token_for = |tenant: &Tenant, id, resource| {
        let answer = tenant.ask_token(id, CLIENT_SECRET, resource, "all");
        format!("Bearer {}", json(&answer)["access_token"].as_str().expect("a token"))
    };
    let missing = tenant.raw("GET", "/api/users?access_token=x", &[], b"");
    assert_eq!(
        (missing.status().as_u16(), json(&missing)["code"].as_str()),
        (401, Some("auth.authorization_header_missing"))
    );

    let good = token_for(&tenant, CLIENT_ID, INDICATOR);
    assert_eq!(with_token(&tenant, &good).0, 200);
    for (authorization, code, data_code) in [
        ("Basic eDp5", "auth.authorization_token_type_not_supported", None),
        (&good.replace("Bearer", "bearer"), "auth.authorization_token_type_not_supported", None),
        ("Bearer ", "auth.unauthorized", Some("ERR_JWS_INVALID")),
        ("Bearer opaque", "auth.unauthorized", Some("ERR_JWS_INVALID")),
        ("Bearer a.b.c", "auth.unauthorized", Some("ERR_JWS_SIGNATURE_VERIFICATION_FAILED")),
        (
            &token_for(&tenant, CLIENT_ID, "https://orders.example.com/api"),
            "auth.unauthorized",
            Some("ERR_JWT_CLAIM_VALIDATION_FAILED"),
        ),
    ] {
        let (status, body) = with_token(&tenant, authorization);
        assert_eq!((status, body["code"].as_str()), (401, Some(code)), "{authorization}");
        assert_eq!(body["data"].get("code").and_then(Value::as_str), data_code, "{authorization}");
    }
    let (status, body) = with_token(&tenant, &token_for(&tenant, NO_ROLE_CLIENT_ID, INDICATOR));
    assert_eq!((status, body["code"].as_str()), (403, Some("auth.forbidden")));

    // Valid to the last millisecond before exp, and not one longer.
    tenant.now_ms = START + 3_600_000 - 1;
    assert_eq!(with_token(&tenant, &good).0, 200);
    tenant.now_ms += 1;
    let (status, body) = with_token(&tenant, &good);
    assert_eq!((status, body["data"]["code"].as_str()), (401, Some("ERR_JWT_EXPIRED")));
    assert_eq!(body["data"]["payload"]["exp"], json!(START / 1000 + 3600));
}

#[test]
fn tokens_outlive_their_role_but_not_a_revocation() {
    let mut tenant = Tenant::with_users(1);
    let roles = tenant.ok("GET", "/api/applications/m2m-app/roles", None);
    let access =
        roles.as_array().expect("a list").iter().find(|r| r["name"] == "Logto Management API access");
    let id = access.expect("the role")["id"].as_str().expect("an id").to_owned();
    assert_eq!(tenant.api("DELETE", &format!("/api/applications/m2m-app/roles/{id}"), None).status(), 204);
    assert_eq!(tenant.get("/api/users").status(), 200);
    // The next token shows it.
    assert_eq!(json(&tenant.ask_token(CLIENT_ID, CLIENT_SECRET, INDICATOR, "all")).get("scope"), None);

    tenant.simulator.reset();
    tenant.renew();
    tenant.simulator.revoke_tokens();
    assert_eq!(tenant.fails("GET", "/api/users", None), (401, "auth.unauthorized".to_owned()));
    tenant.renew();
    assert_eq!(tenant.get("/api/users").status(), 200);
}

#[test]
fn the_lifetime_can_change_and_logs_are_kept() {
    let mut tenant = Tenant::with_users(0);
    let before =
        header(&tenant.get("/api/logs"), "total-number").expect("a total").parse::<u64>().expect("n");
    tenant.simulator.set_token_lifetime(5);
    tenant.renew();
    tenant.now_ms += 5_000;
    assert_eq!(tenant.fails("GET", "/api/users", None).0, 401);
    tenant.renew();
    let logs = tenant.get("/api/logs?page_size=1");
    assert_eq!(header(&logs, "total-number"), Some((before + 2).to_string().as_str()));
    let params = &json(&logs)[0]["payload"]["params"];
    assert_eq!((&params["client_secret"], &params["client_id"]), (&json!("******"), &json!(CLIENT_ID)));
}
