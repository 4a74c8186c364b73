//! The core's testing clock for Python.

use std::time::Duration;

use logto_management::{TokioClock, core};
use pyo3::{exceptions::PyValueError, prelude::*};

/// A clock that stands still until it is told to go on; pauses of the client take no time on it.
#[pyclass(module = "logto_management._native", frozen)]
#[derive(Clone, Debug)]
pub(crate) struct TestingClock(pub(crate) core::TestingClock<TokioClock>);

#[pymethods]
#[expect(non_upper_case_globals, reason = "a name of Python's")]
impl TestingClock {
    #[new]
    fn new() -> Self {
        Self(core::TestingClock::new(TokioClock))
    }

    /// pytest takes every class whose name begins with Test for a test.
    #[classattr]
    const __test__: bool = false;

    /// Moves the clock on by so many seconds.
    fn advance(&self, seconds: f64) -> PyResult<()> {
        let duration = Duration::try_from_secs_f64(seconds)
            .map_err(|_| PyValueError::new_err("a clock only moves forward, by a number of seconds"))?;
        self.0.advance(duration);
        Ok(())
    }

    /// The pauses since the last call, in seconds.
    fn take_sleeps(&self) -> Vec<f64> {
        self.0.take_sleeps().iter().map(Duration::as_secs_f64).collect()
    }
}
