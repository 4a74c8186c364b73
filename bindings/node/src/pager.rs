//! A listing under way.

use std::sync::{Arc, Mutex};

use futures_util::future::{AbortHandle, Abortable};
use logto_management::{
    Error,
    core::{BoxClock, BoxTransport, Pager as CorePager},
};
use napi::{Env, Result};
use napi_derive::napi;
use tokio::sync::Mutex as AsyncMutex;

use crate::{
    flags,
    outcome::Outcome,
    port::{Queue, lock},
    tokens,
    warnings::Warnings,
};

type Listing = CorePager<BoxTransport, BoxClock>;

/// Pages, one after the other.
#[napi]
pub struct Pager {
    /// `None` once it was disposed of. An error where the listing was set up wrongly: every page says so.
    listing: std::result::Result<Arc<AsyncMutex<Option<Listing>>>, Error>,
    /// Cancels the page that is being fetched.
    under_way: Mutex<Option<AbortHandle>>,
    port: Arc<Queue>,
    warnings: Warnings,
}

impl Pager {
    pub(crate) fn new(
        listing: std::result::Result<Listing, Error>,
        port: Arc<Queue>,
        warnings: Warnings,
    ) -> Self {
        let listing = listing.map(|listing| Arc::new(AsyncMutex::new(Some(listing))));
        Self { listing, under_way: Mutex::default(), port, warnings }
    }
}

#[napi]
impl Pager {
    /// Fetches the next page; it comes through the port under `ticket`: nothing at the end, or if it was cancelled. The flags are those of [`flags`].
    #[napi]
    pub fn next(&self, env: &Env, ticket: u32, flags: u32) -> Result<()> {
        let (listing, warnings) = (self.listing.clone(), self.warnings.clone());
        let aborted = listing.clone();
        let mut ticket = self.port.begin(env, ticket)?;
        let (handle, registration) = ticket.abortable(flags & flags::ABORTABLE != 0);
        *lock(&self.under_way) = Some(handle);
        let page = async move {
            let listing = listing?;
            let mut listing = listing.lock().await;
            match listing.as_mut() {
                Some(listing) => listing.next_page().await,
                None => Ok(None),
            }
        };
        self.port.run(async move {
            let (page, asked) = tokens::watched(Abortable::new(page, registration)).await;
            let outcome = match page {
                Ok(Ok(Some(page))) => Outcome::page(&page),
                Ok(Err(error)) => Outcome::failed(&error, asked),
                Ok(Ok(None)) => Outcome::Nothing,
                Err(_) => {
                    // The pager holds what is out, for whoever asks next: that must end too.
                    if let Ok(listing) = aborted {
                        listing.lock().await.iter_mut().for_each(Listing::abort);
                    }
                    Outcome::Nothing
                }
            };
            ticket.answer(warnings.take(), outcome);
        });
        Ok(())
    }

    /// Where the listing goes on, as of the last page given out. Nothing while a page is being fetched.
    #[napi]
    pub fn cursor(&self) -> Option<String> {
        let listing = self.listing.as_ref().ok()?.try_lock().ok()?;
        listing.as_ref()?.cursor().map(|cursor| cursor.to_string())
    }

    /// Aborts what is under way and lets go of the pages held.
    #[napi]
    pub fn dispose(&self) {
        if let Some(handle) = lock(&self.under_way).take() {
            handle.abort();
        }
        if let Ok(listing) = &self.listing {
            let listing = Arc::clone(listing);
            self.port.run(async move { *listing.lock().await = None });
        }
    }
}
