//! Requests and listings, written step by step and sent by the client that began them.

use serde::{Serialize, de::DeserializeOwned};

use super::Client;
use crate::{
    bytes::Bytes,
    clock::{BoxClock, Clock},
    error::Error,
    json::Json,
    page::{Items, ListRequest, PageCursor, Pager},
    request::{CallOptions, Request},
    response::Response,
    transport::{BoxTransport, HttpTransport},
};

/// A request on its way to being sent.
#[derive(Debug)]
#[must_use = "nothing is sent before send()"]
pub struct RequestBuilder<T = BoxTransport, C = BoxClock> {
    pub(super) client: Client<T, C>,
    pub(super) request: Request,
}

impl<T: HttpTransport, C: Clock> RequestBuilder<T, C> {
    fn map(self, change: impl FnOnce(Request) -> Request) -> Self {
        Self { client: self.client, request: change(self.request) }
    }

    /// Fills `{name}` of the template; the value is percent-encoded.
    pub fn path(self, name: impl Into<String>, value: impl ToString) -> Self {
        self.map(|request| request.path_param(name, value))
    }

    /// Adds a query parameter; the order is kept, and a name may come again.
    pub fn query(self, name: impl Into<String>, value: impl ToString) -> Self {
        self.map(|request| request.query(name, value))
    }

    /// Adds a query parameter from JSON: see [`Request::query_json`].
    pub fn query_json(self, name: &str, value: &serde_json::Value) -> Self {
        self.map(|request| request.query_json(name, value))
    }

    /// Adds a header.
    pub fn header(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.map(|request| request.header(name, value))
    }

    /// A JSON body.
    pub fn json(self, body: &impl Serialize) -> Self {
        self.map(|mut request| match serde_json::to_vec(body) {
            Ok(json) => request.json_body(json),
            Err(error) => {
                request.spoil(format!("The body cannot be written as JSON: {error}"));
                request
            }
        })
    }

    /// A body of another type.
    pub fn body(self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.map(|request| request.body(Some(content_type), body))
    }

    /// What this call sets for itself: timeout, retries, deadline, whether it is idempotent.
    pub fn options(self, options: CallOptions) -> Self {
        self.map(|request| request.options(options))
    }

    /// Sends it.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind). A status that is no success is [`ErrorKind::Api`](crate::ErrorKind::Api).
    pub async fn send(self) -> Result<Response, Error> {
        self.client.fetch(self.request).await
    }

    /// Sends it; any status is `Ok`.
    ///
    /// # Errors
    /// As [`Client::execute`].
    pub async fn send_any_status(self) -> Result<Response, Error> {
        self.client.execute(self.request).await
    }
}

/// A listing on its way to being paged through.
#[derive(Debug)]
#[must_use = "nothing is listed before items() or pages()"]
pub struct ListBuilder<T = BoxTransport, C = BoxClock> {
    pub(super) client: Client<T, C>,
    pub(super) list: ListRequest,
}

impl<T: HttpTransport, C: Clock> ListBuilder<T, C> {
    fn map(self, change: impl FnOnce(ListRequest) -> ListRequest) -> Self {
        Self { client: self.client, list: change(self.list) }
    }

    /// Fills `{name}` of the template.
    pub fn path(self, name: impl Into<String>, value: impl ToString) -> Self {
        self.map(|list| list.path_param(name, value))
    }

    /// Adds a query parameter.
    pub fn query(self, name: impl AsRef<str>, value: impl ToString) -> Self {
        self.map(|list| list.query(name, value))
    }

    /// Adds a query parameter from JSON: see [`Request::query_json`].
    pub fn query_json(self, name: &str, value: &serde_json::Value) -> Self {
        self.map(|list| list.query_json(name, value))
    }

    /// [`query_json`](Self::query_json), for doors that have the value as text.
    pub fn query_text(self, name: &str, value: Json<'_>) -> Self {
        self.map(|list| list.query_text(name, value))
    }

    /// Adds a header to each request.
    pub fn header(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.map(|list| list.header(name, value))
    }

    /// Items per request, 1 to 100. Default 100.
    pub fn page_size(self, size: u32) -> Self {
        self.map(|list| list.page_size(size))
    }

    /// The page to begin with. Default 1.
    pub fn page(self, number: u64) -> Self {
        self.map(|list| list.page(number))
    }

    /// Pages asked for at once. Default 1.
    pub fn concurrency(self, pages: usize) -> Self {
        self.map(|list| list.concurrency(pages))
    }

    /// Takes a listing up where it stood.
    pub fn resume(self, cursor: PageCursor) -> Self {
        self.map(|list| list.resume(cursor))
    }

    /// Takes a listing up from a cursor's text; a wrong one is an error of the first page.
    pub fn resume_from(self, cursor: &str) -> Self {
        self.map(|list| list.resume_from(cursor))
    }

    /// What each request sets for itself.
    pub fn options(self, options: CallOptions) -> Self {
        self.map(|list| list.options(options))
    }

    /// Item by item.
    pub fn items<I: DeserializeOwned>(self) -> Items<I, T, C> {
        Items::new(self.pages())
    }

    /// Page by page.
    pub fn pages(self) -> Pager<T, C> {
        self.client.pager(self.list)
    }
}
