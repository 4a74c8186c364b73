//! JSON to Python objects in one pass: no tree in between, and keys are made once for all answers.
//!
//! Whole numbers up to 64 bits are `int`, others `float`, exact to the last bit. (Logto computes in JavaScript, so larger ones never were whole.) Nesting is limited to 128, as everywhere in the core.
//!
//! Most of an answer is plain: strings without escapes, short whole numbers, keys seen before. That is read here. What is not plain (escapes, fractions, large numbers) serde_json decodes, token by
//! token; and what is no JSON it says what is wrong with.

mod keys;
mod number;
mod shapes;

use std::cell::RefCell;

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
use shapes::{Hint, Shape, Shapes};

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
    let parsed = match std::str::from_utf8(json) {
        Ok(text) => Memory::with(|memory| {
            Parser { py, text, bytes: json, at: 0, memory, values: Vec::with_capacity(ROOM) }.document()
        }),
        Err(_) => Err(Stop::NotJson),
    };
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
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    memory: &'a mut Memory,
    /// What is in the lists and objects that are being read, inner ones last.
    values: Vec<Bound<'py, PyAny>>,
}

impl<'a, 'py> Parser<'a, 'py> {
    fn document(&mut self) -> Parsed<'py> {
        let mut hint = self.memory.last;
        let value = self.value(DEPTH, &mut hint)?;
        self.memory.last = hint;
        match self.next_token() {
            None => Ok(value),
            Some(_) => Err(Stop::NotJson),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The next byte that is no white space.
    fn next_token(&mut self) -> Option<u8> {
        loop {
            match self.peek() {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                token => return token,
            }
        }
    }

    /// Steps over what must come next.
    fn expect(&mut self, word: &str) -> Result<(), Stop> {
        let end = self.at + word.len();
        if self.bytes.get(self.at..end) != Some(word.as_bytes()) {
            return Err(Stop::NotJson);
        }
        self.at = end;
        Ok(())
    }

    /// A value. The hint says what it looks like, if it is an object or a list of some, and learns what it did.
    fn value(&mut self, depth: u8, hint: &mut Hint) -> Parsed<'py> {
        match self.next_token().ok_or(Stop::NotJson)? {
            b'"' => self.string(),
            b'{' => self.object(depth, hint),
            b'[' => self.list(depth, hint),
            b'n' => self.expect("null").map(|()| self.py.None().into_bound(self.py)),
            b't' => self.expect("true").map(|()| PyBool::new(self.py, true).to_owned().into_any()),
            b'f' => self.expect("false").map(|()| PyBool::new(self.py, false).to_owned().into_any()),
            _ => self.number(),
        }
    }

    fn list(&mut self, depth: u8, hint: &mut Hint) -> Parsed<'py> {
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

    fn object(&mut self, depth: u8, hint: &mut Hint) -> Parsed<'py> {
        let py = self.py;
        let depth = depth.checked_sub(1).ok_or(Stop::NotJson)?;
        self.at += 1;
        if self.next_token() == Some(b'}') {
            self.at += 1;
            return Ok(PyDict::new(py).into_any());
        }
        let first = self.values.len();
        let shape = self.memory.shapes.get(*hint);
        let mut ended = false;
        if let Some(shape) = &shape {
            ended = self.members_of(shape, depth)?;
            if ended && self.values.len() - first == shape.len() {
                return Ok(shape.dict(py, self.values.drain(first..))?.into_any());
            }
        }
        // Not as expected, or not up to its end.
        let mut keys = shape.map_or_else(Vec::new, |shape| shape.keys(py, self.values.len() - first));
        let mut seen = true;
        while !ended {
            let (key, before) = self.key()?;
            keys.push(key);
            seen &= before;
            if self.next_token() != Some(b':') {
                return Err(Stop::NotJson);
            }
            self.at += 1;
            let mut unknown = Hint::NONE;
            let value = self.value(depth, &mut unknown)?;
            self.values.push(value);
            ended = self.ends_object()?;
        }
        // What looks like none before is not expected again: maps by id and the like.
        if seen && let Some(known) = self.memory.shapes.of(py, &keys)? {
            *hint = known;
        }
        let dict = PyDict::new(py);
        for (key, value) in keys.iter().zip(self.values.drain(first..)) {
            dict.set_item(key, value)?;
        }
        Ok(dict.into_any())
    }

    /// The values of an object, as long as its keys are those of a shape; whether it ended.
    fn members_of(&mut self, shape: &Shape, depth: u8) -> Result<bool, Stop> {
        let mut at = 0;
        while let Some((text, inner)) = shape.member(at) {
            if !self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(text)) {
                return Ok(false);
            }
            self.at += text.len();
            let mut hint = inner.get();
            let value = self.value(depth, &mut hint)?;
            inner.set(hint);
            self.values.push(value);
            if self.ends_object()? {
                return Ok(true);
            }
            at += 1;
        }
        Ok(false)
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
        let py = self.py;
        if self.peek() != Some(b'"') {
            return Err(Stop::NotJson);
        }
        match self.string_token()? {
            (token, true) => Ok(self.memory.keys.look_up(py, token)),
            (token, false) => unescaped(py, token).map(|key| (key, false)),
        }
    }

    fn string(&mut self) -> Parsed<'py> {
        let py = self.py;
        match self.string_token()? {
            (plain, true) => Ok(PyString::new(py, plain).into_any()),
            (token, false) => unescaped(py, token).map(Bound::into_any),
        }
    }

    /// Steps over a string: what is between its quotes, where that is what it stands for; else all of it.
    fn string_token(&mut self) -> Result<(&'a str, bool), Stop> {
        let begin = self.at;
        let mut at = special(self.bytes, begin + 1);
        let mut plain = true;
        loop {
            match self.bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    plain = false;
                    at = special(self.bytes, at + 2);
                }
                // The end, or a control character, which only an escape can stand for.
                _ => return Err(Stop::NotJson),
            }
        }
        self.at = at + 1;
        let token = if plain { begin + 1..at } else { begin..at + 1 };
        self.text.get(token).map(|token| (token, plain)).ok_or(Stop::NotJson)
    }

    fn number(&mut self) -> Parsed<'py> {
        let begin = self.at;
        let rest = self.bytes.get(begin..).unwrap_or_default();
        let length =
            rest.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
        let length = length.count();
        self.at += length;
        if let Some(number) = rest.get(..length).and_then(number::whole) {
            return Ok(number.into_bound_py_any(self.py)?);
        }
        let token = self.text.get(begin..self.at).unwrap_or_default();
        let number: Number = serde_json::from_str(token).map_err(|_| Stop::NotJson)?;
        Ok(match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => number.into_bound_py_any(self.py)?,
            (_, Some(number)) => number.into_bound_py_any(self.py)?,
            _ => number.as_f64().into_bound_py_any(self.py)?,
        })
    }
}

fn unescaped<'py>(py: Python<'py>, token: &str) -> Result<Bound<'py, PyString>, Stop> {
    let text: String = serde_json::from_str(token).map_err(|_| Stop::NotJson)?;
    Ok(PyString::new(py, &text))
}
