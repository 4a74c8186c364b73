//! `Link` headers: is there a next page?
#![no_main]

use libfuzzer_sys::fuzz_target;
use logto_management_core::fuzzing::link_has_next;

fuzz_target!(|text: &str| {
    let lines: Vec<&str> = text.lines().collect();
    let found = link_has_next(lines.iter().copied());
    assert_eq!(link_has_next(lines.iter().rev().copied()), found, "the order of lines means nothing");
    assert_eq!(link_has_next(lines.iter().chain(&lines).copied()), found);
    if found {
        assert!(text.to_ascii_lowercase().contains("next"));
    }
});
