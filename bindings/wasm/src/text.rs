//! Headers and other pairs as one string, `name\nvalue\nname\nvalue`: a string crosses the border at once, a list item by item.
//!
//! Bytes of a header are JavaScript's Latin-1 strings (the fetch standard's byte strings), so that any byte comes through as it is.

use std::borrow::Cow;

use logto_management_core::{http::HeaderMap, text::split};

/// Pairs out of one string; a last name without a value is dropped.
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut parts = split(text, b"\n");
    std::iter::from_fn(move || Some((parts.next()?, parts.next()?)))
}

/// Appends headers as pairs, a line each. No name and no value can hold a line break.
pub(crate) fn add_headers(text: &mut String, headers: &HeaderMap) {
    for (name, value) in headers {
        text.push_str(name.as_str());
        text.push('\n');
        match value.to_str() {
            Ok(ascii) => text.push_str(ascii),
            Err(_) => {
                for byte in value.as_bytes() {
                    text.push(char::from(*byte));
                }
            }
        }
        text.push('\n');
    }
}

/// The bytes of a Latin-1 string.
pub(crate) fn to_bytes(text: &str) -> Cow<'_, [u8]> {
    if text.is_ascii() {
        return Cow::Borrowed(text.as_bytes());
    }
    let mut latin = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            0..0x80 => latin.push(byte),
            // Of two bytes, up to U+00FF.
            0xC2 | 0xC3 => latin.push(byte << 6 | bytes.next().unwrap_or_default() & 0x3F),
            // The rest of a character beyond.
            0x80..0xC0 => {}
            _ => latin.push(b'?'),
        }
    }
    Cow::Owned(latin)
}
