//! JSON to Python objects in one pass: no tree in between, and keys are made once for all answers.
//!
//! Whole numbers up to 64 bits are `int`, others `float`, exact to the last bit. (Logto computes in JavaScript, so larger ones never were whole.) Nesting is limited to 128, as everywhere in the core.
//!
//! Most of an answer is plain: strings without escapes, short whole numbers, keys seen before. That is read here. What is not plain (escapes, fractions, large numbers) serde_json decodes, token by
//! token; and what is no JSON it says what is wrong with.

mod keys;
mod scan;

use logto_management::core::serde_json::{self, Number, Value};
use pyo3::{
    IntoPyObjectExt,
    prelude::*,
    types::{PyBool, PyDict, PyList, PyString},
};
use serde::de::Error as _;

use keys::Keys;

/// As deep as serde_json goes.
const DEPTH: u8 = 127;

/// The Python object that `json` stands for.
///
/// # Errors
/// Where it is no JSON.
pub(crate) fn parse<'py>(py: Python<'py>, json: &[u8]) -> serde_json::Result<Bound<'py, PyAny>> {
    let parsed = match std::str::from_utf8(json) {
        Ok(text) => {
            keys::with(|keys| Parser { py, text, bytes: json, at: 0, keys, items: Vec::new() }.document())
        }
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
    /// Memory ran out.
    Python(PyErr),
}

impl From<PyErr> for Stop {
    fn from(error: PyErr) -> Self {
        Self::Python(error)
    }
}

type Parsed<'py> = Result<Bound<'py, PyAny>, Stop>;

struct Parser<'a, 'py> {
    py: Python<'py>,
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    keys: &'a mut Keys,
    /// The items of the lists that are being read, inner ones last.
    items: Vec<Bound<'py, PyAny>>,
}

impl<'a, 'py> Parser<'a, 'py> {
    fn document(&mut self) -> Parsed<'py> {
        let value = self.value(DEPTH)?;
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

    fn value(&mut self, depth: u8) -> Parsed<'py> {
        match self.next_token().ok_or(Stop::NotJson)? {
            b'"' => self.string(),
            b'{' => self.object(depth),
            b'[' => self.list(depth),
            b'n' => self.expect("null").map(|()| self.py.None().into_bound(self.py)),
            b't' => self.expect("true").map(|()| PyBool::new(self.py, true).to_owned().into_any()),
            b'f' => self.expect("false").map(|()| PyBool::new(self.py, false).to_owned().into_any()),
            _ => self.number(),
        }
    }

    fn list(&mut self, depth: u8) -> Parsed<'py> {
        let depth = depth.checked_sub(1).ok_or(Stop::NotJson)?;
        self.at += 1;
        let first = self.items.len();
        if self.next_token() == Some(b']') {
            self.at += 1;
            return Ok(PyList::empty(self.py).into_any());
        }
        loop {
            let item = self.value(depth)?;
            self.items.push(item);
            match self.next_token() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return Err(Stop::NotJson),
            }
        }
        self.at += 1;
        Ok(PyList::new(self.py, self.items.drain(first..))?.into_any())
    }

    fn object(&mut self, depth: u8) -> Parsed<'py> {
        let depth = depth.checked_sub(1).ok_or(Stop::NotJson)?;
        self.at += 1;
        let dict = PyDict::new(self.py);
        if self.next_token() == Some(b'}') {
            self.at += 1;
            return Ok(dict.into_any());
        }
        loop {
            if self.next_token() != Some(b'"') {
                return Err(Stop::NotJson);
            }
            let key = self.key()?;
            if self.next_token() != Some(b':') {
                return Err(Stop::NotJson);
            }
            self.at += 1;
            let value = self.value(depth)?;
            dict.set_item(key, value)?;
            match self.next_token() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return Err(Stop::NotJson),
            }
        }
        self.at += 1;
        Ok(dict.into_any())
    }

    fn key(&mut self) -> Result<Bound<'py, PyString>, Stop> {
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
        if let Some((key, length)) = self.keys.expected(self.py, rest) {
            self.at += length + 2;
            return Ok(key);
        }
        let py = self.py;
        match self.string_token()? {
            (token, true) => Ok(self.keys.look_up(py, token)),
            (token, false) => unescaped(py, token),
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
        let mut at = scan::special(self.bytes, begin + 1);
        let mut plain = true;
        loop {
            match self.bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    plain = false;
                    at = scan::special(self.bytes, at + 2);
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
        if let Some(number) = rest.get(..length).and_then(scan::whole) {
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
