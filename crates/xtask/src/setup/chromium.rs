//! Chromium, for what must hold in a browser.
//!
//! `LOGTO_CHROMIUM` names one, or it is on the PATH under one of its names; Debian's package is installed where there is none.

use std::env;
use std::path::PathBuf;

use anyhow::{Result, bail};

use super::debian;
use crate::sh::which;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The browser's program.
pub(crate) fn chromium() -> Result<PathBuf> {
    if let Some(given) = env::var_os("LOGTO_CHROMIUM") {
        let given = PathBuf::from(given);
        if !given.is_file() {
            bail!("LOGTO_CHROMIUM={}: there is no such file", given.display());
        }
        return Ok(given);
    }
    let find = || NAMES.iter().find_map(|name| which(name));
    if let Some(found) = find() {
        return Ok(found);
    }
    debian::install("Chromium", &["chromium"])?;
    match find() {
        Some(found) => Ok(found),
        None => bail!("Debian's package chromium was installed, but no `chromium` is on the PATH"),
    }
}
