//! The client: a cheap handle on the pipeline, the token source and the limits.

mod builders;

use std::{fmt, sync::Arc};

pub use builders::{ListBuilder, RequestBuilder};

use crate::{
    auth::{AccessToken, BoxTokenSource, ClientCredentials, Coalesce, TokenSource, TokenVault},
    clock::{BoxClock, Clock},
    config::Config,
    error::Error,
    http::{HeaderMap, Method},
    limit::RateLimiter,
    observe::Observer,
    page::{ListRequest, Pager},
    pipeline::{Access, Pipeline},
    request::Request,
    response::Response,
    slots::Slots,
    transport::{BoxTransport, HttpTransport},
};

/// A client of one Logto's Management API. Cloning it is cheap, and clones share the token, the rate limit and the connections.
///
/// Making one does no I/O, starts no timer and draws no random number.
pub struct Client<T = BoxTransport, C = BoxClock>(Arc<Shared<T, C>>);

struct Shared<T, C> {
    pipeline: Arc<Pipeline<T, C>>,
    source: BoxTokenSource,
    max_concurrency: usize,
}

impl<T, C> Clone for Client<T, C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T, C> fmt::Debug for Client<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base_url", &self.0.pipeline.config.base_url()).finish_non_exhaustive()
    }
}

/// Builds a [`Client`].
#[must_use = "call build()"]
pub struct ClientBuilder<T, C> {
    config: Arc<Config>,
    transport: T,
    clock: C,
    coalesce: Coalesce,
    source: Option<BoxTokenSource>,
    vault: Option<Arc<dyn TokenVault>>,
    #[cfg(feature = "shared-limit")]
    shared_limit: Option<Arc<dyn crate::SharedLimit>>,
    observer: Option<Arc<dyn Observer>>,
    limiter: Option<Arc<RateLimiter>>,
    max_concurrency: usize,
}

impl<T, C> fmt::Debug for ClientBuilder<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("config", &self.config).finish_non_exhaustive()
    }
}

impl<T: HttpTransport, C: Clock> ClientBuilder<T, C> {
    /// Whether callers share a token request. Default [`Coalesce::Shared`]; Workers need [`Coalesce::PerCall`].
    pub const fn coalesce(mut self, coalesce: Coalesce) -> Self {
        self.coalesce = coalesce;
        self
    }

    /// Takes tokens from here instead of the configuration's credentials.
    pub fn token_source(mut self, source: impl TokenSource) -> Self {
        self.source = Some(BoxTokenSource(Arc::new(source)));
        self
    }

    /// Shares the tokens that the credentials bring with other processes or isolates. Default: each client has its own.
    pub fn token_vault(mut self, vault: Arc<dyn TokenVault>) -> Self {
        self.vault = Some(vault);
        self
    }

    /// Keeps to the rate limit together with other processes. Without a rate limit it does nothing.
    #[cfg(feature = "shared-limit")]
    pub fn shared_limit(mut self, limit: Arc<dyn crate::SharedLimit>) -> Self {
        self.shared_limit = Some(limit);
        self
    }

    /// Who is told of warnings and requests.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Shares the rate limit with all clients of this process that have the same base url and limit: the server counts per tenant, not per client. For clients on the real clock.
    pub fn share_rate_limit(mut self) -> Self {
        if let Some(limit) = self.config.rate_limit {
            self.limiter = Some(RateLimiter::shared(self.config.base_url(), limit));
        }
        self
    }

    /// A rate limiter that other clients use too. Default: one of its own, as the configuration says.
    pub fn limiter(mut self, limiter: Arc<RateLimiter>) -> Self {
        self.limiter = Some(limiter);
        self
    }

    /// The most pages that a listing asks for at once, whatever it is told (a Worker has 6 connections).
    pub const fn max_concurrency(mut self, pages: usize) -> Self {
        self.max_concurrency = pages;
        self
    }

    /// The client.
    ///
    /// # Errors
    /// Config, where there are neither credentials nor a token source.
    pub fn build(self) -> Result<Client<T, C>, Error> {
        let config = self.config;
        let own = || config.rate_limit.map(|limit| Arc::new(RateLimiter::new(limit)));
        let limiter = self.limiter.or_else(own);
        let pipeline = Arc::new(Pipeline {
            transport: self.transport,
            clock: self.clock,
            config: Arc::clone(&config),
            limiter,
            #[cfg(feature = "shared-limit")]
            fleet: self
                .shared_limit
                .map(|limit| crate::shared_limit::Fleet::new(limit, config.settings.token_store_timeout)),
            // Where calls must not wait for each other, they do not wait for a slot either.
            slots: (self.coalesce == Coalesce::Shared).then(|| Slots::new(config.settings.max_connections)),
            observer: self.observer,
        });
        let source = match self.source {
            Some(source) => source,
            None => {
                let source = ClientCredentials::new(Arc::clone(&pipeline), self.coalesce, self.vault)?;
                BoxTokenSource(Arc::new(source))
            }
        };
        Ok(Client(Arc::new(Shared { pipeline, source, max_concurrency: self.max_concurrency.max(1) })))
    }
}

