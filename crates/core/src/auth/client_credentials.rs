//! The client credentials flow: asks the token endpoint, keeps the answer, and lets callers share it.

use std::{
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_util::{
    FutureExt,
    future::{Shared, WeakShared},
};
use http::{HeaderMap, HeaderValue, Method, header};

use super::{
    AccessToken, TokenSource,
    cache::{Step, TokenCache},
};
use crate::{
    clock::Clock,
    config::{ClientAuth, Config, Credentials},
    endpoint,
    error::{Answered, ApiErrorBody, Error, ErrorKind, Inner, name},
    observe::Event,
    percent,
    pipeline::{Access, MISSING_ROLE, Pipeline},
    request::{CallOptions, Prepared},
    response::Response,
    rt::{BoxFuture, lock},
    transport::HttpTransport,
};

/// The token endpoint, below the base url.
const ROUTE: &str = "/oidc/token";

/// Whether callers wait for each other's token request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Coalesce {
    /// One request, whose result or error all share.
    #[default]
    Shared,
    /// Every call makes its own where there is no token yet: a Worker's runtime cancels a call that waits on another's I/O. Once there is a token, one call renews it and
    /// the others go on with the old one.
    PerCall,
}

type Renewal = BoxFuture<'static, Result<Arc<AccessToken>, Error>>;

/// A [`TokenSource`] for a machine-to-machine application: the client credentials grant against Logto's token endpoint, cached.
pub struct ClientCredentials<T, C>(Arc<Inside<T, C>>);

struct Inside<T, C> {
    pipeline: Arc<Pipeline<T, C>>,
    request: Prepared,
    coalesce: Coalesce,
    state: Mutex<State>,
    warned_insecure: AtomicBool,
    warned_scope: AtomicBool,
}

#[derive(Default)]
struct State {
    cache: TokenCache,
    /// The renewal that callers share, for as long as one of them waits for it.
    under_way: Option<WeakShared<Renewal>>,
    /// A call renews for itself ([`Coalesce::PerCall`]).
    renewing: bool,
}

impl<T: HttpTransport, C: Clock> ClientCredentials<T, C> {
    pub(crate) fn new(
        pipeline: Arc<Pipeline<T, C>>,
        credentials: &Credentials,
        coalesce: Coalesce,
    ) -> Result<Self, Error> {
        let request = token_request(&pipeline.config, credentials)?;
        Ok(Self(Arc::new(Inside {
            pipeline,
            request,
            coalesce,
            state: Mutex::default(),
            warned_insecure: AtomicBool::new(false),
            warned_scope: AtomicBool::new(false),
        })))
    }
}

/// What a caller found: a token, or a renewal to wait for.
enum Found {
    Token(Arc<AccessToken>),
    Shared(Shared<Renewal>),
    Own,
}

impl<T: HttpTransport, C: Clock> Inside<T, C> {
    fn find(self: &Arc<Self>) -> Found {
        let mut state = lock(&self.state);
        let (meanwhile, wait_for_it) = match state.cache.step(self.pipeline.clock.now()) {
            Step::Use(token) => return Found::Token(token),
            Step::Renew { meanwhile, wait_for_it } => (meanwhile, wait_for_it),
        };
        match self.coalesce {
            Coalesce::PerCall => match meanwhile {
                Some(token) if state.renewing && !wait_for_it => Found::Token(token),
                _ => {
                    state.renewing = true;
                    Found::Own
                }
            },
            Coalesce::Shared => match (state.under_way.as_ref().and_then(WeakShared::upgrade), meanwhile) {
                (Some(_), Some(token)) if !wait_for_it => Found::Token(token),
                (Some(shared), _) => Found::Shared(shared),
                (None, _) => {
                    let inside = Arc::clone(self);
                    let renewal: Renewal = Box::pin(async move { inside.renew().await });
                    let shared = renewal.shared();
                    state.under_way = shared.downgrade();
                    Found::Shared(shared)
                }
            },
        }
    }

    /// Asks for a token and keeps it. A failure leaves a token that still lives in use.
    async fn renew(&self) -> Result<Arc<AccessToken>, Error> {
        let result = self.ask().await;
        let mut state = lock(&self.state);
        state.under_way = None;
        match result {
            Ok(token) => Ok(state.cache.renewed(token)),
            Err(error) => state.cache.failed(self.pipeline.clock.now()).ok_or(error),
        }
    }

    async fn ask(&self) -> Result<AccessToken, Error> {
        let pipeline = &self.pipeline;
        if pipeline.config.base_url.is_insecure() && !self.warned_insecure.swap(true, Ordering::Relaxed) {
            let message = format!(
                "{} is plain http: the client secret and every token cross the network unencrypted",
                pipeline.config.base_url()
            );
            pipeline.emit(&Event::Warning { code: "insecure_http", message: &message });
        }
        let asked_at = pipeline.clock.now();
        let response = pipeline.run(&self.request, Access::Token).await?;
        if !response.status.is_success() {
            return Err(refusal(&response, &pipeline.config));
        }
        let token =
            AccessToken::from_answer(&response.body, asked_at).map_err(|why| unusable(&response, &why))?;
        pipeline.emit(&Event::Token { scope: token.scope(), lifetime: token.lifetime() });
        Ok(token)
    }
}

