//! Work on short texts.
//!
//! The standard library's search, white space and `{:?}` are made for any text and carry tables and machinery; what is searched here is a header or a path. Together they are 6 KB of the
//! module for Workers.

use std::borrow::Cow;

/// What [`words!`] joins.
pub(crate) trait Piece {
    fn add_to(&self, text: &mut String);
}

impl<P: Piece + ?Sized> Piece for &P {
    fn add_to(&self, text: &mut String) {
        P::add_to(self, text);
    }
}

impl Piece for str {
    fn add_to(&self, text: &mut String) {
        push(text, self);
    }
}

impl Piece for String {
    fn add_to(&self, text: &mut String) {
        push(text, self);
    }
}

impl Piece for Cow<'_, str> {
    fn add_to(&self, text: &mut String) {
        push(text, self);
    }
}

impl Piece for u64 {
    /// Not `to_string`, behind which is all of the standard library's formatting.
    fn add_to(&self, text: &mut String) {
        if *self >= 10 {
            (*self / 10).add_to(text);
        }
        text.push(char::from(b'0' + (*self % 10) as u8));
    }
}

impl Piece for u32 {
    fn add_to(&self, text: &mut String) {
        u64::from(*self).add_to(text);
    }
}

impl Piece for u16 {
    fn add_to(&self, text: &mut String) {
        u64::from(*self).add_to(text);
    }
}

impl Piece for usize {
    fn add_to(&self, text: &mut String) {
        (*self as u64).add_to(text);
    }
}

/// What a message begins with, and how it goes on: calls, since there are hundreds of them and each would be compiled in its place.
#[inline(never)]
pub(crate) const fn empty() -> String {
    String::new()
}

#[inline(never)]
fn push(text: &mut String, piece: &str) {
    text.push_str(piece);
}

/// Texts and whole numbers, one behind the other: `format!` without its machinery, which is 3 KB of the module for Workers.
macro_rules! words {
    ($($piece:expr),+ $(,)?) => {{
        let mut text = $crate::text::empty();
        $( $crate::text::Piece::add_to(&$piece, &mut text); )+
        text
    }};
}

/// Texts in a row, with another between each two.
#[must_use]
#[inline(never)]
pub fn joined(parts: &[&str], between: &str) -> String {
    let mut text = empty();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            push(&mut text, between);
        }
        push(&mut text, part);
    }
    text
}

/// Bytes as text; what is not UTF-8 is replaced, as by the standard library, which brings a second decoder for it.
pub(crate) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    let mut text = match std::str::from_utf8(bytes) {
        Ok(text) => return Cow::Borrowed(text),
        Err(_) => String::with_capacity(bytes.len()),
    };
    let mut rest = bytes;
    while let Err(error) = std::str::from_utf8(rest) {
        let (sound, others) = rest.split_at_checked(error.valid_up_to()).unwrap_or_default();
        text.push_str(std::str::from_utf8(sound).unwrap_or_default());
        text.push(char::REPLACEMENT_CHARACTER);
        // Without a length, the text ends within a character.
        rest = error.error_len().and_then(|length| others.get(length..)).unwrap_or_default();
    }
    text.push_str(std::str::from_utf8(rest).unwrap_or_default());
    Cow::Owned(text)
}

/// A whole number out of its digits; `None` where there is none, anything else among them, or more than a number holds. One for all that is read, where the standard library has one for each type.
pub(crate) fn whole(text: &str) -> Option<u64> {
    let mut number = 0_u64;
    for byte in text.bytes() {
        let digit = byte.wrapping_sub(b'0');
        // Not `checked_mul`: it multiplies with 128 bits.
        if digit > 9 || number > u64::MAX / 10 {
            return None;
        }
        number = (number * 10).checked_add(digit.into())?;
    }
    (!text.is_empty()).then_some(number)
}

/// Whether a byte is one of these.
#[expect(clippy::manual_contains, reason = "`contains` brings `memchr` along")]
pub(crate) fn is_one_of(byte: u8, marks: &[u8]) -> bool {
    marks.iter().any(|mark| *mark == byte)
}

/// Where the first of some ASCII characters stands.
#[inline(never)]
pub(crate) fn place_of(text: &str, marks: &[u8]) -> Option<usize> {
    text.bytes().position(|byte| is_one_of(byte, marks))
}

/// Whether one of some ASCII characters stands in a text.
pub(crate) fn has(text: &str, marks: &[u8]) -> bool {
    place_of(text, marks).is_some()
}

/// Before and after the first of some ASCII characters.
#[inline(never)]
pub(crate) fn cut<'a>(text: &'a str, marks: &[u8]) -> Option<(&'a str, &'a str)> {
    let at = place_of(text, marks)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// What stands before the first of some ASCII characters; everything where there is none.
pub(crate) fn before<'a>(text: &'a str, marks: &[u8]) -> &'a str {
    cut(text, marks).map_or(text, |(before, _)| before)
}

