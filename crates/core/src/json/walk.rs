//! Walking over the text of JSON.

use super::{Json, scan::special, unquote};

/// Deeper nesting than this is refused, as serde_json does: the walk is recursive.
const DEEPEST: u32 = 128;

/// A place in a text. Within a sound array or object, commas and colons count as white space.
#[derive(Clone, Debug)]
pub(super) struct Walk<'a> {
    text: &'a str,
    pub(super) at: usize,
    inside: bool,
    depth: u32,
}

impl<'a> Walk<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0, inside: false, depth: 0 }
    }

    /// Behind the bracket of a sound array or object; at the end of anything else.
    pub(super) const fn into(json: Json<'a>, is_one: bool) -> Self {
        let at = if is_one { 1 } else { json.0.len() };
        Self { text: json.0, at, inside: true, depth: 0 }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// The byte here; 0, which stands nowhere in JSON, at the end.
    pub(super) fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == byte;
        self.at += usize::from(is_there);
        is_there
    }

    pub(super) fn space(&mut self) {
        loop {
            match self.peek() {
                b' ' | b'\n' | b'\t' | b'\r' => self.at += 1,
                b',' | b':' if self.inside => self.at += 1,
                _ => return,
            }
        }
    }

    /// The value that begins here, behind white space. `None` leaves the place at what is wrong.
    pub(super) fn value(&mut self) -> Option<Json<'a>> {
        self.space();
        let start = self.at;
        self.skip()?;
        self.text.get(start..self.at).map(Json)
    }

    /// Steps over the value that begins here.
    pub(super) fn skip(&mut self) -> Option<()> {
        match self.peek() {
            b'"' => self.string(),
            b'{' => self.object(None).map(|_| ()),
            b'[' => self.array(),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.number(),
        }
    }

    fn array(&mut self) -> Option<()> {
        let around = self.enter()?;
        if !self.eat(b']') {
            loop {
                self.space();
                self.skip()?;
                if self.ends(b']')? {
                    break;
                }
            }
        }
        self.leave(around);
        Some(())
    }

    /// An object, and in it the last member of a name, if one is wanted.
    pub(super) fn object(&mut self, wanted: Option<&str>) -> Option<Option<Json<'a>>> {
        let around = self.enter()?;
        let mut found = None;
        if !self.eat(b'}') {
            loop {
                self.space();
                if self.peek() != b'"' {
                    return None;
                }
                let start = self.at;
                self.string()?;
                let name = start..self.at;
                self.space();
                if !self.eat(b':') {
                    return None;
                }
                self.space();
                let start = self.at;
                self.skip()?;
                if wanted
                    .is_some_and(|wanted| self.text.get(name).is_some_and(|name| unquote(name) == wanted))
                {
                    found = self.text.get(start..self.at).map(Json);
                }
                if self.ends(b'}')? {
                    break;
                }
            }
        }
        self.leave(around);
        Some(found)
    }

    /// Into an array or object; whether commas count as white space around it.
    pub(super) fn enter(&mut self) -> Option<bool> {
        self.at += 1;
        self.depth += 1;
        let around = std::mem::replace(&mut self.inside, false);
        self.space();
        (self.depth <= DEEPEST).then_some(around)
    }

    pub(super) const fn leave(&mut self, around: bool) {
        self.depth -= 1;
        self.inside = around;
    }

    /// Behind a value: whether the array or object ends here, where otherwise another value must follow.
    pub(super) fn ends(&mut self, end: u8) -> Option<bool> {
        self.space();
        if self.eat(end) {
            return Some(true);
        }
        self.eat(b',').then_some(false)
    }

    pub(super) fn string(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            let found = special(self.text.as_bytes(), self.at);
            if found == self.text.len() {
                return None;
            }
            self.at = found;
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

    fn word<const N: usize>(&mut self, word: &[u8; N]) -> Option<()> {
        let is_there = self.rest().first_chunk() == Some(word);
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
