//! What the façade hands over when it makes an engine: `EngineOptions` of `npm/src/engine/engine.ts`, as `wasm-options.ts` beside it writes them.

use std::borrow::Cow;

use logto_management_core::{CallOptions, Coalesce, Config, ConfigBuilder, Error, json::Json, text::split};

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

// Flags, a bit each.
/// The runtime lets calls wait on each other: they share a token request, and pages are not held to six at once.
const SHARED: u32 = 1;
const TESTING: u32 = 2;
const GIVES_TOKENS: u32 = 4;
const SHARES_TOKENS: u32 = 8;

impl Setup {
    /// Reads flags, and between NULs variables and client options as JSON, if any; then the tenant id, client id, client secret, base url and resource indicator, each behind a `=` where there is one.
    pub(crate) fn read(flags: u32, given: &str) -> Result<Self, Error> {
        let mut parts = split(given, b"\0");
        let json = parts.next().unwrap_or_default();
        let mut field = || parts.next().and_then(|field| field.strip_prefix('='));
        let mut builder = Config::tenant(field().unwrap_or_default());
        if let (Some(id), Some(secret)) = (field(), field()) {
            builder = builder.credentials(id, secret);
        }
        if let Some(url) = field() {
            builder = builder.base_url(url);
        }
        if let Some(indicator) = field() {
            builder = builder.api_indicator(indicator);
        }
        if parts.next().is_some() {
            return Err(Error::invalid_config("An option holds a NUL character"));
        }
        if !json.is_empty() {
            read_json(&mut builder, json)?;
        }
        let has = |flag| flags & flag != 0;
        Ok(Self {
            config: builder.build()?,
            coalesce: if has(SHARED) { Coalesce::Shared } else { Coalesce::PerCall },
            max_concurrency: if has(SHARED) { usize::MAX } else { WORKER_CONNECTIONS },
            testing: has(TESTING),
            gives_tokens: has(GIVES_TOKENS),
            shares_tokens: has(SHARES_TOKENS),
        })
    }
}

/// Reads `{vars, options}`.
// Apart: most clients have neither, and a runtime need not compile this for them.
#[inline(never)]
fn read_json(builder: &mut ConfigBuilder, json: &str) -> Result<(), Error> {
    let given = Json::or_null(Json::parse(json.as_bytes()).ok());
    if let Some(vars) = given.member("vars") {
        *builder = Config::from_vars(|name| vars.member(name).and_then(Json::as_str).map(Cow::into_owned))?;
    }
    for (name, value) in Json::or_null(given.member("options")).members() {
        builder.set_option_json(&name, value)?;
    }
    Ok(())
}

/// Options of a call by their names; `None` for none.
pub(crate) fn call_options(given: Option<Json<'_>>) -> Result<CallOptions, Error> {
    let mut options = CallOptions::default();
    for (name, value) in Json::or_null(given).members() {
        options.set_json(&name, value)?;
    }
    Ok(options)
}
