//! Whatever comes in, from the server or the caller: parsers never panic, and what they read is what was written.
//!
//! The same parsers are fuzzed with coverage in `crates/core/fuzz`.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may panic")]

use std::time::{Duration, UNIX_EPOCH};

use logto_management_core::{
    Config, PageCursor, UnixMillis,
    fuzzing::{link_has_next, parse_retry_after, parse_token_response},
    serde_json::{self, json},
};
use proptest::prelude::*;

const NOW: UnixMillis = UnixMillis(1_767_225_600_000);

proptest! {
    #[test]
    fn retry_after_in_seconds(seconds in any::<u64>(), before in "[ \t]{0,2}", after in "[ \t]{0,2}") {
        let text = format!("{before}{seconds}{after}");
        prop_assert_eq!(parse_retry_after(text.as_bytes(), NOW), Some(Duration::from_secs(seconds)));
    }

    #[test]
    fn retry_after_of_more_digits_than_a_number_has_is_a_long_time(digits in "[1-9][0-9]{20,60}") {
        let wait = parse_retry_after(digits.as_bytes(), NOW).expect("digits are a time");
        prop_assert!(wait > Duration::from_secs(86_400 * 365));
    }

    #[test]
    fn retry_after_as_a_date(ahead in 0u64..4_000_000_000) {
        let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(NOW.0) + Duration::from_secs(ahead));
        prop_assert_eq!(parse_retry_after(date.as_bytes(), NOW), Some(Duration::from_secs(ahead)));
        // The same date, seen from behind it, is no wait.
        let later = UnixMillis(NOW.0 + (ahead + 1) * 1000);
        prop_assert_eq!(parse_retry_after(date.as_bytes(), later), Some(Duration::ZERO));
    }

    #[test]
    fn retry_after_that_is_neither_is_none(text in "[0-9]{0,5}[a-z.:+-][a-z0-9 .:-]{0,20}", now in any::<u64>()) {
        prop_assert_eq!(parse_retry_after(text.as_bytes(), UnixMillis(now)), None);
    }

    #[test]
    fn retry_after_of_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..80), now in any::<u64>()) {
        let _ = parse_retry_after(&bytes, UnixMillis(now));
    }
}

/// A link as servers write it: its target, another parameter, and its relations; and whether `next` is among them.
fn link() -> impl Strategy<Value = (String, bool)> {
    let target = "[a-z0-9:/?&=,;.\" -]{0,30}";
    let title = prop::option::of("[a-z ,;=<]{0,12}");
    let rels = prop::collection::vec("first|last|prev|next|nextish|NEXT|Next", 1..4);
    (target, title, rels, any::<bool>()).prop_map(|(target, title, mut rels, quoted)| {
        let title = title.map_or_else(String::new, |title| format!("; title=\"{title}\\\"x\""));
        if !quoted {
            // Without quotes there is one relation.
            rels.truncate(1);
        }
        let is_next = rels.iter().any(|rel| rel.eq_ignore_ascii_case("next"));
        let rels = rels.join(" ");
        let rel = if quoted { format!("rel=\"{rels}\"") } else { format!("REL={rels}") };
        (format!("<{target}>{title}; {rel}"), is_next)
    })
}

proptest! {
    #[test]
    fn links_in_lines_of_their_own_or_joined(links in prop::collection::vec(link(), 0..6)) {
        let expected = links.iter().any(|(_, is_next)| *is_next);
        let texts: Vec<&str> = links.iter().map(|(text, _)| text.as_str()).collect();
        prop_assert_eq!(link_has_next(texts.iter().copied()), expected);
        let joined = texts.join(", ");
        prop_assert_eq!(link_has_next([joined.as_str()]), expected);
    }

    #[test]
    fn links_of_any_text(text in r#"[<>;,="\\ relnxtREL\PC]{0,120}"#) {
        let _ = link_has_next([text.as_str()]);
    }
}

