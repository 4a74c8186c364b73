//! Which Logto, as whom, and with what limits: checked once, when it is built. Building does no I/O.
//!
//! | option | default | unit and meaning |
//! |---|---|---|
//! | `retries` | 2 | times that a failed call is tried again |
//! | `retry_budget` | 30 s | from the first sending: no retry starts after it |
//! | `retry_initial_delay`, `retry_max_delay` | 0.5 s, 8 s | full jitter below a bound that doubles |
//! | `timeout` | 30 s | one request, up to the end of its body |
//! | `connect_timeout` | 10 s | one connection |
//! | `token_store_timeout` | 250 ms | all that a token store may take of a call; then the client goes on without it |
//! | `rate_limit` | 200 per 10 s, burst 200, for `*.logto.app`; off elsewhere | see [`RateLimit`] |
//! | `max_connections` | 256; none on Workers | requests under way at once; more wait their turn |
//! | `scope` | `all` | what the token is asked for |
//! | `client_auth` | [`ClientAuth::Basic`] | how the client shows its secret |
//! | `max_response_bytes` | 64 MiB | a larger answer is an error |
//! | `max_request_bytes` | 1 MiB | a larger JSON body is an error: the server answers such a one 404 |

use std::time::Duration;

use crate::{
    endpoint::{self, BaseUrl},
    error::Error,
    http::HeaderValue,
    json::{self, Json},
    limit::RateLimit,
    retry::RetryPolicy,
    secret::Secret,
    text,
};

/// The most bytes of an answer that are read, unless set otherwise: 64 MiB.
pub const DEFAULT_MAX_RESPONSE_BYTES: usize = 64 << 20;
/// Requests under way at once, unless set otherwise.
pub const DEFAULT_MAX_CONNECTIONS: usize = 256;
/// The server's limit for a JSON body, 1 MiB.
pub const DEFAULT_MAX_REQUEST_BYTES: usize = 1 << 20;

/// How the client shows its secret at the token endpoint (RFC 6749, section 2.3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientAuth {
    /// `Authorization: Basic`, id and secret form-urlencoded first.
    #[default]
    Basic,
    /// `client_id` and `client_secret` in the form.
    Post,
}

/// A machine-to-machine application's id and secret.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub(crate) id: String,
    pub(crate) secret: Secret,
}

/// A checked configuration. Make one with [`Config::cloud`], [`Config::self_hosted`] or [`Config::tenant`].
#[derive(Clone, Debug)]
pub struct Config {
    pub(crate) base_url: BaseUrl,
    pub(crate) indicator: String,
    pub(crate) user_agent: HeaderValue,
    pub(crate) rate_limit: Option<RateLimit>,
    pub(crate) settings: Settings,
}

/// What stays as it was given.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) credentials: Option<Credentials>,
    pub(crate) scope: String,
    pub(crate) client_auth: ClientAuth,
    pub(crate) retry: RetryPolicy,
    pub(crate) timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) token_store_timeout: Duration,
    pub(crate) max_connections: usize,
    pub(crate) max_response_bytes: usize,
    pub(crate) max_request_bytes: usize,
}

impl Config {
    /// Logto Cloud: base url `https://<tenant>.logto.app`, resource indicator `https://<tenant>.logto.app/api`. For a custom domain, set the base url as well.
    ///
    /// ```
    /// let config = logto_management_core::Config::cloud("a1b2c3").credentials("id", "secret").build()?;
    /// assert_eq!(config.base_url(), "https://a1b2c3.logto.app");
    /// assert_eq!(config.api_indicator(), "https://a1b2c3.logto.app/api");
    /// # Ok::<(), logto_management_core::Error>(())
    /// ```
    pub fn cloud(tenant_id: impl Into<String>) -> ConfigBuilder {
        ConfigBuilder::new(tenant_id.into())
    }

    /// A Logto of your own: its address, and resource indicator `https://default.logto.app/api`, which every self-hosted Logto has whatever its address.
    ///
    /// ```
    /// let config = logto_management_core::Config::self_hosted("https://id.example.com/").credentials("id", "secret").build()?;
    /// assert_eq!(config.base_url(), "https://id.example.com");
    /// assert_eq!(config.api_indicator(), "https://default.logto.app/api");
    /// # Ok::<(), logto_management_core::Error>(())
    /// ```
    pub fn self_hosted(base_url: impl Into<String>) -> ConfigBuilder {
        ConfigBuilder::new("default".to_owned()).base_url(base_url)
    }

    /// The meaning of `createManagementApi(tenantId, …)`: base url and resource indicator follow from the tenant id, unless given.
    pub fn tenant(tenant_id: impl Into<String>) -> ConfigBuilder {
        ConfigBuilder::new(tenant_id.into())
    }

