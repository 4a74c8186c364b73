//! A Redis server, for what processes share: tests start it on a port of their own.
//!
//! `LOGTO_REDIS_SERVER` names one (Valkey's does as well), or it is on the PATH; Debian's package is installed where there is none.

use std::env;
use std::path::PathBuf;

use anyhow::{Result, bail};

use super::debian;
use crate::sh::which;

/// The server's program.
pub(crate) fn server() -> Result<PathBuf> {
    if let Some(given) = env::var_os("LOGTO_REDIS_SERVER") {
        let given = PathBuf::from(given);
        if !given.is_file() {
            bail!("LOGTO_REDIS_SERVER={}: there is no such file", given.display());
        }
        return Ok(given);
    }
    let find = || ["redis-server", "valkey-server"].iter().find_map(|name| which(name));
    if let Some(found) = find() {
        return Ok(found);
    }
    debian::install("a Redis server", &["redis-server"])?;
    match find() {
        Some(found) => Ok(found),
        None => bail!("Debian's package redis-server was installed, but no `redis-server` is on the PATH"),
    }
}
