//! The type of the crate `bytes` that bodies have, small: what stands in that crate's place in the module for Workers, as `small_http` does in that of `http`.
//!
//! `bytes` knows five kinds of owners and moves between them without a copy, each through a table of functions: 2 KB of the module, and a call through a pointer for each clone and drop. A client's bodies are what
//! came in a vector or nothing at all.

use std::{fmt, ops::Deref, sync::Arc};

/// Bytes that clones and parts of them share.
#[derive(Clone, Default)]
pub struct Bytes {
    /// Nothing for none, so that an empty body costs no memory.
    owner: Option<Arc<Vec<u8>>>,
    start: usize,
    end: usize,
}

impl Bytes {
    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Self { owner: None, start: 0, end: 0 }
    }

    /// A copy: of the bodies that a client sends, none is written down in the program.
    #[must_use]
    pub fn from_static(bytes: &'static [u8]) -> Self {
        bytes.to_vec().into()
    }

    /// A part, by a slice of these bytes. None where it is a slice of others.
    #[must_use]
    pub fn slice_ref(&self, part: &[u8]) -> Self {
        let from = (part.as_ptr() as usize).wrapping_sub(self.as_ptr() as usize);
        if self.get(from..from.wrapping_add(part.len())).is_none() {
            return Self::new();
        }
        let start = self.start + from;
        Self { owner: self.owner.clone(), start, end: start + part.len() }
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.owner.as_ref().and_then(|owner| owner.get(self.start..self.end)).unwrap_or_default()
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        if bytes.is_empty() {
            return Self::new();
        }
        let end = bytes.len();
        Self { owner: Some(Arc::new(bytes)), start: 0, end }
    }
}

impl From<String> for Bytes {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl PartialEq for Bytes {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Bytes {}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::Bytes;

    proptest::proptest! {
        #[test]
        fn parts_and_clones_are_the_crates(bytes: Vec<u8>, from: u8, length: u8) {
            let (ours, theirs) = (Bytes::from(bytes.clone()), bytes::Bytes::from(bytes.clone()));
            proptest::prop_assert_eq!(&*ours, &*theirs);
            let from = usize::from(from).min(bytes.len());
            let to = (from + usize::from(length)).min(bytes.len());
            let part = ours.slice_ref(&ours[from..to]);
            proptest::prop_assert_eq!(&*part, &*theirs.slice_ref(&theirs[from..to]));
            // A part of a part, which outlives what it is of.
            let middle = part.len() / 2;
            let half = part.clone().slice_ref(&part[middle..]);
            drop((ours, part));
            proptest::prop_assert_eq!(&*half, &bytes[from + middle..to]);
        }
    }

    #[test]
    fn a_slice_of_others_is_no_part() {
        let bytes = Bytes::from_static(b"some");
        assert_eq!(bytes.slice_ref(b"same"), Bytes::new());
        assert_eq!(Bytes::from(String::new()), Bytes::default());
    }
}
