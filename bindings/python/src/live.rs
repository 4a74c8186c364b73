//! What of a client belongs to one process: its connections, its token, its share of the rate limit.

use std::{
    mem,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
};

use logto_management::{
    Client, Config, Error, Event, Network, RedisLimit, RedisStore, Sealed,
    core::{BoxClock, BoxTransport, Clock, Observer, RateLimiter},
};
use logto_management_local::{LocalClock, OnTokio};
use pyo3::{Py, PyAny, PyResult};

use crate::{
    clock::TestingClock,
    runtime::{self, Home, lock},
    store::Source,
    transport::Transport,
};

/// How a client is made: in the process that opened it, and again in each forked child that uses it.
#[derive(Clone, Debug)]
pub(crate) struct Recipe {
    pub(crate) config: Config,
    pub(crate) network: Network,
    pub(crate) clock: Option<TestingClock>,
    pub(crate) asynchronous: bool,
    pub(crate) attention: Arc<Attention>,
    pub(crate) store: Option<Source>,
    /// What sends requests instead of connections of ours.
    pub(crate) transport: Option<Arc<Py<PyAny>>>,
}

/// A client in one process.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) client: Client,
    pub(crate) home: Home,
    pub(crate) notices: Arc<Notices>,
}

impl Recipe {
    /// The client for this process.
    pub(crate) fn make(&self) -> PyResult<Result<Live, Error>> {
        let pid = std::process::id();
        let home =
            if self.asynchronous { Home::EventLoops(runtime::event_loops()?) } else { runtime::callers()? };
        let notices = Arc::new(Notices::default());
        let config = self.config.clone();
        // Clients of one tenant share its limit, if they share the time as well; never across a fork, where the lock of the other process could stand locked for good.
        let limiter = match (&self.clock, config.rate_limit()) {
            (None, Some(limit)) => Some(RateLimiter::shared(&format!("{}#{pid}", config.base_url()), limit)),
            _ => None,
        };
        let runtime = home.runtime();
        let time = LocalClock::new(runtime.clone());
        let clock = match &self.clock {
            Some(clock) => BoxClock::new(clock.0.beside(time)),
            None => BoxClock::new(time),
        };
        let (network, callable) = (self.network.clone(), self.transport.clone());
        let transport = BoxTransport::new(Transport::new(runtime, config.clone(), network, callable));
        let noting = Noting {
            notices: Arc::clone(&notices),
            attention: Arc::clone(&self.attention),
            clock: clock.clone(),
        };
        let mut builder = Client::builder(config, transport, clock).observer(noting);
        if let Some(limiter) = limiter {
            builder = builder.limiter(limiter);
        }
        match &self.store {
            None => {}
            Some(Source::Python(store)) => builder = builder.token_vault(Sealed::shared(store.clone())),
            Some(Source::Redis(url)) => {
                let redis = match RedisStore::new(url) {
                    Ok(redis) => redis,
                    Err(error) => return Ok(Err(error)),
                };
                let tokio = runtime::of_redis()?;
                builder = builder.token_vault(Sealed::shared(OnTokio::new(tokio.clone(), redis.clone())));
                if let Some(limit) = self.config.rate_limit() {
                    let limit = RedisLimit::new(redis, self.config.base_url(), limit);
                    builder = builder.shared_limit(Arc::new(OnTokio::new(tokio.clone(), limit)));
                }
            }
        }
        Ok(builder.build().map(|client| Live { client, home, notices }))
    }
}

/// A value that only the process that made it may drop: in a forked child, dropping a connection would take it out of the parent's epoll instance.
#[derive(Debug)]
pub(crate) struct Owned<T>(Option<T>, u32);

impl<T> Owned<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Some(value), std::process::id())
    }

    /// What can be seen of it in any process. To ask for the process is a system call.
    pub(crate) const fn look(&self) -> Option<&T> {
        self.0.as_ref()
    }

    /// The value, in its own process.
    pub(crate) fn get(&self) -> Option<&T> {
        self.0.as_ref().filter(|_| self.1 == std::process::id())
    }

    /// The value, in its own process.
    pub(crate) fn get_mut(&mut self) -> Option<&mut T> {
        self.0.as_mut().filter(|_| self.1 == std::process::id())
    }
}

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        if self.1 != std::process::id() {
            mem::forget(self.0.take());
        }
    }
}

/// How much of what the core tells is kept for Python.
#[derive(Debug, Default)]
pub(crate) struct Attention(AtomicU8);

impl Attention {
    /// Warnings only.
    const WARNINGS: u8 = 0;
    /// Retries too.
    const RETRIES: u8 = 1;

    /// From now on warnings only (0), retries too (1), or everything.
    pub(crate) fn set(&self, level: u8) {
        self.0.store(level, Ordering::Relaxed);
    }

    fn wants(&self, event: &Event<'_>) -> bool {
        match event {
            Event::Warning { .. } => true,
            Event::Retry { .. } => self.0.load(Ordering::Relaxed) > Self::WARNINGS,
            _ => self.0.load(Ordering::Relaxed) > Self::RETRIES,
        }
    }
}

/// What the core tells, as its `Event::to_json()`, until Python asks for it: it comes up on threads that must not wait for the GIL.
#[derive(Debug, Default)]
pub(crate) struct Notices {
    any: AtomicBool,
    events: Mutex<Vec<String>>,
}

impl Notices {
    /// Whether something was told since the last call.
    pub(crate) fn any(&self) -> bool {
        self.any.load(Ordering::Acquire)
    }

    /// What was told since the last call; `None` where there is nothing.
    pub(crate) fn take(&self) -> Option<Vec<String>> {
        self.any.swap(false, Ordering::AcqRel).then(|| mem::take(&mut *lock(&self.events)))
    }
}

/// Writes down what is wanted.
struct Noting {
    notices: Arc<Notices>,
    attention: Arc<Attention>,
    clock: BoxClock,
}

impl Observer for Noting {
    fn event(&self, event: &Event<'_>) {
        if self.attention.wants(event) {
            let event = event.to_json(self.clock.now());
            lock(&self.notices.events).push(event);
            self.notices.any.store(true, Ordering::Release);
        }
    }
}
