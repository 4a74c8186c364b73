//! The steps, carried out with the core's client: what the two Rust doors share.

use std::{cell::RefCell, pin::pin, time::Duration};

use futures_util::future::{Either, LocalBoxFuture, join_all, select};
use logto_management_core::{
    CallOptions, Client, Clock, Data, Error, HttpTransport, ListRequest, PageCursor, Pager, Request,
    Response, Total, http::Method,
};
use serde_json::{Map, Value, json};

use super::format::{CallSpec, ListSpec, Parallel, Params, SpoilKind, Step};
use crate::store::{Spoil, TestStore};

/// What a door gives the steps besides the client.
pub(super) struct Stage<'a> {
    pub(super) advance: &'a dyn Fn(Duration),
    /// Requests that the server has seen.
    pub(super) seen: &'a dyn Fn() -> usize,
    /// A short real or virtual wait.
    pub(super) wait: &'a dyn Fn() -> LocalBoxFuture<'a, ()>,
}

/// A listing that a later step may take up.
type LastList<T, C> = (Pager<T, C>, Option<PageCursor>);

/// Carries steps out against one client.
pub(super) struct Player<'a, T, C> {
    pub(super) client: RefCell<Result<Client<T, C>, Error>>,
    /// Another client of the same configuration.
    pub(super) again: &'a dyn Fn() -> Result<Client<T, C>, Error>,
    pub(super) store: &'a TestStore,
    pub(super) stage: Stage<'a>,
    /// The pager of the list step before, and its cursor.
    pub(super) last_list: RefCell<Option<LastList<T, C>>>,
}

impl<T: HttpTransport, C: Clock> Player<'_, T, C> {
    pub(super) async fn play(&self, steps: &[Step]) -> Vec<Value> {
        let mut outcomes = Vec::with_capacity(steps.len());
        for step in steps {
            outcomes.push(match &step.parallel {
                Some(Parallel::Times(times)) => {
                    Value::Array(join_all((0..*times).map(|_| self.step(step))).await)
                }
                Some(Parallel::Each(steps)) => {
                    Value::Array(join_all(steps.iter().map(|step| self.step(step))).await)
                }
                None => self.step(step).await,
            });
        }
        outcomes
    }

    async fn step(&self, step: &Step) -> Value {
        if let Some(ms) = step.advance_ms {
            (self.stage.advance)(Duration::from_millis(ms));
            return json!({});
        }
        if let Some(kind) = step.spoil {
            self.store.spoil(match kind {
                SpoilKind::Bit => Spoil::Bit,
                SpoilKind::End => Spoil::End,
                SpoilKind::Garbage => Spoil::Garbage,
            });
            return json!({});
        }
        if step.again.is_some() {
            drop(self.client.replace((self.again)()));
        }
        let client = match &*self.client.borrow() {
            Ok(client) => client.clone(),
            Err(error) => return self.failed(error),
        };
        let client = &client;
        if let Some(call) = &step.call {
            return self.call(client, call).await;
        }
        if let Some(list) = &step.list {
            return self.list(client, list).await;
        }
        if step.token.is_some() {
            return match client.access_token().await {
                Ok(token) => {
                    json!({ "value": token.value(), "scope": token.scope(), "expiresAt": token.expires_at().0 / 1000 })
                }
                Err(error) => self.failed(&error),
            };
        }
        json!({})
    }

    async fn call(&self, client: &Client<T, C>, call: &CallSpec) -> Value {
        let request = match request(call) {
            Ok(request) => request,
            Err(error) => return self.failed(&error),
        };
        let result = match call.cancel_after_seen {
            None => client.fetch(request).await,
            Some(count) => {
                let seen = async {
                    while (self.stage.seen)() < count {
                        (self.stage.wait)().await;
                    }
                };
                match select(pin!(client.fetch(request)), pin!(seen)).await {
                    Either::Left((result, _)) => result,
                    // Dropping it is how a Rust caller cancels: there is nobody left to be told.
                    Either::Right(_) => return json!({ "error": { "name": "transport.cancelled" } }),
                }
            }
        };
        match result {
            Ok(response) => answered(&response),
            Err(error) => self.failed(&error),
        }
    }

    async fn list(&self, client: &Client<T, C>, spec: &ListSpec) -> Value {
        let last = self.last_list.take();
        let (mut pager, by_pages) = match (spec.resume, last) {
            (Some(true), Some((pager, None))) => (pager, false),
            (Some(true), Some((_, cursor))) => match list_request(spec, cursor) {
                Ok(list) => (client.pager(list), false),
                Err(error) => return self.failed(&error),
            },
            _ => match list_request(spec, None) {
                Ok(list) => (client.pager(list), spec.mode.as_deref() == Some("pages")),
                Err(error) => return self.failed(&error),
            },
        };
        let (mut items, mut pages) = (Vec::new(), Vec::new());
        let mut outcome = Map::new();
        let mut stopped_at = None;
        loop {
            if spec.max.is_some_and(|max| items.len() >= max) {
                items.truncate(spec.max.unwrap_or_default());
                break;
            }
            let before = pager.cursor();
            match pager.next_page().await {
                Ok(Some(page)) => {
                    pages.push(json!({ "number": page.number(), "size": page.size(), "count": page.len(), "total": total(page.total()) }));
                    items.extend(page.items::<Value>().unwrap_or_default());
                    stopped_at = if by_pages { page.next().copied() } else { before };
                }
                Ok(None) => {
                    stopped_at = None;
                    break;
                }
                Err(error) => {
                    stopped_at = None;
                    outcome = self.failed(&error).as_object().cloned().unwrap_or_default();
                    break;
                }
            }
        }
        outcome.insert("items".into(), Value::Array(items));
        outcome.insert("pages".into(), Value::Array(pages));
        outcome.insert("total".into(), total(pager.total()));
        outcome.insert("cursor".into(), stopped_at.map_or(Value::Null, |cursor| cursor.to_string().into()));
        self.last_list.replace(Some((pager, stopped_at)));
        Value::Object(outcome)
    }

    fn failed(&self, error: &Error) -> Value {
        let client = self
            .client
            .borrow()
            .as_ref()
            .map(|client| format!("{client:?} {:?}", client.config()))
            .unwrap_or_default();
        let fields: Value = serde_json::from_str(&error.to_json()).expect("to_json writes JSON");
        json!({ "error": fields, "renderings": [error.to_string(), format!("{error:?}"), format!("{error:#?}"), error.to_json(), client] })
    }
}

