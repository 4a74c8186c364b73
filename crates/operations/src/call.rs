//! [`Call`]: one operation, its parameters as far as they are given.

use std::{fmt, marker::PhantomData};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use logto_management_core::{
    BoxClock, BoxTransport, CallOptions, Client, Clock, Error, HttpTransport, Items, ListBuilder, PageCursor,
    Request, Response,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Pages, Upload};

/// An operation of the Management API. The marker types of the groups' modules are the only ones.
pub trait Operation: sealed::Sealed + 'static {
    /// What success brings.
    type Answer;
    /// Logto's operation id.
    const ID: &'static str;
    /// The method.
    const METHOD: Method;
    /// The route template.
    const PATH: &'static str;

    /// Reads the answer of a successful call.
    ///
    /// # Errors
    /// Decode, where the answer has another shape.
    fn read(response: &Response) -> Result<Self::Answer, Error>;
}

/// An operation whose answer is a list that the server pages, or holds one.
pub trait Listing: Operation {
    /// What is listed.
    type Item: DeserializeOwned;
}

pub(crate) mod sealed {
    /// Keeps the traits to this crate, so that they can grow.
    pub trait Sealed {}
}

/// A request of the operation `O`, made by the methods of its group. Optional parameters are methods; [`send`](Self::send) sends it.
///
/// Nothing happens before that. What is wrong with the parameters is said then.
#[must_use = "nothing is sent before send()"]
pub struct Call<O, T = BoxTransport, C = BoxClock> {
    client: Client<T, C>,
    parts: Parts,
    operation: PhantomData<fn() -> O>,
}

/// What does not depend on the operation, so that it is compiled once.
#[derive(Default)]
struct Parts {
    path: Vec<(&'static str, String)>,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Option<Content>,
    options: Option<CallOptions>,
    page: Option<u64>,
    page_size: Option<u32>,
    concurrency: Option<usize>,
    cursor: Option<PageCursor>,
    defect: Option<String>,
}

enum Content {
    Json(Vec<u8>),
    Other(String, Bytes),
}

/// Shows which operation it is and nothing of what it says.
impl<O: Operation, T, C> fmt::Debug for Call<O, T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("operation", &O::ID).finish_non_exhaustive()
    }
}

impl<O, T, C> Call<O, T, C> {
    pub(crate) fn new(client: &Client<T, C>) -> Self {
        Self { client: client.clone(), parts: Parts::default(), operation: PhantomData }
    }

    pub(crate) fn path(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.parts.path.push((name, value.into()));
        self
    }

    pub(crate) fn pairs(mut self, pairs: Vec<(String, String)>) -> Self {
        self.parts.query.extend(pairs);
        self
    }

    pub(crate) fn json(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_vec(body) {
            Ok(json) => self.parts.body = Some(Content::Json(json)),
            Err(error) => self.parts.defect = Some(format!("The body cannot be written as JSON: {error}")),
        }
        self
    }

    pub(crate) fn upload(mut self, field: &str, upload: Upload) -> Self {
        let (content_type, body) = upload.into_body(field);
        self.parts.body = Some(Content::Other(content_type, body));
        self
    }

    /// Adds a query parameter, for those that this version does not know.
    pub fn query(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.parts.query.push((name.into(), value.to_string()));
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parts.headers.push((name.into(), value.into()));
        self
    }

    /// What this call sets for itself: timeout, retries, deadline, whether it is idempotent.
    pub const fn options(mut self, options: CallOptions) -> Self {
        self.parts.options = Some(options);
        self
    }
}

impl<O: Operation, T: HttpTransport, C: Clock> Call<O, T, C> {
    /// Sends it and reads the answer.
    ///
    /// # Errors
    /// See [`ErrorKind`](logto_management_core::ErrorKind): Api for a status that is no success, Decode for an answer of another shape.
    pub async fn send(self) -> Result<O::Answer, Error> {
        O::read(&fetch(self.client, self.parts, O::METHOD, O::PATH).await?)
    }

    /// Sends it and reads the answer, with its status, headers and request id.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_raw(self) -> Result<Answered<O::Answer>, Error> {
        let response = fetch(self.client, self.parts, O::METHOD, O::PATH).await?;
        Ok(Answered { value: O::read(&response)?, response })
    }
}

/// Listings. `send` asks once, for the page that is named, or for what the server gives unless told otherwise: twenty items where it always pages.
/// [`items`](Self::items) and [`pages`](Self::pages) bring everything, each item once, whatever comes and goes meanwhile.
impl<O: Listing, T: HttpTransport, C: Clock> Call<O, T, C> {
    /// Items per request, 1 to 100. For `items` and `pages` 100 unless set.
    pub const fn page_size(mut self, size: u32) -> Self {
        self.parts.page_size = Some(size);
        self
    }

