//! Keys seen before, as Python strings whose hash is known already.
//!
//! The rows of a listing have the same keys in the same order, and so have those of the next answer. So each key remembers which one came after it: mostly the text at hand begins with just that one,
//! and its end need not be looked for. Otherwise a small table finds it, in which a newcomer takes the place of the one before it.

use std::cell::RefCell;

use pyo3::{prelude::*, types::PyString};

const SLOTS: usize = 256;

/// Longer keys are ids and the like, which do not come again.
const LONGEST: usize = 40;

/// The keys that a thread has seen.
pub(super) struct Keys {
    seen: Vec<Option<Seen>>,
    /// Where the key before this one is.
    last: usize,
}

struct Seen {
    text: Box<str>,
    string: Py<PyString>,
    /// Where the key is that came after it.
    next: usize,
}

thread_local!(static KEYS: RefCell<Keys> = const { RefCell::new(Keys::new()) });

/// Lends the thread's keys out.
pub(super) fn with<R>(parse: impl FnOnce(&mut Keys) -> R) -> R {
    KEYS.with(|keys| match keys.try_borrow_mut() {
        Ok(mut keys) => parse(&mut keys),
        // The garbage collector ran while an answer was parsed, and a finalizer of somebody's parses another one.
        Err(_) => parse(&mut Keys::new()),
    })
}

impl Keys {
    const fn new() -> Self {
        Self { seen: Vec::new(), last: 0 }
    }

    /// The key that came after the last one, if `rest` begins with it and a quote; and its length.
    pub(super) fn expected<'py>(
        &mut self,
        py: Python<'py>,
        rest: &[u8],
    ) -> Option<(Bound<'py, PyString>, usize)> {
        let at = self.seen.get(self.last)?.as_ref()?.next;
        let seen = self.seen.get(at)?.as_ref()?;
        let length = seen.text.len();
        if rest.get(length) != Some(&b'"') || rest.get(..length) != Some(seen.text.as_bytes()) {
            return None;
        }
        self.last = at;
        Some((seen.string.bind(py).clone(), length))
    }

    pub(super) fn look_up<'py>(&mut self, py: Python<'py>, key: &str) -> Bound<'py, PyString> {
        if self.seen.is_empty() {
            self.seen.resize_with(SLOTS, || None);
        }
        // FNV-1a: keys are short.
        let hash = key
            .bytes()
            .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        let at = (hash ^ (hash >> 16)) as usize % SLOTS;
        let string = match self.seen.get(at) {
            Some(Some(seen)) if *seen.text == *key => seen.string.bind(py).clone(),
            _ => {
                let string = PyString::new(py, key);
                if key.len() > LONGEST {
                    return string;
                }
                if let Some(slot) = self.seen.get_mut(at) {
                    *slot = Some(Seen { text: key.into(), string: string.clone().unbind(), next: 0 });
                }
                string
            }
        };
        if let Some(Some(last)) = self.seen.get_mut(self.last) {
            last.next = at;
        }
        self.last = at;
        string
    }
}
