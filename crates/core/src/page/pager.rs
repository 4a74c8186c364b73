//! Asks for pages and hands them out in order.

use std::fmt;

use serde_json::Value;

use super::{
    Page, PageCursor, Total,
    ahead::Ahead,
    link,
    rows::Rows,
    scan::{Answer, Scan, Taken, Window},
};
use crate::{
    client::Client,
    clock::Clock,
    error::Error,
    http::Method,
    json::{self, Json},
    request::{CallOptions, Request},
    response::Response,
    rt::BoxFuture,
    text,
    transport::HttpTransport,
};

/// The largest page that Logto gives, and what the client asks for when it lists everything.
pub(crate) const MAX_PAGE_SIZE: u32 = 100;

/// A listing: which, and how to page through it.
#[derive(Clone, Debug)]
pub struct ListRequest {
    request: Request,
    page_size: u32,
    first: u64,
    concurrency: usize,
    resume: Option<PageCursor>,
}

impl ListRequest {
    /// The listing at a route template, `/api/organizations/{id}/users`.
    pub fn new(template: impl Into<String>) -> Self {
        let request = Request::new(Method::GET, template);
        Self { request, page_size: MAX_PAGE_SIZE, first: 1, concurrency: 1, resume: None }
    }

    /// Fills `{name}` of the template.
    #[must_use]
    pub fn path_param(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.request = self.request.path_param(name, value);
        self
    }

    /// Adds a query parameter. `page` and `page_size` are understood as [`page`](Self::page) and [`page_size`](Self::page_size).
    #[must_use]
    pub fn query(self, name: impl AsRef<str>, value: impl ToString) -> Self {
        let mut text = String::new();
        json::quote(&value.to_string(), &mut text);
        self.query_text(name.as_ref(), Json::sound(&text))
    }

    /// Adds a query parameter from JSON, as [`Request::query_json`] does.
    #[must_use]
    pub fn query_json(self, name: &str, value: &Value) -> Self {
        json::with(value, |value| self.query_text(name, value))
    }