    /// The page to ask for, or to begin with; from 1.
    pub const fn page(mut self, number: u64) -> Self {
        self.parts.page = Some(number);
        self
    }

    /// Pages asked for at once by `items` and `pages`. Default 1.
    pub const fn concurrency(mut self, pages: usize) -> Self {
        self.parts.concurrency = Some(pages);
        self
    }

    /// Lets `items` and `pages` go on where a listing with the same parameters stood.
    pub const fn resume(mut self, cursor: PageCursor) -> Self {
        self.parts.cursor = Some(cursor);
        self
    }

    /// Everything, item by item.
    pub fn items(self) -> Items<O::Item, T, C> {
        list(&self.client, self.parts, O::PATH).items()
    }

    /// Everything, page by page.
    pub fn pages(self) -> Pages<O::Item, T, C> {
        Pages::new(list(&self.client, self.parts, O::PATH).pages())
    }
}

async fn fetch<T: HttpTransport, C: Clock>(
    client: Client<T, C>,
    parts: Parts,
    method: Method,
    path: &'static str,
) -> Result<Response, Error> {
    client.fetch(parts.into_request(method, path)?).await
}

impl Parts {
    fn into_request(self, method: Method, path: &'static str) -> Result<Request, Error> {
        if let Some(defect) = self.defect {
            return Err(Error::invalid_config(defect));
        }
        let mut request = Request::new(method, path);
        for (name, value) in self.path {
            request = request.path_param(name, value);
        }
        for (name, value) in self.query {
            request = request.query(name, value);
        }
        if let Some(page) = self.page {
            request = request.query("page", page);
        }
        if let Some(size) = self.page_size {
            request = request.query("page_size", size);
        }
        for (name, value) in self.headers {
            request = request.header(&name, value);
        }
        request = match self.body {
            Some(Content::Json(json)) => request.json_body(json),
            Some(Content::Other(content_type, body)) => request.body(Some(&content_type), body),
            None => request,
        };
        Ok(match self.options {
            Some(options) => request.options(options),
            None => request,
        })
    }
}

fn list<T: HttpTransport, C: Clock>(
    client: &Client<T, C>,
    parts: Parts,
    path: &'static str,
) -> ListBuilder<T, C> {
    let mut list = client.list(path);
    for (name, value) in parts.path {
        list = list.path(name, value);
    }
    for (name, value) in parts.query {
        list = list.query(name, value);
    }
    for (name, value) in parts.headers {
        list = list.header(&name, value);
    }
    if let Some(page) = parts.page {
        list = list.page(page);
    }
    if let Some(size) = parts.page_size {
        list = list.page_size(size);
    }
    if let Some(pages) = parts.concurrency {
        list = list.concurrency(pages);
    }
    if let Some(cursor) = parts.cursor {
        list = list.resume(cursor);
    }
    match parts.options {
        Some(options) => list.options(options),
        None => list,
    }
}

/// An answer with what came along with it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Answered<V> {
    /// The answer.
    pub value: V,
    response: Response,
}

impl<V> Answered<V> {
    /// The status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The headers.
    #[must_use]
    pub const fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// Logto's request id.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.response.request_id()
    }

    /// How many times the request was sent before this answer came.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.response.attempts()
    }

    /// The answer as it arrived.
    #[must_use]
    pub const fn response(&self) -> &Response {
        &self.response
    }
}

/// Declares the marker type of an operation.
macro_rules! operation {
    ($(#[$attribute:meta])* $name:ident $method:ident $path:literal -> $answer:ty, $read:path) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl $crate::call::sealed::Sealed for $name {}

        impl $crate::Operation for $name {
            type Answer = $answer;
            const ID: &'static str = stringify!($name);
            const METHOD: http::Method = http::Method::$method;
            const PATH: &'static str = $path;

            #[inline]
            fn read(
                response: &logto_management_core::Response,
            ) -> Result<Self::Answer, logto_management_core::Error> {
                $read(response)
            }
        }
    };
}

pub(crate) use operation;

/// Readers of answers, for [`operation!`].
pub(crate) mod read {
    use super::{DeserializeOwned, Error, Response};

    /// JSON. Where the type is an `Option`, success without data is `None`.
    pub(crate) fn json<V: DeserializeOwned>(response: &Response) -> Result<V, Error> {
        response.json()
    }

    /// Success without data, or with some that says nothing: `Created`, `OK`.
    #[expect(clippy::unnecessary_wraps, reason = "has the form of the others")]
    pub(crate) const fn nothing(_: &Response) -> Result<(), Error> {
        Ok(())
    }

    /// Text that is no JSON.
    #[expect(clippy::unnecessary_wraps, reason = "has the form of the others")]
    pub(crate) fn text(response: &Response) -> Result<String, Error> {
        Ok(response.text().into_owned())
    }
}
