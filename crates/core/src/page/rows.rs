//! An answer taken apart: items as slices of the body, and the key by which each is known.

use std::{borrow::Cow, fmt, ops::Range};

use crate::bytes::Bytes;
use serde::de::DeserializeOwned;

use super::{PageCursor, Total};
use crate::{
    error::{Error, ErrorKind, Inner, name},
    json::Json,
    response::Response,
};

/// The items of one answer, in place.
pub(super) struct Rows {
    body: Bytes,
    ranges: Vec<Range<usize>>,
}

impl Rows {
    /// Takes a JSON array apart without decoding its items; or the one that an object holds and nothing else, `{"organizations":[…]}`, as a
    /// few of Logto's lists come.
    pub(super) fn parse(response: &Response) -> Result<Self, Error> {
        let body = response.body();
        let list = Json::parse(body).map_err(|at| words!["wrong at byte ", at]).and_then(|json| {
            let mut members = json.members();
            let json = match (members.next(), members.next()) {
                (Some((_, only)), None) if json.is_object() && only.is_array() => only,
                _ => json,
            };
            let what = if json.is_object() { "an object" } else { "a plain value" };
            json.is_array()
                .then_some(json)
                .ok_or_else(|| words![what, " and no list: read it with a plain GET"])
        });
        let list = list.map_err(|why| response.undecodable(&why, "no list"))?;
        let body = body.slice_ref(list.text().as_bytes());
        let base = body.as_ptr() as usize;
        let mut ranges = Vec::new();
        for item in list.items() {
            let start = (item.text().as_ptr() as usize).saturating_sub(base);
            ranges.push(start..start.saturating_add(item.text().len()));
        }
        Ok(Self { ranges, body })
    }

    /// What each item is known by: its id, or its whole text where it has none.
    pub(super) fn keys(&self) -> Vec<Cow<'_, str>> {
        let mut keys = Vec::with_capacity(self.len());
        for range in &self.ranges {
            let item = text(&self.body, range);
            keys.push(id_of(item).unwrap_or(Cow::Borrowed(item)));
        }
        keys
    }

    pub(super) const fn len(&self) -> usize {
        self.ranges.len()
    }

    /// Keeps the items with these indices.
    pub(super) fn keep(mut self, indices: &[usize]) -> Self {
        if indices.len() == self.ranges.len() {
            return self;
        }
        let mut body = Vec::with_capacity(self.body.len());
        let mut ranges = Vec::with_capacity(indices.len());
        body.push(b'[');
        for index in indices {
            let Some(range) = self.ranges.get(*index) else { continue };
            if body.len() > 1 {
                body.push(b',');
            }
            let start = body.len();
            body.extend_from_slice(text(&self.body, range).as_bytes());
            ranges.push(start..body.len());
        }
        body.push(b']');
        self.body = body.into();
        self.ranges = ranges;
        self
    }
}

fn text<'a>(body: &'a Bytes, range: &Range<usize>) -> &'a str {
    body.get(range.clone()).and_then(|item| std::str::from_utf8(item).ok()).unwrap_or_default()
}

/// The `id` of an item, if it has one that is a string.
fn id_of(item: &str) -> Option<Cow<'_, str>> {
    Json::sound(item).member("id")?.as_str()
}

/// One page of a listing, without the items that came before.
#[derive(Clone)]
pub struct Page {
    body: Bytes,
    ranges: Vec<Range<usize>>,
    number: u64,
    size: u32,
    total: Option<Total>,
    next: Option<PageCursor>,
    request_id: Option<String>,
}

impl Page {
    pub(super) fn new(
        rows: Rows,
        window: super::scan::Window,
        total: Option<Total>,
        next: Option<PageCursor>,
        request_id: Option<String>,
    ) -> Self {
        Self {
            body: rows.body,
            ranges: rows.ranges,
            number: window.number,
            size: window.size,
            total,
            next,
            request_id,
        }
    }

    /// The items, as one JSON array.
    #[must_use]
    pub const fn body(&self) -> &Bytes {
        &self.body
    }

    /// How many items there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ranges.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The JSON text of each item.
    pub fn raw_items(&self) -> impl Iterator<Item = &str> {
        self.ranges.iter().map(|range| text(&self.body, range))
    }

    /// Each item, to look into.
    pub fn json_items(&self) -> impl Iterator<Item = Json<'_>> {
        self.raw_items().map(Json::sound)
    }

    /// The item at an index, decoded.
    ///
    /// # Errors
    /// Decode, where it has another shape. `None` behind the last one.
    #[must_use]
    pub fn item<T: DeserializeOwned>(&self, index: usize) -> Option<Result<T, Error>> {
        let range = self.ranges.get(index)?;
        Some(serde_json::from_str(text(&self.body, range)).map_err(|error| {
            let message =
                format!("Item {} of page {} is not of the expected shape: {error}", index + 1, self.number);
            let mut inner = Inner::new(ErrorKind::Decode, name::DECODE, message);
            inner.request_id.clone_from(&self.request_id);
            inner.into()
        }))
    }

    /// All items, decoded.
    ///
    /// # Errors
    /// Decode, for the first that has another shape.
    pub fn items<T: DeserializeOwned>(&self) -> Result<Vec<T>, Error> {
        (0..self.len()).filter_map(|index| self.item(index)).collect()
    }

    /// The page's number as the server counts, from 1. A page that was looked at again, because rows were deleted meanwhile, may come after a later one and may have another size.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// The page size that was asked for.
    #[must_use]
    pub const fn size(&self) -> u32 {
        self.size
    }

    /// How many items the whole listing has, as of this page.
    #[must_use]
    pub const fn total(&self) -> Option<Total> {
        self.total
    }

    /// Where the listing goes on; `None` at its end.
    #[must_use]
    pub const fn next(&self) -> Option<&PageCursor> {
        self.next.as_ref()
    }

    /// Logto's id of the request that brought this page.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("number", &self.number)
            .field("size", &self.size)
            .field("items", &self.ranges.len())
            .field("total", &self.total)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}
