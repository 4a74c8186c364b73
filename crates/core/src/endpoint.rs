//! Base urls, tenant ids and resource indicators: their rules, and the hints for the mistakes that people make.

use crate::{config::Config, error::Error, json::quoted, text};

/// The indicator of every self-hosted Logto's Management API, whatever its address.
const SELF_HOSTED_INDICATOR: &str = "https://default.logto.app/api";

/// An http(s) address without trailing slash, query, fragment or user info; scheme and host in lower case and without the scheme's own port, as URL parsers write
/// them: absolute targets are compared with it, and most have been through such a parser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    text: String,
    host: String,
    https: bool,
}

impl BaseUrl {
    pub(crate) fn parse(url: &str) -> Result<Self, Error> {
        let fail = |why: &str| {
            Err(Error::config(words![
                "The base url ",
                why,
                ": expected something like https://id.example.com"
            ]))
        };
        if text::has(url, b"#") {
            return fail("must have no fragment");
        }
        if text::has(url, b"?") {
            return fail("must have no query");
        }
        if text::has(url, b"\\") {
            // URL parsers take it for a slash, and so `\..\` for dot segments.
            return fail("must have no backslash");
        }
        let mut bare = url;
        while let Some(rest) = bare.strip_suffix('/') {
            bare = rest;
        }
        let Some((scheme, rest)) = text::split_once(bare, "://") else {
            return fail("must be absolute, with http:// or https://");
        };
        let https = scheme.eq_ignore_ascii_case("https");
        if !https && !scheme.eq_ignore_ascii_case("http") {
            return fail("must begin with http:// or https://");
        }
        let (authority, path) = rest.split_at(text::place_of(rest, b"/").unwrap_or(rest.len()));
        if text::has(authority, b"@") {
            return fail("must hold no user name or password (credentials go into the client id and secret)");
        }
        // The colons of an IPv6 address stand within brackets.
        let host_end = text::place_of(authority, b"]")
            .map_or_else(|| text::place_of(authority, b":"), |bracket| Some(bracket + 1));
        let (host, port) = authority.split_at(host_end.unwrap_or(authority.len()));
        if host.is_empty() {
            return fail("has no host");
        }
        if !is_host(host)
            || path.bytes().any(|b| b.is_ascii() && !b.is_ascii_graphic() || text::is_one_of(b, b"\"<>^`{|}"))
        {
            return fail("is not a valid url");
        }
        if has_dot_segment(path) {
            return fail("must have no . or .. segments");
        }
        let digits = match port.strip_prefix(':') {
            Some(digits) => digits,
            None if port.is_empty() => "",
            None => return fail("has no valid port"),
        };
        let port = match text::whole(digits) {
            _ if digits.is_empty() => String::new(),
            Some(port) if port == if https { 443 } else { 80 } => String::new(),
            Some(port) if port < 1 << 16 => words![":", port],
            _ => return fail("has no valid port"),
        };
        let host = host.to_ascii_lowercase();
        let scheme = if https { "https" } else { "http" };
        Ok(Self { text: words![scheme, "://", host, port, path], host, https })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Logto Cloud's own domain, where its rate limit is in force.
    pub(crate) fn is_logto_cloud(&self) -> bool {
        self.host.ends_with(".logto.app")
    }

    /// The secret would cross a network in the clear.
    pub(crate) fn is_insecure(&self) -> bool {
        let loopback = self.host == "localhost"
            || self.host.ends_with(".localhost")
            || self.host == "[::1]"
            || is_loopback(&self.host);
        !self.https && !loopback
    }
}

/// An IPv4 address in 127.0.0.0/8. Not `Ipv4Addr`, whose parser is a KB for this one question.
fn is_loopback(host: &str) -> bool {
    let mut parts = text::split(host, b".");
    parts.next() == Some("127")
        && parts.clone().count() == 3
        && parts.all(|part| text::whole(part).is_some_and(|number| number < 256))
}

/// A name, an IPv4 address, or an IPv6 address in brackets, by its characters.
fn is_host(host: &str) -> bool {
    match host.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']').is_some_and(|ip| {
            !ip.is_empty() && ip.bytes().all(|b| b.is_ascii_hexdigit() || text::is_one_of(b, b":."))
        }),
        None => host.bytes().all(|b| b.is_ascii_alphanumeric() || text::is_one_of(b, b"-._~!$&'()*+,;=")),
    }
}

/// `.` and `..`, also percent-encoded: a URL parser on the way would resolve them to another route.
pub(crate) fn has_dot_segment(path: &str) -> bool {
    text::split(path, b"/").any(is_dot_segment)
}

pub(crate) fn is_dot_segment(segment: &str) -> bool {
    let mut rest = segment;
    let mut dots = 0;
    while let Some(next) = ["%2e", "%2E", "."].iter().find_map(|dot| rest.strip_prefix(dot)) {
        rest = next;
        dots += 1;
    }
    rest.is_empty() && (1..=2).contains(&dots)
}

/// `https://<tenant>.logto.app`.
pub(crate) fn cloud_url(tenant_id: &str) -> Result<String, Error> {
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if tenant_id.is_empty() || !tenant_id.chars().all(valid) {
        return Err(Error::config(words![
            quoted(tenant_id),
            " is not a tenant id: it is the first part of https://<tenant id>.logto.app. For another address give the base url and the resource indicator"
        ]));
    }
    Ok(words!["https://", tenant_id, ".logto.app"])
}

/// A resource indicator is an absolute URI without fragment (RFC 8707, section 2); the server compares it byte for byte.
pub(crate) fn check_indicator(indicator: String) -> Result<String, Error> {
    let absolute = text::split_once(&indicator, "://")
        .is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty());
    if !absolute || text::has(&indicator, b"#") || indicator.chars().any(text::is_space) {
        return Err(Error::config(words![
            quoted(&indicator),
            " is not a resource indicator: it is an absolute URI such as ",
            SELF_HOSTED_INDICATOR
        ]));
    }
    Ok(indicator)
}

/// Which indicator is right, for a server that did not know the one given, or that refused its audience.
pub(crate) fn indicator_hint(config: &Config) -> String {
    let given = &config.indicator;
    let base = config.base_url();
    if config.base_url.is_logto_cloud() {
        let right = words![base, "/api"];
        return if *given == right {
            words![
                "The resource indicator ",
                given,
                " is the usual one of this tenant: check the tenant id, and that the application belongs to it"
            ]
        } else {
            words!["The resource indicator of this Logto Cloud tenant is ", right, ", not ", given]
        };
    }
    if given.ends_with('/') {
        return words!["The resource indicator ", given, " must not end with a slash"];
    }
    if *given == SELF_HOSTED_INDICATOR {
        return words![
            "If ",
            base,
            " is the custom domain of a Logto Cloud tenant, the resource indicator is https://<tenant id>.logto.app/api, not ",
            given
        ];
    }
    words![
        "The resource indicator ",
        given,
        " is not one of this server's. A self-hosted Logto has ",
        SELF_HOSTED_INDICATOR,
        ", whatever its address; a Logto Cloud tenant behind a custom domain has https://<tenant id>.logto.app/api"
    ]
}
