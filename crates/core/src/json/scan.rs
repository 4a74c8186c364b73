//! The inner loop of reading JSON.

#[cfg(not(logto_small))]
const ONES: u64 = u64::from_ne_bytes([1; 8]);
#[cfg(not(logto_small))]
const HIGH: u64 = ONES << 7;

/// Where a string of JSON stops being plain: the first quote, backslash or control character from `at` on; the end, where there is none.
#[must_use]
pub fn special(bytes: &[u8], at: usize) -> usize {
    // The module for Workers counts each byte of its own: there one after the other will do.
    #[cfg(not(logto_small))]
    let at = past_plain_words(bytes, at);
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)).unwrap_or(rest.len())
}

/// The same, eight bytes at a time; near the end, where there are no eight left.
#[cfg(not(logto_small))]
fn past_plain_words(bytes: &[u8], mut at: usize) -> usize {
    // A byte's high bit is set where it is one of those; bytes above the first may be wrong, by borrowing.
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*chunk);
        let quote = (word ^ (ONES * b'"' as u64)).wrapping_sub(ONES);
        let backslash = (word ^ (ONES * b'\\' as u64)).wrapping_sub(ONES);
        let control = word.wrapping_sub(ONES * 0x20);
        // What has its high bit set from the beginning is none of those.
        let found = (quote | backslash | control) & !word & HIGH;
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::special;

    /// Every byte at every place of a word and around its ends.
    #[test]
    fn finds_what_looking_at_each_byte_finds() {
        for length in 0..20 {
            for place in 0..=length {
                for byte in 0..=u8::MAX {
                    let mut bytes = vec![b'\xc3'; length];
                    if let Some(there) = bytes.get_mut(place) {
                        *there = byte;
                    }
                    let plain = |byte: &u8| !matches!(byte, b'"' | b'\\' | 0..0x20);
                    let expected = bytes.iter().take_while(|byte| plain(byte)).count();
                    assert_eq!(special(&bytes, 0), expected, "{byte:#x} at {place} of {length}");
                }
            }
        }
    }
}
