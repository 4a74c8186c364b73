//! What the core tells, kept until the next answer takes it along: so warnings reach JavaScript before the call that caused them settles, and neither they nor events need a wake-up of their own.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use logto_management::{
    TokioClock,
    core::{Clock, Event, Observer},
};

/// Shared between the client's observer and the calls that answer.
#[derive(Clone, Default)]
pub(crate) struct Warnings(Arc<Told>);

#[derive(Default)]
struct Told {
    warnings: Mutex<Vec<String>>,
    /// Whether anybody wants events: where nobody does they cost this look.
    listening: AtomicBool,
    events: Mutex<Vec<String>>,
}

impl Warnings {
    /// Codes and messages in turn; `None` where there is nothing new.
    pub(crate) fn take(&self) -> Option<Vec<String>> {
        take(&self.0.warnings)
    }

    /// Events as JSON, in order; `None` where there is nothing new.
    pub(crate) fn take_events(&self) -> Option<Vec<String>> {
        if self.0.listening.load(Ordering::Relaxed) { take(&self.0.events) } else { None }
    }

    /// Whether events are kept from now on.
    pub(crate) fn listen(&self, on: bool) {
        self.0.listening.store(on, Ordering::Relaxed);
        if !on {
            take(&self.0.events);
        }
    }
}

fn take(kept: &Mutex<Vec<String>>) -> Option<Vec<String>> {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.is_empty() { None } else { Some(std::mem::take(&mut kept)) }
}

impl Observer for Warnings {
    fn event(&self, event: &Event<'_>) {
        if let Event::Warning { code, message } = event {
            let mut kept = self.0.warnings.lock().unwrap_or_else(PoisonError::into_inner);
            kept.extend([(*code).to_owned(), (*message).to_owned()]);
        } else if self.0.listening.load(Ordering::Relaxed) {
            let event = event.to_json(TokioClock.now());
            self.0.events.lock().unwrap_or_else(PoisonError::into_inner).push(event);
        }
    }
}