/// The parts of a text between some ASCII characters.
#[derive(Clone, Debug)]
pub struct Split<'a> {
    rest: Option<&'a str>,
    marks: &'static [u8],
}

/// The parts of a text between some ASCII characters, as the standard library's `split` gives them.
#[must_use]
pub const fn split<'a>(text: &'a str, marks: &'static [u8]) -> Split<'a> {
    Split { rest: Some(text), marks }
}

impl<'a> Split<'a> {
    /// All that is left, in one part; nothing where [`next`](Iterator::next) has nothing either.
    #[must_use]
    pub const fn rest(&self) -> Option<&'a str> {
        self.rest
    }
}

impl<'a> Iterator for Split<'a> {
    type Item = &'a str;

    #[inline(never)]
    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest?;
        let (part, rest) = cut(text, self.marks).map_or((text, None), |(part, rest)| (part, Some(rest)));
        self.rest = rest;
        Some(part)
    }
}

/// Where a part stands in a text.
pub(crate) fn find(text: &str, part: &str) -> Option<usize> {
    let part = part.as_bytes();
    // The first byte alone rules most places out.
    text.as_bytes()
        .windows(part.len().max(1))
        .position(|window| window.first() == part.first() && window == part)
}

/// Whether a part stands in a text.
pub(crate) fn contains(text: &str, part: &str) -> bool {
    find(text, part).is_some()
}

/// Before and after the first `part`.
pub(crate) fn split_once<'a>(text: &'a str, part: &str) -> Option<(&'a str, &'a str)> {
    let at = find(text, part)?;
    Some((text.get(..at)?, text.get(at + part.len()..)?))
}

/// A text with a part replaced; `None` where it does not stand in it.
pub(crate) fn replace(text: &str, part: &str, by: &str) -> Option<String> {
    let (mut before, mut rest) = split_once(text, part)?;
    let mut out = String::with_capacity(text.len());
    loop {
        out.push_str(before);
        out.push_str(by);
        match split_once(rest, part) {
            Some(split) => (before, rest) = split,
            None => break,
        }
    }
    out.push_str(rest);
    Some(out)
}

/// What counts as white space when it is pasted along with a credential.
pub(crate) const fn is_space(c: char) -> bool {
    matches!(
        c,
        '\t'..='\r' | ' ' | '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn finds_and_replaces_as_the_standard_library_does(text in "[abé]{0,12}", part in "[abé]{1,3}") {
            proptest::prop_assert_eq!(find(&text, &part), text.find(&part));
            proptest::prop_assert_eq!(split_once(&text, &part), text.split_once(&part));
            let expected = text.contains(&part).then(|| text.replace(&part, "-"));
            proptest::prop_assert_eq!(replace(&text, &part, "-"), expected);
        }

        #[test]
        fn splits_as_the_standard_library_does(text in "[ab,;é]{0,12}") {
            let marks = [',', ';'];
            let parts: Vec<_> = split(&text, b",;").collect();
            proptest::prop_assert_eq!(parts, text.split(marks).collect::<Vec<_>>());
            proptest::prop_assert_eq!(cut(&text, b",;"), text.split_once(marks));
            proptest::prop_assert_eq!(before(&text, b",;"), text.split(marks).next().unwrap_or_default());
            proptest::prop_assert_eq!(has(&text, b",;"), text.contains(marks));
            let mut first = split(&text, b",;");
            first.next();
            proptest::prop_assert_eq!(first.rest(), text.split_once(marks).map(|(_, rest)| rest));
        }

        #[test]
        fn joins_as_the_standard_library_does(parts in proptest::collection::vec("[abé]{0,3}", 0..4), between in "[,é]{0,2}") {
            let parts: Vec<_> = parts.iter().map(String::as_str).collect();
            proptest::prop_assert_eq!(joined(&parts, &between), parts.join(&between));
        }

        #[test]
        fn replaces_what_is_no_text_as_the_standard_library_does(
            // Ends and middles of characters, and beginnings of such of two, three and four bytes.
            bytes in proptest::collection::vec(proptest::sample::select(b"a\x80\xa0\xbf\xc3\xe0\xe2\xed\xf0\xf4\xff".to_vec()), 0..12)
        ) {
            proptest::prop_assert_eq!(lossy(&bytes), String::from_utf8_lossy(&bytes));
        }

        #[test]
        fn reads_and_writes_numbers_as_the_standard_library_does(number: u64, text in "[0-9a+-]{0,22}") {
            proptest::prop_assert_eq!(words![number], number.to_string());
            proptest::prop_assert_eq!(whole(&number.to_string()), Some(number));
            let parsed = text.parse().ok().filter(|_| !text.starts_with('+'));
            proptest::prop_assert_eq!(whole(&text), parsed);
        }

        #[test]
        fn takes_all_white_space_for_it(c in proptest::char::any()) {
            proptest::prop_assert!(is_space(c) || !c.is_whitespace());
        }
    }
}
