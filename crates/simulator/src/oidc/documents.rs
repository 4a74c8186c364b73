//! Discovery and keys. Nothing here is a secret, and no token is really signed with the key.

use http::StatusCode;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, HeaderValue};
use serde_json::json;

use crate::api::Answer;
use crate::tokens::KEY_ID;

pub(super) fn discovery(host: &str) -> Answer {
    let issuer = format!("http://{host}/oidc");
    Answer::json(&json!({
        "authorization_endpoint": format!("{issuer}/auth"),
        "device_authorization_endpoint": format!("{issuer}/device/auth"),
        "end_session_endpoint": format!("{issuer}/session/end"),
        "grant_types_supported": ["implicit", "authorization_code", "refresh_token", "client_credentials"],
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code id_token", "code", "id_token", "none"],
        "scopes_supported": ["openid", "offline_access", "profile", "email", "phone"],
        "subject_types_supported": ["public"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_jwt", "client_secret_post", "private_key_jwt", "none"],
        "token_endpoint": format!("{issuer}/token"),
        "id_token_signing_alg_values_supported": ["ES384"],
    }))
    .with(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"))
}

pub(super) fn jwks() -> Answer {
    let keys = json!({ "keys": [{
        "kty": "EC",
        "use": "sig",
        "kid": KEY_ID,
        "alg": "ES384",
        "crv": "P-384",
        "x": "A".repeat(64),
        "y": "A".repeat(64),
    }] });
    let kind = HeaderValue::from_static("application/jwk-set+json; charset=utf-8");
    Answer::new(StatusCode::OK, kind, keys.to_string())
        .with(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"))
        .with(CACHE_CONTROL, HeaderValue::from_static("no-cache, max-age=0, must-revalidate"))
}
