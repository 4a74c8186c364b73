//! Where a request goes: no parameter, target or query leads it to another route, or the token to another origin.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "a test may panic")]

use std::{
    future::{Future, pending, ready},
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::FutureExt;
use logto_management_core::{
    AccessToken, Client, Clock, Config, Error, HttpTransport, MaybeSend, Request, TokenSource,
    TransportError, UnixMillis,
    bytes::Bytes,
    http::{self, Method, Uri, uri::Authority},
};
use proptest::prelude::*;

const BASE: &str = "https://id.example.com/logto";

/// Keeps what it is given, and answers 204.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<http::Request<Bytes>>>>);

impl HttpTransport for Recorder {
    fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> impl Future<Output = Result<http::Response<Bytes>, TransportError>> + MaybeSend {
        self.0.lock().unwrap().push(request);
        let mut response = http::Response::new(Bytes::new());
        *response.status_mut() = http::StatusCode::NO_CONTENT;
        ready(Ok(response))
    }
}

struct Standstill;

impl Clock for Standstill {
    fn now(&self) -> UnixMillis {
        UnixMillis(0)
    }
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
    fn sleep(&self, _: Duration) -> impl Future<Output = ()> + MaybeSend {
        pending()
    }
    fn jitter(&self) -> f64 {
        0.5
    }
}

struct OneToken;

impl TokenSource for OneToken {
    async fn token(&self) -> Result<Arc<AccessToken>, Error> {
        AccessToken::new("the-token", UnixMillis(u64::MAX), None).map(Arc::new)
    }
    fn invalidate(&self, _: &AccessToken) {}
}

/// Sends it: what went out. An error must come before anything did.
fn send(request: Request) -> Result<http::Request<Bytes>, Error> {
    let recorder = Recorder::default();
    let config = Config::self_hosted(BASE).build().unwrap();
    let client =
        Client::builder(config, recorder.clone(), Standstill).token_source(OneToken).build().unwrap();
    let result = client.execute(request).now_or_never().expect("nothing waits");
    let mut sent = std::mem::take(&mut *recorder.0.lock().unwrap());
    match result {
        Ok(_) => Ok(sent.pop().expect("it was sent")),
        Err(error) => {
            assert!(sent.is_empty(), "{error} came after it was sent");
            Err(error)
        }
    }
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let hex = [rest.next().unwrap(), rest.next().unwrap()];
            u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).expect("two hex digits")
        } else {
            byte
        });
    }
    String::from_utf8(bytes).expect("UTF-8")
}

/// What a URL parser on the way takes for `.` or `..`.
fn is_dots(segment: &str) -> bool {
    let plain = segment.to_ascii_lowercase().replace("%2e", ".");
    plain == "." || plain == ".."
}

fn below_base(uri: &Uri) -> &str {
    assert_eq!((uri.scheme_str(), uri.host()), (Some("https"), Some("id.example.com")));
    uri.path().strip_prefix("/logto").expect("below the base url")
}

/// Text with everything in it that means something in a url.
fn awkward() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        ".", "..", "/", "\\", "%2e", "%2F", "%", "?", "#", "&", "=", "@", ":", ";", " ", "+", "{", "}", "\0",
        "\r\n", "\t", "ü", "😀", "u1", "'", "\"",
    ]);
    prop_oneof![prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat()), ".{0,20}"]
}

