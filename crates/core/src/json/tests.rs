use serde_json::Value;

use super::*;

fn sound(text: &str) -> bool {
    Json::parse(text.as_bytes()).is_ok()
}

#[test]
fn takes_what_serde_takes_and_nothing_else() {
    for text in [
        "0",
        "-0",
        "1.5e-3",
        "1E+2",
        "\"\"",
        "\"a\\u00e9\\n\\\"\"",
        "[]",
        "{}",
        " [ 1 , [ ] , { } ] ",
        "{\"a\":{\"b\":[null,true,false]}}",
        "",
        " ",
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "+1",
        "tru",
        "nul",
        "[1,]",
        "[,1]",
        "{,}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{1:1}",
        "[1 2]",
        "[1:2]",
        "{\"a\" 1}",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\n\"",
        "\"",
        "[",
        "{",
        "[1",
        "1 1",
        "]",
        "\"a\"b",
    ] {
        assert_eq!(sound(text), serde_json::from_str::<Value>(text).is_ok(), "{text}");
    }
}

#[test]
fn nesting_has_an_end() {
    assert!(sound(&("[".repeat(128) + &"]".repeat(128))));
    assert!(!sound(&("[".repeat(129) + &"]".repeat(129))));
}

#[test]
fn says_where_it_is_wrong() {
    assert_eq!(Json::parse(b"[1,\xff]"), Err(3));
    assert_eq!(Json::parse(b"{\"a\":x}"), Err(5));
}

#[test]
fn members_and_items_come_in_order() {
    let json = Json::parse(br#"{ "a" : [ 1 , "x,y:z" , { "b" : 2 } ] , "a\u0062" : null , "a" : 3 }"#)
        .expect("sound");
    let names: Vec<_> = json.members().map(|(name, value)| format!("{name}={}", value.text())).collect();
    assert_eq!(names, [r#"a=[ 1 , "x,y:z" , { "b" : 2 } ]"#, "ab=null", "a=3"]);
    assert_eq!(json.member("a").and_then(Json::as_u64), Some(3), "the last one counts");
    let first = json.members().next().expect("a member").1;
    let items: Vec<_> = first.items().map(Json::text).collect();
    assert_eq!(items, ["1", r#""x,y:z""#, r#"{ "b" : 2 }"#]);
    assert_eq!(json.items().count() + first.members().count(), 0);
}

#[test]
fn strings_are_read_and_written() {
    let json = Json::parse(br#""\u00e9\ud83d\ude00\ud800x\/\b\f\n\r\t\\\"""#).expect("sound");
    assert_eq!(json.as_str().as_deref(), Some("é😀\u{fffd}x/\u{8}\u{c}\n\r\t\\\""));
    let mut quoted = String::new();
    quote("é😀/\u{8}\u{1f}\n\r\t\\\"", &mut quoted);
    assert_eq!(serde_json::from_str::<String>(&quoted).expect("sound"), "é😀/\u{8}\u{1f}\n\r\t\\\"");
}

#[test]
fn numbers() {
    for text in ["0", "1500", "-2.5", "1e3", "12.5e-1", "9007199254740991", "0.001"] {
        assert_eq!(decimal(text), text.parse().ok(), "{text}");
    }
    assert_eq!(decimal("1e400"), Some(f64::INFINITY));
    assert_eq!(decimal("1e-400"), Some(0.0));
    assert_eq!(decimal("0e400"), Some(0.0));
    assert_eq!(decimal("1e99999999999"), None);
    for text in ["", "-", "x", "1x", "1 ", "e3", "1.x"] {
        assert_eq!(decimal(text), None, "{text}");
    }
}

fn any_json() -> impl proptest::strategy::Strategy<Value = Value> {
    use proptest::prelude::*;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(".{0,6}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest::proptest! {
    #[test]
    fn reads_what_serde_writes(value in any_json(), pretty in proptest::bool::ANY) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.expect("JSON");
        let json = Json::parse(text.as_bytes()).expect("sound");
        if let Value::Object(members) = &value {
            let read: Vec<_> = json.members().map(|(name, value)| (name.into_owned(), serde_json::from_str(value.text()).expect("sound"))).collect();
            let expected: Vec<(String, Value)> = members.clone().into_iter().collect();
            proptest::prop_assert_eq!(read, expected);
        }
        let items: Vec<Value> = json.items().map(|item| serde_json::from_str(item.text()).expect("sound")).collect();
        proptest::prop_assert_eq!(items, value.as_array().cloned().unwrap_or_default());
        proptest::prop_assert_eq!(json.as_str(), value.as_str().map(Cow::Borrowed));
    }

    #[test]
    fn judges_as_serde_does(text in r#"[\[\]{}",:0-9eE.+\- tfn\\u]{0,12}"#) {
        proptest::prop_assert_eq!(sound(&text), serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok());
    }
}
