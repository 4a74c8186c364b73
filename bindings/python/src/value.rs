//! Python values to the core's: query values, path parameters, options.

use std::fmt::Display;

use logto_management::core::serde_json::{Map, Number, Value};
use pyo3::{
    exceptions::PyTypeError,
    prelude::*,
    types::{PyBool, PyBytes, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PySet, PyString, PyTuple},
};

/// Deep enough for anything that goes into a query, and no endless recursion for a list that holds itself.
const DEPTH: u8 = 16;

/// A value as JSON: `None`, `bool`, `int`, `float`, `str`, lists, tuples and dicts of them.
///
/// # Errors
/// `TypeError`, naming what the value was for.
pub(crate) fn to_json(what: impl Display, value: &Bound<'_, PyAny>) -> PyResult<Value> {
    convert(&what, value, DEPTH)
}

fn convert(what: &dyn Display, value: &Bound<'_, PyAny>, depth: u8) -> PyResult<Value> {
    if value.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Value::String(text.to_string_lossy().into_owned()));
    }
    // Before int, which it is too.
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(Value::Bool(flag.is_true()));
    }
    if value.is_instance_of::<PyInt>() {
        return Ok(match (value.extract::<i64>(), value.extract::<u64>()) {
            (Ok(number), _) => number.into(),
            (_, Ok(number)) => number.into(),
            _ => Value::String(value.str()?.to_string_lossy().into_owned()),
        });
    }
    if let Ok(number) = value.cast::<PyFloat>() {
        return Number::from_f64(number.extract()?)
            .map(Value::Number)
            .ok_or_else(|| PyTypeError::new_err(format!("{what} must be a finite number")));
    }
    let Some(depth) = depth.checked_sub(1) else {
        return Err(PyTypeError::new_err(format!("{what} is nested too deeply")));
    };
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        let items = value.try_iter()?.map(|item| convert(what, &item?, depth));
        return items.collect::<PyResult<_>>().map(Value::Array);
    }
    if let Ok(members) = value.cast::<PyDict>() {
        let member = |(key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>)| {
            Ok((text(what, &key)?, convert(what, &value, depth)?))
        };
        return members.iter().map(member).collect::<PyResult<Map<_, _>>>().map(Value::Object);
    }
    Err(unfit(what, "str, int, float, bool, None, or a list of these", value))
}

/// A path parameter as text: a `str`, an `int`, or an object whose text is its id (`uuid.UUID`).
///
/// # Errors
/// `TypeError` for what would silently become another route: `None`, a `bool`, a `float`, bytes, a container.
pub(crate) fn segment(name: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(text.to_string_lossy().into_owned());
    }
    let misfit = value.is_none()
        || value.is_instance_of::<PyBool>()
        || value.is_instance_of::<PyFloat>()
        || value.is_instance_of::<PyBytes>()
        || value.is_instance_of::<PyList>()
        || value.is_instance_of::<PyTuple>()
        || value.is_instance_of::<PyDict>()
        || value.is_instance_of::<PySet>()
        || value.is_instance_of::<PyFrozenSet>();
    if misfit {
        return Err(unfit(&format_args!("the path parameter {name}"), "str or int", value));
    }
    Ok(value.str()?.to_string_lossy().into_owned())
}

/// A string that must be one.
///
/// # Errors
/// `TypeError`, naming what it was for.
pub(crate) fn text(what: impl Display, value: &Bound<'_, PyAny>) -> PyResult<String> {
    match value.cast::<PyString>() {
        Ok(text) => Ok(text.to_string_lossy().into_owned()),
        Err(_) => Err(unfit(&what, "str", value)),
    }
}

fn unfit(what: &dyn Display, expected: &str, value: &Bound<'_, PyAny>) -> PyErr {
    let kind = value.get_type().name().map_or_else(|_| "something else".to_owned(), |name| name.to_string());
    PyTypeError::new_err(format!("{what} must be {expected}, not {kind}"))
}
