//! The Node addon, `npm/logto-management.<platform>.node`, and the npm package's `npm/lib`.

use std::env::consts;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::paths;
use crate::setup::node;
use crate::sh::cargo;

/// Builds the addon and puts it where the package's Node entry looks first.
pub(crate) fn addon() -> Result<PathBuf> {
    super::once("addon", || {
        let build = cargo().args(["build", "--quiet", "--release", "-p", "logto-management-node"]);
        build.released().quietly("building the Node addon")
    })?;
    let library = format!("{}logto_management_node{}", consts::DLL_PREFIX, consts::DLL_SUFFIX);
    let built = paths::target().join("release").join(library);
    let addon = paths::at("npm").join(format!("logto-management.{}.node", node::platform()?));
    // Never written in place: a process that has the old one mapped would crash. A new file is renamed over it.
    let fresh = addon.with_extension("node.tmp");
    fs::copy(&built, &fresh).with_context(|| format!("could not copy {}", paths::shown(&built)))?;
    fs::rename(&fresh, &addon).with_context(|| format!("could not write {}", paths::shown(&addon)))?;
    Ok(addon)
}

/// Builds the TypeScript façade into `npm/lib`. Its bundles take the wasm module's JavaScript in, so that comes first.
pub(crate) fn package() -> Result<()> {
    super::wasm::module()?;
    node::packages()?;
    super::once("package", || {
        node::npm()?.args(["run", "--silent", "build"]).quietly("building the npm package (npm run build)")
    })
}
