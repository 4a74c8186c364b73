//! Percent-encoding (RFC 3986), in the three forms that requests need.

use crate::text;

/// `encodeURIComponent`: for path parameters, query names and query values.
pub(crate) fn component(text: &str, out: &mut String) {
    encode(text, out, |b| b.is_ascii_alphanumeric() || text::is_one_of(b, b"-_.!~*'()"));
}

/// `application/x-www-form-urlencoded` (what RFC 6749, appendix B asks for credentials): a space is `+`.
pub(crate) fn form(text: &str, out: &mut String) {
    let mut parts = text::split(text, b" ");
    encode(parts.next().unwrap_or_default(), out, is_form_safe);
    for part in parts {
        out.push('+');
        encode(part, out, is_form_safe);
    }
}

const fn is_form_safe(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'*')
}

/// For a target that is percent-encoded already: only what the URL Standard encodes in a path and in a query (its "special-query" set), so that a query of the caller's own making
/// arrives as `fetch` would send it.
pub(crate) fn target(text: &str, out: &mut String) {
    let (path, query) = text::place_of(text, b"?").map_or((text, ""), |at| text.split_at(at));
    encode(path, out, |b| b.is_ascii_graphic() && !text::is_one_of(b, b"\"<>\\^`{}"));
    encode(query, out, |b| b.is_ascii_graphic() && !text::is_one_of(b, b"\"<>'"));
}

#[inline(never)]
fn encode(text: &str, out: &mut String, safe: fn(u8) -> bool) {
    if text.bytes().all(safe) {
        // Nearly always.
        out.push_str(text);
        return;
    }
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for byte in text.bytes() {
        if safe(byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.push(HEX.get(usize::from(digit)).copied().unwrap_or('0'));
            }
        }
    }
}
