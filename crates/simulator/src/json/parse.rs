//! Reading, with the messages of V8 and of co-body where clients see them.

use super::{Document, Js};

/// Why a body is no JSON, in the words of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JsonError(pub(crate) String);

/// Deeper nesting is refused: the parser is recursive, and no one tests with more.
const MAX_DEPTH: usize = 200;

/// Reads a request body. An empty body is an empty object, as co-body has it.
///
/// # Errors
/// When it is no JSON, or neither an object nor an array.
pub(crate) fn parse(bytes: &[u8]) -> Result<Document, JsonError> {
    let text = String::from_utf8_lossy(bytes);
    if text.is_empty() {
        return Ok(Document {
            value: Js::Object(Vec::new()),
            nul: false,
            lone_surrogate: false,
            forbidden_key: false,
        });
    }
    let first = text.chars().find(|c| !matches!(c, ' ' | '\t' | '\n' | '\r'));
    if !matches!(first, Some('{' | '[')) {
        return Err(JsonError("invalid JSON, only supports object and array".to_owned()));
    }
    let mut parser =
        Parser { text: &text, at: 0, depth: 0, nul: false, lone_surrogate: false, forbidden_key: false };
    let value = parser.value()?;
    parser.space();
    if parser.at < text.len() {
        return Err(JsonError(format!(
            "Unexpected non-whitespace character after JSON at position {}",
            parser.at
        )));
    }
    let Parser { nul, lone_surrogate, forbidden_key, .. } = parser;
    Ok(Document { value, nul, lone_surrogate, forbidden_key })
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    nul: bool,
    lone_surrogate: bool,
    forbidden_key: bool,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn unexpected(&self) -> JsonError {
        match self.rest().chars().next() {
            None => JsonError("Unexpected end of JSON input".to_owned()),
            Some(c) => {
                let excerpt: String = if self.text.chars().count() > 40 {
                    let before: String =
                        self.text.get(..self.at).unwrap_or("").chars().rev().take(10).collect();
                    let after: String = self.rest().chars().take(10).collect();
                    let before: String = before.chars().rev().collect();
                    format!("...\"{before}{after}\"... ")
                } else {
                    format!("\"{}\" ", self.text)
                };
                JsonError(format!("Unexpected token '{c}', {excerpt}is not valid JSON"))
            }
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(self.unexpected())
    }

    fn value(&mut self) -> Result<Js, JsonError> {
        self.space();
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => self.string().map(Js::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => {
                for (word, value) in
                    [("true", Js::Bool(true)), ("false", Js::Bool(false)), ("null", Js::Null)]
                {
                    if self.rest().starts_with(word) {
                        self.at += word.len();
                        return Ok(value);
                    }
                }
                Err(self.unexpected())
            }
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Js, JsonError>) -> Result<Js, JsonError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(JsonError("Maximum call stack size exceeded".to_owned()));
        }
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn object(&mut self) -> Result<Js, JsonError> {
        self.at += 1;
        let mut members: Vec<(String, Js)> = Vec::new();
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Js::Object(members));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.unexpected());
            }
            let key = self.string()?;
            self.forbidden_key |= key == "__proto__";
            self.space();
            self.expect(b':')?;
            let value = self.value()?;
            members.push((key, value));
            self.space();
            if self.peek() == Some(b',') {
                self.at += 1;
                continue;
            }
            self.expect(b'}')?;
            return Ok(Js::Object(members));
        }
    }

    fn array(&mut self) -> Result<Js, JsonError> {
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Js::Array(items));
        }
        loop {
            items.push(self.value()?);
            self.space();
            if self.peek() == Some(b',') {
                self.at += 1;
                continue;
            }
            self.expect(b']')?;
            return Ok(Js::Array(items));
        }
    }

    fn number(&mut self) -> Result<Js, JsonError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(self.unexpected()),
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if !matches!(self.peek(), Some(b'0'..=b'9')) {
                return Err(self.unexpected());
            }
            self.digits();
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if !matches!(self.peek(), Some(b'0'..=b'9')) {
                return Err(self.unexpected());
            }
            self.digits();
        }
        let text = self.text.get(start..self.at).unwrap_or("0");
        // The grammar above is a part of Rust's; too large a number is infinite, as in JavaScript.
        Ok(Js::Number(text.parse().unwrap_or(0.0)))
    }

    fn digits(&mut self) {
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let plain =
                self.rest().find(|c: char| c == '"' || c == '\\' || c < ' ').unwrap_or(self.rest().len());
            out.push_str(self.rest().get(..plain).unwrap_or(""));
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    let c = self.escape()?;
                    out.push(c);
                }
                None => return Err(JsonError("Unterminated string in JSON".to_owned())),
                Some(_) => {
                    return Err(JsonError("Bad control character in string literal in JSON".to_owned()));
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let c = self.peek().ok_or_else(|| self.unexpected())?;
        self.at += 1;
        Ok(match c {
            b'"' | b'\\' | b'/' => char::from(c),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            _ => return Err(JsonError("Bad escaped character in JSON".to_owned())),
        })
    }

    fn unicode(&mut self) -> Result<char, JsonError> {
        let unit = self.hex4()?;
        if (0xd800..0xdc00).contains(&unit) && self.rest().starts_with("\\u") {
            let back = self.at;
            self.at += 2;
            let low = self.hex4()?;
            if (0xdc00..0xe000).contains(&low) {
                let code = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or('\u{fffd}'));
            }
            self.at = back;
        }
        self.nul |= unit == 0;
        Ok(char::from_u32(unit).unwrap_or_else(|| {
            self.lone_surrogate = true;
            '\u{fffd}'
        }))
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let digits = self.rest().get(..4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let unit = digits.and_then(|d| u32::from_str_radix(d, 16).ok());
        let unit = unit.ok_or_else(|| JsonError("Bad Unicode escape in JSON".to_owned()))?;
        self.at += 4;
        Ok(unit)
    }
}
