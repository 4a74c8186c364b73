//! A client, as Python holds it.

use std::{
    future::Future,
    mem,
    sync::{Arc, Mutex},
};

use logto_management::{Config, Error, Network, Request, core::ConfigBuilder};
use pyo3::{
    IntoPyObjectExt, PyTraverseError, PyVisit,
    exceptions::PyRuntimeError,
    prelude::*,
    types::{PyBytes, PyDict},
};

use crate::{
    bridge::Bridge,
    call::{self, Parts},
    clock::TestingClock,
    live::{Attention, Live, Owned, Recipe},
    outcome::{Failure, Outcome},
    pager::Pager,
    runtime::{Home, lock},
    store::Source,
    value, wait,
};

/// One client: configuration, token, rate limit, connections. Usable from every thread, and in forked children, where it starts anew.
#[pyclass(module = "logto_management._native", frozen)]
#[derive(Debug)]
pub(crate) struct Engine {
    recipe: Recipe,
    state: Mutex<State>,
    /// Whom Python tells of events: kept here, so that all who share the client have it.
    hooks: Option<Py<PyAny>>,
}

#[derive(Debug)]
enum State {
    Open(Owned<Arc<Live>>),
    Closed,
}

/// Makes a client, or says what is wrong with its configuration. Does no I/O.
#[pyfunction]
#[pyo3(signature = (*, tenant_id, base_url, api_indicator, client_id, client_secret, vars, options, network, asynchronous, clock, hooks, store = None, transport = None))]
#[expect(clippy::too_many_arguments, reason = "keywords, all of them")]
pub(crate) fn open(
    py: Python<'_>,
    tenant_id: Option<String>,
    base_url: Option<String>,
    api_indicator: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    vars: Option<Bound<'_, PyDict>>,
    options: Option<Bound<'_, PyDict>>,
    network: Bound<'_, PyDict>,
    asynchronous: bool,
    clock: Option<Bound<'_, TestingClock>>,
    hooks: Option<Py<PyAny>>,
    store: Option<Bound<'_, PyAny>>,
    transport: Option<Py<PyAny>>,
) -> PyResult<Py<PyAny>> {
    let failed = |error| Failure(error).into_py_any(py);
    let begun = match vars {
        Some(vars) => from_vars(&vars)?,
        None => Ok(Config::tenant(tenant_id.unwrap_or_default())),
    };
    let mut builder = match begun {
        Ok(builder) => builder,
        Err(error) => return failed(error),
    };
    if let Some(url) = base_url {
        builder = builder.base_url(url);
    }
    if let Some(indicator) = api_indicator {
        builder = builder.api_indicator(indicator);
    }
    if let (Some(id), Some(secret)) = (client_id, client_secret) {
        builder = builder.credentials(id, secret);
    }
    for (name, value) in options.iter().flatten() {
        let name = value::text("the name of an option", &name)?;
        let value = value::to_json(format_args!("the option {name}"), &value)?;
        builder = match builder.option(&name, &value) {
            Ok(builder) => builder,
            Err(error) => return failed(error),
        };
    }
    let config = match builder.build() {
        Ok(config) => config,
        Err(error) => return failed(error),
    };
    let mut connecting = Network::new();
    for (name, value) in &network {
        let name = value::text("the name of an option", &name)?;
        let value = value::to_json(format_args!("the option {name}"), &value)?;
        connecting = match connecting.option(&name, &value) {
            Ok(network) => network,
            Err(error) => return failed(error),
        };
    }
    let attention = Arc::new(Attention::default());
    let clock = clock.map(|clock| clock.get().clone());
    let store = store.as_ref().map(Source::new);
    let transport = transport.map(Arc::new);
    let recipe = Recipe { config, network: connecting, clock, asynchronous, attention, store, transport };
    match recipe.make()? {
        Ok(live) => {
            let state = Mutex::new(State::Open(Owned::new(Arc::new(live))));
            Engine { recipe, state, hooks }.into_py_any(py)
        }
        Err(error) => failed(error),
    }
}

fn from_vars(vars: &Bound<'_, PyDict>) -> PyResult<Result<ConfigBuilder, Error>> {
    let mut pairs = Vec::new();
    for (name, value) in vars.iter() {
        pairs.push((value::text("a variable's name", &name)?, value::text("a variable", &value)?));
    }
    let get = |wanted: &str| pairs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    Ok(Config::from_vars(get))
}

impl Engine {
    /// The client in this process.
    ///
    /// # Errors
    /// `RuntimeError`, once closed.
    pub(crate) fn live(&self) -> PyResult<Result<Arc<Live>, Error>> {
        let mut state = lock(&self.state);
        let State::Open(owned) = &*state else {
            return Err(PyRuntimeError::new_err("this client is closed"));
        };
        if let Some(live) = owned.get() {
            return Ok(Ok(Arc::clone(live)));
        }
        // A forked child: everything anew.
        Ok(self.recipe.make()?.map(|live| {
            let live = Arc::new(live);
            *state = State::Open(Owned::new(Arc::clone(&live)));
            live
        }))
    }

    /// Runs what `make` makes of the client: waits for its outcome, or starts it for a loop and gives its ticket.
    fn run<F>(
        &self,
        py: Python<'_>,
        awaited: Option<Awaited<'_>>,
        make: impl FnOnce(Arc<Live>) -> F,
    ) -> PyResult<Py<PyAny>>
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let live = match self.live()? {
            Ok(live) => live,
            Err(error) => return Failure(error).into_py_any(py),
        };
        run(py, live.home, awaited, make(live))
    }
}

/// Who awaits a call: a loop's bridge, and the future to complete.
pub(crate) type Awaited<'py> = (Bound<'py, Bridge>, Bound<'py, PyAny>);