fn total(total: Option<Total>) -> Value {
    match total {
        Some(Total::Exact(n)) => n.into(),
        Some(Total::AtLeast(n)) => json!({ "atLeast": n }),
        None => Value::Null,
    }
}

fn answered(response: &Response) -> Value {
    let headers: Vec<_> = response
        .headers()
        .iter()
        .map(|(name, value)| json!([name.as_str(), value.to_str().unwrap_or_default()]))
        .collect();
    let mut outcome = json!({
        "status": response.status().as_u16(), "headers": headers, "attempts": response.attempts(), "requestId": response.request_id(),
    });
    let (key, value) = match response.data() {
        Data::Json(_) => match response.json::<Value>() {
            Ok(data) => ("data", data),
            Err(error) => ("error", serde_json::from_str(&error.to_json()).unwrap_or_default()),
        },
        Data::Text(text) => ("text", text.into()),
        Data::Bytes(bytes) => ("base64", encode_base64(bytes).into()),
        _ => return outcome,
    };
    outcome[key] = value;
    outcome
}

fn encode_base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn decode_base64(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).expect("the vector's base64")
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn options(spec: &Map<String, Value>) -> Result<CallOptions, Error> {
    let mut options = CallOptions::default();
    for (name, value) in spec {
        options.set(name, value)?;
    }
    Ok(options)
}

fn request(call: &CallSpec) -> Result<Request, Error> {
    let method: Method = call.method.parse().expect("the vector's method");
    let mut request = Request::new(method, &call.path).options(options(&call.options)?);
    let Params { path, query, header } = &call.params;
    for (name, value) in path {
        request = request.path_param(name, plain(value));
    }
    for (name, value) in query {
        request = request.query_json(name, value);
    }
    for (name, value) in header.iter().chain(&call.headers) {
        request = request.header(name, plain(value));
    }
    if let Some(body) = &call.body {
        request = request.json_body(body.to_string());
    }
    if let Some(raw) = &call.raw_body {
        let bytes = match (&raw.text, &raw.base64, &raw.fill) {
            (Some(text), ..) => text.clone().into_bytes(),
            (_, Some(base64), _) => decode_base64(base64),
            (.., Some(fill)) if raw.content_type.contains("json") => {
                format!("\"{}\"", "x".repeat(fill.bytes - 2)).into_bytes()
            }
            (.., Some(fill)) => vec![b'x'; fill.bytes],
            _ => Vec::new(),
        };
        request = request.body(Some(&raw.content_type), bytes);
    }
    Ok(request)
}

fn list_request(spec: &ListSpec, resume: Option<PageCursor>) -> Result<ListRequest, Error> {
    let mut list = ListRequest::new(&spec.path);
    for (name, value) in &spec.params.path {
        list = list.path_param(name, plain(value));
    }
    for (name, value) in &spec.params.query {
        list = list.query_json(name, value);
    }
    for (name, value) in &spec.params.header {
        list = list.header(name, plain(value));
    }
    if let Some(size) = spec.page_size {
        list = list.page_size(size);
    }
    if let Some(page) = spec.page {
        list = list.page(page);
    }
    if let Some(concurrency) = spec.concurrency {
        list = list.concurrency(concurrency);
    }
    match (&spec.cursor, resume) {
        (Some(text), _) => Ok(list.resume(text.parse()?)),
        (None, Some(cursor)) => Ok(list.resume(cursor)),
        (None, None) => Ok(list),
    }
}