    /// Reads `LOGTO_ENDPOINT`, `LOGTO_TENANT_ID`, `LOGTO_CLIENT_ID`, `LOGTO_CLIENT_SECRET` and `LOGTO_API_INDICATOR` through `get`. Empty ones count as not set.
    ///
    /// # Errors
    /// Config, naming every variable that is missing: the id, the secret, and one of endpoint and tenant id.
    // Apart from what makes a client in another way.
    #[inline(never)]
    pub fn from_vars(get: impl Fn(&str) -> Option<String>) -> Result<ConfigBuilder, Error> {
        let var = |name: &str| get(name).filter(|value| !value.is_empty());
        let (endpoint, tenant) = (var("LOGTO_ENDPOINT"), var("LOGTO_TENANT_ID"));
        let (id, secret) = (var("LOGTO_CLIENT_ID"), var("LOGTO_CLIENT_SECRET"));
        let mut missing = Vec::new();
        if endpoint.is_none() && tenant.is_none() {
            missing.push("LOGTO_TENANT_ID (Logto Cloud) or LOGTO_ENDPOINT (self-hosted)");
        }
        if id.is_none() {
            missing.push("LOGTO_CLIENT_ID");
        }
        if secret.is_none() {
            missing.push("LOGTO_CLIENT_SECRET");
        }
        let (Some(id), Some(secret), true) = (id, secret, missing.is_empty()) else {
            return Err(Error::config(words![
                "Set the environment variables ",
                text::joined(&missing, ", ")
            ]));
        };
        let mut builder =
            Self::tenant(tenant.unwrap_or_else(|| "default".to_owned())).credentials(id, secret);
        if let Some(endpoint) = endpoint {
            builder = builder.base_url(endpoint);
        }
        if let Some(indicator) = var("LOGTO_API_INDICATOR") {
            builder = builder.api_indicator(indicator);
        }
        Ok(builder)
    }

    /// Where requests go, without a trailing slash.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.base_url.as_str()
    }

    /// The resource indicator (RFC 8707) that tokens are asked for.
    #[must_use]
    pub fn api_indicator(&self) -> &str {
        &self.indicator
    }

    /// As whom tokens are asked for.
    pub(crate) fn credentials(&self) -> Result<&Credentials, Error> {
        self.settings.credentials.as_ref().ok_or_else(|| {
            Error::config(
                "There are no credentials: give the client id and secret of a machine-to-machine application",
            )
        })
    }

    /// The most time for one sending of a request that sets no other.
    #[must_use]
    pub const fn timeout(&self) -> Duration {
        self.settings.timeout
    }

    /// The most bytes of an answer's body.
    #[must_use]
    pub const fn max_response_bytes(&self) -> usize {
        self.settings.max_response_bytes
    }

    /// The most time for one connection; a transport reads it when it is built.
    #[must_use]
    pub const fn connect_timeout(&self) -> Duration {
        self.settings.connect_timeout
    }

    /// The limit that the client keeps itself within, if any.
    #[must_use]
    pub const fn rate_limit(&self) -> Option<RateLimit> {
        self.rate_limit
    }
}

/// Builds a [`Config`]; nothing is checked before [`build`](Self::build).
#[derive(Clone, Debug)]
#[must_use = "call build()"]
pub struct ConfigBuilder {
    tenant_id: String,
    base_url: Option<String>,
    indicator: Option<String>,
    pub(crate) user_agent: String,
    pub(crate) rate_limit: Option<Option<RateLimit>>,
    pub(crate) settings: Settings,
}

impl ConfigBuilder {
    fn new(tenant_id: String) -> Self {
        Self {
            tenant_id,
            base_url: None,
            indicator: None,
            user_agent: concat!("logto-management/", env!("CARGO_PKG_VERSION")).to_owned(),
            rate_limit: None,
            settings: Settings {
                credentials: None,
                scope: "all".to_owned(),
                client_auth: ClientAuth::default(),
                retry: RetryPolicy::default(),
                timeout: Duration::from_secs(30),
                connect_timeout: Duration::from_secs(10),
                token_store_timeout: Duration::from_millis(250),
                max_connections: DEFAULT_MAX_CONNECTIONS,
                max_response_bytes: DEFAULT_MAX_RESPONSE_BYTES,
                max_request_bytes: DEFAULT_MAX_REQUEST_BYTES,
            },
        }
    }

    /// Where Logto is. Trailing slashes are dropped.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// The resource indicator of the Management API, where it is not the usual one.
    pub fn api_indicator(mut self, indicator: impl Into<String>) -> Self {
        self.indicator = Some(indicator.into());
        self
    }

    /// The machine-to-machine application's id and secret.
    pub fn credentials(mut self, id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        self.settings.credentials = Some(Credentials { id: id.into(), secret: secret.into() });
        self
    }

