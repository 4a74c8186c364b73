//! The small types against those of the crate that they stand for.

use proptest::prelude::*;

use super::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};

#[test]
fn phrases_are_the_same() {
    for number in 200..1000 {
        let ours = StatusCode::from_u16(number).expect("a status").canonical_reason();
        // As IANA lists it, and as Node writes them: `Response.statusText` is to be what it is there.
        let theirs = match number {
            203 => Some("Non-Authoritative Information"),
            418 => Some("I'm a Teapot"),
            509 => Some("Bandwidth Limit Exceeded"),
            _ => None,
        };
        let theirs = theirs.or(http::StatusCode::from_u16(number).expect("a status").canonical_reason());
        assert_eq!(ours, theirs, "{number}");
    }
}

#[test]
fn statuses_are_the_same() {
    for number in [0, 99, 100, 199, 200, 204, 299, 300, 304, 399, 400, 499, 500, 599, 600, 999, 1000] {
        let (ours, theirs) = (StatusCode::from_u16(number).ok(), http::StatusCode::from_u16(number).ok());
        let kinds =
            ours.map(|s| [s.is_success(), s.is_redirection(), s.is_client_error(), s.is_server_error()]);
        let expected =
            theirs.map(|s| [s.is_success(), s.is_redirection(), s.is_client_error(), s.is_server_error()]);
        assert_eq!(kinds, expected, "{number}");
    }
}

#[test]
fn what_is_not_to_be_printed_is_not() {
    let mut value = HeaderValue::from_static("Bearer t");
    assert_eq!(format!("{value:?}"), "Bearer t");
    value.set_sensitive(true);
    assert_eq!(format!("{value:?}"), "Sensitive");
}

#[test]
fn a_url_is_absolute() {
    for (text, sound) in [
        ("https://h/a?b=%20", true),
        ("http://[::1]:3001", true),
        ("/a", false),
        ("https://", false),
        ("https:///a", false),
        ("https://h/a b", false),
        ("https://h/\n", false),
    ] {
        assert_eq!(text.parse::<Uri>().is_ok(), sound, "{text}");
    }
}

proptest! {
    #[test]
    fn names_are_the_same(bytes in proptest::collection::vec(any::<u8>(), 0..6)) {
        let (ours, theirs) = (HeaderName::from_bytes(&bytes), http::HeaderName::from_bytes(&bytes));
        prop_assert_eq!(ours.ok().map(|n| n.as_str().to_owned()), theirs.ok().map(|n| n.as_str().to_owned()));
    }

    #[test]
    fn values_are_the_same(bytes in proptest::collection::vec(any::<u8>(), 0..6)) {
        let (ours, theirs) = (HeaderValue::from_bytes(&bytes), http::HeaderValue::from_bytes(&bytes));
        prop_assert_eq!(ours.is_ok(), theirs.is_ok());
        if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
            prop_assert_eq!(ours.as_bytes(), theirs.as_bytes());
            prop_assert_eq!(ours.to_str().ok(), theirs.to_str().ok());
        }
    }

    #[test]
    fn methods_are_the_same(text in "(GET|POST|HEAD|[A-Za-z0-9 /-]{0,5})") {
        let (ours, theirs) = (Method::from_bytes(text.as_bytes()), http::Method::from_bytes(text.as_bytes()));
        prop_assert_eq!(ours.as_ref().ok() == Some(&Method::GET), theirs.as_ref().ok() == Some(&http::Method::GET));
        prop_assert_eq!(ours.ok().map(|m| m.as_str().to_owned()), theirs.ok().map(|m| m.as_str().to_owned()));
    }

    /// Whatever is done to both, both hold the same.
    #[test]
    fn maps_are_the_same(steps in proptest::collection::vec((0u8..4, 0usize..3, "[a-c]{1,2}"), 0..12)) {
        let (mut ours, mut theirs) = (HeaderMap::new(), http::HeaderMap::new());
        for (what, which, text) in steps {
            let name = [header::ACCEPT, header::LINK, header::USER_AGENT][which].clone();
            let their_name = http::HeaderName::from_bytes(name.as_str().as_bytes()).expect("a name");
            let value = HeaderValue::from_str(&text).expect("a value");
            let their_value = http::HeaderValue::from_str(&text).expect("a value");
            match what {
                0 => ours.insert(name, value),
                1 => ours.append(name, value),
                2 => drop(ours.remove(name)),
                _ => ours.entry(name).or_insert(value),
            }
            match what {
                0 => drop(theirs.insert(their_name, their_value)),
                1 => drop(theirs.append(their_name, their_value)),
                2 => drop(theirs.remove(their_name)),
                _ => drop(theirs.entry(their_name).or_insert(their_value)),
            }
        }
        for name in ["accept", "link", "user-agent"] {
            let mine: Vec<_> = ours.get_all(name).iter().map(HeaderValue::as_bytes).collect();
            let his: Vec<_> = theirs.get_all(name).iter().map(http::HeaderValue::as_bytes).collect();
            prop_assert_eq!(mine, his);
            prop_assert_eq!(ours.get(name).map(HeaderValue::as_bytes), theirs.get(name).map(http::HeaderValue::as_bytes));
            prop_assert_eq!(ours.contains_key(name), theirs.contains_key(name));
        }
        prop_assert_eq!(ours.iter().count(), theirs.iter().count());
    }
}
