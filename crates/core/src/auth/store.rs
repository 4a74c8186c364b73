//! Tokens shared between processes and isolates: what is asked of a store, and what comes out of it.
//!
//! ```text
//! renewal due ── load ── a token that is newer and lives on? ── use it
//!                  │ none
//!                lock ── won ── load again ── ask Logto ── save ── unlock
//!                  │ lost
//!                  └── the token in use lives on? use it; else load again, for 10 s at the most
//! ```
//! Each step may take as long as `token_store_timeout`. After the first that fails or takes longer, the store is left alone for the rest of this renewal: a store that is down costs that wait and
//! nothing else. What is stored is sealed by the [`TokenVault`], so whoever reads or writes the store gains nothing.

use std::{
    fmt,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
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
        for part in [&credentials.id, &config.indicator, &config.scope] {
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

/// Waits for a step, for no longer than `timeout`. Time in which a busy machine did not even look at its timers is not the store's, and is given again, three times at the most.
pub(crate) async fn within<O>(
    clock: &impl Clock,
    timeout: Duration,
    mut step: BoxFuture<'_, Result<O, StoreError>>,
) -> Result<O, StoreError> {
    for _ in 0..4 {
        let due = clock.monotonic().saturating_add(timeout);
        match select(step, std::pin::pin!(clock.timeout(timeout))).await {
            Either::Left((result, _)) => return result,
            Either::Right((_, unfinished)) => step = unfinished,
        }
        if clock.monotonic().saturating_sub(due) < timeout / 5 {
            break;
        }
    }
    Err(StoreError::new("no answer in time"))
}

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
        Self { vault, entry, timeout: config.token_store_timeout, warned: AtomicBool::new(false) }
    }

    /// A step, for no longer than the store is given.
    pub(super) async fn step(
        &self,
        clock: &impl Clock,
        step: VaultStep<'_>,
    ) -> Result<Option<String>, StoreError> {
        within(clock, self.timeout, self.vault.run(&self.entry, step)).await
    }

    pub(super) async fn load(&self, clock: &impl Clock) -> Result<Option<AccessToken>, StoreError> {
        Ok(self.step(clock, VaultStep::Load).await?.as_deref().and_then(AccessToken::from_stored))
    }

    pub(super) async fn lock(&self, clock: &impl Clock) -> Result<bool, StoreError> {
        // Where a store has no locks, taking one is several steps of its own.
        let step = self.vault.run(&self.entry, VaultStep::Lock(LOCK));
        Ok(within(clock, self.timeout.saturating_mul(4), step).await?.is_some())
    }

    /// Whether this is the first trouble that is to be told.
    pub(super) fn warns(&self) -> bool {
        !self.warned.swap(true, Ordering::Relaxed)
    }
}
