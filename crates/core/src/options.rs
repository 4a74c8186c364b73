//! Options by name, as the doors of other languages hand them over: one list, one set of messages.
//!
//! Names are accepted in camelCase and in snake_case; durations are numbers of milliseconds.

use std::time::Duration;

use serde_json::Value;

use crate::{
    config::{ClientAuth, ConfigBuilder},
    error::Error,
    limit::RateLimit,
    request::CallOptions,
};

/// Every option of a client.
pub const CLIENT_OPTIONS: &[&str] = &[
    "retries",
    "timeoutMs",
    "connectTimeoutMs",
    "retryBudgetMs",
    "retryInitialDelayMs",
    "retryMaxDelayMs",
    "rateLimit",
    "maxConnections",
    "scope",
    "clientAuth",
    "userAgent",
    "maxResponseBytes",
    "maxRequestBytes",
];

/// Every option of a single call.
pub const CALL_OPTIONS: &[&str] = &["timeoutMs", "retries", "deadlineMs", "idempotent"];

pub(crate) fn set_client_option(builder: &mut ConfigBuilder, name: &str, value: &Value) -> Result<(), Error> {
    let option = Named { name, value };
    let old = builder.clone();
    *builder = match camel(name).as_str() {
        "retries" => old.retries(option.count()?),
        "timeoutMs" => old.timeout(option.some_time()?),
        "connectTimeoutMs" => old.connect_timeout(option.some_time()?),
        "retryBudgetMs" => old.retry_budget(option.duration()?),
        "retryInitialDelayMs" => old.retry_initial_delay(option.duration()?),
        "retryMaxDelayMs" => old.retry_max_delay(option.duration()?),
        "rateLimit" => old.rate_limit(option.rate_limit()?),
        "maxConnections" => old.max_connections(option.size("a whole number from 1")?),
        "scope" => old.scope(option.text()?),
        "clientAuth" => old.client_auth(match option.text()?.as_str() {
            "basic" => ClientAuth::Basic,
            "post" => ClientAuth::Post,
            _ => return Err(option.wrong("\"basic\" or \"post\"")),
        }),
        "userAgent" => old.user_agent(option.text()?),
        "maxResponseBytes" => old.max_response_bytes(option.size("a number of bytes")?),
        "maxRequestBytes" => old.max_request_bytes(option.size("a number of bytes")?),
        _ => return Err(option.unknown(CLIENT_OPTIONS)),
    };
    Ok(())
}

pub(crate) fn set_call_option(options: &mut CallOptions, name: &str, value: &Value) -> Result<(), Error> {
    let option = Named { name, value };
    match camel(name).as_str() {
        "timeoutMs" => options.timeout = Some(option.some_time()?),
        "retries" => options.retries = Some(option.count()?),
        "deadlineMs" => options.deadline = Some(option.some_time()?),
        "idempotent" => {
            options.idempotent = Some(value.as_bool().ok_or_else(|| option.wrong("true or false"))?)
        }
        _ => return Err(option.unknown(CALL_OPTIONS)),
    }
    Ok(())
}

struct Named<'a> {
    name: &'a str,
    value: &'a Value,
}

impl Named<'_> {
    fn wrong(&self, expected: &str) -> Error {
        Error::config(format!("The option {} must be {expected}, not {}", self.name, self.value))
    }

    fn unknown(&self, known: &[&str]) -> Error {
        Error::config(format!("There is no option {}. The options are {}", self.name, known.join(", ")))
    }

    fn count(&self) -> Result<u32, Error> {
        self.value
            .as_u64()
            .and_then(|n| u32::try_from(n).ok())
            .ok_or_else(|| self.wrong("a whole number from 0"))
    }

    fn size(&self, what: &str) -> Result<usize, Error> {
        let size = self.value.as_u64().and_then(|n| usize::try_from(n).ok());
        size.ok_or_else(|| self.wrong(what))
    }

    fn text(&self) -> Result<String, Error> {
        self.value.as_str().map(str::to_owned).ok_or_else(|| self.wrong("a string"))
    }

    fn duration(&self) -> Result<Duration, Error> {
        self.value
            .as_f64()
            .and_then(|ms| Duration::try_from_secs_f64(ms / 1000.0).ok())
            .ok_or_else(|| self.wrong("a number of milliseconds"))
    }

    fn some_time(&self) -> Result<Duration, Error> {
        self.duration()
            .ok()
            .filter(|time| !time.is_zero())
            .ok_or_else(|| self.wrong("a number of milliseconds above 0"))
    }

    fn rate_limit(&self) -> Result<Option<RateLimit>, Error> {
        const EXPECTED: &str = "false, or { requests, perMs, burst }";
        let map = match self.value {
            Value::Bool(false) | Value::Null => return Ok(None),
            Value::Object(map) => map,
            _ => return Err(self.wrong(EXPECTED)),
        };
        let mut limit = RateLimit::default();
        let mut burst = None;
        for (key, value) in map {
            let option = Named { name: key, value };
            match camel(key).as_str() {
                "requests" => limit.requests = option.count()?,
                "perMs" => limit.per = option.duration()?,
                "burst" => burst = Some(option.count()?),
                _ => return Err(self.wrong(EXPECTED)),
            }
        }
        limit.burst = burst.unwrap_or(limit.requests);
        Ok(Some(limit))
    }
}

fn camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut upper = false;
    for c in name.chars() {
        match c {
            '_' => upper = true,
            c if upper => {
                out.push(c.to_ascii_uppercase());
                upper = false;
            }
            c => out.push(c),
        }
    }
    out
}
