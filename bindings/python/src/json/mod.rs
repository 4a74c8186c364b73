//! JSON to Python objects in one pass: no tree in between, and keys are made once for all answers.
//!
//! Whole numbers up to 64 bits are `int`, others `float`, exact to the last bit. (Logto computes in JavaScript, so larger ones never were whole.) Nesting is limited to 128, as everywhere in the core.
//!
//! Most of an answer is plain: strings without escapes, short whole numbers, keys seen before. That is read here. What is not plain (escapes, fractions, large numbers) serde_json decodes, token by
//! token; and what is no JSON it says what is wrong with.

mod keys;
mod number;
mod shapes;
mod text;

use std::cell::{Cell, RefCell};

use logto_management::core::{
    json::special,
    serde_json::{self, Number, Value},
};
use pyo3::{
    IntoPyObjectExt,
    prelude::*,
    types::{PyBool, PyDict, PyList, PyString},
};
use serde::de::Error as _;

use keys::Keys;
use shapes::{Given, Hint, Shape, Shapes};
use text::text;

/// As deep as serde_json goes.
const DEPTH: u8 = 127;

/// Most answers have no more in their open lists and objects at a time.
const ROOM: usize = 64;

/// What a thread remembers of the answers that it has read.
struct Memory {
    keys: Keys,
    shapes: Shapes,
    /// The shape of the last answer, or of its items.
    last: Hint,
}

impl Memory {
    const fn new() -> Self {
        Self { keys: Keys::new(), shapes: Shapes::new(), last: Hint::NONE }
    }

    /// Lends out the thread's.
    fn with<R>(parse: impl FnOnce(&mut Self) -> R) -> R {
        thread_local!(static MEMORY: RefCell<Memory> = const { RefCell::new(Memory::new()) });
        MEMORY.with(|memory| match memory.try_borrow_mut() {
            Ok(mut memory) => parse(&mut memory),
            // The garbage collector ran while an answer was parsed, and a finalizer of somebody's parses another one.
            Err(_) => parse(&mut Self::new()),
        })
    }
}

/// The Python object that `json` stands for.
///
/// # Errors
/// Where it is no JSON.
pub(crate) fn parse<'py>(py: Python<'py>, json: &[u8]) -> serde_json::Result<Bound<'py, PyAny>> {
    let parsed = Memory::with(|memory| {
        Parser { py, bytes: json, at: 0, memory, values: Vec::with_capacity(ROOM) }.document()
    });
    parsed.map_err(|stop| match stop {
        Stop::NotJson => match serde_json::from_slice::<Value>(json) {
            Err(error) => error,
            Ok(_) => serde_json::Error::custom("it could not be read"),
        },
        Stop::Python(error) => serde_json::Error::custom(error),
    })
}

/// Why parsing ended early.
enum Stop {
    NotJson,
    /// Memory ran out. In a box, so that what every value comes in fits into two registers.
    Python(Box<PyErr>),
}

impl From<PyErr> for Stop {
    fn from(error: PyErr) -> Self {
        Self::Python(Box::new(error))
    }
}

type Parsed<'py> = Result<Bound<'py, PyAny>, Stop>;

struct Parser<'a, 'py> {
    py: Python<'py>,
    bytes: &'a [u8],
    at: usize,
    memory: &'a mut Memory,
    /// What is in the lists and objects that are being read, inner ones last.
    values: Vec<Bound<'py, PyAny>>,
}

