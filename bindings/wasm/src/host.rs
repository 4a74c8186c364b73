//! The JavaScript of `js/host.js`, as Rust sees it.

use js_sys::{Function, Promise, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/host.js")]
extern "C" {
    /// One request on its way.
    pub(crate) type Exchange;

    #[wasm_bindgen(constructor)]
    pub(crate) fn new(
        fetch: Option<&Function>,
        method: &str,
        url: &str,
        headers: &str,
        body: Option<&[u8]>,
        limit: f64,
    ) -> Exchange;

    /// Fulfils with an [`Answer`], always.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn answer(this: &Exchange) -> Promise;

    #[wasm_bindgen(method)]
    pub(crate) fn abort(this: &Exchange);

    /// What an exchange came to.
    pub(crate) type Answer;

    /// 0 for an answer; otherwise see `fetch.rs`.
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

    /// A timer that runs.
    pub(crate) type Timer;

    #[wasm_bindgen(constructor)]
    pub(crate) fn start(ms: f64) -> Timer;

    /// Fulfils when the time is over or the timer was stopped.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn done(this: &Timer) -> Promise;

    #[wasm_bindgen(method)]
    pub(crate) fn stop(this: &Timer);

    /// The façade's `EngineResponse`.
    pub(crate) fn response(
        status: u16,
        headers: &str,
        body: &[u8],
        data: u32,
        attempts: u32,
        request_id: Option<&str>,
        error: Option<&str>,
    ) -> JsValue;

    /// The façade's `EnginePage`.
    pub(crate) fn page(
        body: &[u8],
        number: f64,
        size: u32,
        total: Option<f64>,
        total_is_exact: bool,
        cursor: Option<&str>,
        request_id: Option<&str>,
    ) -> JsValue;

    /// The façade's `EngineToken`.
    pub(crate) fn token(value: &str, expires_at: f64, scope: Option<&str>) -> JsValue;
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    pub(crate) fn date_now() -> f64;

    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    pub(crate) fn performance_now() -> f64;

    #[wasm_bindgen(js_namespace = Math, js_name = random)]
    pub(crate) fn random() -> f64;

    /// What the façade hands over beside the options: functions that the engine calls.
    pub type Hooks;

    /// Carries the requests instead of the global `fetch`; takes a `Request`.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn fetch(this: &Hooks) -> Option<Function>;

    /// Gives an access token, a string or a promise of one.
    #[wasm_bindgen(method, getter, js_name = getToken)]
    pub(crate) fn get_token(this: &Hooks) -> Option<Function>;

    /// Receives the core's warnings.
    #[wasm_bindgen(method)]
    pub(crate) fn warn(this: &Hooks, code: &str, message: &str);
}
