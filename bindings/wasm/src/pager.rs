//! A listing behind exports that take and give plain data.

use std::{borrow::Cow, cell::RefCell, rc::Rc};

use logto_management_core::{BoxClock, BoxTransport, Client, Error, Page, Pager, Total, json::Json};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{
    host::Host,
    options::call_options,
    tasks::{self, run},
    text,
};

type Inner = Pager<BoxTransport, BoxClock>;

/// Pages through a listing. One call of `next` at a time.
#[wasm_bindgen]
pub struct EnginePager {
    /// Taken out while a page is on its way: no borrow lives across an await.
    slot: Rc<RefCell<Slot>>,
    host: Host,
}

enum Slot {
    Idle(Box<Inner>),
    /// What is wrong with the request; said by every `next`.
    Wrong(Error),
    Busy,
}

#[wasm_bindgen]
impl EnginePager {
    pub(crate) fn new(pager: Result<Inner, Error>, host: Host) -> Self {
        let slot = match pager {
            Ok(pager) => Slot::Idle(Box::new(pager)),
            Err(error) => Slot::Wrong(error),
        };
        Self { slot: Rc::new(RefCell::new(slot)), host }
    }

    /// The next page, or the end. After a failure, calling again goes on where it stopped.
    pub fn next(&self, call: u32) {
        let (slot, host) = (Rc::clone(&self.slot), self.host.clone());
        run(call, &self.host, async move {
            let mut out = Out::take(slot)?;
            let page = match &mut out.pager {
                Some(pager) => pager.next_page().await,
                None => Ok(None),
            };
            // Before the host is told: it may ask for the next one at once.
            out.back();
            match page? {
                Some(page) => tell(&host, call, &page),
                None => host.end(call),
            }
            Ok(())
        });
    }

    /// Where a later pager would go on; nothing when there is nothing more, or while a page is on its way.
    #[must_use]
    pub fn cursor(&self) -> Option<String> {
        match &*self.slot.borrow() {
            Slot::Idle(pager) => pager.cursor().map(|cursor| cursor.to_string()),
            Slot::Wrong(_) | Slot::Busy => None,
        }
    }
}

fn tell(host: &Host, call: u32, page: &Page) {
    let total = page.total();
    host.page(
        call,
        page.body(),
        page.number() as f64,
        page.size(),
        total.map(|total| total.number() as f64),
        !matches!(total, Some(Total::AtLeast(_))),
        page.next().map(ToString::to_string).as_deref(),
        page.request_id(),
    );
}

impl Drop for EnginePager {
    fn drop(&mut self) {
        let idle = std::mem::replace(&mut *self.slot.borrow_mut(), Slot::Busy);
        // With what was fetched ahead.
        drop(idle);
        tasks::turn();
    }
}

impl std::fmt::Debug for EnginePager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EnginePager")
    }
}

/// A pager that is out for a page. Where the call is cancelled, this is dropped with it: what the pager has out is aborted, and it can be asked again.
struct Out {
    pager: Option<Box<Inner>>,
    slot: Rc<RefCell<Slot>>,
}

impl Out {
    fn take(slot: Rc<RefCell<Slot>>) -> Result<Self, Error> {
        let mut inside = slot.borrow_mut();
        let pager = match std::mem::replace(&mut *inside, Slot::Busy) {
            Slot::Idle(pager) => pager,
            Slot::Wrong(error) => {
                *inside = Slot::Wrong(error.clone());
                return Err(error);
            }
            Slot::Busy => {
                let message = "The listing's last page is still on its way: ask for one at a time";
                return Err(Error::invalid_config(message));
            }
        };
        drop(inside);
        Ok(Self { pager: Some(pager), slot })
    }

    fn back(mut self) {
        if let Some(pager) = self.pager.take() {
            *self.slot.borrow_mut() = Slot::Idle(pager);
        }
    }
}

impl Drop for Out {
    fn drop(&mut self) {
        if let Some(mut pager) = self.pager.take() {
            pager.abort();
            *self.slot.borrow_mut() = Slot::Idle(pager);
        }
    }
}

/// Begins a listing as the façade's `EngineList` says, in JSON: `path`, `pathParams` and `headers` flat, `query` a list of `[name, value]`, `pageSize`, `page`,
/// `concurrency`, `cursor`, `options`.
pub(crate) fn start(client: &Client, json: &str) -> Result<Inner, Error> {
    let wrong = |what: &str| Error::invalid_config(format!("A listing's {what}"));
    let list = Json::parse(json.as_bytes()).map_err(|_| wrong("description is no JSON"))?;
    let text = |name: &str| list.member(name).and_then(Json::as_str);
    let mut builder =
        client.list(text("path").unwrap_or_default()).options(call_options(list.member("options"))?);
    for (name, value) in flat(list.member("pathParams")) {
        builder = builder.path(name, value);
    }
    for pair in items(list.member("query")) {
        let mut pair = pair.items();
        if let (Some(name), Some(value)) = (pair.next().and_then(Json::as_str), pair.next()) {
            builder = builder.query_text(&name, value);
        }
    }
    for (name, value) in flat(list.member("headers")) {
        builder = builder.header(&name, text::to_bytes(&value));
    }
    // The core reads these two from the query as well, and says what is wrong with them.
    for (member, parameter) in [("pageSize", "page_size"), ("page", "page")] {
        if let Some(value) = list.member(member) {
            builder = builder.query_text(parameter, value);
        }
    }
    if let Some(value) = list.member("concurrency").filter(|value| !value.is_null()) {
        let pages = value.as_u64().and_then(|pages| usize::try_from(pages).ok());
        builder =
            builder.concurrency(pages.ok_or_else(|| wrong("concurrency must be a whole number from 1"))?);
    }
    if let Some(cursor) = text("cursor") {
        builder = builder.resume_from(&cursor);
    }
    Ok(builder.pages())
}

fn items(value: Option<Json<'_>>) -> impl Iterator<Item = Json<'_>> {
    value.into_iter().flat_map(Json::items)
}

/// Names and values in turn.
fn flat(value: Option<Json<'_>>) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    let mut parts = items(value).filter_map(Json::as_str);
    std::iter::from_fn(move || Some((parts.next()?, parts.next()?)))
}