impl<'a, 'py> Parser<'a, 'py> {
    fn document(&mut self) -> Parsed<'py> {
        let hint = Cell::new(self.memory.last);
        let value = self.value(DEPTH, &hint)?;
        self.memory.last = hint.get();
        match self.next_token() {
            None => Ok(value),
            Some(_) => Err(Stop::NotJson),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The next byte that is no white space.
    #[inline(always)]
    fn next_token(&mut self) -> Option<u8> {
        loop {
            match self.peek() {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                token => return token,
            }
        }
    }

    /// Steps over this text, if it comes next; whether it did.
    #[inline(always)]
    fn skip(&mut self, text: &[u8]) -> bool {
        let end = self.at + text.len();
        let comes = self.bytes.get(self.at..end) == Some(text);
        if comes {
            self.at = end;
        }
        comes
    }

    /// Steps over the rest of a value that can only be this.
    fn literal(&mut self, word: &[u8], value: impl Fn(Python<'py>) -> Bound<'py, PyAny>) -> Parsed<'py> {
        if self.skip(word) { Ok(value(self.py)) } else { Err(Stop::NotJson) }
    }

    /// A value. The hint says what it looks like, if it is an object or a list of some, and learns what it did.
    #[inline(always)]
    fn value(&mut self, depth: u8, hint: &Cell<Hint>) -> Parsed<'py> {
        match self.next_token().ok_or(Stop::NotJson)? {
            b'"' => self.string(),
            b'n' => self.literal(b"null", |py| py.None().into_bound(py)),
            b't' => self.literal(b"true", |py| PyBool::new(py, true).to_owned().into_any()),
            b'f' => self.literal(b"false", |py| PyBool::new(py, false).to_owned().into_any()),
            b'{' => self.object(depth, hint),
            b'[' => self.list(depth, hint),
            _ => self.number(),
        }
    }

