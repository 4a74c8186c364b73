//! What the façade hands over when it makes an engine: `EngineOptions` of `npm/src/engine/engine.ts`, as JSON.

use logto_management_core::{CallOptions, Coalesce, Config, Error};
use serde_json::{Map, Value};

/// An engine's set-up, checked.
pub(crate) struct Setup {
    pub(crate) config: Config,
    /// Workers cancel a call that waits on another call's I/O, so calls share nothing there: the default.
    pub(crate) coalesce: Coalesce,
    /// The most pages asked for at once.
    pub(crate) max_concurrency: usize,
    pub(crate) testing: bool,
}

/// A Worker has six connections per request.
const WORKER_CONNECTIONS: usize = 6;

impl Setup {
    /// Reads `{tenantId, clientId, clientSecret, baseUrl, apiIndicator, vars, options, testing, shared}`, all optional but one of `tenantId` and
    /// `vars`. `shared` says that the runtime lets calls wait on each other: then they share a token request, and pages are not held to six at once.
    pub(crate) fn parse(json: &str) -> Result<Self, Error> {
        let value: Value =
            serde_json::from_str(json).map_err(|_| Error::invalid_config("The options are no JSON"))?;
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let flag = |name: &str| value.get(name).and_then(Value::as_bool).unwrap_or_default();

        let mut builder = match value.get("vars") {
            Some(Value::Object(vars)) => {
                Config::from_vars(|name| vars.get(name).and_then(Value::as_str).map(str::to_owned))?
            }
            _ => Config::tenant(text("tenantId").unwrap_or_default()),
        };
        if let (Some(id), Some(secret)) = (text("clientId"), text("clientSecret")) {
            builder = builder.credentials(id, secret);
        }
        if let Some(url) = text("baseUrl") {
            builder = builder.base_url(url);
        }
        if let Some(indicator) = text("apiIndicator") {
            builder = builder.api_indicator(indicator);
        }
        for (name, value) in members(value.get("options")) {
            builder = builder.option(name, value)?;
        }
        let shared = flag("shared");
        Ok(Self {
            config: builder.build()?,
            coalesce: if shared { Coalesce::Shared } else { Coalesce::PerCall },
            max_concurrency: if shared { usize::MAX } else { WORKER_CONNECTIONS },
            testing: flag("testing"),
        })
    }
}

/// Options of a call by their names; `None` for none.
pub(crate) fn call_options(value: Option<&Value>) -> Result<CallOptions, Error> {
    let mut options = CallOptions::default();
    for (name, value) in members(value) {
        options.set(name, value)?;
    }
    Ok(options)
}

fn members(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flat_map(Map::iter)
}
