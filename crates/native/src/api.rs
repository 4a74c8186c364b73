//! [`ManagementApi`]: the client with its transport and clock.

use std::{fmt, ops::Deref, sync::Arc, time::Duration};

use logto_management_core::{
    BoxClock, BoxTransport, Client, ClientAuth, Clock, Config, ConfigBuilder, Error, Event, HttpTransport,
    Observer, RateLimit, Secret, TokenSource, TokenStore, TokenVault,
};

use crate::{Network, ReqwestTransport, Sealed, TokioClock, log::log_event, reqwest_transport::unusable};

/// A client of one Logto's Management API.
///
/// Requests and listings begin with the methods of [`Client`], which this derefs to: [`get`](Client::get), [`post`](Client::post), [`list`](Client::list), … Clones are
/// cheap and share the token, the connections and the rate limit.
#[derive(Clone, Debug)]
pub struct ManagementApi {
    client: Client,
}

impl ManagementApi {
    /// Logto Cloud, by tenant id. With a custom domain, set [`base_url`](ManagementApiBuilder::base_url) as well.
    ///
    /// ```
    /// let api = logto_management::ManagementApi::cloud("a1b2c3").credentials("id", "secret").build()?;
    /// assert_eq!(api.config().base_url(), "https://a1b2c3.logto.app");
    /// # Ok::<(), logto_management::Error>(())
    /// ```
    pub fn cloud(tenant_id: impl Into<String>) -> ManagementApiBuilder {
        ManagementApiBuilder::new(Config::cloud(tenant_id))
    }

    /// A Logto of your own, by its address.
    pub fn self_hosted(base_url: impl Into<String>) -> ManagementApiBuilder {
        ManagementApiBuilder::new(Config::self_hosted(base_url))
    }

    /// From the environment: `LOGTO_CLIENT_ID`, `LOGTO_CLIENT_SECRET`, `LOGTO_TENANT_ID` or `LOGTO_ENDPOINT` or both, and `LOGTO_API_INDICATOR` where it is not the usual one.
    ///
    /// # Errors
    /// Config, naming the variables that are missing.
    pub fn from_env() -> Result<ManagementApiBuilder, Error> {
        Config::from_vars(|name| std::env::var(name).ok()).map(ManagementApiBuilder::new)
    }
}

impl Deref for ManagementApi {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// Builds a [`ManagementApi`]. Defaults are in [`core::config`](logto_management_core::config).
#[must_use = "call build()"]
pub struct ManagementApiBuilder {
    config: ConfigBuilder,
    transport: Option<BoxTransport>,
    network: Network,
    clock: Option<BoxClock>,
    observer: Option<Box<dyn Observer>>,
    source: Option<Box<dyn FnOnce(Builder) -> Builder + Send + Sync>>,
    vault: Option<Arc<dyn TokenVault>>,
    #[cfg(feature = "redis")]
    redis: Option<crate::RedisStore>,
}

type Builder = logto_management_core::ClientBuilder<BoxTransport, BoxClock>;

impl fmt::Debug for ManagementApiBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManagementApiBuilder").field("config", &self.config).finish_non_exhaustive()
    }
}

impl ManagementApiBuilder {
    fn new(config: ConfigBuilder) -> Self {
        Self {
            config,
            transport: None,
            network: Network::new(),
            clock: None,
            observer: None,
            source: None,
            vault: None,
            #[cfg(feature = "redis")]
            redis: None,
        }
    }

    fn map(mut self, change: impl FnOnce(ConfigBuilder) -> ConfigBuilder) -> Self {
        self.config = change(self.config);
        self
    }

    /// The machine-to-machine application's id and secret.
    pub fn credentials(self, client_id: impl Into<String>, client_secret: impl Into<Secret>) -> Self {
        self.map(|config| config.credentials(client_id, client_secret))
    }

    /// Where Logto is; trailing slashes are dropped. For a custom domain of a Cloud tenant.
    pub fn base_url(self, url: impl Into<String>) -> Self {
        self.map(|config| config.base_url(url))
    }

    /// The Management API's resource indicator, where it is not the usual one.
    pub fn api_indicator(self, indicator: impl Into<String>) -> Self {
        self.map(|config| config.api_indicator(indicator))
    }

    /// The scope to ask for. Default `all`.
    pub fn scope(self, scope: impl Into<String>) -> Self {
        self.map(|config| config.scope(scope))
    }

