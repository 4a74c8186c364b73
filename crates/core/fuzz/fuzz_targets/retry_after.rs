//! `Retry-After`: seconds, a date, or nonsense.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use logto_management_core::{UnixMillis, fuzzing::parse_retry_after};

fuzz_target!(|input: (u64, &[u8])| {
    let (now, value) = input;
    let wait = parse_retry_after(value, UnixMillis(now));
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let text: Vec<u8> = value.iter().copied().skip_while(blank).collect();
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits > 0 && text.iter().skip(digits).all(blank) {
        assert!(wait.is_some(), "digits are a time");
    } else if wait.is_some() {
        // A date: from the end of time on it has gone by.
        assert_eq!(parse_retry_after(value, UnixMillis(u64::MAX)), Some(Duration::ZERO));
    }
});
