//! The items of a page as they came: JSON text, for exports that have no use for Python objects.

use logto_management::{
    Page,
    core::{bytes::Bytes, json::Json},
};
use pyo3::{exceptions::PyValueError, prelude::*, types::PyBytes};

/// Items as JSON.
#[pyclass(module = "logto_management._native", frozen)]
#[derive(Debug)]
pub(crate) struct Rows(Items);

#[derive(Debug)]
enum Items {
    /// Those of a page.
    Page(Page),
    /// An array, known to be sound.
    Array(Bytes),
}

impl Rows {
    pub(crate) const fn of_page(page: Page) -> Self {
        Self(Items::Page(page))
    }

    /// Hands each item over.
    pub(crate) fn each(&self, each: impl FnMut(Json<'_>) -> PyResult<()>) -> PyResult<()> {
        match &self.0 {
            Items::Page(page) => page.json_items().try_for_each(each),
            Items::Array(array) => parse(array)?.items().try_for_each(each),
        }
    }

    /// Of how many bytes of JSON they are.
    pub(crate) fn size(&self) -> usize {
        match &self.0 {
            Items::Page(page) => page.body().len(),
            Items::Array(array) => array.len(),
        }
    }
}

fn parse(array: &[u8]) -> PyResult<Json<'_>> {
    match Json::parse(array) {
        Ok(json) if json.is_array() => Ok(json),
        _ => Err(PyValueError::new_err("no JSON array")),
    }
}

#[pymethods]
impl Rows {
    #[new]
    fn of(array: &[u8]) -> PyResult<Self> {
        parse(array)?;
        Ok(Self(Items::Array(Bytes::copy_from_slice(array))))
    }

    fn __len__(&self) -> PyResult<usize> {
        match &self.0 {
            Items::Page(page) => Ok(page.len()),
            Items::Array(array) => Ok(parse(array)?.items().count()),
        }
    }

    /// Each item on a line of its own, the last one ended too.
    fn lines<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let lines = py.detach(|| {
            let mut lines = Vec::with_capacity(self.size());
            self.each(|item| {
                // Outside of strings a line break is white space, and inside JSON allows none.
                lines.extend(item.text().bytes().map(|byte| match byte {
                    b'\n' | b'\r' => b' ',
                    byte => byte,
                }));
                lines.push(b'\n');
                Ok(())
            })?;
            PyResult::Ok(lines)
        })?;
        Ok(PyBytes::new(py, &lines))
    }
}
