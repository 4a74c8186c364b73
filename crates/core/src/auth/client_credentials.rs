//! The client credentials flow: asks the token endpoint, keeps the answer, and lets callers share it.

use std::{
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::{
    AccessToken, TokenSource,
    cache::{Step, TokenCache},
    request::{ROUTE, refusal, token_endpoint, token_request, unusable},
    store::{Budget, LOCK, PATIENCE, Share, StoreError, TokenVault},
};
use crate::{
    clock::{Clock, part_of},
    error::Error,
    http::Uri,
    observe::Event,
    pipeline::{Access, MISSING_ROLE, Pipeline},
    rt::{BoxFuture, lock},
    transport::HttpTransport,
};
use futures_util::{
    FutureExt,
    future::{Shared, WeakShared},
};

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

/// Between two looks at the store, on average, while somebody else gets the token.
const POLL: Duration = Duration::from_millis(100);

/// What the store is good for in a renewal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lent {
    /// Nothing: it failed.
    Away,
    /// It answers; its lock is somebody else's, or not known.
    Ready,
    /// It answers, and its lock is held.
    Locked,
}

type Renewal = BoxFuture<'static, Result<Arc<AccessToken>, Error>>;

/// A [`TokenSource`] for a machine-to-machine application: the client credentials grant against Logto's token endpoint, cached.
pub struct ClientCredentials<T, C>(Arc<Inside<T, C>>);

struct Inside<T, C> {
    pipeline: Arc<Pipeline<T, C>>,
    endpoint: Uri,
    coalesce: Coalesce,
    share: Option<Share>,
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
    /// When the store's lock that this client took is over, on the monotonic clock.
    locked_until: Duration,
}

impl<T: HttpTransport, C: Clock> ClientCredentials<T, C> {
    pub(crate) fn new(
        pipeline: Arc<Pipeline<T, C>>,
        coalesce: Coalesce,
        vault: Option<Arc<dyn TokenVault>>,
    ) -> Result<Self, Error> {
        let credentials = pipeline.config.credentials()?;
        let share = vault.map(|vault| Share::new(vault, &pipeline.config, credentials, ROUTE));
        let endpoint = token_endpoint(&pipeline.config)?;
        Ok(Self(Arc::new(Inside {
            pipeline,
            endpoint,
            coalesce,
            share,
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

    /// Gets a token, out of the store or from Logto, and keeps it. A failure leaves a token that still lives in use.
    async fn renew(&self) -> Result<Arc<AccessToken>, Error> {
        let clock = &self.pipeline.clock;
        let mut lent = Lent::Away;
        let mut budget = Budget::default();
        let mut looked = None;
        if let Some(share) = &self.share {
            budget = share.budget();
            looked = self.look(share, &mut lent, &mut budget).await.unwrap_or_else(|trouble| {
                // Whoever waits for the lock waits for the token, so that is saved if it can be.
                if lent != Lent::Locked {
                    lent = Lent::Away;
                }
                self.warn_of_store(share, trouble.message());
                None
            });
        }
        let (result, is_new) = match looked {
            Some(token) => (Ok(token), false),
            None => {
                let asked = self.ask().await;
                let is_new = asked.is_ok();
                (self.settle(asked), is_new)
            }
        };
        let Some(share) = &self.share else { return result };
        let saved = match (&result, lent) {
            (_, Lent::Away) => Ok(true),
            (Ok(token), _) if is_new && token.is_worth_sharing(clock.now()) => {
                share.save(clock, &mut budget, token).await
            }
            _ => Ok(true),
        };
        let given_back = match (saved, lent) {
            (Ok(true), Lent::Locked) => {
                lock(&self.state).locked_until = Duration::ZERO;
                share.unlock(clock, &mut budget).await
            }
            (saved, _) => saved.map(|_| ()),
        };
        if let Err(trouble) = given_back {
            self.warn_of_store(share, trouble.message());
        }
        result
    }

    /// Keeps what Logto answered.
    fn settle(&self, result: Result<AccessToken, Error>) -> Result<Arc<AccessToken>, Error> {
        let mut state = lock(&self.state);
        state.under_way = None;
        match result {
            Ok(token) => Ok(state.cache.renewed(token)),
            Err(error) => state.cache.failed(self.pipeline.clock.now()).ok_or(error),
        }
    }

    /// Looks for a token in the store, and waits for one that somebody else has gone to get. `None`: it is for this caller to get it.
    async fn look(
        &self,
        share: &Share,
        lent: &mut Lent,
        budget: &mut Budget,
    ) -> Result<Option<Arc<AccessToken>>, StoreError> {
        let clock = &self.pipeline.clock;
        let patience = clock.monotonic().saturating_add(PATIENCE);
        loop {
            let stored = share.load(clock, budget).await?;
            {
                let mut state = lock(&self.state);
                if let Some(stored) = stored.filter(|stored| state.cache.takes(stored, clock.now())) {
                    state.under_way = None;
                    return Ok(Some(state.cache.renewed(stored)));
                }
                // Another call of this client may have been quicker, where calls do not wait for each other.
                if let Step::Use(token) = state.cache.step(clock.now()) {
                    return Ok(Some(token));
                }
            }
            if *lent == Lent::Locked {
                return Ok(None);
            }
            *lent = Lent::Ready;
            // Held from before, where the caller who took it was cancelled.
            let held = clock.monotonic() < lock(&self.state).locked_until;
            let locked = if held { Some(true) } else { share.lock(clock, budget).await? };
            let Some(locked) = locked else { return Ok(None) };
            if locked {
                *lent = Lent::Locked;
                lock(&self.state).locked_until = clock.monotonic().saturating_add(LOCK);
                // Whoever had it before may have saved a token meanwhile.
                continue;
            }
            let now = clock.now();
            {
                let mut state = lock(&self.state);
                if let Step::Renew { meanwhile: Some(_), wait_for_it: false } = state.cache.step(now) {
                    state.under_way = None;
                    return Ok(state.cache.failed(now));
                }
            }
            if clock.monotonic() >= patience {
                return Ok(None);
            }
            clock.sleep(part_of(POLL, 0.5 + clock.jitter())).await;
            // It answers, so it is worth asking.
            *budget = share.budget();
        }
    }

    /// Once per token source: all goes on without the store, but somebody pays for the tokens.
    fn warn_of_store(&self, share: &Share, trouble: &str) {
        if share.warns() {
            let message = words!["The token store failed, so tokens are not shared: ", trouble];
            self.pipeline.emit(&Event::Warning { code: "token_store", message: &message });
        }
    }

    async fn ask(&self) -> Result<AccessToken, Error> {
        let pipeline = &self.pipeline;
        if pipeline.config.base_url.is_insecure() && !self.warned_insecure.swap(true, Ordering::Relaxed) {
            let message = words![
                pipeline.config.base_url(),
                " is plain http: the client secret and every token cross the network unencrypted"
            ];
            pipeline.emit(&Event::Warning { code: "insecure_http", message: &message });
        }
        let asked_at = pipeline.clock.now();
        let request = token_request(&pipeline.config, self.endpoint.clone())?;
        let response = pipeline.run(&request, Access::Token).await?;
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
