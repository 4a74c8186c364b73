//! One client of the core.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use logto_management_core::{
    Client, Clock, Data, Error, Event, Request, Response,
    auth::AccessToken,
    http::Method,
    json::{self, Json},
    text::{joined, split},
};

use crate::{
    clock::{HostClock, timer_millis},
    fetch::FetchTransport,
    host::{self, Host},
    options::{Setup, call_options},
    pager::{self, EnginePager},
    tasks::run,
    text,
    tokens::HostTokens,
    vault::HostVault,
};

/// The client, compiled once for what it runs on.
pub(crate) type HostClient = Client<FetchTransport, HostClock>;

/// One client. Each call has an even number of the façade's, under which the host is told what came of it, and by which it can be cancelled.
pub(crate) struct Engine {
    client: HostClient,
    /// Whether the host wants events.
    listening: Rc<Cell<bool>>,
    /// What the host was last permitted to send with, and how many such there were.
    permitted: RefCell<(u32, Option<Arc<AccessToken>>)>,
}

impl Engine {
    /// Makes a client from options (see `options.rs`). Does no I/O.
    pub(crate) fn build(flags: u32, options: &str, host: Host) -> Result<Self, Error> {
        let setup = Setup::read(flags, options)?;
        let mut builder = Client::builder(setup.config, FetchTransport(host), HostClock(host))
            .coalesce(setup.coalesce)
            .max_concurrency(setup.max_concurrency);
        if setup.gives_tokens {
            builder = builder.token_source(HostTokens(host));
        }
        if setup.shares_tokens {
            builder = builder.token_vault(Arc::new(HostVault(host)));
        }
        if !setup.testing {
            builder = builder.share_rate_limit();
        }
        let listening = Rc::new(Cell::new(false));
        let heard = Rc::clone(&listening);
        let client = builder
            .observer(move |event: &Event<'_>| {
                if let Event::Warning { code, message } = event {
                    host.warn(&joined(&[code, message], "\n"));
                } else if heard.get() {
                    host.event(&event.to_json(HostClock::REAL.now()));
                }
            })
            .build()?;
        Ok(Self { client, listening, permitted: RefCell::default() })
    }

    /// The base url, without a trailing slash.
    pub(crate) fn base_url(&self) -> &str {
        self.client.config().base_url()
    }

    /// Sends one request; any status is an answer.
    pub(crate) fn send(&self, call: u32, head: &str, body: Option<Vec<u8>>, sent_before: f64) {
        let request = request(head, body).map(|request| {
            if sent_before < 0.0 {
                request
            } else {
                request.sent_before(Duration::from_micros((sent_before * 1000.0) as u64))
            }
        });
        let client = self.client.clone();
        run(call, async move {
            let response = client.execute(request?).await?;
            answer(call, &response);
            Ok(())
        });
    }

    /// Lets the host send one plain request by itself, or not (0). It is told what such a request carries where that is new, which the number says: timeout in milliseconds, most bytes of the answer, headers.
    pub(crate) fn permit(&self) -> u32 {
        let Some(token) = self.client.permit() else { return 0 };
        let mut permitted = self.permitted.borrow_mut();
        let (number, last) = &mut *permitted;
        if !last.as_ref().is_some_and(|last| Arc::ptr_eq(last, &token)) {
            let config = self.client.config();
            let timeout = json::number(timer_millis(config.timeout()) as u64);
            let limit = json::number(config.max_response_bytes() as u64);
            let mut head = joined(&[&*timeout, &*limit, ""], "\n");
            text::add_headers(&mut head, &self.client.permitted_headers(&token));
            host::tell(&head);
            *number += 1;
            *last = Some(token);
        }
        *number
    }

    pub(crate) fn pager(&self, list: &str) -> EnginePager {
        EnginePager::new(pager::start(&self.client, list))
    }

    /// The token that a request would carry now.
    pub(crate) fn token(&self, call: u32) {
        let client = self.client.clone();
        run(call, async move {
            let token = client.access_token().await?;
            let mut text = token.value().to_owned();
            if let Some(scope) = token.scope() {
                text.push('\n');
                text.push_str(scope);
            }
            host::tell_token(call, token.expires_at().0 as f64, &text);
            Ok(())
        });
    }

    pub(crate) fn observe(&self, on: bool) {
        self.listening.set(on);
    }
}

fn request(head: &str, body: Option<Vec<u8>>) -> Result<Request, Error> {
    let mut lines = split(head, b"\n");
    let mut line = || lines.next().unwrap_or_default();
    let (method, target, route, options) = (line(), line(), line(), line());
    let headers = lines.rest().unwrap_or_default();
    let method = Method::from_bytes(method.as_bytes())
        .map_err(|_| Error::invalid_config(joined(&[&json::quoted(method), " is no HTTP method"], "")))?;
    let route = (!route.is_empty()).then(|| route.to_owned());
    let mut request = Request::with_target(method, target, route)
        .options(call_options(Json::parse(options.as_bytes()).ok())?)
        .body_stays_outside();
    for (name, value) in text::pairs(headers) {
        request = request.header(name, text::to_bytes(value));
    }
    if let Some(body) = body {
        request = request.body(None, body);
    }
    Ok(request)
}

fn answer(call: u32, response: &Response) {
    let data = match response.data() {
        Data::None => 0,
        Data::Json(_) => 1,
        Data::Text(_) => 2,
        _ => 3,
    };
    let error = response.error().map(|error| error.to_json()).unwrap_or_default();
    // The host has kept the body of a success.
    let body = if response.status().is_success() { &[] } else { &**response.body() };
    host::tell_response(call, response.status().as_u16(), data, response.attempts(), &error, body);
}