/// Marks the renewal of a single call as ended, also when that call is cancelled.
struct Renewing<'a>(&'a Mutex<State>);

impl Drop for Renewing<'_> {
    fn drop(&mut self) {
        lock(self.0).renewing = false;
    }
}

impl<T: HttpTransport, C: Clock> TokenSource for ClientCredentials<T, C> {
    async fn token(&self) -> Result<Arc<AccessToken>, Error> {
        let inside = &self.0;
        let token = match inside.find() {
            Found::Token(token) => return Ok(token),
            Found::Shared(shared) => shared.await?,
            Found::Own => {
                let _renewing = Renewing(&inside.state);
                inside.renew().await?
            }
        };
        inside.warn_of_scope(&token);
        Ok(token)
    }

    fn invalidate(&self, rejected: &AccessToken) {
        lock(&self.0.state).cache.invalidate(rejected);
    }

    fn ready(&self) -> Option<Arc<AccessToken>> {
        lock(&self.0.state).cache.fresh(self.0.pipeline.clock.now()).cloned()
    }
}

impl<T: HttpTransport, C: Clock> Inside<T, C> {
    /// Once per token source: a token without the scope is no error of the server's, and every call will fail for it.
    fn warn_of_scope(&self, token: &AccessToken) {
        if !token.may_grant_all() && !self.warned_scope.swap(true, Ordering::Relaxed) {
            self.pipeline.emit(&Event::Warning { code: "scope", message: MISSING_ROLE });
        }
    }
}

impl<T, C> fmt::Debug for ClientCredentials<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials").field("coalesce", &self.0.coalesce).finish_non_exhaustive()
    }
}

/// The token request, made once: nothing in it changes.
fn token_request(config: &Config, credentials: &Credentials) -> Result<Prepared, Error> {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let mut body = String::from("grant_type=client_credentials");
    let mut field = |name: &str, value: &str| {
        body.push('&');
        body.push_str(name);
        body.push('=');
        percent::form(value, &mut body);
    };
    field("resource", &config.indicator);
    field("scope", &config.scope);
    match config.client_auth {
        ClientAuth::Post => {
            field("client_id", &credentials.id);
            field("client_secret", credentials.secret.expose());
        }
        ClientAuth::Basic => {
            // Encoded first, as RFC 6749 says: Logto decodes, so a raw + or % in a secret would be another secret.
            let mut pair = String::new();
            percent::form(&credentials.id, &mut pair);
            pair.push(':');
            percent::form(credentials.secret.expose(), &mut pair);
            let value = format!("Basic {}", STANDARD.encode(pair));
            let mut value = HeaderValue::try_from(value)
                .map_err(|_| Error::config("The credentials make no valid header"))?;
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
    }
    let uri = format!("{}{ROUTE}", config.base_url());
    Ok(Prepared {
        method: Method::POST,
        uri: uri.parse().map_err(|_| Error::config("The base url makes no valid token endpoint"))?,
        route: ROUTE.to_owned(),
        headers,
        body: Bytes::from(body),
        // Asking twice for a token is as good as asking once.
        options: CallOptions { idempotent: Some(true), ..CallOptions::default() },
        needs_token: false,
        foreign: false,
    })
}

/// The token endpoint said no.
fn refusal(response: &Response, config: &Config) -> Error {
    let code = ApiErrorBody::parse(&response.body).code;
    let (name, hint) = match code.as_deref() {
        Some("oidc.invalid_client") => (name::AUTH_CLIENT, Some(client_hint(response.status.as_u16()))),
        Some("oidc.invalid_target") => (name::AUTH_TARGET, Some(endpoint::indicator_hint(config))),
        Some("auth.exceed_token_limit") => (
            name::AUTH_QUOTA,
            Some("The tenant's quota of tokens is used up; trying again cannot help. See the plan's usage in Logto's Console".to_owned()),
        ),
        None if response.status.as_u16() == 404 => {
            (name::AUTH_FAILED, Some(format!("Is there a Logto at {}?", config.base_url())))
        }
        _ => (name::AUTH_FAILED, None),
    };
    Error::answered(
        ErrorKind::Auth,
        Some(name),
        Answered {
            status: response.status,
            body: &response.body,
            request_id: response.request_id(),
            method: response.method.as_str(),
            route: &response.route,
            attempts: response.attempts,
            retry_after: response.retry_after,
            hint,
        },
    )
}

fn client_hint(status: u16) -> String {
    if status == 401 {
        "The client secret is wrong: copy it again from the application's page in Logto's Console".to_owned()
    } else {
        "No application of this tenant has this client id: is it a machine-to-machine application, of the tenant at this address?".to_owned()
    }
}

/// The token endpoint said yes, and gave nothing to use. The body is kept out: it could hold a token.
fn unusable(response: &Response, why: &str) -> Error {
    let mut inner = Inner::new(
        ErrorKind::Auth,
        name::AUTH_FAILED,
        format!("The token endpoint answered {}, but {why}", response.status.as_u16()),
    );
    inner.status = Some(response.status.as_u16());
    inner.request_id = response.request_id().map(str::to_owned);
    inner.method = Some(response.method.as_str().to_owned());
    inner.route = Some(response.route.clone());
    inner.attempts = response.attempts;
    inner.hint = Some("Is the base url the address of a Logto?".to_owned());
    inner.into()
}
