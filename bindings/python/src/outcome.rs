//! What comes of a call, as Rust data on its way and as Python objects on arrival.

use std::sync::Arc;

use logto_management::{
    AccessToken, Data, Error, Page, Response, Total,
    core::serde_json::{self, Value},
};
use pyo3::{
    IntoPyObjectExt,
    exceptions::PyValueError,
    prelude::*,
    types::{PyBytes, PyString},
};

use crate::{json, rows::Rows};

/// What came of a call. Made without the GIL, turned into Python objects with it.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// A success, of which only the data is wanted.
    Data(Response),
    /// A success, of which all is wanted.
    Answer(Response),
    /// An access token.
    Token(Arc<AccessToken>),
    /// The next page of a listing, if there is one.
    Page(Option<Page>),
    /// The next page, its items as they came.
    Rows(Option<Page>),
    /// A failure.
    Failed(Error),
}

impl Outcome {
    /// The Python object: data as it is, an [`Answer`], a tuple for tokens and pages, `None` at a listing's end, or a [`Failure`].
    pub(crate) fn into_python(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        match self {
            Self::Data(response) => data(py, &response),
            Self::Answer(response) => Answer(response).into_py_any(py),
            Self::Token(token) => (token.value(), token.expires_at().0, token.scope()).into_py_any(py),
            Self::Page(None) | Self::Rows(None) => Ok(py.None()),
            Self::Page(Some(page)) => {
                let items = json::parse(py, page.body()).map_err(|error| not_json(&error))?;
                fields(py, items, &page)
            }
            Self::Rows(Some(page)) => {
                let rows = Bound::new(py, Rows::of_page(page.clone()))?;
                fields(py, rows.into_any(), &page)
            }
            Self::Failed(error) => Failure(error).into_py_any(py),
        }
    }
}

impl<T> From<Result<T, Error>> for Outcome
where
    Self: From<T>,
{
    fn from(result: Result<T, Error>) -> Self {
        result.map_or_else(Self::Failed, Self::from)
    }
}

impl From<Arc<AccessToken>> for Outcome {
    fn from(token: Arc<AccessToken>) -> Self {
        Self::Token(token)
    }
}

/// What only a Python error can cause, memory running out: JSON of the core's own making, or that it could read.
fn not_json(error: &serde_json::Error) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// A page as a tuple.
fn fields(py: Python<'_>, items: Bound<'_, PyAny>, page: &Page) -> PyResult<Py<PyAny>> {
    let (total, exact) = total(page.total());
    let cursor = page.next().map(ToString::to_string);
    (items, page.number(), page.size(), total, exact, cursor, page.request_id()).into_py_any(py)
}

/// A total as a number, and whether it is exact.
pub(crate) fn total(total: Option<Total>) -> (Option<u64>, Option<bool>) {
    (total.map(Total::number), total.map(|total| matches!(total, Total::Exact(_))))
}

/// What a body is in Python: `None`, JSON, `str` or `bytes`; a [`Failure`] where it is not the JSON that it says it is.
fn data(py: Python<'_>, response: &Response) -> PyResult<Py<PyAny>> {
    match response.data() {
        Data::Json(bytes) => match json::parse(py, bytes) {
            Ok(value) => Ok(value.unbind()),
            // Again, in the core's words.
            Err(error) => match response.json::<Value>() {
                Err(undecodable) => Failure(undecodable).into_py_any(py),
                Ok(_) => Err(not_json(&error)),
            },
        },
        Data::Text(text) => text.into_py_any(py),
        Data::Bytes(bytes) => PyBytes::new(py, bytes).into_py_any(py),
        _ => Ok(py.None()),
    }
}

/// A failed call, as plain data.
#[pyclass(module = "logto_management._native", frozen)]
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) Error);

#[pymethods]
impl Failure {
    /// The core's `Error::to_json()` as a dict.
    fn fields<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::parse(py, self.0.to_json().as_bytes()).map_err(|error| not_json(&error))
    }
}

/// A successful answer with all that came.
#[pyclass(module = "logto_management._native", frozen)]
#[derive(Debug)]
pub(crate) struct Answer(Response);

#[pymethods]
impl Answer {
    #[getter]
    fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    /// Every header line, names in lower case; bytes that are no text are read as Latin-1.
    #[getter]
    fn headers(&self) -> Vec<(&str, String)> {
        let text = |bytes: &[u8]| match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
        };
        self.0.headers().iter().map(|(name, value)| (name.as_str(), text(value.as_bytes()))).collect()
    }

    #[getter]
    fn request_id(&self) -> Option<&str> {
        self.0.request_id()
    }

    #[getter]
    const fn attempts(&self) -> u32 {
        self.0.attempts()
    }

    #[getter]
    fn content<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.body())
    }

    #[getter]
    fn text<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::new(py, &self.0.text())
    }

    /// The data, or a [`Failure`].
    fn data(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        data(py, &self.0)
    }
}
