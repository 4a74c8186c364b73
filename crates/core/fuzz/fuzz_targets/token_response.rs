//! The token endpoint's answer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logto_management_core::{UnixMillis, fuzzing::parse_token_response};

/// The longest lifetime that is believed, in milliseconds.
const LONGEST: UnixMillis = UnixMillis(1_000_000_000_000);

fuzz_target!(|body: &[u8]| {
    let Some(token) = parse_token_response(body) else { return };
    assert!(!token.value().is_empty());
    assert!(
        !token.value().bytes().any(|byte| byte.is_ascii_control() && byte != b'\t'),
        "no header carries it"
    );
    assert!(token.expires_at() <= LONGEST);
    // Short ones, and those with punctuation, are part of any text. The scope is printed, and may be the same.
    let telling = token.value().len() > 16 && token.value().bytes().all(|byte| byte.is_ascii_alphanumeric());
    if telling && !token.scope().is_some_and(|scope| scope.contains(token.value())) {
        assert!(!format!("{token:?}").contains(token.value()));
    }
});
