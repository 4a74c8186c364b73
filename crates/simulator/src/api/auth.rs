//! Who may come in: the bearer token of a request.

use http::header::{AUTHORIZATION, HeaderMap};

use super::answer::{Failure, failure, failure_with};
use crate::tokens::{Claims, Tokens};

const UNAUTHORIZED: &str = "Unauthorized. Please check credentials and its scope.";

/// Checks the Authorization header as Logto does: its presence, its type (`Bearer`, in exactly this spelling), the token, its audience, its expiry without any leeway,
/// and that its scope contains `all`.
pub(super) fn check(
    headers: &HeaderMap,
    tokens: &Tokens,
    api_indicator: &str,
    now_ms: u64,
) -> Result<(), Failure> {
    let Some(header) = headers.get(AUTHORIZATION) else {
        return Err(failure(401, "auth.authorization_header_missing", "Authorization header is missing."));
    };
    let header = header.to_str().unwrap_or("");
    let Some(token) = header.strip_prefix("Bearer") else {
        return Err(failure_with(
            401,
            "auth.authorization_token_type_not_supported",
            "{\"supportedTypes\":[\"Bearer\"]}",
            "Authorization type is not supported.",
        ));
    };
    let token = token.trim();
    let Some(claims) = tokens.get(token) else {
        let looks_signed = token.split('.').filter(|part| !part.is_empty()).count() == 3;
        let data = if looks_signed {
            "{\"code\":\"ERR_JWS_SIGNATURE_VERIFICATION_FAILED\",\"name\":\"JWSSignatureVerificationFailed\"}"
        } else {
            "{\"code\":\"ERR_JWS_INVALID\",\"name\":\"JWSInvalid\"}"
        };
        return Err(failure_with(401, "auth.unauthorized", data, UNAUTHORIZED));
    };
    if claims.aud != api_indicator {
        return Err(refused("ERR_JWT_CLAIM_VALIDATION_FAILED", "JWTClaimValidationFailed", "aud", claims));
    }
    if now_ms / 1000 >= claims.exp {
        return Err(refused("ERR_JWT_EXPIRED", "JWTExpired", "exp", claims));
    }
    if !claims.scope.as_deref().unwrap_or("").split(' ').any(|scope| scope == "all") {
        return Err(failure(
            403,
            "auth.forbidden",
            "Forbidden. Please check your user roles and permissions.",
        ));
    }
    Ok(())
}

fn refused(code: &str, name: &str, claim: &str, claims: &Claims) -> Failure {
    let payload = serde_json::to_string(claims).unwrap_or_default();
    let data = format!(
        "{{\"code\":\"{code}\",\"name\":\"{name}\",\"claim\":\"{claim}\",\"reason\":\"check_failed\",\"payload\":{payload}}}"
    );
    failure_with(401, "auth.unauthorized", &data, UNAUTHORIZED)
}