/// Targets made of whatever could lead somewhere else.
fn targets() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "https://id.example.com/logto",
        "https://id.example.com",
        "http://id.example.com/logto",
        "https://",
        "HTTPS://",
        "//",
        "/",
        "\\",
        "@",
        ":443",
        ":8443",
        "evil.example",
        ".evil.example",
        "id.example.com",
        "..",
        ".",
        "%2e%2e",
        "%2f",
        "?",
        "#",
        "api",
        "logto",
        " ",
        "\t",
        "\n",
        "ü",
    ]);
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn a_parameter_is_one_segment_and_arrives_as_it_was(first in awkward(), second in awkward()) {
        let template = "/api/users/{userId}/roles/{id}";
        let request = Request::new(Method::DELETE, template).path_param("userId", &first).path_param("id", &second);
        match send(request) {
            Ok(sent) => {
                let segments: Vec<&str> = below_base(sent.uri()).split('/').collect();
                let ["", "api", "users", one, "roles", two] = segments.as_slice() else {
                    panic!("another route: {segments:?}")
                };
                prop_assert!(!is_dots(one) && !is_dots(two));
                prop_assert_eq!((decode(one), decode(two)), (first, second));
                prop_assert_eq!(sent.uri().query(), None);
            }
            Err(error) => {
                prop_assert_eq!(error.name(), "config.invalid_request");
                prop_assert_eq!(error.route(), Some(template));
                let refused = |text: &str| text.is_empty() || is_dots(text);
                prop_assert!(refused(&first) || refused(&second), "{first:?} and {second:?} are fine");
            }
        }
    }

    #[test]
    fn a_query_arrives_as_it_was(pairs in prop::collection::vec((awkward(), awkward()), 1..6)) {
        let request = Request::new(Method::GET, "/api/users");
        let request = pairs.iter().fold(request, |request, (name, value)| request.query(name, value));
        let sent = send(request).expect("any query can be sent");
        prop_assert_eq!(below_base(sent.uri()), "/api/users");
        let query = sent.uri().query().expect("a query").split('&');
        let got: Vec<_> = query
            .map(|pair| pair.split_once('=').expect("a pair"))
            .map(|(name, value)| (decode(name), decode(value)))
            .collect();
        prop_assert_eq!(got, pairs);
    }

    /// Façades hand over what is filled already.
    #[test]
    fn a_filled_target_stays_on_its_route(value in awkward()) {
        let mut target = String::from("/api/users/");
        for byte in value.bytes() {
            match byte {
                b'a'..=b'z' | b'0'..=b'9' | b'.' => target.push(char::from(byte)),
                _ => target.push_str(&format!("%{byte:02X}")),
            }
        }
        target.push_str("/roles");
        let route = "/api/users/{userId}/roles".to_owned();
        match send(Request::with_target(Method::DELETE, &target, Some(route))) {
            Ok(sent) => prop_assert_eq!(below_base(sent.uri()), target),
            Err(error) => {
                prop_assert_eq!(error.name(), "config.invalid_request");
                prop_assert!(value.is_empty() || is_dots(&value), "{value:?} is fine");
            }
        }
    }

    /// Whatever a caller or a middleware makes the target: the token goes below the base url and nowhere else.
    #[test]
    fn the_token_stays_below_the_base_url(
        target in targets(),
        route in prop::option::of(Just("/api/users/{userId}".to_owned())),
    ) {
        let Ok(sent) = send(Request::with_target(Method::GET, &target, route)) else { return Ok(()) };
        let uri = sent.uri();
        if sent.headers().contains_key("authorization") {
            prop_assert_eq!(uri.authority().map(Authority::as_str), Some("id.example.com"), "{}", uri);
            let path = below_base(uri);
            prop_assert!(path.is_empty() || path.starts_with('/'), "{uri}");
            prop_assert!(!path.split('/').any(is_dots), "{uri}");
        } else {
            prop_assert!(!uri.to_string().starts_with("https://id.example.com/logto/api"), "{uri} needs it");
        }
    }
}

#[test]
fn a_foreign_origin_gets_no_token() {
    for target in [
        "https://evil.example/logto/api/users",
        "https://id.example.com.evil.example/logto/api/users",
        "https://id.example.com@evil.example/logto/api/users",
        "https://id.example.com:8443/logto/api/users",
        "http://id.example.com/logto/api/users",
        "https://id.example.com/logto2/api/users",
        "https://id.example.com/api/users",
    ] {
        let sent = send(Request::with_target(Method::GET, target, None)).expect("it may be sent");
        assert!(!sent.headers().contains_key("authorization"), "{target}");
    }
    let own = "https://id.example.com/logto/api/users?x=1";
    let sent = send(Request::with_target(Method::GET, own, None)).unwrap();
    assert_eq!(sent.headers()["authorization"], "Bearer the-token");
}

/// Middleware hands back urls as a URL parser writes them, however the base url was spelt.
#[test]
fn spellings_of_the_base_url_are_one() {
    for (given, normal) in [
        ("HTTPS://ID.Example.COM/Logto/", "https://id.example.com/Logto"),
        ("https://id.example.com:443", "https://id.example.com"),
        ("http://id.example.com:80/", "http://id.example.com"),
        ("https://id.example.com:80", "https://id.example.com:80"),
        ("https://id.example.com:", "https://id.example.com"),
        ("http://[::1]:3001/", "http://[::1]:3001"),
    ] {
        let config = Config::self_hosted(given).credentials("id", "secret").build().expect(given);
        assert_eq!(config.base_url(), normal);
    }
    for given in [
        "https://id.example.com:99999",
        "https://id.example.com:8x",
        "https://:443",
        "https://",
        "https:///api",
    ] {
        assert!(Config::self_hosted(given).credentials("id", "secret").build().is_err(), "{given}");
    }
}

#[test]
fn a_parameter_that_is_missing_unknown_or_given_twice_is_an_error() {
    let request = || Request::new(Method::GET, "/api/users/{userId}");
    let message = |request: Request| send(request).expect_err("it cannot be sent").message().to_owned();
    assert!(message(request()).contains("userId is missing"));
    assert!(message(request().path_param("userId", "u1").path_param("id", "x")).contains("no parameter id"));
    assert!(message(request().path_param("userId", "u1").path_param("userId", "u2")).contains("twice"));
    assert!(message(Request::new(Method::GET, "api/users")).contains("must begin with /"));
    assert!(message(Request::new(Method::GET, "/api/users/{userId")).contains("without its }"));
}

#[test]
fn a_header_cannot_smuggle_another_one() {
    let request = || Request::new(Method::GET, "/api/users");
    for (name, value) in [("x-a", "1\r\nx-b: 2"), ("x-a: 1\r\nx-b", "2"), ("", "1"), ("x-ü", "1")] {
        let error = send(request().header(name, value)).expect_err("that is no header");
        assert_eq!(error.name(), "config.invalid_request");
    }
}
