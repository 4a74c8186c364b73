//! The border: what the module asks of the JavaScript around it (`npm/src/engine/wasm-host.ts`), and how texts cross it.
//!
//! Numbers cross as they are, texts as UTF-8 in the module's memory: a place and a length. There is no generator behind it: a table of handles, finalizers and an
//! import for each type are 5 KB (gzip) of a Worker's bundle, and cost more time per call than what they carry.
//!
//! What waits (an exchange, a timer, a question) is begun under a key; the host calls [`resume`](crate::exports) with that key when it is over, never before the call that began it has
//! returned. No import throws.
// The one file with unsafe code: the functions that the host gives, and memory that it filled.
#![allow(unsafe_code, reason = "the border with JavaScript")]

/// A text's or a body's place and length.
type Place = *const u8;

#[link(wasm_import_module = "host")]
unsafe extern "C" {
    fn exchange(
        host: u32,
        call: u32,
        key: u32,
        text: Place,
        length: usize,
        body: Place,
        body_length: usize,
        limit: f64,
        body_stays: bool,
    );
    fn timer(host: u32, key: u32, ms: f64);
    fn ask(host: u32, key: u32);
    fn vault(
        host: u32,
        key: u32,
        step: u32,
        secret: Place,
        secret_length: usize,
        binding: Place,
        binding_length: usize,
        text: Place,
        length: usize,
        ttl: f64,
    );
    fn abort(key: u32);
    fn warn(host: u32, text: Place, length: usize);
    fn event(host: u32, text: Place, length: usize);
    fn response(
        call: u32,
        status: u32,
        data: u32,
        attempts: u32,
        text: Place,
        length: usize,
        body: Place,
        body_length: usize,
    );
    fn page(
        call: u32,
        number: f64,
        size: u32,
        total: f64,
        total_is_exact: bool,
        text: Place,
        length: usize,
        body: Place,
        body_length: usize,
    );
    fn end(call: u32);
    fn token(call: u32, expires_at: f64, text: Place, length: usize);
    fn fail(call: u32, exchange: u32, text: Place, length: usize);
    fn say(text: Place, length: usize);
    fn now(host: u32) -> f64;
    fn monotonic(host: u32) -> f64;
    fn random(host: u32) -> f64;
}

/// The host of one engine, by its number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Host(pub(crate) u32);

/// What a wait ended with. What the number means, who waits knows.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) number: u32,
    pub(crate) text: String,
    pub(crate) body: Vec<u8>,
}

/// A request, as the host takes it.
#[derive(Debug)]
pub(crate) struct Exchange<'a> {
    /// Method, url and headers, a line each.
    pub(crate) head: &'a str,
    pub(crate) body: &'a [u8],
    /// The most bytes of the answer's body.
    pub(crate) limit: usize,
    /// The host keeps the body of a success, and hands over its first byte.
    pub(crate) body_stays: bool,
}

impl Host {
    /// Begins a request for a call. It ends with the status, the headers as pairs and the body; or with a number below 100, a failure (see `fetch.rs`), and words about it.
    pub(crate) fn exchange(self, call: u32, key: u32, sent: &Exchange<'_>) {
        let (head, body) = (sent.head, sent.body);
        // SAFETY: the host reads these bytes before it returns.
        unsafe {
            exchange(
                self.0,
                call,
                key,
                head.as_ptr(),
                head.len(),
                body.as_ptr(),
                body.len(),
                sent.limit as f64,
                sent.body_stays,
            );
        }
    }

    /// Asks the caller's function for a token. It ends with 1 and the token, or with 0 where it threw.
    pub(crate) fn ask(self, key: u32) {
        // SAFETY: numbers only.
        unsafe { ask(self.0, key) }
    }

    /// Begins a step of the token store. It ends with 0 for nothing, 1 for a text, 2 for a failure and words about it.
    pub(crate) fn vault(self, key: u32, step: u32, secret: &str, binding: &str, text: &str, ttl: f64) {
        // SAFETY: the host reads these bytes before it returns.
        unsafe {
            vault(
                self.0,
                key,
                step,
                secret.as_ptr(),
                secret.len(),
                binding.as_ptr(),
                binding.len(),
                text.as_ptr(),
                text.len(),
                ttl,
            );
        }
    }

