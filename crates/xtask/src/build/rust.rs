//! Plain Cargo builds: the simulator, and the helper binaries of this crate.

use std::path::PathBuf;

use anyhow::Result;

use crate::paths;
use crate::sh::cargo;

/// The simulator, in release: it must not be the bottleneck of what is measured against it.
pub(crate) fn simulator() -> Result<PathBuf> {
    let build =
        cargo().args(["build", "--quiet", "--release", "-p", "logto-simulator", "--bin", "logto-simulator"]);
    build.released().quietly("building the simulator")?;
    Ok(paths::binary("release", "logto-simulator"))
}

/// The server of the transport contract, for runtimes in another process.
pub(crate) fn contract_server() -> Result<PathBuf> {
    let build = cargo().args(["build", "--quiet", "-p", "logto-testkit", "--example", "contract_server"]);
    build.quietly("building the server of the transport contract")?;
    Ok(paths::binary("debug/examples", "contract_server"))
}

/// A helper binary of this crate that stands behind a feature: `xtask-vectors` behind `vectors`.
pub(crate) fn helper(feature: &str, profile: Profile) -> Result<PathBuf> {
    let name = format!("xtask-{feature}");
    super::once(&name, || {
        let build = cargo().args(["build", "--quiet", "-p", "xtask", "--features", feature, "--bin", &name]);
        let build = if profile == Profile::Release { build.arg("--release").released() } else { build };
        build.quietly(&format!("building {name}"))
    })?;
    Ok(paths::binary(profile.dir(), &name))
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Dev,
    Release,
}

impl Profile {
    fn dir(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }
}
