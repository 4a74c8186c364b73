//! JSON without a character beyond ASCII.
//!
//! V8 keeps a string in one byte a character or, as soon as one character is beyond Latin-1, in two. The latter takes it longer to make (it has to decode UTF-8) and half as long again to parse: one name with
//! an accent makes a page of users dear. JSON can say every such character with an escape (RFC 8259, 7), so it need not come to that.

use bytes::Bytes;

/// The same JSON in ASCII; `None` where escapes would make it half as long again, or it is no UTF-8. What is no JSON becomes other text that is no JSON.
pub(crate) fn json(text: &[u8]) -> Option<Bytes> {
    let mut rest = std::str::from_utf8(text).ok()?;
    let longest = text.len() + text.len() / 2;
    let mut out = Vec::with_capacity(text.len() + text.len() / 8);
    loop {
        let (plain, beyond) = rest.split_at_checked(plain_length(rest.as_bytes()))?;
        out.extend_from_slice(plain.as_bytes());
        let mut chars = beyond.chars();
        let Some(c) = chars.next() else { return Some(out.into()) };
        for unit in c.encode_utf16(&mut [0; 2]) {
            out.extend_from_slice(&[
                b'\\',
                b'u',
                digit(*unit >> 12),
                digit(*unit >> 8),
                digit(*unit >> 4),
                digit(*unit),
            ]);
        }
        if out.len() + chars.as_str().len() > longest {
            return None;
        }
        rest = chars.as_str();
    }
}

/// How many bytes there are before the first that is beyond ASCII.
fn plain_length(text: &[u8]) -> usize {
    // Many at once, where they are plain: nearly everywhere.
    let plain = text.chunks(64).take_while(|chunk| chunk.is_ascii()).map(<[u8]>::len).sum();
    let rest = text.get(plain..).unwrap_or_default();
    plain + rest.iter().take_while(|byte| byte.is_ascii()).count()
}

/// The lowest four bits in hexadecimal.
fn digit(bits: u16) -> u8 {
    let value = (bits & 15) as u8;
    if value < 10 { b'0' + value } else { b'a' + value - 10 }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::json;

    #[test]
    fn characters_beyond_ascii_become_escapes_that_mean_the_same() {
        let text =
            r#"{"name":"Ștefan","emoji":"a long enough text beside one 🦀, so that few are beyond ASCII"}"#;
        let ascii = json(text.as_bytes()).expect("few of them");
        assert!(ascii.is_ascii());
        assert!(ascii.starts_with(br#"{"name":"\u0218tefan""#));
        assert_eq!(
            serde_json::from_slice::<Value>(&ascii).expect("JSON"),
            serde_json::from_str::<Value>(text).expect("JSON")
        );
    }

    #[test]
    fn every_character_comes_back() {
        for c in (0x80..=0x0010_ffff).filter_map(char::from_u32) {
            let text = format!("\"{c} and enough of the plain to be worth it: 0123456789\"");
            let ascii = json(text.as_bytes()).expect("one of them");
            assert!(ascii.is_ascii());
            assert_eq!(serde_json::from_slice::<String>(&ascii).ok(), serde_json::from_str(&text).ok());
        }
    }

    #[test]
    fn texts_that_are_mostly_beyond_ascii_or_no_utf8_stay() {
        assert_eq!(json("\"漢字ばかりの文\"".as_bytes()), None);
        assert_eq!(json(b"\"\xff and enough of the plain to be worth it: 0123456789\""), None);
    }
}
