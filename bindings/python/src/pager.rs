//! A listing, page by page.

use std::sync::{Arc, Mutex};

use logto_management::{
    Error, Total,
    core::{self, PageCursor},
};
use pyo3::{exceptions::PyRuntimeError, prelude::*};

use crate::{
    bridge::Bridge,
    engine::run,
    live::{Live, Owned},
    outcome::{self, Outcome},
    runtime::{Driver, Home, lock},
    transport,
};

/// A listing under way.
#[pyclass(module = "logto_management._native", frozen)]
#[derive(Debug)]
pub(crate) struct Pager {
    owned: Mutex<Option<Owned<Listing>>>,
    told: Arc<Mutex<Told>>,
}

#[derive(Debug)]
struct Listing {
    live: Arc<Live>,
    pages: Arc<tokio::sync::Mutex<core::Pager<core::BoxTransport, core::BoxClock>>>,
    /// Several pages are asked for at once: their requests must go on between two pages.
    several: bool,
    driver: Option<Driver>,
}

/// What the pager last said of itself, for those who ask while a page is on its way.
#[derive(Clone, Copy, Debug)]
struct Told {
    cursor: Option<PageCursor>,
    total: Option<Total>,
}

impl Pager {
    pub(crate) fn new(
        live: Arc<Live>,
        pages: core::Pager<core::BoxTransport, core::BoxClock>,
        several: bool,
    ) -> Self {
        let told = Arc::new(Mutex::new(Told { cursor: pages.cursor(), total: None }));
        let pages = Arc::new(tokio::sync::Mutex::new(pages));
        let owned = Mutex::new(Some(Owned::new(Listing { live, pages, several, driver: None })));
        Self { owned, told }
    }
}

/// Somebody waits for a page. Who gives up aborts everything that the listing has out: the next call asks again.
struct Asking<'a> {
    pages: tokio::sync::MutexGuard<'a, core::Pager<core::BoxTransport, core::BoxClock>>,
    answered: bool,
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.pages.abort();
        }
    }
}

#[pymethods]
impl Pager {
    /// The next page, `None` at the end; with a bridge and a future, a ticket for it. After a failure, calling again goes on where it stopped.
    /// With `rows`, its items are [`Rows`](crate::rows::Rows) and no Python objects.
    #[pyo3(signature = (rows = false, bridge = None, future = None))]
    fn next(
        &self,
        py: Python<'_>,
        rows: bool,
        bridge: Option<Bound<'_, Bridge>>,
        future: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let (home, pages, several) = {
            let mut owned = lock(&self.owned);
            let Some(owned) = owned.as_mut() else {
                return Err(PyRuntimeError::new_err("this listing is closed"));
            };
            let Some(listing) = owned.get_mut() else {
                return Err(PyRuntimeError::new_err(
                    "this listing was begun in another process: begin it again here, from its cursor if need be",
                ));
            };
            if let Home::Callers(runtime) = listing.live.home
                && listing.several
                && listing.driver.is_none()
            {
                listing.driver = Some(Driver::start(runtime)?);
            }
            (listing.live.home, Arc::clone(&listing.pages), listing.several)
        };
        let told = Arc::clone(&self.told);
        let outcome = run(py, home, bridge.zip(future), async move {
            let mut asking = Asking { pages: pages.lock().await, answered: false };
            let next = asking.pages.next_page();
            let page: Result<_, Error> = if several { transport::ahead(next).await } else { next.await };
            asking.answered = true;
            *lock(&told) = Told { cursor: asking.pages.cursor(), total: asking.pages.total() };
            page.map_or_else(Outcome::Failed, if rows { Outcome::Rows } else { Outcome::Page })
        });
        if lock(&self.told).cursor.is_none() {
            self.rest();
        }
        outcome
    }

    /// Where the listing goes on behind the last page given out; `None` at its end.
    fn cursor(&self) -> Option<String> {
        lock(&self.told).cursor.map(|cursor| cursor.to_string())
    }

    /// How many items the listing has as of the last page, and whether that is exact.
    fn total(&self) -> (Option<u64>, Option<bool>) {
        outcome::total(lock(&self.told).total)
    }

    /// Ends the listing, and aborts what is under way.
    fn close(&self) {
        drop(lock(&self.owned).take());
    }
}

impl Pager {
    /// Nothing is under way any more: no thread needs to drive it.
    fn rest(&self) {
        if let Some(listing) = lock(&self.owned).as_mut().and_then(Owned::get_mut) {
            listing.driver = None;
        }
    }
}
