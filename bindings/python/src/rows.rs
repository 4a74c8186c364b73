//! The items of a page as they came: JSON text, for exports that have no use for Python objects.

use logto_management::core::{bytes::Bytes, json::Json};
use pyo3::{exceptions::PyValueError, prelude::*, types::PyBytes};

/// Items as a JSON array.
#[pyclass(module = "logto_management._native", frozen)]
#[derive(Debug)]
pub(crate) struct Rows {
    body: Bytes,
    count: usize,
}

impl Rows {
    pub(crate) const fn new(body: Bytes, count: usize) -> Self {
        Self { body, count }
    }

    pub(crate) fn items(&self) -> PyResult<impl Iterator<Item = Json<'_>>> {
        Ok(parse(&self.body)?.items())
    }

    pub(crate) const fn size(&self) -> usize {
        self.body.len()
    }
}

fn parse(body: &[u8]) -> PyResult<Json<'_>> {
    match Json::parse(body) {
        Ok(json) if json.is_array() => Ok(json),
        _ => Err(PyValueError::new_err("no JSON array")),
    }
}

#[pymethods]
impl Rows {
    #[new]
    fn of(array: &[u8]) -> PyResult<Self> {
        let count = parse(array)?.items().count();
        Ok(Self { body: Bytes::copy_from_slice(array), count })
    }

    fn __len__(&self) -> usize {
        self.count
    }

    /// Each item on a line of its own, the last one ended too.
    fn lines<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let lines = py.detach(|| {
            let mut lines = Vec::with_capacity(self.body.len());
            for item in self.items()? {
                // Outside of strings a line break is white space, and inside JSON allows none.
                lines.extend(item.text().bytes().map(|byte| match byte {
                    b'\n' | b'\r' => b' ',
                    byte => byte,
                }));
                lines.push(b'\n');
            }
            PyResult::Ok(lines)
        })?;
        Ok(PyBytes::new(py, &lines))
    }
}
