//! Tokens and the rate limit shared through Redis or Valkey (feature `redis`).
//!
//! ```no_run
//! # async fn run() -> Result<(), logto_management::Error> {
//! let api = logto_management::ManagementApi::cloud("a1b2c3")
//!     .credentials("id", "secret")
//!     .redis("redis://127.0.0.1:6379")?
//!     .build()?;
//! # Ok(()) }
//! ```
//!
//! Processes with the same credentials ask for one token between them, and those with the same base url and limit keep to one limit. The connection is made by the first request that needs it, is shared by
//! all of them, and comes back by itself. Redis may be away: see [`token_store`](logto_management_core::TokenStore) and [`shared_limit`](logto_management_core::shared_limit) for what is done then.

mod limit;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use ::redis::{
    Client, Cmd, FromRedisValue, RedisError, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig},
    cmd,
};
use logto_management_core::{Error, StoreError, TokenStore};

pub use limit::RedisLimit;

/// A [`TokenStore`] in Redis or Valkey. Cloning it is cheap, and clones share the connection.
#[derive(Clone)]
pub struct RedisStore(Arc<Inside>);

struct Inside {
    client: Client,
    manager: Mutex<Option<ConnectionManager>>,
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the address: it may hold a password.
        f.write_str("RedisStore")
    }
}

impl RedisStore {
    /// The server at an address: `redis://[user:password@]host[:port][/db]`, `rediss://` with TLS, `redis+unix:///path`. Does no I/O.
    ///
    /// # Errors
    /// Config, where the address is none of these.
    pub fn new(url: &str) -> Result<Self, Error> {
        let client = Client::open(url).map_err(|_| {
            Error::invalid_config(
                "The token store's address is no redis://[user:password@]host[:port][/db], rediss://… or redis+unix:///path",
            )
        })?;
        Ok(Self(Arc::new(Inside { client, manager: Mutex::new(None) })))
    }

    /// Made within the first request: it needs the runtime that requests run on.
    fn connection(&self) -> RedisResult<ConnectionManager> {
        let mut manager = self.0.manager.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(manager) = &*manager {
            return Ok(manager.clone());
        }
        // The core has the patience and the retries.
        let config = ConnectionManagerConfig::new().set_number_of_retries(0).set_response_timeout(None);
        let made = ConnectionManager::new_lazy_with_config(self.0.client.clone(), config)?;
        *manager = Some(made.clone());
        Ok(made)
    }

    async fn query<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, StoreError> {
        let mut connection = self.connection().map_err(trouble)?;
        command.query_async(&mut connection).await.map_err(trouble)
    }
}

/// What Redis or the way to it said. It says no address and no password.
fn trouble(error: RedisError) -> StoreError {
    StoreError::new(error.to_string())
}

/// At least a millisecond: Redis takes no 0.
fn millis(ttl: Duration) -> u64 {
    u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).clamp(1, 1 << 50)
}

impl TokenStore for RedisStore {
    async fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        // Bytes that are no text are none of ours.
        let stored: Option<Vec<u8>> = self.query(cmd("GET").arg(key)).await?;
        Ok(stored.and_then(|bytes| String::from_utf8(bytes).ok()))
    }

    async fn put(&self, key: &str, value: &str, ttl: Duration) -> Result<(), StoreError> {
        self.query(cmd("SET").arg(key).arg(value).arg("PX").arg(millis(ttl))).await
    }

    async fn lock(&self, key: &str, ttl: Duration) -> Result<bool, StoreError> {
        let taken: Option<String> =
            self.query(cmd("SET").arg(key).arg(1).arg("NX").arg("PX").arg(millis(ttl))).await?;
        Ok(taken.is_some())
    }

    async fn unlock(&self, key: &str) -> Result<(), StoreError> {
        // One that ran out and is another's by now may go too: that costs a token request, and no more.
        self.query(cmd("DEL").arg(key)).await
    }
}
