//! A Python callable as the transport: requests on their way to it, and answers on their way back.
//!
//! The callable is Python, so no thread of a runtime may run it. A request is put into the outbox of the call that makes it: the caller who waits takes it out and runs the callable between two turns
//! of the runtime ([`wait`](crate::wait)), or the loop does when it drains its [`Bridge`](crate::bridge::Bridge).

use std::{
    mem,
    sync::{Arc, Mutex},
};

use logto_management::core::{
    TransportError, TransportErrorKind,
    bytes::Bytes,
    http::{HeaderName, HeaderValue, Request, Response},
    transport::ResponseLimit,
};
use pyo3::{exceptions::PyValueError, prelude::*, types::PyBytes};
use tokio::sync::oneshot;

use crate::{queue::Queue, runtime::lock};

type Given = Result<Response<Bytes>, TransportError>;

tokio::task_local! {
    /// Of the call that is being polled.
    pub(crate) static OUTBOX: Outbox;
}

/// Where a call's requests are put.
#[derive(Clone, Debug)]
pub(crate) enum Outbox {
    /// The desk of a caller who waits.
    Caller(Arc<Desk>),
    /// A loop, and the number of the call there.
    Loop(Arc<Queue>, u64),
}

/// Requests that a waiting caller has yet to carry out.
#[derive(Debug, Default)]
pub(crate) struct Desk(Mutex<Vec<Ask>>);

impl Desk {
    /// What has been put there since the last look.
    pub(crate) fn take(&self) -> Vec<Ask> {
        mem::take(&mut *lock(&self.0))
    }
}

/// A request, and who carries it out.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) callable: Arc<Py<PyAny>>,
    pub(crate) exchange: Exchange,
    /// By which a loop knows what it began for it.
    pub(crate) number: u64,
}

impl Ask {
    /// Runs the callable, which answers before it returns, or gives what will: a task, on a loop.
    ///
    /// # Errors
    /// What it raised that is no failure of a request: a defect of the test, or Ctrl-C.
    pub(crate) fn carry_out(self, py: Python<'_>, future: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        self.callable.call1(py, (Py::new(py, self.exchange)?, future))
    }
}

/// A request in the hands of Python.
#[pyclass(module = "logto_management._native", frozen)]
#[derive(Debug)]
pub(crate) struct Exchange {
    request: Request<Bytes>,
    answer: Mutex<Option<oneshot::Sender<Given>>>,
}

#[pymethods]
impl Exchange {
    #[getter]
    fn method(&self) -> &str {
        self.request.method().as_str()
    }

    #[getter]
    fn url(&self) -> String {
        self.request.uri().to_string()
    }

    #[getter]
    fn headers(&self) -> Vec<(&str, String)> {
        let text = |value: &HeaderValue| value.as_bytes().iter().map(|byte| char::from(*byte)).collect();
        self.request.headers().iter().map(|(name, value)| (name.as_str(), text(value))).collect()
    }

    #[getter]
    fn content<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.request.body())
    }

    /// The answer. `ValueError`, where it is no HTTP.
    fn give(&self, status: u16, headers: Vec<(String, String)>, content: &[u8]) -> PyResult<()> {
        let wrong = |what: String| PyValueError::new_err(format!("the transport gave {what}"));
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            let bytes: Vec<u8> = value.chars().map(|char| u8::try_from(char).unwrap_or(b'?')).collect();
            let (Ok(name), Ok(value)) =
                (HeaderName::try_from(name.as_str()), HeaderValue::from_bytes(&bytes))
            else {
                return Err(wrong(format!("a header {name:?} that HTTP does not know")));
            };
            response = response.header(name, value);
        }
        let response = response
            .body(Bytes::copy_from_slice(content))
            .map_err(|_| wrong(format!("{status}, which is no HTTP status")))?;
        let limit = ResponseLimit::of(&self.request);
        self.settle(if content.len() > limit {
            let message = format!("The answer is larger than {limit} bytes");
            Err(TransportError::new(TransportErrorKind::Body, message))
        } else {
            Ok(response)
        });
        Ok(())
    }

    /// No answer: `connect`, `timeout`, `interrupted` or `other`.
    fn fail(&self, kind: &str, message: &str) {
        let kind = match kind {
            "connect" => TransportErrorKind::Connect,
            "timeout" => TransportErrorKind::Timeout,
            "interrupted" => TransportErrorKind::Interrupted,
            _ => TransportErrorKind::Other,
        };
        self.settle(Err(TransportError::new(kind, message)));
    }
}

impl Exchange {
    fn settle(&self, given: Given) {
        if let Some(caller) = lock(&self.answer).take() {
            // A caller that is gone has been cancelled, or timed out.
            let _ = caller.send(given);
        }
    }
}

/// Has Python carry a request out.
pub(crate) async fn send(callable: &Arc<Py<PyAny>>, request: Request<Bytes>) -> Given {
    loop {
        let Ok(outbox) = OUTBOX.try_with(Clone::clone) else {
            return Err(TransportError::new(
                TransportErrorKind::Other,
                "Nobody waits who could run the transport",
            ));
        };
        let (answer, given) = oneshot::channel();
        let exchange = Exchange { request: request.clone(), answer: Mutex::new(Some(answer)) };
        let callable = Arc::clone(callable);
        let _begun = match outbox {
            Outbox::Caller(desk) => {
                lock(&desk.0).push(Ask { callable, exchange, number: 0 });
                None
            }
            Outbox::Loop(queue, call) => {
                let number = queue.number();
                queue.ask(call, Ask { callable, exchange, number });
                Some(Begun { queue, number })
            }
        };
        if let Ok(given) = given.await {
            return given;
        }
        // Who had it in hand has gone; a request that others wait for too, a token's, is asked for again by one of these.
    }
}

/// What a loop has begun. Nobody waits for it any more once this is dropped.
struct Begun {
    queue: Arc<Queue>,
    number: u64,
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.queue.give_up(self.number);
    }
}
