//! A listing behind exports that take and give plain data.

use std::{borrow::Cow, cell::RefCell, rc::Rc};

use logto_management_core::{
    Error, ListRequest, Page, Pager, Total,
    json::{Items, Json},
};

use crate::{
    clock::HostClock, engine::HostClient, fetch::FetchTransport, host, options::call_options, tasks::run,
    text,
};

type Inner = Pager<FetchTransport, HostClock>;

/// Pages through a listing. One call of `next` at a time.
pub(crate) struct EnginePager {
    /// Taken out while a page is on its way: no borrow lives across an await.
    slot: Rc<RefCell<Slot>>,
}

enum Slot {
    Idle(Box<Inner>),
    /// What is wrong with the request; said by every `next`.
    Wrong(Error),
    Busy,
}

impl EnginePager {
    pub(crate) fn new(pager: Result<Inner, Error>) -> Self {
        let slot = match pager {
            Ok(pager) => Slot::Idle(Box::new(pager)),
            Err(error) => Slot::Wrong(error),
        };
        Self { slot: Rc::new(RefCell::new(slot)) }
    }

    /// The next page, or the end. After a failure, calling again goes on where it stopped.
    pub(crate) fn next(&self, call: u32) {
        let slot = Rc::clone(&self.slot);
        run(call, async move {
            let mut out = Out::take(slot)?;
            let page = match &mut out.pager {
                Some(pager) => pager.next_page().await,
                None => Ok(None),
            };
            // Before the host is told: it may ask for the next one at once.
            out.back();
            match page? {
                Some(page) => tell(call, &page),
                None => host::tell_end(call),
            }
            Ok(())
        });
    }

    /// Where a later pager would go on; nothing when there is nothing more, or while a page is on its way.
    pub(crate) fn cursor(&self) -> Option<String> {
        match &*self.slot.borrow() {
            Slot::Idle(pager) => pager.cursor().map(|cursor| cursor.to_text()),
            Slot::Wrong(_) | Slot::Busy => None,
        }
    }
}

fn tell(call: u32, page: &Page) {
    let total = match page.total() {
        Some(Total::AtLeast(total)) => (total as f64, false),
        total => (total.map_or(-1.0, |total| total.number() as f64), true),
    };
    let mut text = page.next().map(|cursor| cursor.to_text()).unwrap_or_default();
    text.push('\n');
    text.push_str(page.request_id().unwrap_or_default());
    host::tell_page(call, page.number(), page.size(), total, &text, page.body());
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
pub(crate) fn start(client: &HostClient, json: &str) -> Result<Inner, Error> {
    let list = Json::or_null(Json::parse(json.as_bytes()).ok());
    let text = |name: &str| list.member(name).and_then(Json::as_str);
    let mut asked =
        ListRequest::new(text("path").unwrap_or_default()).options(call_options(list.member("options"))?);
    for pair in texts(list.member("pathParams")).chunks_exact(2) {
        if let [name, value] = pair {
            asked = asked.path_param(&**name, &**value);
        }
    }
    for pair in items(list.member("query")) {
        let mut pair = pair.items();
        if let (Some(name), Some(value)) = (pair.next().and_then(Json::as_str), pair.next()) {
            asked = asked.query_text(&name, value);
        }
    }
    for pair in texts(list.member("headers")).chunks_exact(2) {
        if let [name, value] = pair {
            asked = asked.header(name, text::to_bytes(value));
        }
    }
    // The core reads these two from the query as well, and says what is wrong with them.
    for (member, parameter) in [("pageSize", "page_size"), ("page", "page")] {
        if let Some(value) = list.member(member) {
            asked = asked.query_text(parameter, value);
        }
    }
    if let Some(value) = list.member("concurrency").filter(|value| !value.is_null()) {
        let pages = value.as_u64().and_then(|pages| usize::try_from(pages).ok());
        // The core refuses 0.
        asked = asked.concurrency(pages.unwrap_or_default());
    }
    if let Some(cursor) = text("cursor") {
        asked = asked.resume_from(&cursor);
    }
    Ok(client.pager(asked))
}

fn items(value: Option<Json<'_>>) -> Items<'_> {
    Json::or_null(value).items()
}

/// Names and values in turn.
fn texts(value: Option<Json<'_>>) -> Vec<Cow<'_, str>> {
    let mut texts = Vec::new();
    for item in items(value) {
        texts.extend(item.as_str());
    }
    texts
}
