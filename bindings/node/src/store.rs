//! A JavaScript object as the token store: it is asked with a ticket, and answers with the ticket. What it keeps is sealed before it gets there.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use logto_management::{StoreError, TokenStore};
use napi::{
    Status,
    bindgen_prelude::FnArgs,
    threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode},
};
use tokio::sync::oneshot;

/// Ticket, step, key, value, time to live in milliseconds.
type Question = FnArgs<(u32, &'static str, String, String, f64)>;

/// Asks on JavaScript's thread. Weak, as `tokens::Ask` is.
pub(crate) type AskStore = ThreadsafeFunction<Question, (), Question, Status, false, true>;

type Given = Result<Option<String>, String>;

#[derive(Clone)]
pub(crate) struct Store(Arc<Inside>);

struct Inside {
    ask: AskStore,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    next: u32,
    by_ticket: HashMap<u32, oneshot::Sender<Given>>,
}

/// Forgets a ticket whose caller is gone.
struct Asked<'a> {
    store: &'a Store,
    ticket: u32,
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        self.store.waiting().by_ticket.remove(&self.ticket);
    }
}

impl Store {
    pub(crate) fn new(ask: AskStore) -> Self {
        Self(Arc::new(Inside { ask, waiting: Mutex::default() }))
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// JavaScript answers.
    pub(crate) fn settle(&self, ticket: u32, given: Given) {
        if let Some(caller) = self.waiting().by_ticket.remove(&ticket) {
            // A caller that is gone has lost patience.
            let _ = caller.send(given);
        }
    }

    async fn step(
        &self,
        step: &'static str,
        key: &str,
        value: &str,
        ttl: Duration,
    ) -> Result<Option<String>, StoreError> {
        let (caller, answer) = oneshot::channel();
        let ticket = {
            let mut waiting = self.waiting();
            waiting.next = waiting.next.wrapping_add(1);
            let ticket = waiting.next;
            waiting.by_ticket.insert(ticket, caller);
            ticket
        };
        let _asked = Asked { store: self, ticket };
        let ttl = ttl.as_secs_f64() * 1000.0;
        let question = FnArgs::from((ticket, step, key.to_owned(), value.to_owned(), ttl));
        if self.0.ask.call(question, ThreadsafeFunctionCallMode::NonBlocking) != Status::Ok {
            return Err(StoreError::new("the thread that has the store has ended"));
        }
        match answer.await {
            Ok(given) => given.map_err(StoreError::new),
            Err(_) => Err(StoreError::new("it gave no answer")),
        }
    }
}

impl TokenStore for Store {
    async fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.step("get", key, "", Duration::ZERO).await
    }

    async fn put(&self, key: &str, value: &str, ttl: Duration) -> Result<(), StoreError> {
        self.step("put", key, value, ttl).await.map(drop)
    }

    async fn lock(&self, key: &str, ttl: Duration) -> Result<bool, StoreError> {
        Ok(self.step("lock", key, "", ttl).await?.is_some())
    }

    async fn unlock(&self, key: &str) -> Result<(), StoreError> {
        self.step("unlock", key, "", Duration::ZERO).await.map(drop)
    }
}