impl<T: HttpTransport, C: Clock> Client<T, C> {
    /// Begins a client.
    pub fn builder(config: Config, transport: T, clock: C) -> ClientBuilder<T, C> {
        ClientBuilder {
            config: Arc::new(config),
            transport,
            clock,
            coalesce: Coalesce::default(),
            source: None,
            vault: None,
            #[cfg(feature = "shared-limit")]
            shared_limit: None,
            observer: None,
            limiter: None,
            max_concurrency: usize::MAX,
        }
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.pipeline.config
    }

    pub(crate) fn max_concurrency(&self) -> usize {
        self.0.max_concurrency
    }

    /// Sends a request; any status is `Ok`.
    ///
    /// # Errors
    /// Those of the request itself, the token, the transport, a redirect and the deadline.
    pub async fn execute(&self, request: Request) -> Result<Response, Error> {
        let pipeline = &self.0.pipeline;
        let request = request.prepare(&pipeline.config)?;
        pipeline.run(&request, Access::Api(&*self.0.source.0)).await
    }

    /// Sends a request; a status that is no success is an error.
    ///
    /// # Errors
    /// As [`execute`](Self::execute), and Api.
    pub async fn fetch(&self, request: Request) -> Result<Response, Error> {
        let response = self.execute(request).await?;
        match response.error() {
            Some(error) => Err(error),
            None => Ok(response),
        }
    }

    /// An access token that is good now, for a request of your own.
    ///
    /// # Errors
    /// Auth, or Transport.
    pub async fn access_token(&self) -> Result<Arc<AccessToken>, Error> {
        self.0.source.0.token_boxed().await
    }

    /// For doors whose host can send a request faster than through here: permission to send one, now, with the [headers](Self::permitted_headers) of this token, for [`timeout`](Config::timeout) and up to
    /// [`max_response_bytes`](Config::max_response_bytes). Its turn at the rate limit is taken. `None` where anything would have to be waited for: take [`execute`](Self::execute) then.
    ///
    /// Only for a request without headers, body and options of its own, whose filled target needs no check and which carries the token. A success is its answer, and needs nothing more from here. Anything else is for
    /// `execute` to judge: give it the request with [`sent_before`](Request::sent_before).
    #[must_use]
    pub fn permit(&self) -> Option<Arc<AccessToken>> {
        self.0.pipeline.permit(&*self.0.source.0)
    }

    /// All headers of a request sent by a [`permit`](Self::permit).
    #[must_use]
    pub fn permitted_headers(&self, token: &Arc<AccessToken>) -> HeaderMap {
        self.0.pipeline.headers(HeaderMap::new(), Some(token))
    }

    /// Begins a request by method and route template.
    pub fn request(&self, method: Method, template: impl Into<String>) -> RequestBuilder<T, C> {
        RequestBuilder { client: self.clone(), request: Request::new(method, template) }
    }

    /// Begins a GET.
    pub fn get(&self, template: impl Into<String>) -> RequestBuilder<T, C> {
        self.request(Method::GET, template)
    }

    /// Begins a POST.
    pub fn post(&self, template: impl Into<String>) -> RequestBuilder<T, C> {
        self.request(Method::POST, template)
    }

    /// Begins a PUT.
    pub fn put(&self, template: impl Into<String>) -> RequestBuilder<T, C> {
        self.request(Method::PUT, template)
    }

    /// Begins a PATCH.
    pub fn patch(&self, template: impl Into<String>) -> RequestBuilder<T, C> {
        self.request(Method::PATCH, template)
    }

    /// Begins a DELETE.
    pub fn delete(&self, template: impl Into<String>) -> RequestBuilder<T, C> {
        self.request(Method::DELETE, template)
    }

    /// Begins a HEAD.
    pub fn head(&self, template: impl Into<String>) -> RequestBuilder<T, C> {
        self.request(Method::HEAD, template)
    }

    /// Begins a listing by route template.
    pub fn list(&self, template: impl Into<String>) -> ListBuilder<T, C> {
        ListBuilder { client: self.clone(), list: ListRequest::new(template) }
    }

    /// Pages through a listing.
    #[must_use]
    pub fn pager(&self, list: ListRequest) -> Pager<T, C> {
        Pager::new(self.clone(), list)
    }
}
