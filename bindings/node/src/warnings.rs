//! Warnings, kept until the next answer takes them along: so they reach JavaScript before the call that caused them settles, without a wake-up of their own.

use std::sync::{Arc, Mutex, PoisonError};

use logto_management::core::{Event, Observer};

/// Shared between the client's observer and the calls that answer.
#[derive(Clone, Default)]
pub(crate) struct Warnings(Arc<Mutex<Vec<String>>>);

impl Warnings {
    /// Codes and messages in turn; `None` where there is nothing new.
    pub(crate) fn take(&self) -> Option<Vec<String>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.is_empty() { None } else { Some(std::mem::take(&mut kept)) }
    }
}

impl Observer for Warnings {
    fn event(&self, event: &Event<'_>) {
        if let Event::Warning { code, message } = event {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            kept.extend([(*code).to_owned(), (*message).to_owned()]);
        }
    }
}
