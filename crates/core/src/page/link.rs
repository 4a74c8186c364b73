//! `Link` headers (RFC 8288), as far as they are needed: is there a next page?
//!
//! Their URLs are never followed. On a real server they lack the `/api` prefix (followed literally they answer with the sign-in page), take their origin from the
//! request's `Host`, and join repeated query keys with commas.

use crate::text;

/// Whether one of these header lines has a link with the relation `next`. Logto sends a line per relation; proxies may join them.
pub fn has_next<'a>(lines: impl IntoIterator<Item = &'a str>) -> bool {
    lines.into_iter().any(line_has_next)
}

fn line_has_next(mut rest: &str) -> bool {
    loop {
        // A link begins at its target, which may hold commas and semicolons of its own.
        let Some((_, from_target)) = text::cut(rest, b"<") else { return false };
        let Some((_, params)) = text::cut(from_target, b">") else { return false };
        let (params, next) = split_outside_quotes(params, b',');
        let mut params = params;
        while !params.is_empty() {
            let (param, others) = split_outside_quotes(params, b';');
            if is_rel_next(param) {
                return true;
            }
            params = others;
        }
        rest = next;
    }
}

fn is_rel_next(param: &str) -> bool {
    let Some((name, value)) = text::cut(param, b"=") else { return false };
    name.trim_ascii().eq_ignore_ascii_case("rel")
        && text::split(value, b" \t\"").any(|rel| rel.eq_ignore_ascii_case("next"))
}

/// Before and after the first `separator` that is not within a quoted string.
fn split_outside_quotes(text: &str, separator: u8) -> (&str, &str) {
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            byte if byte == separator && !quoted => {
                let (before, after) = (text.get(..at), text.get(at + 1..));
                return (before.unwrap_or_default(), after.unwrap_or_default());
            }
            _ => {}
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_next_in_any_line_and_any_spelling() {
        let first = r#"<http://h/users?page=1&page_size=20>; rel="first""#;
        let next = r#"<http://h/users?page=2&page_size=20>; rel="next""#;
        assert!(has_next([first, next]));
        assert!(has_next([format!("{first}, {next}").as_str()]));
        assert!(has_next([r"<x>; title=a; REL=Next"]));
        assert!(has_next([r#"<x>; title="a, b; rel=\"x\""; rel="prev next""#]));
    }

    #[test]
    fn is_not_fooled_by_what_only_looks_like_it() {
        for line in [
            "",
            "<",
            "next",
            r#"<http://h/?rel="next">; rel="prev""#,
            r#"<x>; title="; rel=next""#,
            "<x>; rel=nextish",
            "<a,b;rel=next>",
        ] {
            assert!(!has_next([line]), "{line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics_and_always_ends(line in ".{0,200}") {
            let _ = has_next([line.as_str()]);
        }
    }
}
