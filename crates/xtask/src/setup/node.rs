//! Node.js, the npm packages of `npm/`, and a Node new enough for workerd's host.
//!
//! Node itself is the user's: 20 or newer, else an error says so. The packages come from the committed lock file with `npm ci`, and
//! again only when that file changes. miniflare, which hosts workerd, wants Node 22: an older machine gets one from the npm
//! package `node-<os>-<cpu>` into `target/tools`.

use std::env::consts;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::paths;
use crate::sh::{Cmd, cmd, which};
use crate::stamp::Stamp;

const OLDEST: u32 = 20;
const OLDEST_FOR_WORKERD: u32 = 22;
/// The Node that a machine with an older one gets for workerd's host.
pub(super) const NODE_22: &str = "22.23.3";

/// The user's `node`, checked.
pub(crate) fn node() -> Result<PathBuf> {
    let node = which("node").with_context(|| {
        format!("Node.js {OLDEST} or newer is needed, and no `node` is on the PATH: https://nodejs.org/en/download")
    })?;
    let found = major(&node)?;
    if found < OLDEST {
        bail!("Node.js {OLDEST} or newer is needed; {} is version {found}", node.display());
    }
    Ok(node)
}

/// `npm`, to be run in `npm/`.
pub(crate) fn npm() -> Result<Cmd> {
    let name = if cfg!(windows) { "npm.cmd" } else { "npm" };
    if which("npm").is_none() && which(name).is_none() {
        bail!("npm is needed, and not on the PATH: it comes with Node.js, or as Debian's package `npm`");
    }
    Ok(cmd(name).dir(paths::at("npm")))
}

/// The development packages of `npm/`, as its lock file says.
pub(crate) fn packages() -> Result<()> {
    node()?;
    let lock = paths::at("npm/package-lock.json");
    if !lock.is_file() {
        bail!("npm/package-lock.json is missing: the checkout is not whole");
    }
    let stamp =
        Stamp::new(paths::at("npm/node_modules/.xtask-stamp"), &[lock, paths::at("npm/package.json")], &[])?;
    if stamp.fits() {
        return Ok(());
    }
    npm()?.args(["ci", "--no-audit", "--no-fund"]).quietly("installing the npm packages (npm ci in npm/)")?;
    stamp.set()
}

/// A Node that can host workerd: the user's own if it is new enough.
pub(crate) fn for_workerd() -> Result<PathBuf> {
    let own = node()?;
    if major(&own)? >= OLDEST_FOR_WORKERD {
        return Ok(own);
    }
    let os = npm_os()?;
    let package = format!("node-{}-{}", if os == "win32" { "win" } else { os }, npm_cpu()?);
    let dir = paths::tools().join("node");
    let file = if cfg!(windows) { "node.exe" } else { "node" };
    let node = dir.join("node_modules").join(&package).join("bin").join(file);
    let stamp = Stamp::new(dir.join(".xtask-stamp"), &[], &[&package, NODE_22])?;
    if stamp.fits() && node.is_file() {
        return Ok(node);
    }
    std::fs::create_dir_all(&dir)?;
    npm()?
        .args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"])
        .arg(&dir)
        .arg(format!("{package}@{NODE_22}"))
        .quietly(&format!("installing Node {NODE_22} for workerd (npm package {package})"))?;
    if !node.is_file() {
        bail!(
            "the npm package {package} has no {}; install Node {OLDEST_FOR_WORKERD} or newer yourself",
            paths::shown(&node)
        );
    }
    stamp.set()?;
    Ok(node)
}

/// A program that an npm package of `npm/` brings.
pub(crate) fn tool(name: &str) -> Result<Cmd> {
    packages()?;
    let file = paths::at("npm/node_modules/.bin").join(if cfg!(windows) {
        format!("{name}.cmd")
    } else {
        name.into()
    });
    if !file.exists() {
        bail!("the npm packages bring no `{name}`: is it in npm/package.json?");
    }
    Ok(cmd(file))
}

/// The platform in the words of the addon's file name: `linux-x64-gnu`.
pub(crate) fn platform() -> Result<String> {
    let (os, cpu) = (npm_os()?, npm_cpu()?);
    let abi = match os {
        "linux" if cfg!(target_env = "musl") => "-musl",
        "linux" => "-gnu",
        "win32" => "-msvc",
        _ => "",
    };
    Ok(format!("{os}-{cpu}{abi}"))
}

pub(super) fn npm_os() -> Result<&'static str> {
    match consts::OS {
        "linux" => Ok("linux"),
        "macos" => Ok("darwin"),
        "windows" => Ok("win32"),
        other => bail!("no addon is built for {other}: the npm package runs there on its WASM engine"),
    }
}

pub(super) fn npm_cpu() -> Result<&'static str> {
    match consts::ARCH {
        "x86_64" => Ok("x64"),
        "aarch64" => Ok("arm64"),
        other => bail!("no addon is built for {other}: the npm package runs there on its WASM engine"),
    }
}

fn major(node: &PathBuf) -> Result<u32> {
    let printed = cmd(node).arg("--version").read()?;
    let version = printed.trim().trim_start_matches('v');
    let major = version.split('.').next().and_then(|part| part.parse().ok());
    major.with_context(|| format!("{} says its version is {printed:?}", node.display()))
}
