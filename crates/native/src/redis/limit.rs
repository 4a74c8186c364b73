//! The token bucket in Redis: one atomic script, on Redis' clock.

use std::{fmt, sync::Arc, time::Duration};

use ::redis::Script;
use logto_management_core::{
    BoxFuture, RateLimit, SharedLimit, StoreError,
    shared_limit::{LimitStep, Measures, SharedTurn},
};
use ring::digest::{SHA256, digest};

use super::{RedisStore, trouble};
use crate::seal::hex;

/// A [`SharedLimit`] in Redis or Valkey, for all clients with the same base url and limit.
#[derive(Clone)]
pub struct RedisLimit(Arc<Inside>);

struct Inside {
    store: RedisStore,
    key: String,
    script: Script,
}

impl fmt::Debug for RedisLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisLimit").field("key", &self.0.key).finish_non_exhaustive()
    }
}

impl RedisLimit {
    /// The bucket of a tenant, named by its base url. Does no I/O.
    #[must_use]
    pub fn new(store: RedisStore, base_url: &str, limit: RateLimit) -> Self {
        let RateLimit { requests, per, burst } = limit;
        let name = digest(&SHA256, format!("{base_url}\n{requests}/{}\n{burst}", per.as_micros()).as_bytes());
        let name = hex(name.as_ref().get(..16).unwrap_or_default());
        let script = Script::new(include_str!("bucket.lua"));
        Self(Arc::new(Inside { store, key: format!("logto-management:limit:1:{name}"), script }))
    }

    async fn step(self, measures: Measures, step: LimitStep) -> Result<SharedTurn, StoreError> {
        let (name, given, held) = match step {
            LimitStep::Take { patience, held } => ("take", micros(patience), held),
            LimitStep::Charge => ("charge", -1, None),
            LimitStep::GiveBack(epoch) => ("back", -1, Some(epoch)),
            LimitStep::Drain(shut) => ("drain", micros(shut), None),
        };
        let mut connection = self.0.store.connection().map_err(trouble)?;
        let (wait, epoch): (u64, i64) = self
            .0
            .script
            .key(&self.0.key)
            .arg(name)
            .arg(micros(measures.interval))
            .arg(micros(measures.tolerance))
            .arg(given)
            .arg(held.and_then(|epoch| i64::try_from(epoch).ok()).unwrap_or(-1))
            .invoke_async(&mut connection)
            .await
            .map_err(trouble)?;
        Ok(SharedTurn { wait: Duration::from_micros(wait), epoch: u64::try_from(epoch).ok() })
    }
}

/// The script counts in doubles, which are exact for as long as this.
fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX).min(1 << 50)
}

impl SharedLimit for RedisLimit {
    fn run(&self, measures: Measures, step: LimitStep) -> BoxFuture<'_, Result<SharedTurn, StoreError>> {
        Box::pin(self.clone().step(measures, step))
    }

    fn tell(&self, measures: Measures, step: LimitStep) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let limit = self.clone();
            runtime.spawn(async move { limit.step(measures, step).await.ok() });
        }
    }
}
