//! What a door is to the runner.

use std::{future::Future, pin::Pin};

use serde::Deserialize;
use serde_json::Value;

use super::Vector;

/// What happened at a door, in the terms of `tests/README.md`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Report {
    /// One for each step; a list for a parallel one.
    pub outcomes: Vec<Value>,
    /// The client's pauses in ms.
    #[serde(default)]
    pub sleeps: Vec<f64>,
    /// Codes of its warnings.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// All that the client tells its observer, printed; from doors that can listen to it.
    #[serde(default)]
    pub events: Vec<String>,
    /// What the server saw: `{method, target, headers, body}` each.
    #[serde(skip)]
    pub seen: Vec<Value>,
    /// Requests that no route of the script fitted.
    #[serde(skip)]
    pub unmatched: Vec<String>,
}

/// Carries out a vector's steps.
pub trait Door {
    /// Its name in the matrix and in `skip`.
    fn name(&self) -> &str;

    /// Runs one vector. An error is the door's own failure, not the vector's.
    fn run<'a>(
        &'a mut self,
        vector: &'a Vector,
    ) -> Pin<Box<dyn Future<Output = Result<Report, String>> + 'a>>;
}