    /// Receives the core's warnings: code and message, a line each.
    pub(crate) fn warn(self, text: &str) {
        // SAFETY: as above.
        unsafe { warn(self.0, text.as_ptr(), text.len()) }
    }

    /// Receives the core's events, as JSON.
    pub(crate) fn event(self, json: &str) {
        // SAFETY: as above.
        unsafe { event(self.0, json.as_ptr(), json.len()) }
    }

    /// Begins a pause.
    pub(crate) fn begin_timer(self, key: u32, ms: f64) {
        // SAFETY: numbers only.
        unsafe { timer(self.0, key, ms) }
    }

    /// Wall time, in milliseconds.
    pub(crate) fn now(self) -> f64 {
        // SAFETY: numbers only.
        unsafe { now(self.0) }
    }

    /// Time that never runs backwards, in microseconds.
    pub(crate) fn monotonic(self) -> f64 {
        // SAFETY: numbers only.
        unsafe { monotonic(self.0) }
    }

    /// A number from 0 to below 1.
    pub(crate) fn chance(self) -> f64 {
        // SAFETY: numbers only.
        unsafe { random(self.0) }
    }
}

/// Nobody waits for this any more: aborts the request, stops the timer.
pub(crate) fn give_up(key: u32) {
    // SAFETY: numbers only.
    unsafe { abort(key) }
}

/// Settles a call with an answer; the host has its headers, and its body where it kept it. `error` is the JSON of its error, or nothing.
pub(crate) fn tell_response(call: u32, status: u16, data: u32, attempts: u32, error: &str, body: &[u8]) {
    let status = u32::from(status);
    // SAFETY: the host reads these bytes before it returns.
    unsafe {
        response(call, status, data, attempts, error.as_ptr(), error.len(), body.as_ptr(), body.len());
    }
}

/// Settles a call with a page. `total` is -1 where it is unknown; `text` is the cursor and the request id, a line each.
pub(crate) fn tell_page(call: u32, number: u64, size: u32, total: (f64, bool), text: &str, body: &[u8]) {
    let (total, is_exact) = total;
    // SAFETY: as above.
    unsafe {
        page(
            call,
            number as f64,
            size,
            total,
            is_exact,
            text.as_ptr(),
            text.len(),
            body.as_ptr(),
            body.len(),
        );
    }
}

/// Settles a call with the end of a listing.
pub(crate) fn tell_end(call: u32) {
    // SAFETY: numbers only.
    unsafe { end(call) }
}

/// Settles a call with a token: its value, and behind a line break its scope, if it has one.
pub(crate) fn tell_token(call: u32, expires_at: f64, text: &str) {
    // SAFETY: the host reads these bytes before it returns.
    unsafe { token(call, expires_at, text.as_ptr(), text.len()) }
}

/// Settles a call with a failure: the core's JSON of the error, and the key of the exchange that failed it, or 0.
pub(crate) fn tell_failure(call: u32, exchange: u32, json: &str) {
    // SAFETY: as above.
    unsafe { fail(call, exchange, json.as_ptr(), json.len()) }
}

/// What an export gives beside its number.
pub(crate) fn tell(text: &str) {
    // SAFETY: as above.
    unsafe { say(text.as_ptr(), text.len()) }
}

/// Memory for a text or a body on its way in; whatever export is given it takes it over.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn buffer(length: usize) -> *mut u8 {
    let mut bytes = std::mem::ManuallyDrop::new(Vec::<u8>::with_capacity(length));
    bytes.as_mut_ptr()
}

/// Takes what the host wrote into a [`buffer`].
pub(crate) fn bytes(place: *mut u8, length: usize) -> Vec<u8> {
    if length == 0 {
        return Vec::new();
    }
    // SAFETY: `buffer` gave this place, with this capacity, for this one time; the host filled all of it.
    unsafe { Vec::from_raw_parts(place, length, length) }
}

/// Takes a text.
pub(crate) fn text(place: *mut u8, length: usize) -> String {
    // SAFETY: the host writes texts with `TextEncoder`, which gives well-formed UTF-8 whatever the text. To check that again is a KB that a runtime would have to compile before there is a client.
    unsafe { String::from_utf8_unchecked(bytes(place, length)) }
}
