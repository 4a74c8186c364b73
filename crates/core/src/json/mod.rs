//! JSON read in place, and written by hand.
//!
//! The client itself needs a few members of a few documents: a token, an error's code, the ids of a page, options by name. A [`Json`] is the text of one
//! sound value; its members are found by walking over it, and nothing is built. So the module for Workers carries no document tree, no number formatter and none of
//! serde's generated code, and a page's items are never decoded on their way through. Typed decoding, for Rust users, is serde_json's.

mod scan;
#[cfg(test)]
mod tests;
mod write;

use std::borrow::Cow;

use crate::text;

pub use scan::special;
pub(crate) use write::{Writer, quote};
pub use write::{number, quoted};

/// The text of one JSON value (RFC 8259), known to be sound and without white space around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Json<'a>(&'a str);

/// Deeper nesting than this is refused, as serde_json does: the walk is recursive.
const DEEPEST: u32 = 128;

impl<'a> Json<'a> {
    /// Reads a whole document.
    ///
    /// # Errors
    /// The position of the first byte that does not belong there.
    ///
    /// ```
    /// use logto_management_core::json::Json;
    /// let json = Json::parse(br#" {"code": "user.not_found", "data": null} "#).expect("it is sound");
    /// assert_eq!(json.member("code").and_then(Json::as_str).as_deref(), Some("user.not_found"));
    /// assert_eq!(Json::parse(b"{]"), Err(1));
    /// ```
    pub fn parse(document: &'a [u8]) -> Result<Self, usize> {
        let text = std::str::from_utf8(document).map_err(|error| error.valid_up_to())?;
        let mut walk = Walk::new(text);
        let value = walk.value().ok_or(walk.at)?;
        walk.space();
        if walk.at == text.len() { Ok(value) } else { Err(walk.at) }
    }

    /// A part of a document that was found sound before.
    pub(crate) const fn sound(text: &'a str) -> Self {
        Self(text)
    }

    /// Its text.
    #[must_use]
    pub const fn text(self) -> &'a str {
        self.0
    }

    /// A value as a text of its own, or `null` where there is none.
    #[must_use]
    pub fn or_null(value: Option<Self>) -> Self {
        value.unwrap_or(Self("null"))
    }

    fn begins_with(self, byte: u8) -> bool {
        self.0.as_bytes().first() == Some(&byte)
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.0 == "null"
    }

    /// Whether it is an object.
    #[must_use]
    pub fn is_object(self) -> bool {
        self.begins_with(b'{')
    }

    /// Whether it is an array.
    #[must_use]
    pub fn is_array(self) -> bool {
        self.begins_with(b'[')
    }

    /// A boolean.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self.0 {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// A string. A lone surrogate, which no text can hold, becomes U+FFFD.
    #[must_use]
    pub fn as_str(self) -> Option<Cow<'a, str>> {
        self.begins_with(b'"').then(|| unquote(self.0))
    }

    /// A whole number from 0, written without fraction and exponent.
    #[must_use]
    pub fn as_u64(self) -> Option<u64> {
        text::whole(self.0)
    }

    /// A number; one beyond what a double can hold is infinite. Exact for whole numbers below 2^53, otherwise good to 15 digits.
    #[must_use]
    pub fn as_f64(self) -> Option<f64> {
        decimal(self.0)
    }

    /// The items of an array; none of anything else.
    #[must_use]
    pub fn items(self) -> Items<'a> {
        Items(Walk::into(self, self.is_array()))
    }

    /// The members of an object, in the order of the text; none of anything else.
    #[must_use]
    pub fn members(self) -> Members<'a> {
        Members(Walk::into(self, self.is_object()))
    }

    /// The member of this name; the last one where there are several.
    #[must_use]
    pub fn member(self, name: &str) -> Option<Self> {
        self.members().filter(|(key, _)| key == name).last().map(|(_, value)| value)
    }
}

/// Hands a decoded value on as its text.
pub(crate) fn with<T>(value: &serde_json::Value, work: impl FnOnce(Json<'_>) -> T) -> T {
    let text = value.to_string();
    work(Json::sound(&text))
}

/// The items of an array. See [`Json::items`].
#[derive(Clone, Debug)]
pub struct Items<'a>(Walk<'a>);

impl<'a> Iterator for Items<'a> {
    type Item = Json<'a>;

    fn next(&mut self) -> Option<Json<'a>> {
        self.0.value()
    }
}

/// The members of an object. See [`Json::members`].
#[derive(Clone, Debug)]
pub struct Members<'a>(Walk<'a>);

impl<'a> Iterator for Members<'a> {
    type Item = (Cow<'a, str>, Json<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let name = self.0.value()?.as_str()?;
        Some((name, self.0.value()?))
    }
}

/// The strings of a sound document, names included: their places, with the quotes.
pub(crate) fn strings(json: Json<'_>) -> impl Iterator<Item = std::ops::Range<usize>> {
    let mut walk = Walk::new(json.0);
    std::iter::from_fn(move || {
        // Outside a string there is no quote but the one that begins the next.
        let ahead = walk.rest().iter().position(|byte| *byte == b'"')?;
        let start = walk.at + ahead;
        walk.at = start;
        walk.string()?;
        Some(start..walk.at)
    })
}

/// A place in a text. Within a sound array or object, commas and colons count as white space.
#[derive(Clone, Debug)]
struct Walk<'a> {
    text: &'a str,
    at: usize,
    inside: bool,
    depth: u32,
}

impl<'a> Walk<'a> {
    const fn new(text: &'a str) -> Self {
        Self { text, at: 0, inside: false, depth: 0 }
    }

