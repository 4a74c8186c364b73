//! A client's options, from the JSON that the package hands over.

use std::collections::HashMap;

use logto_management::{Config, Error};
use serde::Deserialize;
use serde_json::{Map, Value};

/// See `EngineOptions` in `npm/src/engine/engine.ts`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Options {
    tenant_id: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    base_url: Option<String>,
    api_indicator: Option<String>,
    vars: Option<HashMap<String, String>>,
    #[serde(default)]
    options: Map<String, Value>,
    #[serde(default)]
    pub(crate) testing: bool,
    /// The address of a Redis that holds tokens and the rate limit for several processes.
    pub(crate) redis: Option<String>,
}

impl Options {
    pub(crate) fn parse(json: &str) -> Result<Self, Error> {
        serde_json::from_str(json).map_err(|error| {
            // Only where, never what: the text holds the secret.
            Error::invalid_config(format!(
                "An option is not of its type: tenant id, client id, client secret, base url and resource indicator are strings (column {})",
                error.column()
            ))
        })
    }

    pub(crate) fn config(&self) -> Result<Config, Error> {
        let mut builder = match &self.vars {
            Some(vars) => Config::from_vars(|name| vars.get(name).cloned())?,
            None => {
                let mut builder = Config::tenant(self.tenant_id.clone().unwrap_or_default());
                if let Some(url) = &self.base_url {
                    builder = builder.base_url(url);
                }
                if let Some(indicator) = &self.api_indicator {
                    builder = builder.api_indicator(indicator);
                }
                if let (Some(id), Some(secret)) = (&self.client_id, &self.client_secret) {
                    builder = builder.credentials(id, secret.as_str());
                }
                builder
            }
        };
        for (name, value) in &self.options {
            builder = builder.option(name, value)?;
        }
        builder.build()
    }
}
