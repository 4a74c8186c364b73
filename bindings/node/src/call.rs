//! Requests from their JavaScript arguments. What is wrong with them, the core says.

use bytes::Bytes;
use logto_management::{
    CallOptions, Error, ListRequest, Request,
    core::{
        http::Method,
        serde_json::{Map, Value},
    },
};
use napi::bindgen_prelude::{Either, Uint8Array};
use serde::Deserialize;

/// Call options as JSON, `None` where there is none.
fn options(json: Option<&str>) -> Result<CallOptions, Error> {
    let mut options = CallOptions::default();
    if let Some(json) = json {
        let given: Map<String, Value> = serde_json::from_str(json)
            .map_err(|_| Error::invalid_config("The call's options are no JSON"))?;
        for (name, value) in &given {
            options.set(name, value)?;
        }
    }
    Ok(options)
}

/// Names and values in turn.
fn pairs(flat: &[String]) -> impl Iterator<Item = (&str, &str)> {
    flat.chunks_exact(2).filter_map(|pair| match pair {
        [name, value] => Some((name.as_str(), value.as_str())),
        _ => None,
    })
}

/// A header value as JavaScript has it: one character a byte (a `ByteString`).
fn latin1(value: &str) -> Vec<u8> {
    value.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}

pub(crate) fn request(
    method: &str,
    target: String,
    route: Option<String>,
    headers: &str,
    body: Option<Either<String, Uint8Array>>,
    call_options: Option<&str>,
) -> Result<Request, Error> {
    let method = Method::from_bytes(method.as_bytes())
        .map_err(|_| Error::invalid_config(format!("{method:?} is no HTTP method")))?;
    let mut request = Request::with_target(method, target, route).options(options(call_options)?);
    let mut lines = headers.split('\n');
    while let (Some(name), Some(value)) = (lines.next(), lines.next()) {
        request = request.header(name, latin1(value));
    }
    if let Some(body) = body {
        let body = match body {
            Either::A(text) => Bytes::from(text),
            Either::B(bytes) => Bytes::copy_from_slice(&bytes),
        };
        request = request.body(None, body);
    }
    Ok(request)
}

/// See `EngineList` in `npm/src/engine/engine.ts`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct List {
    path: String,
    path_params: Vec<String>,
    query: Vec<(String, Value)>,
    headers: Vec<String>,
    page_size: Option<Value>,
    page: Option<Value>,
    concurrency: Option<Value>,
    cursor: Option<String>,
    options: Option<Map<String, Value>>,
}

/// A listing from JSON.
pub(crate) fn list(json: &str) -> Result<ListRequest, Error> {
    let given: List = serde_json::from_str(json)
        .map_err(|error| Error::invalid_config(format!("The listing is set up wrongly: {error}")))?;
    let mut list = ListRequest::new(given.path);
    for (name, value) in pairs(&given.path_params) {
        list = list.path_param(name, value);
    }
    for (name, value) in &given.query {
        list = list.query_json(name, value);
    }
    for (name, value) in pairs(&given.headers) {
        list = list.header(name, latin1(value));
    }
    for (name, value) in [("page", &given.page), ("page_size", &given.page_size)] {
        if let Some(value) = value {
            list = list.query_json(name, value);
        }
    }
    if let Some(concurrency) = &given.concurrency {
        let pages = concurrency.as_u64().and_then(|pages| usize::try_from(pages).ok());
        // 0 is what the core refuses, as it does anything that is no count.
        list = list.concurrency(pages.unwrap_or(0));
    }
    if let Some(cursor) = given.cursor {
        list = list.resume(cursor.parse()?);
    }
    let mut options = CallOptions::default();
    for (name, value) in given.options.iter().flatten() {
        options.set(name, value)?;
    }
    Ok(list.options(options))
}
