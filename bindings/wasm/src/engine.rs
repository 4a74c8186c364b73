//! The client behind exports that take and give plain data.

use std::time::Duration;

use http::Method;
use js_sys::Promise;
use logto_management_core::{
    BoxClock, BoxTransport, Client, Data, ERROR_NAMES, Error, Event, Request, Response, TestingClock,
};
use serde_json::Value;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    calls::{Calls, rejection},
    clock::HostClock,
    fetch::FetchTransport,
    host::{self, Hooks},
    options::{Setup, call_options},
    pager::EnginePager,
    text,
    tokens::JsTokens,
};

/// One client. What fails rejects, or throws here, with the core's JSON of the error, as a string.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Engine {
    client: Client,
    calls: Calls,
    testing: Option<TestingClock<HostClock>>,
}

#[wasm_bindgen]
impl Engine {
    /// Makes a client from options (see `options.rs`) and hooks. Does no I/O.
    ///
    /// # Errors
    /// The core's JSON of a Config error.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str, hooks: Hooks) -> Result<Self, JsValue> {
        Self::build(options, hooks).map_err(|error| rejection(&error))
    }

    fn build(options: &str, hooks: Hooks) -> Result<Self, Error> {
        let setup = Setup::parse(options)?;
        let transport = BoxTransport::new(FetchTransport::new(hooks.fetch()));
        let testing = setup.testing.then(|| TestingClock::new(HostClock));
        let clock = match &testing {
            Some(testing) => BoxClock::new(testing.clone()),
            None => BoxClock::new(HostClock),
        };
        let mut builder = Client::builder(setup.config, transport, clock)
            .coalesce(setup.coalesce)
            .max_concurrency(setup.max_concurrency);
        if let Some(get_token) = hooks.get_token() {
            builder = builder.token_source(JsTokens(get_token));
        }
        let client = builder
            .observer(move |event: &Event<'_>| {
                if let Event::Warning { code, message } = event {
                    hooks.warn(code, message);
                }
            })
            .build()?;
        Ok(Self { client, calls: Calls::default(), testing })
    }

    /// The base url, without a trailing slash.
    #[wasm_bindgen(getter, js_name = baseUrl)]
    #[must_use]
    pub fn base_url(&self) -> String {
        self.client.config().base_url().to_owned()
    }

    /// Sends one request; any status fulfils, with the façade's `EngineResponse`. `call` is its number for [`cancel`](Self::cancel), or 0;
    /// `headers` are pairs (see `text.rs`), `options` JSON.
    #[allow(clippy::too_many_arguments, reason = "an object would cross the border member by member")]
    pub fn send(
        &self,
        call: u32,
        method: &str,
        target: String,
        route: Option<String>,
        headers: &str,
        body: Option<Vec<u8>>,
        options: Option<String>,
    ) -> Promise {
        let request = request(method, target, route, headers, body, options.as_deref());
        let client = self.client.clone();
        self.calls.run(call, async move { client.execute(request?).await.map(|response| answer(&response)) })
    }

    /// Begins a listing from the façade's `EngineList` as JSON. What is wrong with it, its first page says.
    #[must_use]
    pub fn pager(&self, list: &str) -> EnginePager {
        EnginePager::new(crate::pager::start(&self.client, list), self.calls.clone())
    }

    /// The token that a request would carry now: the façade's `EngineToken`.
    pub fn token(&self, call: u32) -> Promise {
        let client = self.client.clone();
        self.calls.run(call, async move {
            let token = client.access_token().await?;
            Ok(host::token(token.value(), token.expires_at().0 as f64, token.scope()))
        })
    }

    /// Cancels a call by its number: its request is aborted, and its promise rejects with `undefined`.
    pub fn cancel(&self, call: u32) {
        self.calls.cancel(call);
    }

    /// Cancels every call that has a number.
    #[wasm_bindgen(js_name = cancelAll)]
    pub fn cancel_all(&self) {
        self.calls.cancel_all();
    }

    /// Moves the testing clock on, if there is one.
    pub fn advance(&self, ms: f64) {
        if let (Some(testing), Ok(by)) = (&self.testing, Duration::try_from_secs_f64(ms / 1000.0)) {
            testing.advance(by);
        }
    }

    /// The pauses on the testing clock since the last call, in milliseconds.
    #[wasm_bindgen(js_name = takeSleeps)]
    #[must_use]
    pub fn take_sleeps(&self) -> Vec<f64> {
        let sleeps = self.testing.as_ref().map(TestingClock::take_sleeps).unwrap_or_default();
        sleeps.iter().map(|sleep| sleep.as_secs_f64() * 1000.0).collect()
    }
}

/// Every name that an error can have.
#[wasm_bindgen(js_name = errorNames)]
#[must_use]
pub fn error_names() -> String {
    ERROR_NAMES.join("\n")
}

fn request(
    method: &str,
    target: String,
    route: Option<String>,
    headers: &str,
    body: Option<Vec<u8>>,
    options: Option<&str>,
) -> Result<Request, Error> {
    let method = Method::from_bytes(method.as_bytes())
        .map_err(|_| Error::invalid_config(format!("{method:?} is no HTTP method")))?;
    let options: Option<Value> = options.and_then(|json| serde_json::from_str(json).ok());
    let mut request = Request::with_target(method, target, route).options(call_options(options.as_ref())?);
    for (name, value) in text::pairs(headers) {
        request = request.header(name, text::to_bytes(value));
    }
    if let Some(body) = body {
        request = request.body(None, body);
    }
    Ok(request)
}

fn answer(response: &Response) -> JsValue {
    let data = match response.data() {
        Data::None => 0,
        Data::Json(_) => 1,
        Data::Text(_) => 2,
        _ => 3,
    };
    let error = response.error().map(|error| error.to_json());
    host::response(
        response.status().as_u16(),
        &text::of_headers(response.headers()),
        response.body(),
        data,
        response.attempts(),
        response.request_id(),
        error.as_deref(),
    )
}
