//! Tokens shared between processes and isolates: what is asked of a store, and what comes out of it.
//!
//! ```text
//! renewal due ── load ── a token that is newer and lives on? ── use it
//!                  │ none
//!                lock ── won ── load again ── ask Logto ── save ── unlock
//!                  │ lost
//!                  └── the token in use lives on? use it; else load again, for 10 s at the most
//! ```
//! All steps of a renewal share one budget, `token_store_timeout`: what load and lock leave of it is for saving. So a store that is down or slow costs a call that wait, and nothing else. A lock that takes too long is done
//! without, and a token whose saving takes longer is not waited for. Only while somebody else holds the lock, and the store so answers, does each look have a budget of its own. What is stored is sealed by the
//! [`TokenVault`], so whoever reads or writes the store gains nothing.

use std::{
    fmt,
    future::{Future, poll_fn},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    time::Duration,
};

use futures_util::future::{Either, select};

use super::AccessToken;
use crate::{
    clock::Clock,
    config::{Config, Credentials},
    percent,
    rt::{BoxFuture, MaybeSend, MaybeSync},
    secret::Secret,
};

/// How long a lock holds where its holder is gone. A token request takes a fraction of it.
pub(super) const LOCK: Duration = Duration::from_secs(5);
/// How long to wait for a token that somebody else has gone to get.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// A store did not do what was asked of it. Tokens are then got as if there were none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError(String);

impl StoreError {
    /// With what happened, which a warning shows: no secrets.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl StoreError {
    pub(crate) fn message(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StoreError {}

/// A place where processes share tokens: Redis, a table, a file. Keys and values are ASCII text; values come sealed, so the store need not be trusted.
///
/// ```
/// use std::{collections::HashMap, sync::Mutex, time::Duration};
/// use logto_management_core::{StoreError, TokenStore};
///
/// #[derive(Default)]
/// struct Memory(Mutex<HashMap<String, String>>);
///
/// impl TokenStore for Memory {
///     async fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
///         let map = self.0.lock().map_err(|error| StoreError::new(error.to_string()))?;
///         Ok(map.get(key).cloned())
///     }
///     async fn put(&self, key: &str, value: &str, _ttl: Duration) -> Result<(), StoreError> {
///         let mut map = self.0.lock().map_err(|error| StoreError::new(error.to_string()))?;
///         map.insert(key.to_owned(), value.to_owned());
///         Ok(())
///     }
/// }
/// ```
pub trait TokenStore: MaybeSend + MaybeSync + 'static {
    /// The value under a key, if there is one.
    ///
    /// # Errors
    /// Whatever kept it from knowing.
    fn get(&self, key: &str) -> impl Future<Output = Result<Option<String>, StoreError>> + MaybeSend;

    /// Keeps a value for `ttl`. It may be dropped earlier, or kept longer: the client looks at what it says.
    ///
    /// # Errors
    /// Whatever kept it from keeping it.
    fn put(
        &self,
        key: &str,
        value: &str,
        ttl: Duration,
    ) -> impl Future<Output = Result<(), StoreError>> + MaybeSend;

    /// Takes a lock, if nobody has it, for `ttl` at the most: whoever has it asks Logto, the others wait for what comes into the store. A store without locks says
    /// yes to everybody, as this does unless implemented.
    ///
    /// # Errors
    /// Whatever kept it from knowing.
    fn lock(&self, key: &str, ttl: Duration) -> impl Future<Output = Result<bool, StoreError>> + MaybeSend {
        let _ = (key, ttl);
        std::future::ready(Ok(true))
    }

    /// Gives the lock back before its time.
    ///
    /// # Errors
    /// Whatever kept it from that.
    fn unlock(&self, key: &str) -> impl Future<Output = Result<(), StoreError>> + MaybeSend {
        let _ = key;
        std::future::ready(Ok(()))
    }
}

/// Where an entry stands, and what opens it.
pub struct StoreEntry {
    /// The client secret: keys are derived from it.
    pub secret: Secret,
    /// Token endpoint, client id, resource and scope, a line each: what is sealed for one of these opens for no other.
    pub binding: String,
}

impl fmt::Debug for StoreEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreEntry").field("binding", &self.binding).finish_non_exhaustive()
    }
}

impl StoreEntry {
    fn new(config: &Config, credentials: &Credentials, route: &str) -> Self {
        let mut binding = String::from(config.base_url());
        binding.push_str(route);
        for part in [&credentials.id, &config.indicator, &config.settings.scope] {
            binding.push('\n');
            // Encoded, so that no part can hold a line break.
            percent::form(part, &mut binding);
        }
        Self { secret: credentials.secret.clone(), binding }
    }
}

/// What a [`TokenVault`] is asked to do.
#[derive(Clone, Copy, Debug)]
pub enum VaultStep<'a> {
    /// Gives the text that was saved. Nothing, where there is none, or none that opens.
    Load,
    /// Seals a text and keeps it for so long. Gives nothing.
    Save(&'a str, Duration),
    /// Takes the entry's lock for so long. Gives an empty text if it did.
    Lock(Duration),
    /// Gives the lock back. Gives nothing.
    Unlock,
}

