//! Texts, by the ways that CPython has for what is known of them.

use std::ptr;

use pyo3::{ffi, prelude::*, types::PyString};

use super::Stop;

/// Longer ones are not worth a second copy.
const SHORT: usize = 64;

/// A text in UTF-8.
pub(super) fn text<'py>(py: Python<'py>, utf8: &[u8]) -> Result<Bound<'py, PyString>, Stop> {
    if utf8.is_ascii() {
        return Ok(ascii(py, utf8)?);
    }
    let text = std::str::from_utf8(utf8).map_err(|_| Stop::NotJson)?;
    // Where a character of C's is a whole one: Windows' are halves.
    if cfg!(unix) && utf8.len() <= SHORT { Ok(wide(py, text)?) } else { Ok(PyString::from_bytes(py, utf8)?) }
}

#[allow(unsafe_code, reason = "pyo3 goes through UTF-8")]
fn ascii<'py>(py: Python<'py>, text: &[u8]) -> PyResult<Bound<'py, PyString>> {
    // It reads so many bytes, and gives a new reference to a string, or null.
    unsafe {
        let made = ffi::PyUnicode_DecodeASCII(text.as_ptr().cast(), text.len() as _, ptr::null());
        Ok(Bound::from_owned_ptr_or_err(py, made)?.cast_into_unchecked())
    }
}

#[allow(unsafe_code, reason = "pyo3 goes through UTF-8, where CPython makes the string larger and larger")]
fn wide<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyString>> {
    let mut wide = [0; SHORT];
    let mut length = 0;
    for (place, char) in wide.iter_mut().zip(text.chars()) {
        *place = char as _;
        length += 1;
    }
    // It reads so many characters, and gives a new reference to a string, or null.
    unsafe {
        let made = ffi::PyUnicode_FromWideChar(wide.as_ptr(), length);
        Ok(Bound::from_owned_ptr_or_err(py, made)?.cast_into_unchecked())
    }
}
