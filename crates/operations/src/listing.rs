//! Pages with their items decoded.

use std::{fmt, marker::PhantomData, ops::Deref};

use logto_management_core::{Clock, Error, HttpTransport, Page, PageCursor, Pager, Total};
use serde::de::DeserializeOwned;

/// The pages of a listing: a [`Pager`] that knows what its items are.
pub struct Pages<I, T, C> {
    pager: Pager<T, C>,
    item: PhantomData<fn() -> I>,
}

impl<I: DeserializeOwned, T: HttpTransport, C: Clock> Pages<I, T, C> {
    pub(crate) const fn new(pager: Pager<T, C>) -> Self {
        Self { pager, item: PhantomData }
    }

    /// The next page; `None` at the end. An empty listing gives one empty page.
    ///
    /// # Errors
    /// Those of the request, after which calling again goes on where it stopped; Decode for an item of another shape, after which the page is lost.
    pub async fn next_page(&mut self) -> Result<Option<PageOf<I>>, Error> {
        match self.pager.next_page().await? {
            Some(page) => Ok(Some(PageOf { items: page.items()?, page })),
            None => Ok(None),
        }
    }

    /// Where the listing goes on: behind the last page given out. `None` at its end.
    #[must_use]
    pub fn cursor(&self) -> Option<PageCursor> {
        self.pager.cursor()
    }

    /// How many items the listing has, as of the last page. `None` before the first.
    #[must_use]
    pub const fn total(&self) -> Option<Total> {
        self.pager.total()
    }

    /// The pager without the type: for pages whose items are to be read in another way.
    #[must_use]
    pub fn into_pager(self) -> Pager<T, C> {
        self.pager
    }
}

impl<I, T, C> fmt::Debug for Pages<I, T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pages").field(&self.pager).finish()
    }
}

/// One page. Its number, size, total, cursor and request id are [`Page`]'s.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PageOf<I> {
    /// What is on it.
    pub items: Vec<I>,
    page: Page,
}

impl<I> Deref for PageOf<I> {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.page
    }
}

impl<I> IntoIterator for PageOf<I> {
    type Item = I;
    type IntoIter = std::vec::IntoIter<I>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}