    #[inline(never)]
    fn list(&mut self, depth: u8, hint: &Cell<Hint>) -> Parsed<'py> {
        let depth = depth.checked_sub(1).ok_or(Stop::NotJson)?;
        self.at += 1;
        let first = self.values.len();
        if self.next_token() == Some(b']') {
            self.at += 1;
            return Ok(PyList::empty(self.py).into_any());
        }
        loop {
            let item = self.value(depth, hint)?;
            self.values.push(item);
            match self.next_token() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return Err(Stop::NotJson),
            }
        }
        self.at += 1;
        Ok(PyList::new(self.py, self.values.drain(first..))?.into_any())
    }

    #[inline(never)]
    fn object(&mut self, depth: u8, hint: &Cell<Hint>) -> Parsed<'py> {
        let depth = depth.checked_sub(1).ok_or(Stop::NotJson)?;
        if self.skip(b"{}") {
            return Ok(PyDict::new(self.py).into_any());
        }
        let first = self.values.len();
        let Some(shape) = self.memory.shapes.get(hint.get()) else {
            return self.other_object(depth, hint, first, Vec::new());
        };
        let mut given = Given::NONE;
        for (at, member) in shape.members().iter().enumerate() {
            if member.usual().is_some_and(|usual| self.skip(usual)) {
                continue;
            }
            if !self.skip(member.text()) {
                return self.not_so(depth, hint, first, &shape, at, given);
            }
            let value = self.value(depth, member.inner())?;
            self.values.push(value);
            given.add(at);
        }
        if !self.skip(b"}") {
            return self.not_so(depth, hint, first, &shape, shape.members().len(), given);
        }
        Ok(shape.dict(self.py, given, self.values.drain(first..))?.into_any())
    }

    /// An object that is not as expected, or not up to its end. So many members were.
    #[inline(never)]
    fn not_so(
        &mut self,
        depth: u8,
        hint: &Cell<Hint>,
        first: usize,
        shape: &Shape,
        count: usize,
        given: Given,
    ) -> Parsed<'py> {
        let (keys, values) = shape.members_of(self.py, count, given, self.values.drain(first..));
        self.values.extend(values);
        self.other_object(depth, hint, first, keys)
    }

    /// An object as it comes. These keys have been read, and their values are those from `first` on.
    #[inline(never)]
    fn other_object(
        &mut self,
        depth: u8,
        hint: &Cell<Hint>,
        first: usize,
        mut keys: Vec<Bound<'py, PyString>>,
    ) -> Parsed<'py> {
        let mut ended = if keys.is_empty() { self.begins_object() } else { self.ends_object()? };
        let mut seen = true;
        while !ended {
            let (key, before) = self.key()?;
            keys.push(key);
            seen &= before;
            if self.next_token() != Some(b':') {
                return Err(Stop::NotJson);
            }
            self.at += 1;
            let value = self.value(depth, &Cell::new(Hint::NONE))?;
            self.values.push(value);
            ended = self.ends_object()?;
        }
        let values = self.values.drain(first..);
        // What looks like none before is not expected again: maps by id and the like.
        if seen && let Some(known) = self.memory.shapes.of(self.py, &keys, values.as_slice())? {
            hint.set(known);
        }
        let dict = PyDict::new(self.py);
        for (key, value) in keys.iter().zip(values) {
            dict.set_item(key, value)?;
        }
        Ok(dict.into_any())
    }

    /// At an object's brace: whether it is empty. If not, the next thing is a key.
    fn begins_object(&mut self) -> bool {
        self.at += 1;
        self.next_token();
        self.skip(b"}")
    }

    /// After a member: whether the object ends here. If not, the next thing is a key.
    fn ends_object(&mut self) -> Result<bool, Stop> {
        let token = self.next_token();
        self.at += 1;
        match token {
            Some(b'}') => Ok(true),
            Some(b',') if self.next_token() == Some(b'"') => Ok(false),
            _ => Err(Stop::NotJson),
        }
    }

    /// A key, and whether it was seen before.
    fn key(&mut self) -> Result<(Bound<'py, PyString>, bool), Stop> {
        if self.peek() != Some(b'"') {
            return Err(Stop::NotJson);
        }
        match self.plain_string() {
            Ok(token) => self.memory.keys.look_up(self.py, token),
            Err(end) => Ok((self.unescaped(end)?, false)),
        }
    }

    #[inline(always)]
    fn string(&mut self) -> Parsed<'py> {
        match self.plain_string() {
            Ok(token) => text(self.py, token).map(Bound::into_any),
            Err(end) => self.unescaped(end).map(Bound::into_any),
        }
    }

    /// Steps over a string that stands for what is between its quotes, and gives that. If it does not: where it stops to.
    #[inline(always)]
    fn plain_string(&mut self) -> Result<&'a [u8], usize> {
        let begin = self.at + 1;
        let end = special(self.bytes, begin);
        match self.bytes.get(begin..end) {
            Some(token) if self.bytes.get(end) == Some(&b'"') => {
                self.at = end + 1;
                Ok(token)
            }
            _ => Err(end),
        }
    }

    /// Steps over a string with an escape there.
    #[cold]
    fn unescaped(&mut self, mut escape: usize) -> Result<Bound<'py, PyString>, Stop> {
        let begin = self.at;
        // Else the end, or a control character, which only an escape can stand for.
        while self.bytes.get(escape) == Some(&b'\\') {
            escape = special(self.bytes, escape + 2);
        }
        self.at = escape + 1;
        let token = self.bytes.get(begin..self.at).ok_or(Stop::NotJson)?;
        let whole: String = serde_json::from_slice(token).map_err(|_| Stop::NotJson)?;
        text(self.py, whole.as_bytes())
    }

    #[inline(always)]
    fn number(&mut self) -> Parsed<'py> {
        if let Some((number, length)) = self.bytes.get(self.at..).and_then(number::whole) {
            self.at += length;
            return Ok(number.into_bound_py_any(self.py)?);
        }
        self.other_number()
    }

    #[inline(never)]
    fn other_number(&mut self) -> Parsed<'py> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length =
            rest.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
        let token = rest.get(..length.count()).unwrap_or_default();
        self.at += token.len();
        let number: Number = serde_json::from_slice(token).map_err(|_| Stop::NotJson)?;
        Ok(match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => number.into_bound_py_any(self.py)?,
            (_, Some(number)) => number.into_bound_py_any(self.py)?,
            _ => number.as_f64().into_bound_py_any(self.py)?,
        })
    }
}