    /// [`query_json`](Self::query_json), for doors that have the value as text.
    #[must_use]
    pub fn query_text(mut self, name: &str, value: Json<'_>) -> Self {
        if value.is_null() {
            return self;
        }
        let number = || value.as_u64().or_else(|| text::whole(&value.as_str()?));
        let shown = value.text();
        match name {
            "page" => self.checked_page(number(), shown),
            "page_size" => self.checked_page_size(number(), shown),
            _ => {
                self.request = self.request.query_text(name, value);
                self
            }
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// Items per request, 1 to 100. Default 100.
    #[must_use]
    pub fn page_size(self, size: u32) -> Self {
        self.checked_page_size(Some(size.into()), &size.to_string())
    }

    fn checked_page_size(mut self, size: Option<u64>, shown: &str) -> Self {
        match size.and_then(|size| u32::try_from(size).ok()) {
            Some(size @ 1..=MAX_PAGE_SIZE) => self.page_size = size,
            _ => {
                let message = "page_size must be a whole number from 1 to ";
                return self.spoiled(words![message, MAX_PAGE_SIZE, ", not ", shown]);
            }
        }
        self
    }

    /// The page to begin with, from 1. Default 1.
    #[must_use]
    pub fn page(self, number: u64) -> Self {
        self.checked_page(Some(number), &number.to_string())
    }

    fn checked_page(mut self, number: Option<u64>, shown: &str) -> Self {
        match number {
            Some(number @ 1..) => self.first = number,
            _ => return self.spoiled(words!["page must be a whole number from 1, not ", shown]),
        }
        self
    }

    /// Pages asked for at once, at the most; so many are held in memory. Default 1. Order is kept.
    #[must_use]
    pub fn concurrency(mut self, pages: usize) -> Self {
        if pages == 0 {
            return self.spoiled("concurrency must be a whole number from 1");
        }
        self.concurrency = pages;
        self
    }

    /// Takes a listing up where it stood. The path and the query must be the same as then; the page size is the cursor's.
    #[must_use]
    pub const fn resume(mut self, cursor: PageCursor) -> Self {
        self.resume = Some(cursor);
        self
    }

    /// Takes a listing up from a cursor's text; a wrong one is an error of the first page.
    #[must_use]
    pub fn resume_from(mut self, cursor: &str) -> Self {
        match cursor.parse() {
            Ok(cursor) => self.resume = Some(cursor),
            Err(error) => self.request.spoil_with(error),
        }
        self
    }

    /// What each of the listing's requests sets for itself.
    #[must_use]
    pub fn options(mut self, options: CallOptions) -> Self {
        self.request = self.request.options(options);
        self
    }

    fn spoiled(mut self, why: impl Into<String>) -> Self {
        self.request.spoil(why);
        self
    }

    fn scan(&self, max_width: usize) -> Scan {
        let width = self.concurrency.min(max_width);
        match &self.resume {
            Some(cursor) => Scan::new(cursor.size, width, cursor.frontier, cursor.total),
            None => {
                let before = (self.first - 1).saturating_mul(u64::from(self.page_size));
                Scan::new(self.page_size, width, before, None)
            }
        }
    }

    fn page_request(&self, window: Window) -> Request {
        self.request.clone().query("page", words![window.number]).query("page_size", words![window.size])
    }
}

type PageAnswer = (Window, Result<Response, Error>);

/// Pages through a listing: each item that is there from start to end comes once, whatever comes and goes meanwhile.
///
/// After an error, [`next_page`](Self::next_page) goes on where it stopped. Nothing is asked for ahead of time beyond `concurrency`, and nothing at all before the first call.
pub struct Pager<T, C> {
    client: Client<T, C>,
    list: ListRequest,
    scan: Scan,
    out: Ahead<PageAnswer>,
    given: bool,
    total: Option<Total>,
}

impl<T: HttpTransport, C: Clock> Pager<T, C> {
    pub(crate) fn new(client: Client<T, C>, list: ListRequest) -> Self {
        let scan = list.scan(client.max_concurrency());
        Self { client, list, scan, out: Ahead::new(), given: false, total: None }
    }

    /// The next page; `None` at the end, and from then on.
    ///
    /// An empty listing gives one empty page, which tells the total. Later pages that bring nothing new are passed over.
    ///
    /// # Errors
    /// Those of the request, or Decode where the answer is no list. Calling again goes on where it stopped.
    pub async fn next_page(&mut self) -> Result<Option<Page>, Error> {
        while !self.scan.is_done() {
            while let Some(window) = self.scan.ask() {
                self.out.push(self.request_page(window));
            }
            let Some((window, answer)) = self.out.next().await else {
                // Only after a caller gave up in the middle: nothing is out any more.
                self.scan.interrupt();
                continue;
            };
            match answer.and_then(|response| self.take(window, &response)) {
                Ok(Some(page)) => return Ok(Some(page)),
                Ok(None) => {}
                Err(error) => {
                    self.abort();
                    return Err(error);
                }
            }
        }
        Ok(None)
    }

    /// Where the listing goes on: behind the last page given out. `None` at its end.
    #[must_use]
    pub fn cursor(&self) -> Option<PageCursor> {
        if self.scan.is_done() {
            return None;
        }
        let total = match self.scan.total() {
            Some(Total::Exact(total)) => Some(total),
            _ => None,
        };
        let size = self.list.resume.as_ref().map_or(self.list.page_size, |cursor| cursor.size);
        Some(PageCursor { frontier: self.scan.frontier(), total, size })
    }

    /// How many items the listing has, as of the last page. `None` before the first.
    #[must_use]
    pub const fn total(&self) -> Option<Total> {
        self.total
    }

    /// Aborts the requests that are out; the next call asks for their pages again. A future of [`next_page`](Self::next_page) that is merely dropped leaves them out, for the next
    /// call to take up.
    pub fn abort(&mut self) {
        self.forget();
        self.scan.interrupt();
    }

    fn request_page(&self, window: Window) -> BoxFuture<'static, PageAnswer> {
        let (client, request) = (self.client.clone(), self.list.page_request(window));
        Box::pin(async move { (window, client.fetch(request).await) })
    }

    /// A page, or `None` where there is nothing new to give out.
    fn take(&mut self, window: Window, response: &Response) -> Result<Option<Page>, Error> {
        let rows = Rows::parse(response)?;
        let link_next =
            link::has_next(response.headers().get_all("link").iter().filter_map(|line| line.to_str().ok()));
        let mut total = total_of(response);
        let keys = rows.keys();
        let taken = self.scan.take(&Answer { window, keys: &keys, total, link_next });
        let Taken::Items(new) = taken else {
            self.forget();
            return Ok(None);
        };
        if total.is_none() && !link_next && window.number == 1 {
            // The server does not page this listing: it is all here.
            total = Some(Total::Exact(rows.len() as u64));
        }
        self.total = total;
        if new.is_empty() && self.given {
            return Ok(None);
        }
        self.given = true;
        Ok(Some(Page::new(
            rows.keep(&new),
            window,
            total,
            self.cursor(),
            response.request_id().map(str::to_owned),
        )))
    }

    /// Drops what is out, which aborts it.
    fn forget(&mut self) {
        self.out = Ahead::new();
    }
}

impl<T, C> fmt::Debug for Pager<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pager").field("list", &self.list).field("total", &self.total).finish_non_exhaustive()
    }
}

fn total_of(response: &Response) -> Option<Total> {
    let text =
        |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::trim_ascii);
    let number = text::whole(text("total-number")?)?;
    let capped = text("total-number-is-capped").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    Some(if capped { Total::AtLeast(number) } else { Total::Exact(number) })
}
