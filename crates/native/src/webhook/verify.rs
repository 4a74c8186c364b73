//! The signature: HMAC-SHA256 (RFC 2104) of the raw body under the webhook's signing key, in hexadecimal.

use ring::hmac;

/// The request header that has the signature.
pub const SIGNATURE_HEADER: &str = "logto-signature-sha-256";

/// Whether Logto signed this body: `signature` is the header [`SIGNATURE_HEADER`], `signing_key` the webhook's key as the Console shows it, and `body` what arrived, byte for byte.
///
/// Compares in constant time. Whatever is wrong is `false`: no signature, one of another length or that is no hexadecimal, another key, an empty body or key (Logto sends neither, and a key that
/// was not configured must not let everybody in). It never fails and never panics.
///
/// ```
/// use logto_management::verify_webhook_signature;
///
/// let body = br#"{"hookId":"h1","event":"User.Created"}"#;
/// let signature = "483db5670ae6492da765b5ed70e73ca8bf2303b2cadfa1dd6c0da63bba0b7dac";
/// assert!(verify_webhook_signature("a-signing-key", body, signature));
/// assert!(!verify_webhook_signature("another key", body, signature));
/// assert!(!verify_webhook_signature("a-signing-key", body, None));
/// ```
#[must_use]
pub fn verify_webhook_signature<'a>(
    signing_key: &str,
    body: impl AsRef<[u8]>,
    signature: impl Into<Option<&'a str>>,
) -> bool {
    let body = body.as_ref();
    let Some(expected) = signature.into().and_then(bytes_of) else { return false };
    if signing_key.is_empty() || body.is_empty() {
        return false;
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, signing_key.as_bytes());
    hmac::verify(&key, body, &expected).is_ok()
}

/// What 64 hexadecimal digits say.
fn bytes_of(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if hex.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
        for digit in digits {
            let value = char::from(*digit).to_digit(16).and_then(|value| u8::try_from(value).ok())?;
            *byte = *byte << 4 | value;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use serde_json::Value;

    use super::verify_webhook_signature;

    #[test]
    fn signatures_that_others_made_hold_and_what_was_tampered_with_does_not() {
        let cases: Value = serde_json::from_str(include_str!("../../../../tests/webhooks.json")).unwrap();
        let cases = cases["signatures"].as_array().unwrap();
        for case in cases {
            let body = match &case["base64"] {
                Value::String(text) => STANDARD.decode(text).unwrap(),
                _ => case["body"].as_str().unwrap().into(),
            };
            let signature = case["signature"].as_str();
            let valid = verify_webhook_signature(case["key"].as_str().unwrap(), body, signature);
            assert_eq!(Some(valid), case["valid"].as_bool(), "{}", case["about"]);
        }
        assert!(cases.iter().any(|case| case["valid"] == true));
    }
}
