//! The client behind exports that take and give plain data.

use std::{cell::Cell, rc::Rc, sync::Arc, time::Duration};

use logto_management_core::http::Method;
use logto_management_core::{
    BoxClock, BoxTransport, Client, Data, ERROR_NAMES, Error, Event, Request, Response, TestingClock,
    UnixMillis, json::Json, options::CALL_OPTIONS,
};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{
    clock::HostClock,
    fetch::FetchTransport,
    host::{Host, date_now},
    options::{Setup, call_options},
    pager::EnginePager,
    tasks::{self, run},
    text,
    tokens::HostTokens,
    vault::HostVault,
};

/// One client. Each call has an even number of the façade's, under which the host is told what came of it, and by which it can be cancelled.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Engine {
    client: Client,
    host: Host,
    testing: Option<TestingClock<HostClock>>,
    /// Whether the host wants events.
    listening: Rc<Cell<bool>>,
}

#[wasm_bindgen]
impl Engine {
    /// Makes a client from options (see `options.rs`). Does no I/O.
    ///
    /// # Errors
    /// The core's JSON of a Config error.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str, host: Host) -> Result<Self, String> {
        Self::build(options, host).map_err(|error| error.to_json())
    }

    fn build(options: &str, host: Host) -> Result<Self, Error> {
        let setup = Setup::parse(options)?;
        let transport = BoxTransport::new(FetchTransport(host.clone()));
        let clock = HostClock(host.clone());
        let testing = setup.testing.then(|| TestingClock::new(clock.clone()));
        let clock = match &testing {
            Some(testing) => BoxClock::new(testing.clone()),
            None => BoxClock::new(clock),
        };
        let mut builder = Client::builder(setup.config, transport, clock)
            .coalesce(setup.coalesce)
            .max_concurrency(setup.max_concurrency);
        if host.gives_tokens() {
            builder = builder.token_source(HostTokens(host.clone()));
        }
        if host.shares_tokens() {
            builder = builder.token_vault(Arc::new(HostVault(host.clone())));
        }
        if testing.is_none() {
            builder = builder.share_rate_limit();
        }
        let observed = host.clone();
        let listening = Rc::new(Cell::new(false));
        let heard = Rc::clone(&listening);
        let client = builder
            .observer(move |event: &Event<'_>| {
                if let Event::Warning { code, message } = event {
                    observed.warn(code, message);
                } else if heard.get() {
                    observed.event(&event.to_json(UnixMillis(date_now() as u64)));
                }
            })
            .build()?;
        Ok(Self { client, host, testing, listening })
    }

    /// The base url, without a trailing slash.
    #[wasm_bindgen(getter, js_name = baseUrl)]
    #[must_use]
    pub fn base_url(&self) -> String {
        self.client.config().base_url().to_owned()
    }

    /// Sends one request; any status is an answer. `headers` are pairs (see `text.rs`), `options` JSON.
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
    ) {
        let request = request(method, target, route, headers, body, options.as_deref());
        let (client, host) = (self.client.clone(), self.host.clone());
        run(call, &self.host, async move {
            let response = client.execute(request?).await?;
            answer(&host, call, &response);
            Ok(())
        });
    }

    /// Begins a listing from the façade's `EngineList` as JSON. What is wrong with it, its first page says.
    #[must_use]
    pub fn pager(&self, list: &str) -> EnginePager {
        EnginePager::new(crate::pager::start(&self.client, list), self.host.clone())
    }

    /// The token that a request would carry now.
    pub fn token(&self, call: u32) {
        let (client, host) = (self.client.clone(), self.host.clone());
        run(call, &self.host, async move {
            let token = client.access_token().await?;
            host.token(call, token.value(), token.expires_at().0 as f64, token.scope());
            Ok(())
        });
    }

    /// Whether the host is told of events.
    pub fn observe(&self, on: bool) {
        self.listening.set(on);
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

/// Cancels a call by its number: its request is aborted, and nothing is told of it.
#[wasm_bindgen]
pub fn cancel(call: u32) {
    tasks::cancel(call);
}

/// Every name that an error can have, a line each.
#[wasm_bindgen(js_name = errorNames)]
#[must_use]
pub fn error_names() -> String {
    ERROR_NAMES.join("\n")
}

/// Every option of a single call, a line each.
#[wasm_bindgen(js_name = callOptions)]
#[must_use]
pub fn call_option_names() -> String {
    CALL_OPTIONS.join("\n")
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
        .map_err(|_| Error::invalid_config(format!("\"{method}\" is no HTTP method")))?;
    let options = options.and_then(|json| Json::parse(json.as_bytes()).ok());
    let mut request = Request::with_target(method, target, route).options(call_options(options)?);
    for (name, value) in text::pairs(headers) {
        request = request.header(name, text::to_bytes(value));
    }
    if let Some(body) = body {
        request = request.body(None, body);
    }
    Ok(request)
}

fn answer(host: &Host, call: u32, response: &Response) {
    let data = match response.data() {
        Data::None => 0,
        Data::Json(_) => 1,
        Data::Text(_) => 2,
        _ => 3,
    };
    let error = response.error().map(|error| error.to_json());
    host.response(
        call,
        response.status().as_u16(),
        &text::of_headers(response.headers()),
        response.body(),
        data,
        response.attempts(),
        response.request_id(),
        error.as_deref(),
    );
}