    /// Behind the bracket of a sound array or object; at the end of anything else.
    const fn into(json: Json<'a>, is_one: bool) -> Self {
        let at = if is_one { 1 } else { json.0.len() };
        Self { text: json.0, at, inside: true, depth: 0 }
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// The byte here; 0, which stands nowhere in JSON, at the end.
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn eat(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == byte;
        self.at += usize::from(is_there);
        is_there
    }

    fn space(&mut self) {
        let inside = self.inside;
        let skipped = |byte: &u8| match byte {
            b' ' | b'\n' | b'\t' | b'\r' => true,
            b',' | b':' => inside,
            _ => false,
        };
        self.at += self.rest().iter().take_while(|byte| skipped(byte)).count();
    }

    /// The value that begins here, behind white space. `None` leaves the place at what is wrong.
    fn value(&mut self) -> Option<Json<'a>> {
        self.space();
        let start = self.at;
        match self.peek() {
            b'"' => self.string()?,
            b'{' => self.list(b'}')?,
            b'[' => self.list(b']')?,
            b't' => self.word("true")?,
            b'f' => self.word("false")?,
            b'n' => self.word("null")?,
            _ => self.number()?,
        }
        self.text.get(start..self.at).map(Json)
    }

    /// An array or object, up to `end`.
    fn list(&mut self, end: u8) -> Option<()> {
        self.at += 1;
        self.depth += 1;
        let around = std::mem::replace(&mut self.inside, false);
        self.space();
        if self.depth > DEEPEST {
            return None;
        }
        if !self.eat(end) {
            loop {
                if end == b'}' {
                    self.space();
                    if self.peek() != b'"' {
                        return None;
                    }
                    self.string()?;
                    self.space();
                    if !self.eat(b':') {
                        return None;
                    }
                }
                self.value()?;
                self.space();
                if self.eat(end) {
                    break;
                }
                if !self.eat(b',') {
                    return None;
                }
            }
        }
        self.depth -= 1;
        self.inside = around;
        Some(())
    }

    fn string(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            self.at = special(self.text.as_bytes(), self.at);
            if self.eat(b'"') {
                return Some(());
            }
            if !self.eat(b'\\') {
                return None;
            }
            let digits = match self.peek() {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 0,
                b'u' => 4,
                _ => return None,
            };
            self.at += 1;
            for _ in 0..digits {
                if !self.peek().is_ascii_hexdigit() {
                    return None;
                }
                self.at += 1;
            }
        }
    }

    fn word(&mut self, word: &str) -> Option<()> {
        let is_there = self.rest().starts_with(word.as_bytes());
        self.at += if is_there { word.len() } else { 0 };
        is_there.then_some(())
    }

    fn number(&mut self) -> Option<()> {
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let count = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        (count > 0).then_some(())
    }
}

/// The text that a sound string, with its quotes, stands for.
pub(crate) fn unquote(string: &str) -> Cow<'_, str> {
    let inner = string.get(1..string.len().saturating_sub(1)).unwrap_or_default();
    if text::has(inner, b"\\") { Cow::Owned(unescape(inner)) } else { Cow::Borrowed(inner) }
}

/// The text that a string with escapes stands for.
fn unescape(inner: &str) -> String {
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((before, escape)) = text::cut(rest, b"\\") {
        text.push_str(before);
        let mut length = 1;
        text.push(match escape.as_bytes().first() {
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let (char, taken) = unicode(escape);
                length = taken;
                char
            }
            Some(byte) => char::from(*byte),
            None => break,
        });
        rest = escape.get(length..).unwrap_or_default();
    }
    text.push_str(rest);
    text
}

/// The character of `uXXXX`, or of `uXXXX\uXXXX` where that is a pair of surrogates, and how long its text is.
fn unicode(escape: &str) -> (char, usize) {
    let unit = |at: usize| {
        let mut digits = escape.get(at..at + 4)?.chars();
        digits.try_fold(0, |unit, digit| Some(unit << 4 | digit.to_digit(16)?))
    };
    let first = unit(1).unwrap_or_default();
    if let (0xD800..0xDC00, Some("\\u"), Some(second @ 0xDC00..0xE000)) = (first, escape.get(5..7), unit(7)) {
        let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        return (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 11);
    }
    (char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 5)
}

/// A whole number with an optional sign.
fn signed(text: &str) -> Option<i32> {
    let size = i32::try_from(text::whole(text.strip_prefix(['+', '-']).unwrap_or(text))?).ok()?;
    Some(if text.starts_with('-') { -size } else { size })
}

/// A decimal number: an optional sign, digits, a fraction, an exponent. The standard library's parser is exact to the last bit, for which it carries tables of 10 KB.
pub(crate) fn decimal(text: &str) -> Option<f64> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match text::cut(unsigned, b"eE") {
        Some((mantissa, exponent)) => (mantissa, signed(exponent)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = text::cut(mantissa, b".").unwrap_or((mantissa, ""));
    if whole.is_empty() {
        return None;
    }
    let mut value = 0.0;
    let mut scale = exponent;
    for (digits, step) in [(whole, 0), (fraction, -1)] {
        for digit in digits.bytes() {
            if !digit.is_ascii_digit() {
                return None;
            }
            value = value * 10.0 + f64::from(digit - b'0');
            scale = scale.saturating_add(step);
        }
    }
    let mut power = 1.0;
    for _ in 0..scale.unsigned_abs().min(400) {
        power *= 10.0;
    }
    // 0 times infinity would be no number.
    if value != 0.0 {
        value = if scale < 0 { value / power } else { value * power };
    }
    Some(if negative { -value } else { value })
}
