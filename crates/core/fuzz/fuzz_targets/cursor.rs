//! Page cursors: text that comes back from outside.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logto_management_core::PageCursor;

fuzz_target!(|text: &str| {
    let Ok(cursor) = text.parse::<PageCursor>() else { return };
    let again = cursor.to_string().parse::<PageCursor>();
    assert_eq!(again.ok(), Some(cursor), "what is written is read the same");
});