/// Waits for a future, or starts it for a loop: a ticket, or the outcome if it is there already.
pub(crate) fn run(
    py: Python<'_>,
    home: Home,
    awaited: Option<Awaited<'_>>,
    call: impl Future<Output = Outcome> + Send + 'static,
) -> PyResult<Py<PyAny>> {
    match (home, awaited) {
        (Home::EventLoops(loops), Some((bridge, future))) => Bridge::start(&bridge, loops, future, call),
        (Home::Callers(runtime), None) => wait::wait(py, runtime, call)?.into_python(py),
        _ => Err(PyRuntimeError::new_err("a client is for blocking calls or for asyncio, not for both")),
    }
}

#[pymethods]
impl Engine {
    #[getter]
    fn base_url(&self) -> &str {
        self.recipe.config.base_url()
    }

    #[getter]
    fn api_indicator(&self) -> &str {
        self.recipe.config.api_indicator()
    }

    /// Sends a request. With `whole`, a success is an `Answer`, else its data. With a bridge and a future, a ticket comes back at once.
    #[pyo3(signature = (method, template, path, query, headers, content_type, body, options, whole, bridge = None, future = None))]
    #[expect(
        clippy::too_many_arguments,
        reason = "a request has these parts, and one call is cheaper than a builder's"
    )]
    fn send(
        &self,
        py: Python<'_>,
        method: &str,
        template: String,
        path: Option<Bound<'_, PyAny>>,
        query: Option<Bound<'_, PyAny>>,
        headers: Option<Bound<'_, PyAny>>,
        content_type: Option<String>,
        body: Option<Bound<'_, PyBytes>>,
        options: Option<Bound<'_, PyDict>>,
        whole: bool,
        bridge: Option<Bound<'_, Bridge>>,
        future: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let parts = Parts { path: path.as_ref(), query: query.as_ref(), headers: headers.as_ref() };
        let request = call::request(
            method,
            template,
            &parts,
            content_type.as_deref(),
            body.as_ref(),
            options.as_ref(),
        )?;
        self.run(py, bridge.zip(future), move |live| send(live, request, whole))
    }

    /// An access token that is good now.
    #[pyo3(signature = (bridge = None, future = None))]
    fn token(
        &self,
        py: Python<'_>,
        bridge: Option<Bound<'_, Bridge>>,
        future: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        self.run(py, bridge.zip(future), |live| async move { live.client.access_token().await.into() })
    }

    /// Begins a listing, or says what is wrong with it. Nothing is sent before its first page is asked for.
    #[pyo3(signature = (template, path, query, headers, options, page_size, page, concurrency, cursor))]
    #[expect(clippy::too_many_arguments, reason = "as with send")]
    fn pager(
        &self,
        py: Python<'_>,
        template: String,
        path: Option<Bound<'_, PyAny>>,
        query: Option<Bound<'_, PyAny>>,
        headers: Option<Bound<'_, PyAny>>,
        options: Option<Bound<'_, PyDict>>,
        page_size: Option<Bound<'_, PyAny>>,
        page: Option<Bound<'_, PyAny>>,
        concurrency: Option<i64>,
        cursor: Option<String>,
    ) -> PyResult<Py<PyAny>> {
        let (live, options) = match (self.live()?, call::options(options.as_ref())?) {
            (Ok(live), Ok(options)) => (live, options),
            (Err(error), _) | (_, Err(error)) => return Failure(error).into_py_any(py),
        };
        let parts = Parts { path: path.as_ref(), query: query.as_ref(), headers: headers.as_ref() };
        let mut list = parts.apply(live.client.list(template).options(options))?;
        // As query parameters, which takes any number and says what is wrong with it.
        for (name, value) in [("page_size", page_size), ("page", page)] {
            if let Some(value) = value {
                list = list.query_json(name, &value::to_json(name, &value)?);
            }
        }
        let concurrency = concurrency.map_or(1, |pages| usize::try_from(pages).unwrap_or(0));
        list = list.concurrency(concurrency);
        if let Some(cursor) = cursor {
            list = list.resume_from(&cursor);
        }
        let pages = list.pages();
        Pager::new(live, pages, concurrency > 1).into_py_any(py)
    }

    /// What `open` was given.
    #[getter]
    fn hooks(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.hooks.as_ref().map(|hooks| hooks.clone_ref(py))
    }

    /// Whether to keep events: 0 for warnings only, 1 for retries too, 2 for everything.
    fn observe(&self, level: u8) {
        self.recipe.attention.set(level);
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.hooks.as_ref().map_or(Ok(()), |hooks| visit.call(hooks))
    }

    /// What the core told since the last call, as JSON; `None` where there is nothing.
    fn take_events(&self) -> Option<Vec<String>> {
        match &*lock(&self.state) {
            State::Open(owned) if owned.look().is_some_and(|live| live.notices.any()) => {
                owned.get().and_then(|live| live.notices.take())
            }
            _ => None,
        }
    }

    /// Lets go of the connections and the token. Calls under way end as they would have; later ones are refused. Closing again does nothing.
    fn close(&self, py: Python<'_>) {
        let state = mem::replace(&mut *lock(&self.state), State::Closed);
        py.detach(|| drop(state));
    }
}

async fn send(live: Arc<Live>, request: Result<Request, Error>, whole: bool) -> Outcome {
    let answered = match request {
        Ok(request) => live.client.fetch(request).await,
        Err(error) => Err(error),
    };
    match answered {
        Ok(response) if whole => Outcome::Answer(response),
        Ok(response) => Outcome::Data(response),
        Err(error) => Outcome::Failed(error),
    }
}
