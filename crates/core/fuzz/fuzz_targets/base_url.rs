//! Base urls: every request, and every token, goes below one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logto_management_core::Config;

fuzz_target!(|text: &str| {
    let Ok(config) = Config::self_hosted(text).credentials("id", "secret").build() else { return };
    let base = config.base_url();
    assert!(base.starts_with("http://") || base.starts_with("https://"));
    assert!(!base.ends_with('/') && !base.contains(['?', '#', '\\', ' ']));
    let authority = base.split('/').nth(2).unwrap_or_default();
    assert!(!authority.is_empty() && !authority.contains('@'));
    let again = Config::self_hosted(base).credentials("id", "secret").build().expect("its own text is one");
    assert_eq!(again.base_url(), base);
    assert!(!base.split('/').skip(3).any(|segment| segment == ".."));
});
