//! A listing under way.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::{AbortHandle, Abortable};
use logto_management::{
    Error,
    core::{BoxClock, BoxTransport, Pager as CorePager},
};
use napi::{Env, Result, bindgen_prelude::Object};
use napi_derive::napi;
use tokio::sync::Mutex as AsyncMutex;

use crate::{answer::Answer, cancel, cancel::Cancellation, runtime, tokens, warnings::Warnings};

type Listing = CorePager<BoxTransport, BoxClock>;

/// Pages, one after the other.
#[napi]
pub struct Pager {
    /// `None` once it was disposed of. An error where the listing was set up wrongly: every page says so.
    listing: std::result::Result<Arc<AsyncMutex<Option<Listing>>>, Error>,
    /// Cancels the page that is being fetched.
    under_way: Mutex<Option<AbortHandle>>,
    warnings: Warnings,
}

impl Pager {
    pub(crate) fn new(listing: std::result::Result<Listing, Error>, warnings: Warnings) -> Self {
        let listing = listing.map(|listing| Arc::new(AsyncMutex::new(Some(listing))));
        Self { listing, under_way: Mutex::default(), warnings }
    }
}

#[napi]
impl Pager {
    /// The promise of an `Answer` with the next page; with nothing at the end, or if it was cancelled.
    #[napi]
    pub fn next<'env>(
        &self,
        env: &'env Env,
        cancellation: Option<&mut Cancellation>,
    ) -> Result<Object<'env>> {
        let (listing, warnings) = (self.listing.clone(), self.warnings.clone());
        let aborted = listing.clone();
        let (handle, registration) = cancel::pair(cancellation);
        *self.under_way.lock().unwrap_or_else(PoisonError::into_inner) = Some(handle);
        let page = async move {
            let listing = listing?;
            let mut listing = listing.lock().await;
            match listing.as_mut() {
                Some(listing) => listing.next_page().await,
                None => Ok(None),
            }
        };
        runtime::promise(env, async move {
            let (page, failed_ticket) = tokens::watched(Abortable::new(page, registration)).await;
            let answer = match page {
                Ok(Ok(Some(page))) => Answer { page: Some(page.into()), ..Answer::default() },
                Ok(Err(error)) => Answer { failed_ticket, ..error.into() },
                Ok(Ok(None)) => Answer::default(),
                Err(_) => {
                    // The pager holds what is out, for whoever asks next: that must end too.
                    if let Ok(listing) = aborted {
                        listing.lock().await.iter_mut().for_each(Listing::abort);
                    }
                    Answer::default()
                }
            };
            Answer { warnings: warnings.take(), events: warnings.take_events(), ..answer }
        })
    }

    /// Where the listing goes on, as of the last page given out. Nothing while a page is being fetched.
    #[napi]
    pub fn cursor(&self) -> Option<String> {
        let listing = self.listing.as_ref().ok()?.try_lock().ok()?;
        listing.as_ref()?.cursor().map(|cursor| cursor.to_string())
    }

    /// Aborts what is under way and lets go of the pages held.
    #[napi]
    pub fn dispose(&self) -> Result<()> {
        if let Some(handle) = self.under_way.lock().unwrap_or_else(PoisonError::into_inner).take() {
            handle.abort();
        }
        if let Ok(listing) = &self.listing {
            let listing = Arc::clone(listing);
            runtime::spawn(async move { *listing.lock().await = None })?;
        }
        Ok(())
    }
}
