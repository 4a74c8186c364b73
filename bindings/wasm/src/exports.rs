//! What the façade calls: `npm/src/engine/wasm-host.ts` has the same list.
//!
//! Engines and pagers are known by numbers. Those that are gone do nothing.
#![allow(unsafe_code, reason = "exports have the names that the façade calls")]

use std::{cell::RefCell, rc::Rc};

use logto_management_core::{ERROR_NAMES, http::StatusCode, options::CALL_OPTIONS, text::joined};

use crate::{
    engine::Engine,
    host::{self, Host, Outcome},
    pager::EnginePager,
    tasks,
};

/// Things by numbers from 1.
struct Table<T>(RefCell<Vec<Option<Rc<T>>>>);

impl<T> Table<T> {
    const fn new() -> Self {
        Self(RefCell::new(Vec::new()))
    }

    fn add(&self, thing: T) -> usize {
        let mut things = self.0.borrow_mut();
        let free = things.iter().position(Option::is_none);
        let thing = Some(Rc::new(thing));
        match free.and_then(|place| things.get_mut(place)) {
            Some(slot) => *slot = thing,
            None => things.push(thing),
        }
        free.map_or(things.len(), |place| place + 1)
    }

    fn get(&self, number: usize) -> Option<Rc<T>> {
        self.0.borrow().get(number.wrapping_sub(1))?.clone()
    }

    fn remove(&self, number: usize) {
        // Not within the borrow: what is dropped may call the host.
        let gone = self.0.borrow_mut().get_mut(number.wrapping_sub(1)).and_then(Option::take);
        drop(gone);
        tasks::turn();
    }
}

thread_local! {
    static ENGINES: Table<Engine> = const { Table::new() };
    static PAGERS: Table<EnginePager> = const { Table::new() };
}

fn with_engine(number: usize, work: impl FnOnce(&Engine)) {
    if let Some(engine) = ENGINES.with(|engines| engines.get(number)) {
        work(&engine);
    }
}

/// Makes a client from options (see `options.rs`). Does no I/O. Says its base url; or gives 0, and says the core's JSON of a Config error.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn create(host: u32, flags: u32, place: *mut u8, length: usize) -> usize {
    match Engine::build(flags, &host::text(place, length), Host(host)) {
        Ok(engine) => {
            host::tell(engine.base_url());
            ENGINES.with(|engines| engines.add(engine))
        }
        Err(error) => {
            host::tell(&error.to_json());
            0
        }
    }
}

/// Lets go of a client.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn dispose(engine: usize) {
    ENGINES.with(|engines| engines.remove(engine));
}

/// Sends one request; any status is an answer. The text is method, target, route, options (JSON) and headers, a line each. A `body` of nowhere is none. What the host has sent by a [`permit`], it did `sent_before` ms
/// ago; that is less than 0 otherwise.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn send(
    engine: usize,
    call: u32,
    place: *mut u8,
    length: usize,
    body: *mut u8,
    body_length: usize,
    sent_before: f64,
) {
    let head = host::text(place, length);
    let body = (!body.is_null()).then(|| host::bytes(body, body_length));
    with_engine(engine, |engine| engine.send(call, &head, body, sent_before));
}

/// Lets the host send one plain request by itself, or not (0): see [`Engine::permit`].
#[unsafe(no_mangle)]
pub(crate) extern "C" fn permit(engine: usize) -> u32 {
    ENGINES.with(|engines| engines.get(engine)).map_or(0, |engine| engine.permit())
}

/// The token that a request would carry now.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn token(engine: usize, call: u32) {
    with_engine(engine, |engine| engine.token(call));
}

/// Whether the host is told of events.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn observe(engine: usize, on: bool) {
    with_engine(engine, |engine| engine.observe(on));
}

/// Begins a listing from the façade's `EngineList` as JSON. What is wrong with it, its first page says.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn list(engine: usize, place: *mut u8, length: usize) -> usize {
    let list = host::text(place, length);
    let pager = ENGINES.with(|engines| engines.get(engine)).map(|engine| engine.pager(&list));
    pager.map_or(0, |pager| PAGERS.with(|pagers| pagers.add(pager)))
}

/// The next page of a listing.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn next(pager: usize, call: u32) {
    if let Some(pager) = PAGERS.with(|pagers| pagers.get(pager)) {
        pager.next(call);
    }
}

/// Says where a later pager would go on; an empty text where there is nothing more, or while a page is on its way.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn cursor(pager: usize) {
    let pager = PAGERS.with(|pagers| pagers.get(pager));
    host::tell(&pager.and_then(|pager| pager.cursor()).unwrap_or_default());
}

/// Lets go of a listing, with what was fetched ahead.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn leave(pager: usize) {
    PAGERS.with(|pagers| pagers.remove(pager));
}

/// What a task waited for under this key is over: runs the task on.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn resume(
    key: u32,
    number: u32,
    place: *mut u8,
    length: usize,
    body: *mut u8,
    body_length: usize,
) {
    let (text, body) = (host::text(place, length), host::bytes(body, body_length));
    tasks::resume(key, Outcome { number, text, body });
}

/// Cancels a call by its number: its request is aborted, and nothing is told of it.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn cancel(call: u32) {
    tasks::cancel(call);
}

/// Says the phrase of a status, an empty one where there is none.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn phrase(status: u16) {
    let phrase = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    host::tell(phrase.unwrap_or_default());
}

/// Says every name that an error can have, and behind an empty line every option of a single call; a line each.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn names() {
    host::tell(&joined(&[&joined(ERROR_NAMES, "\n"), &joined(CALL_OPTIONS, "\n")], "\n\n"));
}
