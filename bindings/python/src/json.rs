//! JSON to Python objects in one pass: no tree in between, and each key of a listing's rows is made once.
//!
//! Whole numbers up to 64 bits are `int`, others `float`, exact to the last bit. (Logto computes in JavaScript, so larger ones never were whole.) Nesting is limited to 128, as everywhere in the core.

use std::fmt;

use logto_management::core::serde_json::{self, Deserializer};
use pyo3::{
    IntoPyObjectExt,
    prelude::*,
    types::{PyDict, PyList, PyString},
};
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};

/// The Python object that `json` stands for.
///
/// # Errors
/// Where it is no JSON.
pub(crate) fn parse<'py>(py: Python<'py>, json: &[u8]) -> serde_json::Result<Bound<'py, PyAny>> {
    // Checked once for all its strings; where it is no UTF-8, the parser says where.
    match std::str::from_utf8(json) {
        Ok(text) => build(py, Deserializer::from_str(text)),
        Err(_) => build(py, Deserializer::from_slice(json)),
    }
}

fn build<'de, 'py>(
    py: Python<'py>,
    mut json: Deserializer<impl serde_json::de::Read<'de>>,
) -> serde_json::Result<Bound<'py, PyAny>> {
    let mut keys = Keys::new();
    let value = Builder { py, keys: &mut keys }.deserialize(&mut json)?;
    json.end()?;
    Ok(value)
}

const SLOTS: usize = 64;

/// Longer keys are ids and the like, which do not come again.
const LONGEST: usize = 40;

/// Keys seen before. The rows of a listing have the same keys in the same order, so each key remembers which one came after it: mostly one comparison finds it. Otherwise a
/// small table does, in which a newcomer takes the place of the one before it.
struct Keys<'de, 'py> {
    seen: [Option<Seen<'de, 'py>>; SLOTS],
    /// Where the key before this one is.
    last: usize,
}

struct Seen<'de, 'py> {
    text: &'de str,
    string: Bound<'py, PyString>,
    /// Where the key is that came after it.
    next: usize,
}

impl<'de, 'py> Keys<'de, 'py> {
    const fn new() -> Self {
        Self { seen: [const { None }; SLOTS], last: 0 }
    }

    fn get(&mut self, py: Python<'py>, key: &'de str) -> Bound<'py, PyString> {
        let guess = self.seen.get(self.last).and_then(Option::as_ref).map_or(0, |last| last.next);
        if let Some(Some(seen)) = self.seen.get(guess)
            && seen.text == key
        {
            self.last = guess;
            return seen.string.clone();
        }
        self.look_up(py, key)
    }

    fn look_up(&mut self, py: Python<'py>, key: &'de str) -> Bound<'py, PyString> {
        // FNV-1a: keys are short.
        let hash = key
            .bytes()
            .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        let at = (hash ^ (hash >> 16)) as usize % SLOTS;
        let string = match self.seen.get(at) {
            Some(Some(seen)) if seen.text == key => seen.string.clone(),
            _ => {
                let string = PyString::new(py, key);
                if key.len() > LONGEST {
                    return string;
                }
                if let Some(slot) = self.seen.get_mut(at) {
                    *slot = Some(Seen { text: key, string: string.clone(), next: 0 });
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

/// Builds the Python object of one JSON value.
struct Builder<'a, 'de, 'py> {
    py: Python<'py>,
    keys: &'a mut Keys<'de, 'py>,
}

impl<'py> Builder<'_, '_, 'py> {
    fn object<E: serde::de::Error>(&self, value: impl IntoPyObjectExt<'py>) -> Result<Bound<'py, PyAny>, E> {
        value.into_bound_py_any(self.py).map_err(E::custom)
    }
}

impl<'de, 'py> DeserializeSeed<'de> for Builder<'_, 'de, 'py> {
    type Value = Bound<'py, PyAny>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, 'py> Visitor<'de> for Builder<'_, 'de, 'py> {
    type Value = Bound<'py, PyAny>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(self.py.None().into_bound(self.py))
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Self::Value, E> {
        self.object(value)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Self::Value, E> {
        self.object(value)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Self::Value, E> {
        self.object(value)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Self::Value, E> {
        self.object(value)
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(PyString::new(self.py, value).into_any())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut objects = Vec::new();
        while let Some(object) = items.next_element_seed(Builder { py: self.py, keys: &mut *self.keys })? {
            objects.push(object);
        }
        PyList::new(self.py, objects).map(Bound::into_any).map_err(A::Error::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let dict = PyDict::new(self.py);
        while let Some(key) = members.next_key_seed(Key { py: self.py, keys: &mut *self.keys })? {
            let value = members.next_value_seed(Builder { py: self.py, keys: &mut *self.keys })?;
            dict.set_item(key, value).map_err(A::Error::custom)?;
        }
        Ok(dict.into_any())
    }
}

/// Builds a key.
struct Key<'a, 'de, 'py> {
    py: Python<'py>,
    keys: &'a mut Keys<'de, 'py>,
}

impl<'de, 'py> DeserializeSeed<'de> for Key<'_, 'de, 'py> {
    type Value = Bound<'py, PyString>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de, 'py> Visitor<'de> for Key<'_, 'de, 'py> {
    type Value = Bound<'py, PyString>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(self.keys.get(self.py, key))
    }

    /// One with escapes.
    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(PyString::new(self.py, key))
    }
}
