//! Takes what must not be printed out of the bodies of error answers.
//!
//! An error's text is the server's, and ends in logs. A proxy, a debugging server or a firewall's page may echo what it was sent, credentials and token included. So before an
//! error status becomes an [`Error`](crate::Error), every secret that the request carried is replaced in its body: as it is, as the form spells it, as the Basic header does, and
//! within JSON also where escapes hide it. Bodies of successes are never touched, and neither is one that holds none of them.

use std::borrow::Cow;

use crate::bytes::Bytes;

use crate::{
    json::{self, Json},
    text,
};

/// What stands in their place.
const GONE: &str = "(redacted)";

/// Shorter ones are no secrets worth the name, and would blot out words.
const SHORTEST: usize = 8;

/// The body without `secrets`.
pub(crate) fn redact(body: Bytes, secrets: &[Cow<'_, str>]) -> Bytes {
    let text = text::lossy(&body);
    let plain = replace(&text, secrets);
    let shown = plain.as_deref().unwrap_or(&text);
    // Only where there are escapes can JSON spell a text otherwise than it is.
    if text::has(shown, b"\\")
        && let Ok(json) = Json::parse(shown.as_bytes())
        && let Some(changed) = in_strings(json, secrets)
    {
        return Bytes::from(changed);
    }
    match plain {
        Some(plain) => Bytes::from(plain),
        None => body,
    }
}

fn replace(given: &str, secrets: &[Cow<'_, str>]) -> Option<String> {
    let mut changed = None;
    for secret in secrets.iter().filter(|text| text.len() >= SHORTEST) {
        let now = changed.as_deref().unwrap_or(given);
        if let Some(replaced) = text::replace(now, secret, GONE) {
            changed = Some(replaced);
        }
    }
    changed
}

/// The document with what its strings, names included, stand for replaced; `None` where there is nothing to replace.
fn in_strings(json: Json<'_>, secrets: &[Cow<'_, str>]) -> Option<String> {
    let mut changed = None;
    let mut copied = 0;
    for place in json::strings(json) {
        let string = json.text().get(place.clone()).unwrap_or_default();
        let Some(replaced) = replace(&json::unquote(string), secrets) else { continue };
        let out: &mut String = changed.get_or_insert_default();
        out.push_str(json.text().get(copied..place.start).unwrap_or_default());
        json::quote(&replaced, out);
        copied = place.end;
    }
    if let Some(out) = &mut changed {
        out.push_str(json.text().get(copied..).unwrap_or_default());
    }
    changed
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
        assert_eq!(shown, r#"{"message":"got (redacted)","data":[{"x":"(redacted)"}],"n":1}"#);
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
