//! Options by name, as the doors of other languages hand them over: one list, one set of messages.
//!
//! Names are accepted in camelCase and in snake_case; durations are numbers of milliseconds.

use std::{borrow::Cow, time::Duration};

use crate::{
    clock::from_millis,
    config::{ClientAuth, ConfigBuilder},
    error::Error,
    json::Json,
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
    "tokenStoreTimeoutMs",
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

// Apart from what makes a client: most are made without options.
#[inline(never)]
pub(crate) fn set_client_option(
    builder: &mut ConfigBuilder,
    name: &str,
    value: Json<'_>,
) -> Result<(), Error> {
    let option = Named { name, value };
    match camel(name).as_str() {
        "retries" => builder.settings.retry.retries = option.count()?,
        "timeoutMs" => builder.settings.timeout = option.some_time()?,
        "connectTimeoutMs" => builder.settings.connect_timeout = option.some_time()?,
        "retryBudgetMs" => builder.settings.retry.budget = option.duration()?,
        "retryInitialDelayMs" => builder.settings.retry.initial_delay = option.duration()?,
        "retryMaxDelayMs" => builder.settings.retry.max_delay = option.duration()?,
        "tokenStoreTimeoutMs" => builder.settings.token_store_timeout = option.some_time()?,
        "rateLimit" => builder.rate_limit = Some(option.rate_limit()?),
        "maxConnections" => builder.settings.max_connections = option.size("a whole number from 1")?,
        "scope" => builder.settings.scope = option.text()?,
        "clientAuth" => {
            builder.settings.client_auth = match option.text()?.as_str() {
                "basic" => ClientAuth::Basic,
                "post" => ClientAuth::Post,
                _ => return Err(option.wrong("\"basic\" or \"post\"")),
            }
        }
        "userAgent" => builder.user_agent = option.text()?,
        "maxResponseBytes" => builder.settings.max_response_bytes = option.size("a number of bytes")?,
        "maxRequestBytes" => builder.settings.max_request_bytes = option.size("a number of bytes")?,
        _ => return Err(option.unknown(CLIENT_OPTIONS)),
    }
    Ok(())
}

pub(crate) fn set_call_option(options: &mut CallOptions, name: &str, value: Json<'_>) -> Result<(), Error> {
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
    value: Json<'a>,
}

impl Named<'_> {
    fn wrong(&self, expected: &str) -> Error {
        Error::config(words!["The option ", self.name, " must be ", expected, ", not ", self.value.text()])
    }

    fn unknown(&self, known: &[&str]) -> Error {
        Error::config(words![
            "There is no option ",
            self.name,
            ". The options are ",
            crate::text::joined(known, ", ")
        ])
    }

    fn count(&self) -> Result<u32, Error> {
        let count = self.value.as_u64().and_then(|n| u32::try_from(n).ok());
        count.ok_or_else(|| self.wrong("a whole number from 0"))
    }

    fn size(&self, what: &str) -> Result<usize, Error> {
        let size = self.value.as_u64().and_then(|n| usize::try_from(n).ok());
        size.ok_or_else(|| self.wrong(what))
    }

    fn text(&self) -> Result<String, Error> {
        self.value.as_str().map(Cow::into_owned).ok_or_else(|| self.wrong("a string"))
    }

    fn duration(&self) -> Result<Duration, Error> {
        self.value.as_f64().and_then(from_millis).ok_or_else(|| self.wrong("a number of milliseconds"))
    }

    fn some_time(&self) -> Result<Duration, Error> {
        self.duration()
            .ok()
            .filter(|time| !time.is_zero())
            .ok_or_else(|| self.wrong("a number of milliseconds above 0"))
    }

    fn rate_limit(&self) -> Result<Option<RateLimit>, Error> {
        const EXPECTED: &str = "false, or { requests, perMs, burst }";
        if self.value.is_null() || self.value.as_bool() == Some(false) {
            return Ok(None);
        }
        if !self.value.is_object() {
            return Err(self.wrong(EXPECTED));
        }
        let mut limit = RateLimit::default();
        let mut burst = None;
        for (key, value) in self.value.members() {
            let option = Named { name: &key, value };
            match camel(&key).as_str() {
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
