//! Keys seen before, as Python strings whose hash is known already.

use pyo3::{prelude::*, types::PyString};

use super::{Stop, text::text};

const SLOTS: usize = 256;

/// Longer keys are ids and the like, which do not come again.
const LONGEST: usize = 40;

/// The keys that a thread has seen: a small table, in which a newcomer takes the place of the one before it.
pub(super) struct Keys(Vec<Option<Key>>);

/// A key in UTF-8, and as a string.
type Key = (Box<[u8]>, Py<PyString>);

impl Keys {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// The key as a string, and whether it was seen before.
    pub(super) fn look_up<'py>(
        &mut self,
        py: Python<'py>,
        key: &[u8],
    ) -> Result<(Bound<'py, PyString>, bool), Stop> {
        if self.0.is_empty() {
            self.0.resize_with(SLOTS, || None);
        }
        // FNV-1a: keys are short.
        let hash = key
            .iter()
            .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
        let slot = self.0.get_mut((hash ^ (hash >> 16)) as usize % SLOTS);
        match slot {
            Some(Some((seen, string))) if **seen == *key => Ok((string.bind(py).clone(), true)),
            slot => {
                let string = text(py, key)?;
                if let Some(slot) = slot.filter(|_| key.len() <= LONGEST) {
                    *slot = Some((key.into(), string.clone().unbind()));
                }
                Ok((string, false))
            }
        }
    }
}
