//! A JavaScript function as the source of tokens.
//!
//! JavaScript is asked with a ticket and answers with the ticket: so what the function threw stays in JavaScript, where the failed call takes it up again by the ticket, as it was thrown.

use std::{
    cell::Cell,
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use logto_management::{AccessToken, Error, TokenSource, UnixMillis};
use napi::{
    Status,
    threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode},
};
use tokio::sync::oneshot;

/// Calls `ask(ticket)` on JavaScript's thread. Weak: a function that waits to be called must not keep the process alive.
pub(crate) type Ask = ThreadsafeFunction<u32, (), u32, Status, false, true>;

tokio::task_local! {
    /// The ticket with which JavaScript failed to give the token of the call that this task runs.
    static FAILED: Cell<Option<u32>>;
}

/// Runs a call, and tells with which ticket JavaScript failed it, if it did.
pub(crate) async fn watched<F: Future>(call: F) -> (F::Output, Option<u32>) {
    FAILED
        .scope(Cell::new(None), async move {
            let output = call.await;
            (output, FAILED.with(Cell::take))
        })
        .await
}

/// Asks JavaScript for each request's token.
#[derive(Clone)]
pub(crate) struct Tokens(Arc<Inside>);

struct Inside {
    ask: Ask,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    next: u32,
    by_ticket: HashMap<u32, oneshot::Sender<Option<String>>>,
}

impl Tokens {
    pub(crate) fn new(ask: Ask) -> Self {
        Self(Arc::new(Inside { ask, waiting: Mutex::default() }))
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// JavaScript answers; `None` where its function threw.
    pub(crate) fn settle(&self, ticket: u32, token: Option<String>) {
        if let Some(caller) = self.waiting().by_ticket.remove(&ticket) {
            // A caller that is gone was cancelled.
            let _ = caller.send(token);
        }
    }
}

/// Forgets a ticket whose caller is gone.
struct Asked<'a> {
    tokens: &'a Tokens,
    ticket: u32,
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        self.tokens.waiting().by_ticket.remove(&self.ticket);
    }
}

impl TokenSource for Tokens {
    async fn token(&self) -> Result<Arc<AccessToken>, Error> {
        let (caller, answer) = oneshot::channel();
        let ticket = {
            let mut waiting = self.waiting();
            waiting.next = waiting.next.wrapping_add(1);
            let ticket = waiting.next;
            waiting.by_ticket.insert(ticket, caller);
            ticket
        };
        let asked = Asked { tokens: self, ticket };
        if self.0.ask.call(ticket, ThreadsafeFunctionCallMode::NonBlocking) != Status::Ok {
            return Err(Error::token_unavailable("The thread that gives the tokens has ended"));
        }
        match answer.await {
            // How long it lives and what it grants is the giver's to know. It is said to grant all, so that no hint says otherwise.
            Ok(Some(value)) => {
                AccessToken::new(value, UnixMillis(u64::MAX), Some("all".to_owned())).map(Arc::new)
            }
            _ => {
                let _ = FAILED.try_with(|failed| failed.set(Some(asked.ticket)));
                Err(Error::token_unavailable("getToken failed"))
            }
        }
    }

    fn invalidate(&self, _rejected: &AccessToken) {
        // Nothing is kept here: the replay asks again.
    }
}