/// Anything that could stand behind `expires_in`.
fn lifetimes() -> impl Strategy<Value = serde_json::Value> {
    prop_oneof![
        Just(json!(null)),
        Just(json!(true)),
        Just(json!([3600])),
        Just(json!({ "seconds": 3600 })),
        any::<f64>().prop_map(|number| json!(number)),
        any::<u64>().prop_map(|number| json!(number)),
        "\\PC{0,20}".prop_map(|text| json!(text)),
        any::<f64>().prop_map(|number| json!(number.to_string())),
    ]
}

proptest! {
    #[test]
    fn a_token_response_gives_its_token(
        value in "[!-~]{1,60}",
        lifetime in -10i64..1_000_000_000,
        scope in prop::option::of("[a-z ]{0,20}"),
    ) {
        let body = json!({ "access_token": value, "expires_in": lifetime, "token_type": "Bearer", "scope": scope });
        let token = parse_token_response(body.to_string().as_bytes()).expect("a token");
        prop_assert_eq!(token.value(), value.as_str());
        prop_assert_eq!(token.scope(), scope.as_deref());
        let lifetime = u64::try_from(lifetime).unwrap_or_default();
        prop_assert_eq!(token.expires_at(), UnixMillis(lifetime * 1000));
    }

    #[test]
    fn a_token_is_printed_nowhere(value in "[a-zA-Z0-9._-]{12,60}") {
        let body = json!({ "access_token": value, "scope": "all" }).to_string();
        let token = parse_token_response(body.as_bytes()).expect("a token");
        let printed = format!("{token:?}{token:#?}");
        prop_assert!(!printed.contains(&value));
    }

    #[test]
    fn a_token_that_no_header_can_carry_is_refused(
        before in "[a-z]{0,5}",
        bad in "[\0-\u{8}\n-\u{1f}\u{7f}]",
        after in "[a-z]{0,5}",
    ) {
        let body = json!({ "access_token": format!("{before}{bad}{after}") }).to_string();
        prop_assert!(parse_token_response(body.as_bytes()).is_none());
    }

    #[test]
    fn a_lifetime_of_any_kind_costs_no_token(lifetime in lifetimes()) {
        let body = json!({ "access_token": "t", "expires_in": lifetime }).to_string();
        let token = parse_token_response(body.as_bytes()).expect("a token");
        prop_assert!(token.expires_at() <= UnixMillis(1_000_000_000_000));
    }

    #[test]
    fn a_token_response_of_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse_token_response(&bytes);
    }

    #[test]
    fn a_token_response_is_an_object(items in prop::collection::vec("[a-z]{1,9}", 0..6)) {
        let list = serde_json::to_string(&items).unwrap();
        prop_assert!(parse_token_response(list.as_bytes()).is_none());
    }
}

proptest! {
    #[test]
    fn a_cursor_round_trips(
        frontier in any::<u64>(),
        size in 1u32..=100,
        total in prop::option::of(any::<u64>()),
    ) {
        let total = total.map_or_else(|| "-".to_owned(), |total| total.to_string());
        let text = format!("p1.{frontier}.{size}.{total}");
        let cursor: PageCursor = text.parse().expect("a cursor");
        prop_assert_eq!(cursor.to_string(), text);
    }

    #[test]
    fn a_cursor_of_any_text(text in "(p[0-9]?)?[.0-9+-]{0,40}|\\PC{0,30}") {
        if let Ok(cursor) = text.parse::<PageCursor>() {
            prop_assert_eq!(cursor.to_string().parse::<PageCursor>().expect("its own text"), cursor);
        }
    }

    #[test]
    fn a_base_url_of_any_text(text in "(https?://|HTTPS://)?[a-zA-Z0-9.:/@?#%\\\\\\[\\] é-]{0,40}") {
        if let Ok(config) = Config::self_hosted(&text).credentials("id", "secret").build() {
            let base = config.base_url();
            prop_assert!(base.starts_with("http://") || base.starts_with("https://"), "{base}");
            prop_assert!(!base.ends_with('/') && !base.contains(['?', '#', ' ', '\\']), "{base}");
            let authority = base.split('/').nth(2).unwrap_or_default();
            prop_assert!(!authority.is_empty() && !authority.contains('@'), "{base}");
            let again = Config::self_hosted(base).credentials("id", "secret").build().expect("its own text");
            prop_assert_eq!(again.base_url(), base);
        }
    }
}
