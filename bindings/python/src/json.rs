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
    let mut keys = Keys::new();
    let mut deserializer = Deserializer::from_slice(json);
    let value = Builder { py, keys: &mut keys }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

const SLOTS: usize = 64;

/// Longer keys are ids and the like, which do not come again.
const LONGEST: usize = 40;

/// Keys seen before, by their text: a small table in which a newcomer takes the place of the one before it.
struct Keys<'de, 'py>([Option<(&'de str, Bound<'py, PyString>)>; SLOTS]);

impl<'de, 'py> Keys<'de, 'py> {
    const fn new() -> Self {
        Self([const { None }; SLOTS])
    }

    fn get(&mut self, py: Python<'py>, key: &'de str) -> Bound<'py, PyString> {
        // FNV-1a: keys are short.
        let hash = key
            .bytes()
            .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        let slot = self.0.get_mut((hash ^ (hash >> 16)) as usize % SLOTS);
        match slot {
            Some(Some((seen, string))) if *seen == key => string.clone(),
            Some(slot) if key.len() <= LONGEST => slot.insert((key, PyString::new(py, key))).1.clone(),
            _ => PyString::new(py, key),
        }
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
