//! Writing, as `JSON.stringify` writes what came out of a `jsonb` column.

use super::Js;

/// The text of a value that went through `jsonb`.
pub(crate) fn jsonb(value: &Js) -> String {
    let mut out = String::new();
    write(&mut out, value);
    out
}

/// A string with its quotes.
pub(crate) fn string(out: &mut String, text: &str) {
    out.push('"');
    // Nearly always there is nothing to escape.
    if !text.bytes().any(|b| b < b' ' || b == b'"' || b == b'\\') {
        out.push_str(text);
        out.push('"');
        return;
    }
    let mut start = 0;
    for (at, c) in text.char_indices() {
        let escaped = match c {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            c if c < ' ' => "",
            _ => continue,
        };
        out.push_str(text.get(start..at).unwrap_or(""));
        if escaped.is_empty() {
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            out.push_str(escaped);
        }
        start = at + c.len_utf8();
    }
    out.push_str(text.get(start..).unwrap_or(""));
    out.push('"');
}

fn write(out: &mut String, value: &Js) {
    match value {
        Js::Null => out.push_str("null"),
        Js::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Js::Number(number) if !number.is_finite() => out.push_str("null"),
        Js::Number(number) => {
            // JSON has no -0 in JavaScript's output.
            let number = if *number == 0.0 { 0.0 } else { *number };
            out.push_str(ryu_js::Buffer::new().format_finite(number));
        }
        Js::String(text) => string(out, text),
        Js::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write(out, item);
            }
            out.push(']');
        }
        Js::Object(members) => {
            // The sort is stable, so of a repeated key the last one comes first here, and it is the one that is kept.
            let mut members: Vec<_> = members.iter().rev().collect();
            members.sort_by(|(a, _), (b, _)| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
            members.dedup_by(|(later, _), (kept, _)| later == kept);
            out.push('{');
            for (i, (key, value)) in members.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                string(out, key);
                out.push(':');
                write(out, value);
            }
            out.push('}');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Document, parse};
    use super::jsonb;

    fn through(text: &str) -> String {
        jsonb(&parse(text.as_bytes()).expect("JSON").value)
    }

    fn document(text: &str) -> Document {
        parse(text.as_bytes()).expect("JSON")
    }

    #[test]
    fn numbers_are_doubles() {
        let numbers = r#"{"a":9007199254740993,"b":18446744073709551615,"c":123456789012345678901234567890,
            "d":1.0,"e":1e21,"f":5e-324,"g":-0.0,"h":0.1,"i":1e400,"j":1E+2}"#;
        let kept = r#"{"a":9007199254740992,"b":18446744073709552000,"c":1.2345678901234568e+29,"d":1,"e":1e+21,"f":5e-324,"g":0,"h":0.1,"i":null,"j":100}"#;
        assert_eq!(through(numbers), kept);
    }

    #[test]
    fn keys_are_ordered_as_jsonb_does_and_repeated_ones_count_once() {
        let text = r#"{"emoji":"😀","cjk":1,"":0,"ключ":2,"b":3,"a":4,"b":5}"#;
        assert_eq!(through(text), r#"{"":0,"a":4,"b":5,"cjk":1,"emoji":"😀","ключ":2}"#);
    }

    #[test]
    fn escapes_survive() {
        let text = r#"{"q":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\u0001 x"}"#;
        assert_eq!(through(text), r#"{"q":"\"\\/\b\f\n\r\té😀\u0001 x"}"#);
    }

    #[test]
    fn what_cannot_be_stored_is_noticed() {
        assert!(document(r#"{"a":["\u0000"]}"#).nul);
        assert!(document(r#"{"a":"\ud83d"}"#).lone_surrogate);
        assert!(document(r#"{"a":"\ud83dx\ude00"}"#).lone_surrogate);
        assert!(document(r#"{"a":{"__proto__":1}}"#).forbidden_key);
        let fine = document(r#"{"a":"\ud83d\ude00","constructor":1}"#);
        assert!(!fine.nul && !fine.lone_surrogate && !fine.forbidden_key);
    }

    #[test]
    fn malformed_bodies_have_the_words_of_the_server() {
        for (text, message) in [
            (r#"{"username": "#, "Unexpected end of JSON input"),
            (r#""x""#, "invalid JSON, only supports object and array"),
            ("1", "invalid JSON, only supports object and array"),
            ("{a:1}", "Unexpected token 'a', \"{a:1}\" is not valid JSON"),
            ("[1,]", "Unexpected token ']', \"[1,]\" is not valid JSON"),
            ("{} x", "Unexpected non-whitespace character after JSON at position 3"),
            (r#"["a"#, "Unterminated string in JSON"),
            (r#"["\x"]"#, "Bad escaped character in JSON"),
            ("[01]", "Unexpected token '1', \"[01]\" is not valid JSON"),
        ] {
            assert_eq!(parse(text.as_bytes()).expect_err(text).0, message);
        }
        assert!(parse("[".repeat(100_000).as_bytes()).is_err());
        assert_eq!(through(""), "{}");
        assert_eq!(
            jsonb(&parse(b"{\"n\":\"\xff\xfe\"}").expect("JSON").value),
            "{\"n\":\"\u{fffd}\u{fffd}\"}"
        );
    }
}
