//! Objects as they came before: rows of a listing have the same keys in the same order, and so have those of the next answer.
//!
//! Where an object is expected to look like another one, its keys need not be looked for, and its dict is a copy that has grown already. What is expected is a guess that each key is held against, so a
//! wrong one costs a comparison and nothing else.

use std::{cell::Cell, rc::Rc};

use pyo3::{
    prelude::*,
    types::{PyBool, PyDict, PyString},
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
    /// A dict with these keys and what is usual for them, of which others are copied. `None` where it is as fast to make one.
    filled: Option<Py<PyDict>>,
}

/// A key, and what is known of it.
pub(super) struct Member {
    /// What stands before its value: the brace or a comma, the key with its quotes, and the colon. Then its usual value, if it has one.
    text: Box<[u8]>,
    /// Where the value begins.
    value_at: usize,
    key: Py<PyString>,
    /// What it is in the dict that others are copied from.
    usual: Py<PyAny>,
    /// The shape of the object that was its value, or was in the list that was.
    inner: Cell<Hint>,
}

impl Member {
    /// What stands before its value.
    pub(super) fn text(&self) -> &[u8] {
        self.text.get(..self.value_at).unwrap_or_default()
    }

    /// The same with its usual value, if it has one.
    pub(super) fn usual(&self) -> Option<&[u8]> {
        (self.value_at < self.text.len()).then_some(&*self.text)
    }

    /// What to expect of its value.
    pub(super) const fn inner(&self) -> &Cell<Hint> {
        &self.inner
    }
}

/// Which members of an object are not as usual, one bit for each.
#[derive(Clone, Copy)]
pub(super) struct Given(u64);

impl Given {
    pub(super) const NONE: Self = Self(0);

    pub(super) const fn add(&mut self, at: usize) {
        self.0 |= 1 << at;
    }

    const fn has(self, at: usize) -> bool {
        self.0 >> at & 1 == 1
    }
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

    /// Where the shape of an object with these keys and values is; `None` where it has none, because that is worth nothing.
    pub(super) fn of<'py>(
        &mut self,
        py: Python<'py>,
        keys: &[Bound<'py, PyString>],
        values: &[Bound<'py, PyAny>],
    ) -> PyResult<Option<Hint>> {
        if keys.is_empty() || keys.len() > MOST {
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
            let Some(shape) = Shape::new(py, keys, values)? else { return Ok(None) };
            *slot = Some(Rc::new(shape));
        }
        Ok(Some(hint))
    }
}

impl Shape {
    /// The shape of such an object; `None` where it has a key twice.
    fn new<'py>(
        py: Python<'py>,
        keys: &[Bound<'py, PyString>],
        values: &[Bound<'py, PyAny>],
    ) -> PyResult<Option<Self>> {
        let is_copied = keys.len() > SMALL;
        let dict = PyDict::new(py);
        let mut members = Vec::with_capacity(keys.len());
        for (key, value) in keys.iter().zip(values) {
            let before = if members.is_empty() { '{' } else { ',' };
            let mut text = format!("{before}\"{}\":", key.to_cow()?);
            let value_at = text.len();
            // One of the few things that are the same everywhere?
            let literal = match value.cast::<PyBool>() {
                Ok(value) if value.is_true() => Some("true"),
                Ok(_) => Some("false"),
                Err(_) if value.is_none() => Some("null"),
                Err(_) => None,
            };
            let usual = if literal.is_some() { value.clone().unbind() } else { py.None() };
            if is_copied && let Some(literal) = literal {
                text.push_str(literal);
            }
            dict.set_item(key, &usual)?;
            let (text, key) = (text.into_bytes().into(), key.clone().unbind());
            members.push(Member { text, value_at, key, usual, inner: Cell::new(Hint::NONE) });
        }
        if dict.len() < keys.len() {
            return Ok(None);
        }
        Ok(Some(Self { members: members.into(), filled: is_copied.then(|| dict.unbind()) }))
    }

    fn has(&self, keys: &[Bound<'_, PyString>]) -> bool {
        self.members.len() == keys.len()
            && self.members.iter().zip(keys).all(|(member, key)| member.key.as_ptr() == key.as_ptr())
    }

    pub(super) fn members(&self) -> &[Member] {
        &self.members
    }

    /// The first members of an object: these values, and the usual ones.
    pub(super) fn members_of<'py>(
        &self,
        py: Python<'py>,
        count: usize,
        given: Given,
        mut values: impl Iterator<Item = Bound<'py, PyAny>>,
    ) -> (Vec<Bound<'py, PyString>>, Vec<Bound<'py, PyAny>>) {
        let members = self.members.iter().take(count).enumerate();
        let value = |(at, member): (usize, &Member)| {
            let given = if given.has(at) { values.next() } else { None };
            (member.key.bind(py).clone(), given.unwrap_or_else(|| member.usual.bind(py).clone()))
        };
        members.map(value).unzip()
    }

    /// An object's dict, of these values and the usual ones.
    pub(super) fn dict<'py>(
        &self,
        py: Python<'py>,
        given: Given,
        values: impl Iterator<Item = Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        // Where none is copied, all are given.
        let dict = match &self.filled {
            Some(filled) => filled.bind(py).copy()?,
            None => PyDict::new(py),
        };
        let members = self.members.iter().enumerate().filter(|(at, _)| given.has(*at));
        for ((_, member), value) in members.zip(values) {
            dict.set_item(member.key.bind(py), value)?;
        }
        Ok(dict)
    }
}
