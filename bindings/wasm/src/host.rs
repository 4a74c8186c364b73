//! The JavaScript around the module, as Rust sees it: `Host` of `npm/src/engine/wasm-host.ts`, and a few globals.
//!
//! What waits (an exchange, a timer, a question for a token) is begun under a key; the host calls [`resume`](crate::tasks::resume) with that
//! key when it is over, never before the call that began it has returned. No method throws.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// What the façade hands to every engine.
    #[derive(Clone, Debug)]
    pub type Host;

    /// Begins a request; its outcome is [`answer`](Self::answer). Headers are pairs (see `text.rs`).
    #[wasm_bindgen(method)]
    pub(crate) fn exchange(
        this: &Host,
        key: u32,
        method: &str,
        url: &str,
        headers: &str,
        body: Option<&[u8]>,
        limit: f64,
    );

    /// What an exchange came to; asked for once.
    #[wasm_bindgen(method)]
    pub(crate) fn answer(this: &Host, key: u32) -> Answer;

    /// Begins a pause.
    #[wasm_bindgen(method)]
    pub(crate) fn timer(this: &Host, key: u32, ms: f64);

    /// Whether tokens come from a function of the caller's.
    #[wasm_bindgen(method, getter, js_name = givesTokens)]
    pub(crate) fn gives_tokens(this: &Host) -> bool;

    /// Whether tokens are shared through a store.
    #[wasm_bindgen(method, getter, js_name = sharesTokens)]
    pub(crate) fn shares_tokens(this: &Host) -> bool;

    /// Begins a step of the token store, by its number; what comes of it is a [`given_token`](Self::given_token).
    #[wasm_bindgen(method)]
    pub(crate) fn vault(this: &Host, key: u32, step: u32, secret: &str, binding: &str, text: &str, ttl: f64);

    /// Asks that function.
    #[wasm_bindgen(method, js_name = askToken)]
    pub(crate) fn ask_token(this: &Host, key: u32);

    /// What it gave; nothing where it threw.
    #[wasm_bindgen(method, js_name = givenToken)]
    pub(crate) fn given_token(this: &Host, key: u32) -> Option<String>;

    /// Nobody waits for this any more: aborts the request, stops the timer.
    #[wasm_bindgen(method)]
    pub(crate) fn abort(this: &Host, key: u32);

    /// Receives the core's warnings.
    #[wasm_bindgen(method)]
    pub(crate) fn warn(this: &Host, code: &str, message: &str);

    /// Receives the core's events, as JSON.
    #[wasm_bindgen(method)]
    pub(crate) fn event(this: &Host, json: &str);

    /// Settles a call with an answer: `EngineResponse`.
    #[wasm_bindgen(method)]
    pub(crate) fn response(
        this: &Host,
        call: u32,
        status: u16,
        headers: &str,
        body: &[u8],
        data: u32,
        attempts: u32,
        request_id: Option<&str>,
        error: Option<&str>,
    );

    /// Settles a call with a page: `EnginePage`.
    #[wasm_bindgen(method)]
    pub(crate) fn page(
        this: &Host,
        call: u32,
        body: &[u8],
        number: f64,
        size: u32,
        total: Option<f64>,
        total_is_exact: bool,
        cursor: Option<&str>,
        request_id: Option<&str>,
    );

    /// Settles a call with the end of a listing.
    #[wasm_bindgen(method)]
    pub(crate) fn end(this: &Host, call: u32);

    /// Settles a call with a token: `EngineToken`.
    #[wasm_bindgen(method)]
    pub(crate) fn token(this: &Host, call: u32, value: &str, expires_at: f64, scope: Option<&str>);

    /// Settles a call with a failure: the core's JSON of the error, and the key of the exchange that failed it, if one did.
    #[wasm_bindgen(method)]
    pub(crate) fn fail(this: &Host, call: u32, error: &str, exchange: Option<u32>);

    /// What an exchange came to.
    pub(crate) type Answer;

    /// 0 for an answer; otherwise a failure, see `fetch.rs`.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn failure(this: &Answer) -> u32;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn message(this: &Answer) -> String;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn status(this: &Answer) -> u16;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn headers(this: &Answer) -> String;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn body(this: &Answer) -> Uint8Array;

    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    pub(crate) fn date_now() -> f64;

    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    pub(crate) fn performance_now() -> f64;

    #[wasm_bindgen(js_namespace = Math, js_name = random)]
    pub(crate) fn random() -> f64;
}
