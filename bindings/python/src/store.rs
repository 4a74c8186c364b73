//! A Python object as the token store. What it keeps is sealed before it gets there.
//!
//! For each step a thread asks Python and comes back at once: Python does the work in a thread of its own, or on an event loop, and answers. So no thread of a runtime takes the GIL, and none of
//! ours is in Python when the interpreter goes down.

use std::{
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use logto_management::{StoreError, TokenStore};
use pyo3::prelude::*;
use tokio::sync::oneshot;

use crate::runtime::lock;

type Given = Result<Option<String>, String>;

/// Where tokens are shared.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// In the Redis at this address, with the rate limit.
    Redis(String),
    /// Where a callable of Python's says.
    Python(PythonStore),
}

impl Source {
    /// An address, or the callable that carries steps out.
    pub(crate) fn new(given: &Bound<'_, PyAny>) -> Self {
        match given.extract::<String>() {
            Ok(url) => Self::Redis(url),
            Err(_) => Self::Python(PythonStore(Arc::new(given.clone().unbind()))),
        }
    }
}

/// Where Python puts what its store gave.
#[pyclass(module = "logto_management._native", frozen)]
#[derive(Debug)]
pub(crate) struct StoreAnswer(Mutex<Option<oneshot::Sender<Given>>>);

#[pymethods]
impl StoreAnswer {
    fn give(&self, value: Option<String>) {
        self.settle(Ok(value));
    }

    fn fail(&self, message: String) {
        self.settle(Err(message));
    }
}

impl StoreAnswer {
    fn settle(&self, given: Given) {
        if let Some(caller) = lock(&self.0).take() {
            // A caller that is gone has lost patience.
            let _ = caller.send(given);
        }
    }
}

/// Carries steps out by calling `ask(answer, step, key, value, ttl in seconds)`.
#[derive(Clone, Debug)]
pub(crate) struct PythonStore(Arc<Py<PyAny>>);

impl PythonStore {
    async fn step(
        &self,
        step: &'static str,
        key: &str,
        value: &str,
        ttl: Duration,
    ) -> Result<Option<String>, StoreError> {
        let (caller, answer) = oneshot::channel();
        let (ask, key, value) = (Arc::clone(&self.0), key.to_owned(), value.to_owned());
        thread::Builder::new()
            .name("logto-management-store".to_owned())
            .spawn(move || {
                // Nothing, where the interpreter goes down: the caller hears of it by the channel that closes.
                Python::try_attach(|py| {
                    let answer = Py::new(py, StoreAnswer(Mutex::new(Some(caller))))?;
                    let asked = ask.call1(py, (&answer, step, key, value, ttl.as_secs_f64()));
                    if let Err(error) = &asked {
                        answer.get().fail(error.to_string());
                    }
                    asked.map(drop)
                })
            })
            .map_err(|_| StoreError::new("the system refused a thread for it"))?;
        match answer.await {
            Ok(given) => given.map_err(StoreError::new),
            Err(_) => Err(StoreError::new("it gave no answer")),
        }
    }
}

impl TokenStore for PythonStore {
    async fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.step("get", key, "", Duration::ZERO).await
    }

    async fn put(&self, key: &str, value: &str, ttl: Duration) -> Result<(), StoreError> {
        self.step("put", key, value, ttl).await.map(drop)
    }

    async fn lock(&self, key: &str, ttl: Duration) -> Result<bool, StoreError> {
        Ok(self.step("lock", key, "", ttl).await?.is_some())
    }

    async fn unlock(&self, key: &str) -> Result<(), StoreError> {
        self.step("unlock", key, "", Duration::ZERO).await.map(drop)
    }
}
