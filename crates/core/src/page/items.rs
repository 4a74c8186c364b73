//! A listing as a sequence of decoded items.

use std::{fmt, marker::PhantomData};

use serde::de::DeserializeOwned;

use super::{Page, PageCursor, Pager, Total};
use crate::{clock::Clock, error::Error, transport::HttpTransport};

/// The items of a listing, one after the other.
///
/// ```no_run
/// # async fn all<T: logto_management_core::HttpTransport, C: logto_management_core::Clock>(
/// #     client: logto_management_core::Client<T, C>) -> Result<(), logto_management_core::Error> {
/// let mut users = client.list("/api/users").concurrency(4).items::<serde_json::Value>();
/// while let Some(user) = users.try_next().await? {
///     println!("{}", user["id"]);
/// }
/// # Ok(()) }
/// ```
pub struct Items<I, T, C> {
    pager: Pager<T, C>,
    page: Option<Page>,
    at: usize,
    /// Where the page that is being given out begins: a listing resumed from here skips nothing.
    cursor: Option<PageCursor>,
    item: PhantomData<fn() -> I>,
}

impl<I: DeserializeOwned, T: HttpTransport, C: Clock> Items<I, T, C> {
    pub(crate) const fn new(pager: Pager<T, C>) -> Self {
        Self { pager, page: None, at: 0, cursor: None, item: PhantomData }
    }

    /// The next item; `None` at the end.
    ///
    /// # Errors
    /// Those of the request, after which calling again goes on where it stopped; and Decode for an item of another shape, after which calling again gives the one behind it.
    pub async fn try_next(&mut self) -> Result<Option<I>, Error> {
        loop {
            if let Some(item) = self.page.as_ref().and_then(|page| page.item(self.at)) {
                self.at += 1;
                return item.map(Some);
            }
            self.page = None;
            self.cursor = self.pager.cursor();
            let Some(page) = self.pager.next_page().await? else { return Ok(None) };
            self.page = Some(page);
            self.at = 0;
        }
    }

    /// All that are left, in memory.
    ///
    /// # Errors
    /// As [`try_next`](Self::try_next); what came before the error is lost, so list large things one by one.
    pub async fn collect(mut self) -> Result<Vec<I>, Error> {
        let mut items = Vec::new();
        while let Some(item) = self.try_next().await? {
            items.push(item);
        }
        Ok(items)
    }

    /// Where to take the listing up in another process: at the beginning of the page of the last item given out, so that nothing is skipped. `None` at the end.
    #[must_use]
    pub fn cursor(&self) -> Option<PageCursor> {
        if self.page.is_some() { self.cursor } else { self.pager.cursor() }
    }

    /// How many items the listing has, as of the last page. `None` before the first.
    #[must_use]
    pub const fn total(&self) -> Option<Total> {
        self.pager.total()
    }
}

impl<I, T, C> fmt::Debug for Items<I, T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("pager", &self.pager).field("at", &self.at).finish_non_exhaustive()
    }
}
