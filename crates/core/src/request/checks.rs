//! Where a request really goes, and what is refused before it leaves.

use crate::bytes::Bytes;

use crate::{
    config::Config,
    endpoint,
    error::{Error, ErrorKind, Inner, name},
    http::{HeaderMap, header},
    json::quoted,
    percent, text,
};

/// Fills a template. A parameter can only ever be one segment: it is encoded, and `.`, `..` and empty ones, which would change the route, are refused.
pub(super) fn fill(template: &str, params: &[(String, String)]) -> Result<String, Error> {
    if !template.starts_with('/') {
        return Err(Error::request(words![
            "The path ",
            quoted(template),
            " must begin with /, as in /api/users"
        ]));
    }
    let mut path = String::with_capacity(template.len() + 16);
    let mut used = 0;
    let mut rest = template;
    while let Some((before, from_brace)) = text::cut(rest, b"{") {
        let Some((name, after)) = text::cut(from_brace, b"}") else {
            return Err(Error::request(words!["The path ", quoted(template), " has a { without its }"]));
        };
        let mut values = params.iter().filter(|(given, _)| given == name);
        let Some((_, value)) = values.next() else {
            return Err(Error::request(words!["The path parameter ", name, " is missing"]));
        };
        if values.next().is_some() {
            return Err(Error::request(words!["The path parameter ", name, " is given twice"]));
        }
        check_segment(name, value)?;
        path.push_str(before);
        percent::component(value, &mut path);
        used += 1;
        rest = after;
    }
    path.push_str(rest);
    if used != params.len() {
        let unknown = params.iter().find(|(name, _)| !text::contains(template, &words!["{", name, "}"]));
        let name = unknown.map_or("", |(name, _)| name.as_str());
        return Err(Error::request(words!["The path ", template, " has no parameter ", name]));
    }
    check_path(text::before(&path, b"?#"))?;
    Ok(path)
}

fn check_segment(name: &str, value: &str) -> Result<(), Error> {
    if value.is_empty() {
        return Err(Error::request(words![
            "The path parameter ",
            name,
            " is empty: the request would go to another route"
        ]));
    }
    if endpoint::is_dot_segment(value) {
        return Err(Error::request(words![
            "The path parameter ",
            name,
            " is ",
            quoted(value),
            ": the request would go to another route"
        ]));
    }
    Ok(())
}

fn check_path(path: &str) -> Result<(), Error> {
    if endpoint::has_dot_segment(path) {
        return Err(Error::request("The path has . or .. segments: the request would go to another route"));
    }
    Ok(())
}

/// Where a filled target lies: its path and query below the base url, or all of it with `true` where it is of another origin.
pub(super) fn locate(target: &str, route: Option<&str>, config: &Config) -> Result<(String, bool), Error> {
    let target = text::before(target, b"#");
    if target.starts_with("http://") || target.starts_with("https://") {
        let below_base = target
            .strip_prefix(config.base_url())
            .filter(|rest| matches!(rest.as_bytes().first(), None | Some(b'/' | b'?')));
        return match below_base {
            Some(path) => {
                check_filled(path, route)?;
                Ok((path.to_owned(), false))
            }
            // Same server, another prefix: still not the Management API of this client.
            None => Ok((target.to_owned(), true)),
        };
    }
    if !target.starts_with('/') {
        return Err(Error::request(words![
            "The path ",
            quoted(route.unwrap_or("(filled)")),
            " must begin with /, as in /api/users"
        ]));
    }
    check_filled(target, route)?;
    Ok((target.to_owned(), false))
}

/// A filled path must still be the route it was made from.
pub(super) fn check_filled(target: &str, route: Option<&str>) -> Result<(), Error> {
    let path = text::before(target, b"?");
    check_path(path)?;
    let Some(route) = route else { return Ok(()) };
    let mut filled = text::split(path, b"/");
    for segment in text::split(text::before(route, b"?"), b"/") {
        let Some(value) = filled.next() else { break };
        if text::has(segment, b"{") && value.is_empty() {
            return Err(Error::request(words![
                "The path parameter ",
                segment,
                " is empty: the request would go to another route"
            ]));
        }
    }
    Ok(())
}

/// The server answers a JSON body over its limit with a bare 404, which explains nothing.
pub(super) fn check_body(body: &Bytes, headers: &HeaderMap, limit: usize) -> Result<(), Error> {
    let json = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        text::before(value, b";").trim_ascii_end().to_ascii_lowercase().ends_with("json")
    });
    if json && body.len() > limit {
        let message = words!["The JSON body has ", body.len(), " bytes; Logto takes ", limit, " at the most"];
        let mut inner = Inner::new(ErrorKind::Config, name::BODY_TOO_LARGE, message);
        inner.hint = Some("Split the request: the server would answer 404 to it".to_owned());
        return Err(inner.into());
    }
    Ok(())
}
