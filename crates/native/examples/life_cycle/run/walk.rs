//! Calls that are kept account of.

use std::collections::BTreeSet;

use logto_management::{
    Error, ErrorKind, ManagementApi, Response,
    operations::{Call, Operation},
};
use serde::Serialize;
use serde_json::Value;

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The ids of the operations that were called.
    pub(crate) called: BTreeSet<&'static str>,
    /// What the server refused where it may: there is nothing of the kind, or it is not set up.
    pub(crate) refused: Vec<String>,
    /// Keys that arrived and that no model has.
    pub(crate) unknown: BTreeSet<String>,
    /// What went wrong.
    pub(crate) failures: Vec<String>,
}

pub(crate) struct Walk {
    pub(crate) api: ManagementApi,
    /// What everything that is made is called; no two walks have the same.
    pub(crate) name: String,
    report: Report,
    /// What is still to be removed, the newest last: its route, and its parameters.
    left: Vec<(&'static str, Vec<(&'static str, String)>)>,
}

impl Walk {
    pub(crate) fn new(api: &ManagementApi) -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let name = format!("life_cycle_{:x}", since.map_or(0, |since| since.as_micros()));
        Self { api: api.clone(), name, report: Report::default(), left: Vec::new() }
    }

    /// A call that must succeed.
    pub(crate) async fn ask<O>(&mut self, call: Call<O>) -> Result<O::Answer, Error>
    where
        O: Operation,
        O::Answer: Serialize,
    {
        self.report.called.insert(O::ID);
        let answered = call.send_raw().await?;
        self.compare(O::ID, answered.response(), &answered.value);
        Ok(answered.value)
    }

    /// A call that may be refused: what it asks for need not be there on every server.
    pub(crate) async fn try_to<O>(&mut self, call: Call<O>) -> Result<Option<O::Answer>, Error>
    where
        O: Operation,
        O::Answer: Serialize,
    {
        match self.ask(call).await {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if error.kind() == ErrorKind::UnexpectedRedirect => Ok(None),
            Err(error) if matches!(error.status(), Some(400 | 401 | 404 | 422 | 501)) => {
                self.report.refused.push(error.to_string());
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Everything that arrived must be in the value that it became.
    fn compare(&mut self, id: &str, response: &Response, value: &impl Serialize) {
        let Ok(arrived) = serde_json::from_slice::<Value>(response.body()) else { return };
        let Ok(kept) = serde_json::to_value(value) else {
            return self.report.failures.push(format!("{id}: cannot be written as JSON again"));
        };
        if !kept.is_null() && !kept.is_string() {
            self.differences(id, "", &arrived, &kept);
        }
    }

    fn differences(&mut self, id: &str, at: &str, arrived: &Value, kept: &Value) {
        match (arrived, kept) {
            (Value::Object(arrived), Value::Object(kept)) => {
                for (key, value) in arrived {
                    let at = format!("{at}.{key}");
                    match kept.get(key) {
                        Some(kept) => self.differences(id, &at, value, kept),
                        None => {
                            self.report.unknown.insert(format!("{id}: {at}"));
                        }
                    }
                }
            }
            (Value::Array(arrived), Value::Array(kept)) if arrived.len() == kept.len() => {
                for (arrived, kept) in arrived.iter().zip(kept) {
                    self.differences(id, &format!("{at}[]"), arrived, kept);
                }
            }
            (Value::Number(arrived), Value::Number(kept)) if arrived.as_f64() == kept.as_f64() => {}
            (arrived, kept) if arrived == kept => {}
            _ => self.report.failures.push(format!("{id}: {at} is not what arrived")),
        }
    }

    /// Holds it against what must be so.
    pub(crate) fn expect(&mut self, holds: bool, what: &str) {
        if !holds {
            self.report.failures.push(what.to_owned());
        }
    }

    pub(crate) fn fail(&mut self, error: &Error) {
        self.report.failures.push(error.to_string());
    }

    /// Remembers to remove what was made.
    pub(crate) fn made(&mut self, route: &'static str, parameter: &'static str, id: &str) {
        self.left.push((route, vec![(parameter, id.to_owned())]));
    }

    /// It has been removed.
    pub(crate) fn gone(&mut self, id: &str) {
        self.left.retain(|(_, parameters)| parameters.iter().all(|(_, value)| value != id));
    }

    /// Removes what is left.
    pub(crate) async fn finish(mut self) -> Report {
        while let Some((route, parameters)) = self.left.pop() {
            let mut request = self.api.delete(route);
            for (name, value) in parameters {
                request = request.path(name, value);
            }
            match request.send().await {
                Err(error) if !error.is_not_found() => self.fail(&error),
                _ => {}
            }
        }
        self.report
    }
}
