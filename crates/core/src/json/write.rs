//! JSON written by hand.

/// Writes an object member by member.
#[derive(Debug)]
pub(crate) struct Writer(String);

impl Writer {
    pub(crate) fn new() -> Self {
        Self(String::with_capacity(256))
    }

    /// A member whose value is JSON already.
    pub(crate) fn raw(&mut self, name: &str, value: Option<&str>) {
        let Some(value) = value else { return };
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        quote(name, &mut self.0);
        self.0.push(':');
        self.0.push_str(value);
    }

    pub(crate) fn text(&mut self, name: &str, value: Option<&str>) {
        let quoted = value.map(|value| {
            let mut out = String::with_capacity(value.len() + 2);
            quote(value, &mut out);
            out
        });
        self.raw(name, quoted.as_deref());
    }

    pub(crate) fn number(&mut self, name: &str, value: Option<u64>) {
        self.raw(name, value.map(|value| words![value]).as_deref());
    }

    pub(crate) fn end(mut self) -> String {
        self.0.push_str(if self.0.is_empty() { "{}" } else { "}" });
        self.0
    }
}

/// Appends a text as a JSON string.
pub(crate) fn quote(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push('"');
    for c in text.chars() {
        let short = match c {
            '"' | '\\' => c,
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            '\0'..='\u{1f}' => {
                out.push_str("\\u00");
                for digit in [c as usize >> 4, c as usize & 15] {
                    out.push(HEX.get(digit).copied().map_or('0', char::from));
                }
                continue;
            }
            _ => {
                out.push(c);
                continue;
            }
        };
        out.push('\\');
        out.push(short);
    }
    out.push('"');
}

/// A whole number, as `to_string` gives it, without the standard library's formatting behind it.
#[must_use]
pub fn number(value: u64) -> String {
    words![value]
}

/// A text in quotes, for a message: nothing in it breaks the line.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    quote(text, &mut out);
    out
}
