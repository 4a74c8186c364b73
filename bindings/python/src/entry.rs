//! Functions of the package as their users call them: an exception that the package raises ends its traceback in the user's line.
//!
//! Python gives every frame that an exception leaves a line in its traceback, and only native callables have none. So what is public is wrapped in one, which takes the package's own lines away from what
//! passes. Exceptions of others, a store's or a file's, keep them all, and so does what only a defect of the package can raise.

use pyo3::exceptions::{PyKeyboardInterrupt, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyIterator, PyTraceback, PyTuple, PyType};

use crate::exit::Within;

const PACKAGE: &str = "logto_management";

/// Makes a function one that leaves no frames. What it returns does the same where it is a coroutine or a generator.
#[pyfunction]
pub(crate) fn entry<'py>(function: &Bound<'py, PyAny>) -> PyResult<Bound<'py, Entry>> {
    let py = function.py();
    let entry = Bound::new(py, Entry { function: function.clone().unbind() })?;
    for name in [
        intern!(py, "__name__"),
        intern!(py, "__qualname__"),
        intern!(py, "__doc__"),
        intern!(py, "__module__"),
    ] {
        entry.setattr(name, function.getattr(name)?)?;
    }
    entry.setattr(intern!(py, "__wrapped__"), function)?;
    Ok(entry)
}

/// A function, or as an attribute of a class a method.
///
/// The garbage collector does not look into it: CPython makes its `dict` before the function is there, and a collection in between would follow a null pointer. What it
/// keeps alive, its module does too.
#[pyclass(frozen, dict, weakref)]
pub(crate) struct Entry {
    function: Py<PyAny>,
}

#[pymethods]
impl Entry {
    #[pyo3(signature = (*args, **kwargs))]
    fn __call__<'py>(
        &self,
        py: Python<'py>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _within = Within::enter(py);
        let given = self.function.bind(py).call(args, kwargs).map_err(|error| without_frames(py, error))?;
        let types = Types::get(py)?;
        let ty = given.get_type();
        if ty.is(&types.coroutine) {
            return Ok(Bound::new(py, Awaited { coroutine: given.unbind() })?.into_any());
        }
        if ty.is(&types.generator) {
            return Ok(
                Bound::new(py, Steps { iterator: given.cast_into::<PyIterator>()?.unbind() })?.into_any()
            );
        }
        Ok(given)
    }

    fn __get__<'py>(
        slf: &Bound<'py, Self>,
        instance: Option<&Bound<'py, PyAny>>,
        _owner: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match instance {
            None => Ok(slf.clone().into_any()),
            Some(instance) => Types::get(slf.py())?.method.bind(slf.py()).call1((slf, instance)),
        }
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        Ok(format!("<function {}>", slf.getattr(intern!(slf.py(), "__qualname__"))?))
    }
}

/// A coroutine of the package. It is one in the sense of `collections.abc.Coroutine`, so tasks can be made of it.
#[pyclass(frozen, weakref)]
pub(crate) struct Awaited {
    coroutine: Py<PyAny>,
}

#[pymethods]
impl Awaited {
    fn __await__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.send(py, py.None().into_bound(py))
    }

    fn send<'py>(&self, py: Python<'py>, value: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let _within = Within::enter(py);
        let given = self.coroutine.bind(py).call_method1(intern!(py, "send"), (value,));
        given.map_err(|error| without_frames(py, error))
    }

    #[pyo3(signature = (*args))]
    fn throw<'py>(&self, py: Python<'py>, args: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        let _within = Within::enter(py);
        let given = self.coroutine.bind(py).call_method1(intern!(py, "throw"), args.clone());
        given.map_err(|error| without_frames(py, error))
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let _within = Within::enter(py);
        self.coroutine.bind(py).call_method0(intern!(py, "close")).map(|_| ())
    }

    // `cr_frame`, `__qualname__` and the like, for those who show what a task is at.
    fn __getattr__<'py>(&self, py: Python<'py>, name: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.coroutine.bind(py).getattr(name.str()?)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(self.coroutine.bind(py).repr()?.to_string())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.coroutine)
    }
}

/// A generator of the package, as an iterator.
#[pyclass(frozen, weakref)]
pub(crate) struct Steps {
    iterator: Py<PyIterator>,
}

#[pymethods]
impl Steps {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let _within = Within::enter(py);
        let given = self.iterator.bind(py).clone().next();
        given.transpose().map_err(|error| without_frames(py, error))
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let _within = Within::enter(py);
        self.iterator.bind(py).call_method0(intern!(py, "close")).map(|_| ())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.iterator)
    }
}

/// Types that the stable ABI has no names for.
struct Types {
    coroutine: Py<PyAny>,
    generator: Py<PyAny>,
    method: Py<PyAny>,
}

impl Types {
    fn get(py: Python<'_>) -> PyResult<&'static Self> {
        static TYPES: PyOnceLock<Types> = PyOnceLock::new();
        TYPES.get_or_try_init(py, || {
            let types = py.import("types")?;
            Ok(Self {
                coroutine: types.getattr("CoroutineType")?.unbind(),
                generator: types.getattr("GeneratorType")?.unbind(),
                method: types.getattr("MethodType")?.unbind(),
            })
        })
    }
}

/// The same exception, without the frames that led to it where the package raised it.
fn without_frames(py: Python<'_>, error: PyErr) -> PyErr {
    let raised_here =
        is_meant(py, &error) && error.traceback(py).is_some_and(|lines| ends_here(lines).unwrap_or(false));
    if !raised_here {
        return error;
    }
    let value = error.into_value(py).into_bound(py).into_any();
    match value.setattr(intern!(py, "__traceback__"), py.None()) {
        Ok(()) => PyErr::from_value(value),
        Err(error) => error,
    }
}

/// Whether it says something to the caller, where others say that the package has a defect.
fn is_meant(py: Python<'_>, error: &PyErr) -> bool {
    error.is_instance_of::<PyTypeError>(py)
        || error.is_instance_of::<PyValueError>(py)
        || error.is_instance_of::<PyRuntimeError>(py)
        || error.is_instance_of::<PyKeyboardInterrupt>(py)
        || logto_error(py).is_ok_and(|ty| error.is_instance(py, ty.bind(py)))
}

fn logto_error(py: Python<'_>) -> PyResult<&Py<PyType>> {
    static LOGTO_ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    LOGTO_ERROR.import(py, "logto_management.errors", "LogtoError").map(|_| ())?;
    LOGTO_ERROR.get(py).ok_or_else(|| PyRuntimeError::new_err("logto_management.errors has no LogtoError"))
}

/// Whether the line that raised is one of the package.
fn ends_here(lines: Bound<'_, PyTraceback>) -> PyResult<bool> {
    let py = lines.py();
    let mut last = lines.into_any();
    loop {
        let next = last.getattr(intern!(py, "tb_next"))?;
        if next.is_none() {
            break;
        }
        last = next;
    }
    let globals = last.getattr(intern!(py, "tb_frame"))?.getattr(intern!(py, "f_globals"))?;
    let module = globals.get_item(intern!(py, "__name__"))?.extract::<String>()?;
    Ok(module == PACKAGE || module.strip_prefix(PACKAGE).is_some_and(|rest| rest.starts_with('.')))
}