/// A [`TokenStore`] with the sealing: authenticated encryption under a key derived from the client secret. `logto-management` has it for native programs; in JavaScript it is WebCrypto's.
pub trait TokenVault: MaybeSend + MaybeSync + 'static {
    /// Carries out a step.
    fn run<'a>(
        &'a self,
        entry: &'a StoreEntry,
        step: VaultStep<'a>,
    ) -> BoxFuture<'a, Result<Option<String>, StoreError>>;
}

/// Waits for a step, for no longer than `timeout`. `None`: it takes longer.
async fn timely<O>(
    clock: &impl Clock,
    timeout: Duration,
    step: BoxFuture<'_, Result<O, StoreError>>,
) -> Option<Result<O, StoreError>> {
    let unfinished = match select(step, std::pin::pin!(clock.timeout(timeout))).await {
        Either::Left((result, _)) => return Some(result),
        Either::Right(((), unfinished)) => unfinished,
    };
    // On a busy machine the answer may lie there, and those who carry it here have not had their turn: they get it now. It takes no time.
    let mut turns = 3;
    let last_look = poll_fn(move |context| {
        if turns == 0 {
            return Poll::Ready(());
        }
        turns -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    });
    match select(unfinished, last_look).await {
        Either::Left((result, _)) => Some(result),
        Either::Right(_) => None,
    }
}

/// The same, where taking longer is a failure.
#[cfg(feature = "shared-limit")]
pub(crate) async fn within<O>(
    clock: &impl Clock,
    timeout: Duration,
    step: BoxFuture<'_, Result<O, StoreError>>,
) -> Result<O, StoreError> {
    timely(clock, timeout, step).await.unwrap_or_else(|| Err(StoreError::new("no answer in time")))
}

/// What is left of the time that a store may take of a renewal.
#[derive(Default)]
pub(super) struct Budget(Duration);

/// One client's view of the store.
pub(crate) struct Share {
    vault: Arc<dyn TokenVault>,
    entry: StoreEntry,
    timeout: Duration,
    warned: AtomicBool,
}

impl Share {
    pub(super) fn new(
        vault: Arc<dyn TokenVault>,
        config: &Config,
        credentials: &Credentials,
        route: &str,
    ) -> Self {
        let entry = StoreEntry::new(config, credentials, route);
        Self { vault, entry, timeout: config.settings.token_store_timeout, warned: AtomicBool::new(false) }
    }

    /// All the time that the store is given.
    pub(super) const fn budget(&self) -> Budget {
        Budget(self.timeout)
    }

    /// A step, in what is left of the budget but for `spare`. `None`: it takes longer.
    async fn step(
        &self,
        clock: &impl Clock,
        budget: &mut Budget,
        spare: Duration,
        step: VaultStep<'_>,
    ) -> Option<Result<Option<String>, StoreError>> {
        let began = clock.monotonic();
        let limit = budget.0.saturating_sub(spare);
        let result = timely(clock, limit, self.vault.run(&self.entry, step)).await;
        // A testing clock stands still while a store hangs: what ran out is spent, whatever it says.
        let took = clock.monotonic().saturating_sub(began);
        budget.0 = budget.0.saturating_sub(if result.is_none() { took.max(limit) } else { took });
        result
    }

    pub(super) async fn load(
        &self,
        clock: &impl Clock,
        budget: &mut Budget,
    ) -> Result<Option<AccessToken>, StoreError> {
        let Some(loaded) = self.step(clock, budget, Duration::ZERO, VaultStep::Load).await else {
            return Err(StoreError::new("no answer in time"));
        };
        Ok(loaded?.as_deref().and_then(AccessToken::from_stored))
    }

    /// Whether the lock is this client's. `None`: that takes longer to find out than the token may wait. Where loading took more than a quarter of the store's time, the lock, another look and saving the token do not fit
    /// into the rest: then it goes for the saving, as does the last quarter in any case.
    pub(super) async fn lock(
        &self,
        clock: &impl Clock,
        budget: &mut Budget,
    ) -> Result<Option<bool>, StoreError> {
        let quarter = self.timeout / 4;
        if budget.0 < self.timeout.saturating_sub(quarter) {
            return Ok(None);
        }
        match self.step(clock, budget, quarter, VaultStep::Lock(LOCK)).await {
            Some(locked) => Ok(Some(locked?.is_some())),
            None => Ok(None),
        }
    }

    /// Saves a token. Whether the store has it: where that takes longer than the budget it may yet come to have it.
    pub(super) async fn save(
        &self,
        clock: &impl Clock,
        budget: &mut Budget,
        token: &AccessToken,
    ) -> Result<bool, StoreError> {
        let ttl = token.expires_at().before(token.leeway()).since(clock.now());
        let step = VaultStep::Save(&token.to_stored(), ttl);
        match self.step(clock, budget, Duration::ZERO, step).await {
            Some(saved) => saved.map(|_| true),
            None => Ok(false),
        }
    }

    pub(super) async fn unlock(&self, clock: &impl Clock, budget: &mut Budget) -> Result<(), StoreError> {
        match self.step(clock, budget, Duration::ZERO, VaultStep::Unlock).await {
            Some(Err(trouble)) => Err(trouble),
            // Late or not, it ends by itself.
            _ => Ok(()),
        }
    }

    /// Whether this is the first trouble that is to be told.
    pub(super) fn warns(&self) -> bool {
        !self.warned.swap(true, Ordering::Relaxed)
    }
}
