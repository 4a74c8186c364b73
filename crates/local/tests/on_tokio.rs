//! What needs a tokio runtime finds one, wherever it is polled.
#![allow(clippy::expect_used, reason = "tests")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use logto_management::{
    StoreError, TokenStore,
    core::{
        BoxFuture, SharedLimit,
        shared_limit::{LimitStep, Measures, SharedTurn},
    },
};
use logto_management_local::{OnTokio, Runtime};

/// Has a task of tokio's count each step.
#[derive(Clone, Default)]
struct Counting(Arc<AtomicUsize>);

impl Counting {
    fn count(&self) -> tokio::task::JoinHandle<()> {
        let count = Arc::clone(&self.0);
        tokio::spawn(async move {
            count.fetch_add(1, Ordering::SeqCst);
        })
    }

    async fn counted<T>(&self, given: T) -> Result<T, StoreError> {
        self.count().await.map(|()| given).map_err(|error| StoreError::new(error.to_string()))
    }
}

impl TokenStore for Counting {
    async fn get(&self, _: &str) -> Result<Option<String>, StoreError> {
        self.counted(None).await
    }

    async fn put(&self, _: &str, _: &str, _: Duration) -> Result<(), StoreError> {
        self.counted(()).await
    }

    async fn lock(&self, _: &str, _: Duration) -> Result<bool, StoreError> {
        self.counted(false).await
    }

    async fn unlock(&self, _: &str) -> Result<(), StoreError> {
        self.counted(()).await
    }
}

impl SharedLimit for Counting {
    fn run(&self, _: Measures, _: LimitStep) -> BoxFuture<'_, Result<SharedTurn, StoreError>> {
        Box::pin(self.counted(SharedTurn { wait: Duration::ZERO, epoch: Some(7) }))
    }

    fn tell(&self, _: Measures, _: LimitStep) {
        drop(self.count());
    }
}

#[test]
fn every_step_is_within_tokio() {
    let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().expect("a runtime");
    let counting = Counting::default();
    let placed = OnTokio::new(tokio.handle().clone(), counting.clone());
    let measures = Measures { interval: Duration::from_secs(1), tolerance: Duration::ZERO };
    let locked = Runtime::new().expect("a runtime").block_on(async {
        placed.get("key").await?;
        placed.put("key", "value", Duration::from_secs(1)).await?;
        placed.unlock("key").await?;
        assert_eq!(placed.run(measures, LimitStep::Charge).await?.epoch, Some(7));
        placed.lock("key", Duration::from_secs(1)).await
    });
    assert_eq!(locked.ok(), Some(false), "asked, and not answered by the trait");
    placed.tell(measures, LimitStep::Charge);
    // Tasks begin in their order, and there is one thread.
    tokio.block_on(async { tokio::spawn(async {}).await }).expect("no panic");
    assert_eq!(counting.0.load(Ordering::SeqCst), 6);
}
