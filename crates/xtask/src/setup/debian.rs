//! Debian's packages, for what neither Cargo, npm nor PyPI carries.

use anyhow::{Result, bail};

use crate::sh::{cmd, which};

/// Installs packages, as root or through sudo without a password; where neither is possible, says what to type.
pub(crate) fn install(what: &str, packages: &[&str]) -> Result<()> {
    let by_hand = format!("apt-get install {}", packages.join(" "));
    if which("apt-get").is_none() {
        bail!("{what} is missing, and there is no apt-get here to install it with (on Debian: `{by_hand}`)");
    }
    let root = cmd("id").arg("-u").read().is_ok_and(|uid| uid.trim() == "0");
    let sudo = !root && cmd("sudo").args(["-n", "true"]).read().is_ok();
    if !root && !sudo {
        bail!("{what} is missing: run `sudo {by_hand}` and try again");
    }
    let apt = || {
        if sudo { cmd("sudo").args(["-n", "apt-get"]) } else { cmd("apt-get") }
            .env("DEBIAN_FRONTEND", "noninteractive")
    };
    apt().arg("update").quietly("reading Debian's package lists")?;
    let install = apt().args(["install", "--yes", "--no-install-recommends"]).args(packages);
    install.quietly(&format!("installing {what} (Debian's {})", packages.join(" ")))
}
