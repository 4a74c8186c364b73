//! What the façade hands over when it makes an engine: `EngineOptions` of `npm/src/engine/engine.ts`, as JSON.

use std::borrow::Cow;

use logto_management_core::{
    CallOptions, Coalesce, Config, Error,
    json::{Json, Members},
};

/// An engine's set-up, checked.
pub(crate) struct Setup {
    pub(crate) config: Config,
    /// Workers cancel a call that waits on another call's I/O, so calls share nothing there: the default.
    pub(crate) coalesce: Coalesce,
    /// The most pages asked for at once.
    pub(crate) max_concurrency: usize,
    pub(crate) testing: bool,
    /// Whether tokens come from a function of the caller's.
    pub(crate) gives_tokens: bool,
    /// Whether tokens are shared through a store.
    pub(crate) shares_tokens: bool,
}

/// A Worker has six connections per request.
const WORKER_CONNECTIONS: usize = 6;

impl Setup {
    /// Reads `{tenantId, clientId, clientSecret, baseUrl, apiIndicator, vars, options, testing, shared}`, all optional but one of `tenantId` and
    /// `vars`. `shared` says that the runtime lets calls wait on each other: then they share a token request, and pages are not held to six at once.
    pub(crate) fn parse(json: &str) -> Result<Self, Error> {
        let given =
            Json::parse(json.as_bytes()).map_err(|_| Error::invalid_config("The options are no JSON"))?;
        let text = |name: &str| string(given.member(name));
        let flag = |name: &str| given.member(name).and_then(Json::as_bool).unwrap_or_default();

        let mut builder = match given.member("vars") {
            Some(vars) => Config::from_vars(|name| string(vars.member(name)))?,
            None => Config::tenant(text("tenantId").unwrap_or_default()),
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
        for (name, value) in members(given.member("options")) {
            builder.set_option_json(&name, value)?;
        }
        let shared = flag("shared");
        Ok(Self {
            config: builder.build()?,
            coalesce: if shared { Coalesce::Shared } else { Coalesce::PerCall },
            max_concurrency: if shared { usize::MAX } else { WORKER_CONNECTIONS },
            testing: flag("testing"),
            gives_tokens: flag("givesTokens"),
            shares_tokens: flag("sharesTokens"),
        })
    }
}

/// Options of a call by their names; `None` for none.
pub(crate) fn call_options(given: Option<Json<'_>>) -> Result<CallOptions, Error> {
    let mut options = CallOptions::default();
    for (name, value) in members(given) {
        options.set_json(&name, value)?;
    }
    Ok(options)
}

fn members(given: Option<Json<'_>>) -> Members<'_> {
    Json::or_null(given).members()
}

fn string(value: Option<Json<'_>>) -> Option<String> {
    value.and_then(Json::as_str).map(Cow::into_owned)
}