    /// How the secret is shown to the token endpoint. Default [`ClientAuth::Basic`].
    pub fn client_auth(self, auth: ClientAuth) -> Self {
        self.map(|config| config.client_auth(auth))
    }

    /// How many times a failed call is tried again where that is safe. Default 2.
    pub fn retries(self, retries: u32) -> Self {
        self.map(|config| config.retries(retries))
    }

    /// No retry starts later than this after the first sending. Default 30 s.
    pub fn retry_budget(self, budget: Duration) -> Self {
        self.map(|config| config.retry_budget(budget))
    }

    /// The most time for one request. Default 30 s.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.map(|config| config.timeout(timeout))
    }

    /// The most time for one connection. Default 10 s.
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        self.map(|config| config.connect_timeout(timeout))
    }

    /// The rate that the client keeps itself within; `None` switches it off. Default: 200 per 10 s for `*.logto.app`, off elsewhere.
    pub fn rate_limit(self, limit: Option<RateLimit>) -> Self {
        self.map(|config| config.rate_limit(limit))
    }

    /// Any other option of the configuration.
    pub fn configure(self, change: impl FnOnce(ConfigBuilder) -> ConfigBuilder) -> Self {
        self.map(change)
    }

    /// What TLS trusts and shows, and which proxy is used. Default: what the operating system and the environment say. Another [`transport`](Self::transport) has its own ways.
    pub fn network(mut self, network: Network) -> Self {
        self.network = network;
        self
    }

    /// Another transport than [`ReqwestTransport`], or one with a set-up of its own.
    pub fn transport(mut self, transport: impl HttpTransport) -> Self {
        self.transport = Some(BoxTransport::new(transport));
        self
    }

    /// Another clock than [`TokioClock`]; a rate limit is then the client's own. For tests.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(BoxClock::new(clock));
        self
    }

    /// Who is told of warnings, requests, retries and tokens, besides `tracing`.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Takes tokens from here instead of the credentials.
    pub fn token_source(mut self, source: impl TokenSource) -> Self {
        self.source = Some(Box::new(move |builder: Builder| builder.token_source(source)));
        self
    }

    /// Shares tokens with other processes through `store`, sealed under a key that only who knows the client secret has. A store that fails, or takes longer than
    /// [`token_store_timeout`](logto_management_core::ConfigBuilder::token_store_timeout) (250 ms) in all, costs that wait: the client asks Logto then.
    pub fn token_store(mut self, store: impl TokenStore) -> Self {
        self.vault = Some(Sealed::shared(store));
        self
    }

    /// Shares tokens and the rate limit with other processes through the Redis or Valkey at an address: `redis://[user:password@]host[:port][/db]`, `rediss://…`, `redis+unix:///path`.
    ///
    /// # Errors
    /// Config, where the address is none of these.
    #[cfg(feature = "redis")]
    pub fn redis(self, url: &str) -> Result<Self, Error> {
        let store = crate::RedisStore::new(url)?;
        Ok(Self { redis: Some(store.clone()), ..self.token_store(store) })
    }

    /// Checks everything and makes the client. Does no I/O.
    ///
    /// # Errors
    /// Config, saying what is wrong and what would be right.
    pub fn build(self) -> Result<ManagementApi, Error> {
        let config = self.config.build()?;
        #[cfg(feature = "redis")]
        let limited = config.rate_limit().map(|limit| (config.base_url().to_owned(), limit));
        let transport = match self.transport {
            Some(transport) => transport,
            None => ReqwestTransport::with_network(&config, &self.network)
                .map_err(|error| unusable(&error))?
                .into(),
        };
        let real_time = self.clock.is_none();
        let clock = self.clock.unwrap_or_else(|| BoxClock::new(TokioClock));
        let observer = self.observer;
        let mut builder = Client::builder(config, transport, clock).observer(move |event: &Event<'_>| {
            log_event(event);
            if let Some(observer) = &observer {
                observer.event(event);
            }
        });
        if real_time {
            builder = builder.share_rate_limit();
        }
        if let Some(vault) = self.vault {
            builder = builder.token_vault(vault);
        }
        #[cfg(feature = "redis")]
        if let (Some(store), Some((base_url, limit))) = (self.redis, limited) {
            builder = builder.shared_limit(Arc::new(crate::RedisLimit::new(store, &base_url, limit)));
        }
        if let Some(source) = self.source {
            builder = source(builder);
        }
        Ok(ManagementApi { client: builder.build()? })
    }
}
