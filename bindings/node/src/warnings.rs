//! What the core tells, kept until the next answer takes it along: so warnings reach JavaScript before the call that caused them settles, and neither they nor events need a wake-up of their own.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use logto_management::{
    TokioClock,
    core::{Clock, Event, Observer},
};

use crate::{outcome::Outcome, port::lock};

/// Shared between the client's observer and the calls that answer.
#[derive(Clone, Default)]
pub(crate) struct Warnings(Arc<Told>);

#[derive(Default)]
struct Told {
    /// Codes and messages.
    warnings: Mutex<Vec<(String, String)>>,
    /// Whether anybody wants events: where nobody does they cost this look.
    listening: AtomicBool,
    events: Mutex<Vec<String>>,
}

impl Warnings {
    pub(crate) fn push(&self, code: &str, message: &str) {
        lock(&self.0.warnings).push((code.to_owned(), message.to_owned()));
    }

    /// What is new: events in their order, and warnings.
    pub(crate) fn take(&self) -> Vec<Outcome> {
        let mut told = Vec::new();
        if self.0.listening.load(Ordering::Relaxed) {
            told.extend(take(&self.0.events).into_iter().map(Outcome::Event));
        }
        told.extend(
            take(&self.0.warnings).into_iter().map(|(code, message)| Outcome::Warning(code, message)),
        );
        told
    }

    /// Whether events are kept from now on.
    pub(crate) fn listen(&self, on: bool) {
        self.0.listening.store(on, Ordering::Relaxed);
        if !on {
            take(&self.0.events);
        }
    }
}

fn take<T>(kept: &Mutex<Vec<T>>) -> Vec<T> {
    std::mem::take(&mut *lock(kept))
}

impl Observer for Warnings {
    fn event(&self, event: &Event<'_>) {
        if let Event::Warning { code, message } = event {
            self.push(code, message);
        } else if self.0.listening.load(Ordering::Relaxed) {
            let event = event.to_json(TokioClock.now());
            lock(&self.0.events).push(event);
        }
    }
}
