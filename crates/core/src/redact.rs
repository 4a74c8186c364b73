//! Takes what must not be printed out of the bodies of error answers.
//!
//! An error's text is the server's, and ends in logs. A proxy, a debugging server or a firewall's page may echo what it was sent, credentials and token included. So before an
//! error status becomes an [`Error`](crate::Error), every secret that the request carried is replaced in its body: as it is, as the form spells it, as the Basic header does, and
//! within JSON also where escapes hide it. Bodies of successes are never touched, and neither is one that holds none of them.

use std::borrow::Cow;

use bytes::Bytes;
use serde_json::Value;

/// What stands in their place.
const GONE: &str = "(redacted)";

/// Shorter ones are no secrets worth the name, and would blot out words.
const SHORTEST: usize = 8;

/// The body without `secrets`.
pub(crate) fn redact(body: Bytes, secrets: &[Cow<'_, str>]) -> Bytes {
    let secrets: Vec<&str> =
        secrets.iter().map(AsRef::as_ref).filter(|text| text.len() >= SHORTEST).collect();
    let text = String::from_utf8_lossy(&body);
    let plain = replace(&text, &secrets);
    let shown = plain.as_deref().unwrap_or(&text);
    // Only where there are escapes can JSON spell a text otherwise than it is.
    if shown.contains('\\')
        && let Ok(mut json) = serde_json::from_str::<Value>(shown)
        && walk(&mut json, &secrets)
    {
        return Bytes::from(json.to_string());
    }
    match plain {
        Some(plain) => Bytes::from(plain),
        None => body,
    }
}

fn replace(text: &str, secrets: &[&str]) -> Option<String> {
    let mut changed = None;
    for secret in secrets {
        let now = changed.as_deref().unwrap_or(text);
        if now.contains(secret) {
            changed = Some(now.replace(secret, GONE));
        }
    }
    changed
}

/// Whether anything was replaced.
fn walk(value: &mut Value, secrets: &[&str]) -> bool {
    match value {
        Value::String(text) => match replace(text, secrets) {
            Some(changed) => {
                *text = changed;
                true
            }
            None => false,
        },
        // Not `any`: it would stop at the first.
        Value::Array(items) => items.iter_mut().fold(false, |changed, item| walk(item, secrets) | changed),
        Value::Object(members) => {
            members.values_mut().fold(false, |changed, member| walk(member, secrets) | changed)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(body: &str, secrets: &[&str]) -> String {
        let secrets: Vec<_> = secrets.iter().map(|text| Cow::Borrowed(*text)).collect();
        String::from_utf8(redact(Bytes::from(body.to_owned()), &secrets).to_vec()).expect("text stays text")
    }

    #[test]
    fn every_secret_goes_wherever_it_stands() {
        assert_eq!(
            redacted("a=one-secret&b=two-secret&c=one-secret", &["one-secret", "two-secret"]),
            "a=(redacted)&b=(redacted)&c=(redacted)"
        );
    }

    #[test]
    fn escapes_of_json_hide_nothing() {
        let body = r#"{"message":"got a\/secret\"ü","data":[{"x":"a/secret\"\u00fc"}],"n":1}"#;
        let shown = redacted(body, &["a/secret\"ü"]);
        assert_eq!(shown, r#"{"data":[{"x":"(redacted)"}],"message":"got (redacted)","n":1}"#);
    }

    #[test]
    fn a_body_without_them_is_left_as_it_is() {
        for body in [r#"{ "b" : "\/", "a" : 1 }"#, "", "plain", r#"{"broken":"\"#] {
            assert_eq!(redacted(body, &["a-long-secret", "short", ""]), body);
        }
        let bytes = Bytes::from_static(b"\xff\xfe\\");
        assert_eq!(redact(bytes.clone(), &[Cow::Borrowed("a-long-secret")]), bytes);
    }
}
