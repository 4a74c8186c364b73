//! Objects as they came before: rows of a listing have the same keys in the same order, and so have those of the next answer.
//!
//! Where an object is expected to look like another one, its keys need not be looked for, and its dict is a copy that has grown already. What is expected is a guess that each key is held against, so a
//! wrong one costs a comparison and nothing else.

use std::{cell::Cell, rc::Rc};

use pyo3::{
    prelude::*,
    types::{PyDict, PyString},
};

const SLOTS: usize = 256;

/// A dict takes so many before it has to grow.
const SMALL: usize = 5;

/// More than any row has.
const MOST: usize = 64;

/// Where the shape is that an object is expected to have.
#[derive(Clone, Copy)]
pub(super) struct Hint(u8);

impl Hint {
    /// Nothing is known: any shape is as good as another.
    pub(super) const NONE: Self = Self(0);
}

/// The keys of an object, in order.
pub(super) struct Shape {
    members: Box<[Member]>,
    /// A dict with these keys, of which others are copied.
    filled: Option<Py<PyDict>>,
}

/// A key, and what is known of it.
struct Member {
    /// As it stands in JSON, with its quotes and the colon.
    text: Box<[u8]>,
    key: Py<PyString>,
    /// The shape of the object that was its value, or was in the list that was.
    inner: Cell<Hint>,
}

/// The shapes that a thread has seen, each where the sum of its keys says. A newcomer takes the place of the one before it.
pub(super) struct Shapes(Vec<Option<Rc<Shape>>>);

impl Shapes {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn get(&self, hint: Hint) -> Option<Rc<Shape>> {
        self.0.get(usize::from(hint.0))?.as_ref().map(Rc::clone)
    }

    /// Where the shape of these keys is; `None` where they have none, because it is worth nothing.
    pub(super) fn of(&mut self, py: Python<'_>, keys: &[Bound<'_, PyString>]) -> PyResult<Option<Hint>> {
        if keys.len() > MOST {
            return Ok(None);
        }
        // By identity: those of an object that came before are the same.
        let sum = keys.iter().fold(0_usize, |sum, key| {
            (sum.rotate_left(5) ^ (key.as_ptr() as usize >> 4)).wrapping_mul(0x9e37_79b9)
        });
        let hint = Hint((sum >> 16) as u8);
        if self.0.is_empty() {
            self.0.resize_with(SLOTS, || None);
        }
        if let Some(slot) = self.0.get_mut(usize::from(hint.0))
            && !slot.as_ref().is_some_and(|shape| shape.has(keys))
        {
            *slot = Some(Rc::new(Shape::new(py, keys)?));
        }
        Ok(Some(hint))
    }
}

impl Shape {
    fn new(py: Python<'_>, keys: &[Bound<'_, PyString>]) -> PyResult<Self> {
        let member = |key: &Bound<'_, PyString>| {
            let text = format!("\"{}\":", key.to_cow()?).into_bytes().into_boxed_slice();
            Ok(Member { text, key: key.clone().unbind(), inner: Cell::new(Hint::NONE) })
        };
        let members = keys.iter().map(member).collect::<PyResult<_>>()?;
        let filled = if keys.len() > SMALL {
            let dict = PyDict::new(py);
            keys.iter().try_for_each(|key| dict.set_item(key, py.None()))?;
            Some(dict.unbind())
        } else {
            None
        };
        Ok(Self { members, filled })
    }

    fn has(&self, keys: &[Bound<'_, PyString>]) -> bool {
        self.members.len() == keys.len()
            && self.members.iter().zip(keys).all(|(member, key)| member.key.as_ptr() == key.as_ptr())
    }

    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    /// The key at this place, as it stands in JSON, and what to expect of its value.
    pub(super) fn member(&self, at: usize) -> Option<(&[u8], &Cell<Hint>)> {
        self.members.get(at).map(|member| (&*member.text, &member.inner))
    }

    /// The first keys.
    pub(super) fn keys<'py>(&self, py: Python<'py>, count: usize) -> Vec<Bound<'py, PyString>> {
        self.members.iter().take(count).map(|member| member.key.bind(py).clone()).collect()
    }

    /// A dict of its keys and these values.
    pub(super) fn dict<'py>(
        &self,
        py: Python<'py>,
        values: impl Iterator<Item = Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let dict = match &self.filled {
            Some(filled) => filled.bind(py).copy()?,
            None => PyDict::new(py),
        };
        for (member, value) in self.members.iter().zip(values) {
            if self.filled.is_some() && value.is_none() {
                // What is not there is in the copy.
                continue;
            }
            dict.set_item(member.key.bind(py), value)?;
        }
        Ok(dict)
    }
}
