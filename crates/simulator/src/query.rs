//! Query strings and forms, as `URLSearchParams` and koa read and write them.

use std::borrow::Cow;

/// Name and value pairs in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query(Vec<(String, String)>);

impl FromIterator<(String, String)> for Query {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl Query {
    pub(crate) fn parse(text: &str) -> Self {
        Self(
            text.split('&')
                .filter(|pair| !pair.is_empty())
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode_form(name).into_owned(), decode_form(value).into_owned())
                })
                .collect(),
        )
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// The first value.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub(crate) fn count(&self, name: &str) -> usize {
        self.all(name).count()
    }

    /// As Logto writes it into a `Link` header: repeated names are joined by commas, `page` is set in its place or at the end.
    pub(crate) fn with_page(&self, page: u64) -> String {
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in &self.0 {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        let mut out = String::new();
        for name in &names {
            let value =
                if *name == "page" { page.to_string() } else { self.all(name).collect::<Vec<_>>().join(",") };
            push_pair(&mut out, name, &value);
        }
        if !names.contains(&"page") {
            push_pair(&mut out, "page", &page.to_string());
        }
        out
    }
}

fn push_pair(out: &mut String, name: &str, value: &str) {
    if !out.is_empty() {
        out.push('&');
    }
    encode_form(out, name);
    out.push('=');
    encode_form(out, value);
}

/// `application/x-www-form-urlencoded` serialisation.
fn encode_form(out: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => {
                out.push('%');
                out.push(hex(byte >> 4));
                out.push(hex(byte & 15));
            }
        }
    }
}

fn hex(nibble: u8) -> char {
    char::from(if nibble < 10 { b'0' + nibble } else { b'A' + nibble - 10 })
}

/// `+` is a space, `%XX` a byte; escapes that are none stay as they are; bytes that are no UTF-8 become U+FFFD.
pub(crate) fn decode_form(text: &str) -> Cow<'_, str> {
    if !text.contains(['+', '%']) {
        return Cow::Borrowed(text);
    }
    let bytes = unescape(text.replace('+', " ").as_bytes()).0;
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// `decodeURIComponent`: `None` where it would throw.
pub(crate) fn decode_component(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let (bytes, all_valid) = unescape(text.as_bytes());
    if !all_valid {
        return None;
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

fn unescape(text: &[u8]) -> (Vec<u8>, bool) {
    let mut out = Vec::with_capacity(text.len());
    let mut all_valid = true;
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let escaped = tail.split_first_chunk::<2>().and_then(|(pair, after)| {
            let text = std::str::from_utf8(pair).ok()?;
            let valid = text.bytes().all(|b| b.is_ascii_hexdigit());
            valid.then(|| u8::from_str_radix(text, 16).ok()).flatten().map(|b| (b, after))
        });
        if let Some((byte, after)) = escaped {
            out.push(byte);
            rest = after;
        } else {
            all_valid = false;
            out.push(b'%');
        }
    }
    (out, all_valid)
}

#[cfg(test)]
mod tests {
    use super::{Query, decode_component, decode_form};

    #[test]
    fn links_are_written_as_logto_writes_them() {
        let with_page = |query: &str, page| Query::parse(query).with_page(page);
        assert_eq!(with_page("", 25), "page=25");
        assert_eq!(with_page("page=1e1&page_size=0x10", 11), "page=11&page_size=0x10");
        assert_eq!(
            with_page("page_size=5&foo=b%C3%A4r%20%26&x=1", 2),
            "page_size=5&foo=b%C3%A4r+%26&x=1&page=2"
        );
        assert_eq!(with_page("types=SPA&types=M2M&page=1", 3), "types=SPA%2CM2M&page=3");
        assert_eq!(with_page("a[]=1&a[]=2", 1), "a%5B%5D=1%2C2&page=1");
        assert_eq!(with_page("page=&page_size=", 2), "page=2&page_size=");
    }

    #[test]
    fn decoding() {
        assert_eq!(decode_form("a+b%2Bc%zz%"), "a b+c%zz%");
        assert_eq!(decode_form("%FF"), "\u{fffd}");
        assert_eq!(decode_component("a%2Fb+%E6%9D%8E").as_deref(), Some("a/b+李"));
        assert_eq!(decode_component("%zz"), None);
        assert_eq!(decode_component("%FF"), None);
    }
}
