//! Python arguments to the core's requests. Which arguments are right is the core's to say: it does so when the request is sent.

use logto_management::{
    CallOptions, Error, Request,
    core::{ListBuilder, bytes::Bytes, http::Method, serde_json::Value},
};
use pyo3::{
    exceptions::PyValueError,
    intern,
    prelude::*,
    types::{PyBytes, PyDict},
};

use crate::value;

/// What requests and listings take alike.
pub(crate) trait Parameters: Sized {
    fn path_parameter(self, name: String, segment: String) -> Self;
    fn query_parameter(self, name: &str, value: &Value) -> Self;
    fn header_line(self, name: &str, value: &str) -> Self;
}

impl Parameters for Request {
    fn path_parameter(self, name: String, segment: String) -> Self {
        self.path_param(name, segment)
    }
    fn query_parameter(self, name: &str, value: &Value) -> Self {
        self.query_json(name, value)
    }
    fn header_line(self, name: &str, value: &str) -> Self {
        self.header(name, value)
    }
}

impl Parameters for ListBuilder {
    fn path_parameter(self, name: String, segment: String) -> Self {
        self.path(name, segment)
    }
    fn query_parameter(self, name: &str, value: &Value) -> Self {
        self.query_json(name, value)
    }
    fn header_line(self, name: &str, value: &str) -> Self {
        self.header(name, value)
    }
}

/// Path, query and headers: each a mapping, or a sequence of pairs, or `None`.
#[derive(Debug)]
pub(crate) struct Parts<'a, 'py> {
    pub(crate) path: Option<&'a Bound<'py, PyAny>>,
    pub(crate) query: Option<&'a Bound<'py, PyAny>>,
    pub(crate) headers: Option<&'a Bound<'py, PyAny>>,
}

impl Parts<'_, '_> {
    /// Hands all of it to a builder.
    ///
    /// # Errors
    /// `TypeError`, for values of types that no request can carry.
    pub(crate) fn apply<B: Parameters>(&self, mut to: B) -> PyResult<B> {
        for (name, value) in pairs(self.path)? {
            let name = value::text("the name of a path parameter", &name)?;
            let segment = value::segment(&name, &value)?;
            to = to.path_parameter(name, segment);
        }
        for (name, value) in pairs(self.query)? {
            let name = value::text("the name of a query parameter", &name)?;
            let value = value::to_json(format_args!("the query parameter {name}"), &value)?;
            to = to.query_parameter(&name, &value);
        }
        for (name, value) in pairs(self.headers)? {
            let name = value::text("the name of a header", &name)?;
            let value = value::text(format_args!("the header {name}"), &value)?;
            to = to.header_line(&name, &value);
        }
        Ok(to)
    }
}

type Pairs<'py> = Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>;

fn pairs<'py>(given: Option<&Bound<'py, PyAny>>) -> PyResult<Pairs<'py>> {
    match given {
        None => Ok(Vec::new()),
        Some(given) => match given.cast_exact::<PyDict>() {
            Ok(members) => Ok(members.iter().collect()),
            Err(_) => {
                let items = given.getattr_opt(intern!(given.py(), "items"))?;
                let pairs = items.map_or_else(|| Ok(given.clone()), |items| items.call0())?;
                pairs.try_iter()?.map(|pair| pair?.extract()).collect()
            }
        },
    }
}

/// What a call sets for itself; an error of the core's where it is wrong.
pub(crate) fn options(given: Option<&Bound<'_, PyDict>>) -> PyResult<Result<CallOptions, Error>> {
    let mut options = CallOptions::default();
    for (name, value) in given.into_iter().flatten() {
        let name = value::text("the name of an option", &name)?;
        let value = value::to_json(format_args!("the option {name}"), &value)?;
        if let Err(error) = options.set(&name, &value) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(options))
}

/// A request; an error of the core's where an option is wrong.
pub(crate) fn request(
    method: &str,
    template: String,
    parts: &Parts<'_, '_>,
    content_type: Option<&str>,
    body: Option<&Bound<'_, PyBytes>>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<Result<Request, Error>> {
    let method: Method =
        method.parse().map_err(|_| PyValueError::new_err(format!("{method:?} is no HTTP method")))?;
    let options = match self::options(options)? {
        Ok(options) => options,
        Err(error) => return Ok(Err(error)),
    };
    let mut request = parts.apply(Request::new(method, template).options(options))?;
    if let Some(body) = body {
        request = request.body(content_type, Bytes::copy_from_slice(body.as_bytes()));
    }
    Ok(Ok(request))
}