    /// The scope to ask for. Default `all`, the only one the Management API knows.
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.settings.scope = scope.into();
        self
    }

    /// How the client shows its secret. Default [`ClientAuth::Basic`].
    pub const fn client_auth(mut self, auth: ClientAuth) -> Self {
        self.settings.client_auth = auth;
        self
    }

    /// The `User-Agent` of every request. Default `logto-management/<version>`.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// How many times a failed call is tried again where that is safe. Default 2; 0 switches it off.
    pub const fn retries(mut self, retries: u32) -> Self {
        self.settings.retry.retries = retries;
        self
    }

    /// No retry starts later than this after the first sending. Default 30 s.
    pub const fn retry_budget(mut self, budget: Duration) -> Self {
        self.settings.retry.budget = budget;
        self
    }

    /// The bound of the first back-off; it doubles from there. Default 0.5 s.
    pub const fn retry_initial_delay(mut self, delay: Duration) -> Self {
        self.settings.retry.initial_delay = delay;
        self
    }

    /// The highest bound of a back-off. Default 8 s.
    pub const fn retry_max_delay(mut self, delay: Duration) -> Self {
        self.settings.retry.max_delay = delay;
        self
    }

    /// The most time for one request, from sending it to the end of the answer's body. Default 30 s.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// The most time for one connection. Default 10 s.
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = timeout;
        self
    }

    /// The most time that a token store, with all its steps, may take of a call that needs a new token, and a shared rate limit of a call's turn. A store that is down or slow costs this wait, and the client goes on
    /// without it. Default 250 ms.
    pub const fn token_store_timeout(mut self, timeout: Duration) -> Self {
        self.settings.token_store_timeout = timeout;
        self
    }

    /// The rate that the client keeps itself within; `None` switches it off. Default: on for `*.logto.app`, off elsewhere.
    pub const fn rate_limit(mut self, limit: Option<RateLimit>) -> Self {
        self.rate_limit = Some(limit);
        self
    }

    /// Requests under way at once; more wait their turn, first come first served, and outside their timeout. Default 256, well below the file descriptors that a process
    /// usually has. Workers have no such limit but their runtime's.
    pub const fn max_connections(mut self, count: usize) -> Self {
        self.settings.max_connections = count;
        self
    }

    /// The most bytes of an answer that are read. Default 64 MiB.
    pub const fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.settings.max_response_bytes = bytes;
        self
    }

    /// The most bytes of a JSON body that are sent. Default 1 MiB, the server's own limit.
    pub const fn max_request_bytes(mut self, bytes: usize) -> Self {
        self.settings.max_request_bytes = bytes;
        self
    }

    /// Sets an option by its name, `retryBudgetMs` or `retry_budget_ms`, as the doors of other languages receive it.
    ///
    /// # Errors
    /// Config, for an unknown name (it lists the known ones) or a value of the wrong type.
    pub fn option(self, name: &str, value: &serde_json::Value) -> Result<Self, Error> {
        json::with(value, |value| self.option_json(name, value))
    }

    /// [`option`](Self::option), for doors that have the value as text.
    ///
    /// # Errors
    /// The same.
    pub fn option_json(mut self, name: &str, value: Json<'_>) -> Result<Self, Error> {
        self.set_option_json(name, value)?;
        Ok(self)
    }

    /// [`option_json`](Self::option_json) in place.
    ///
    /// # Errors
    /// The same.
    pub fn set_option_json(&mut self, name: &str, value: Json<'_>) -> Result<(), Error> {
        crate::options::set_client_option(self, name, value)
    }

    /// Checks everything.
    ///
    /// # Errors
    /// Config, saying what is wrong and what would be right.
    pub fn build(self) -> Result<Config, Error> {
        let from_tenant = |suffix: &str| endpoint::cloud_url(&self.tenant_id).map(|url| url + suffix);
        let base_url = match &self.base_url {
            Some(url) => BaseUrl::parse(url)?,
            None => BaseUrl::parse(&from_tenant("")?)?,
        };
        let indicator = match self.indicator {
            Some(indicator) => endpoint::check_indicator(indicator)?,
            None => from_tenant("/api")?,
        };
        let settings = self.settings;
        if let Some(credentials) = &settings.credentials {
            check_credential("client id", &credentials.id)?;
            check_credential("client secret", credentials.secret.expose())?;
        }
        let Ok(user_agent) = HeaderValue::try_from(self.user_agent) else {
            return Err(Error::config("The user agent holds characters that a header cannot carry"));
        };
        if settings.timeout.is_zero()
            || settings.connect_timeout.is_zero()
            || settings.token_store_timeout.is_zero()
        {
            return Err(Error::config("A timeout must be longer than 0"));
        }
        if settings.max_connections == 0 {
            return Err(Error::config("There must be at least 1 connection"));
        }
        let cloud = base_url.is_logto_cloud();
        let rate_limit = self.rate_limit.unwrap_or_else(|| cloud.then(RateLimit::default));
        if let Some(limit) = rate_limit {
            limit.check()?;
        }
        Ok(Config { base_url, indicator, user_agent, rate_limit, settings })
    }
}

/// A pasted credential often brings a line break along, and then fails far away with `invalid_client`.
fn check_credential(what: &str, value: &str) -> Result<(), Error> {
    if value.is_empty() {
        return Err(Error::config(words!["The ", what, " is empty"]));
    }
    let mut chars = value.chars();
    if chars.next().is_some_and(text::is_space) || chars.last().is_some_and(text::is_space) {
        return Err(Error::config(words![
            "The ",
            what,
            " starts or ends with white space: a line break pasted along?"
        ]));
    }
    Ok(())
}
