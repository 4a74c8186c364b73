//! A listing behind exports that take and give plain data.

use std::{cell::RefCell, rc::Rc};

use js_sys::Promise;
use logto_management_core::{BoxClock, BoxTransport, Client, Error, Pager, Total};
use serde_json::Value;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{calls::Calls, host, options::call_options, text};

type Inner = Pager<BoxTransport, BoxClock>;

/// Pages through a listing. One call of `next` at a time.
#[wasm_bindgen]
pub struct EnginePager {
    /// Taken out while a page is on its way: no borrow lives across an await.
    slot: Rc<RefCell<Slot>>,
    calls: Calls,
}

enum Slot {
    Idle(Box<Inner>),
    /// What is wrong with the request; said by every `next`.
    Wrong(Error),
    Busy,
    Disposed,
}

#[wasm_bindgen]
impl EnginePager {
    pub(crate) fn new(pager: Result<Inner, Error>, calls: Calls) -> Self {
        let slot = match pager {
            Ok(pager) => Slot::Idle(Box::new(pager)),
            Err(error) => Slot::Wrong(error),
        };
        Self { slot: Rc::new(RefCell::new(slot)), calls }
    }

    /// The next page, the façade's `EnginePage`; `undefined` after the last. `call` is its number for cancelling, or 0. After a rejection, calling
    /// again goes on where it stopped.
    pub fn next(&self, call: u32) -> Promise {
        let slot = Rc::clone(&self.slot);
        self.calls.run(call, async move {
            let mut out = take(&slot)?;
            let page = out.pager.as_mut().ok_or_else(busy)?.next_page().await?;
            Ok(page.map_or(JsValue::UNDEFINED, |page| {
                let total = page.total();
                host::page(
                    page.body(),
                    page.number() as f64,
                    page.size(),
                    total.map(|total| total.number() as f64),
                    !matches!(total, Some(Total::AtLeast(_))),
                    page.next().map(ToString::to_string).as_deref(),
                    page.request_id(),
                )
            }))
        })
    }

    /// Where a later pager would go on; nothing when there is nothing more.
    #[must_use]
    pub fn cursor(&self) -> Option<String> {
        match &*self.slot.borrow() {
            Slot::Idle(pager) => pager.cursor().map(|cursor| cursor.to_string()),
            Slot::Wrong(_) | Slot::Busy | Slot::Disposed => None,
        }
    }

    /// Lets go of it: pages that were asked for ahead are aborted.
    pub fn dispose(&self) {
        let old = std::mem::replace(&mut *self.slot.borrow_mut(), Slot::Disposed);
        drop(old);
    }
}

impl std::fmt::Debug for EnginePager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EnginePager")
    }
}

/// A pager that is out for a page; dropping this, also because the call was cancelled, brings it back.
struct Out {
    pager: Option<Box<Inner>>,
    slot: Rc<RefCell<Slot>>,
}

impl Drop for Out {
    fn drop(&mut self) {
        let mut slot = self.slot.borrow_mut();
        // Disposed meanwhile: it is not wanted back.
        if let (Slot::Busy, Some(pager)) = (&*slot, self.pager.take()) {
            *slot = Slot::Idle(pager);
        }
    }
}

fn take(slot: &Rc<RefCell<Slot>>) -> Result<Out, Error> {
    let mut inside = slot.borrow_mut();
    match &*inside {
        Slot::Wrong(error) => return Err(error.clone()),
        Slot::Busy => return Err(busy()),
        Slot::Disposed => return Err(Error::invalid_config("The listing was disposed of")),
        Slot::Idle(_) => {}
    }
    let Slot::Idle(pager) = std::mem::replace(&mut *inside, Slot::Busy) else { return Err(busy()) };
    Ok(Out { pager: Some(pager), slot: Rc::clone(slot) })
}

fn busy() -> Error {
    Error::invalid_config("The listing's last page is still on its way: ask for one at a time")
}

/// Begins a listing as the façade's `EngineList` says, in JSON: `path`, `pathParams` and `headers` flat, `query` a list of `[name, value]`, `pageSize`, `page`,
/// `concurrency`, `cursor`, `options`.
pub(crate) fn start(client: &Client, json: &str) -> Result<Inner, Error> {
    let wrong = |what: &str| Error::invalid_config(format!("A listing's {what}"));
    let list: Value = serde_json::from_str(json).map_err(|_| wrong("description is no JSON"))?;
    let text = |name: &str| list.get(name).and_then(Value::as_str);
    let mut builder = client.list(text("path").unwrap_or_default()).options(call_options(list.get("options"))?);
    for (name, value) in flat(list.get("pathParams")) {
        builder = builder.path(name, value);
    }
    for pair in items(list.get("query")) {
        if let (Some(name), Some(value)) = (pair.get(0).and_then(Value::as_str), pair.get(1)) {
            builder = builder.query_json(name, value);
        }
    }
    for (name, value) in flat(list.get("headers")) {
        builder = builder.header(name, text::to_bytes(value));
    }
    // The core reads these two from the query as well, and says what is wrong with them.
    for (member, parameter) in [("pageSize", "page_size"), ("page", "page")] {
        if let Some(value) = list.get(member) {
            builder = builder.query_json(parameter, value);
        }
    }
    if let Some(value) = list.get("concurrency").filter(|value| !value.is_null()) {
        let pages = value.as_u64().and_then(|pages| usize::try_from(pages).ok());
        builder = builder.concurrency(pages.ok_or_else(|| wrong("concurrency must be a whole number from 1"))?);
    }
    if let Some(cursor) = text("cursor") {
        builder = builder.resume_from(cursor);
    }
    Ok(builder.pages())
}

fn items(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

/// Names and values in turn.
fn flat(value: Option<&Value>) -> impl Iterator<Item = (&str, &str)> {
    let mut parts = items(value).filter_map(Value::as_str);
    std::iter::from_fn(move || Some((parts.next()?, parts.next()?)))
}
