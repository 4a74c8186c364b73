//! `cargo xtask dist`: the packages as they are published, in `dist/`.
//!
//! - `logto_management-*.whl`: the Python wheel (on Linux manylinux2014, by zig); `logto_management-*.tar.gz`: its sources.
//! - `logto_management_simulator-*.whl`: the simulator, for the extra `testing`.
//! - `logto-management-<version>.tgz`: the npm package, with the WASM engine in it.
//! - `logto-management-<platform>-<version>.tgz`: the addon of this platform.
//!
//! With `--check` they are installed into an empty environment and an empty folder, from `dist/` alone and with no Rust on the PATH, and list the
//! users of a simulator: so a file that the packages forgot shows here and not at a user's. For the npm packages `npm/smoke/run.mjs` does it, in every
//! runtime that they are for.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;

use crate::setup::python::Venv;
use crate::setup::{node, python, runtimes};
use crate::sh::Cmd;
use crate::simulator::Simulator;
use crate::stamp::files_under;
use crate::{build, paths, say};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Install what was made into empty places and run it against the simulator.
    #[arg(long)]
    check: bool,
}

const USERS: u64 = 250;

/// What the extra `testing` is for.
const TESTED: &str = "from logto_management.testing import Simulator
with Simulator(users=3) as logto, logto.api() as api:
    print(len(api.users.list().collect()))";

pub(crate) fn run(options: &Options) -> Result<()> {
    let dist = paths::at("dist");
    if dist.exists() {
        fs::remove_dir_all(&dist).context("could not clear dist")?;
    }
    fs::create_dir_all(&dist)?;
    say::section("Packing the doors");
    let wheel = build::python::wheel(&dist, build::python::For::All)?;
    let sdist = build::python::sdist(&dist)?;
    let simulator = build::python::simulator(&dist)?;
    build::wasm::module()?;
    build::node::addon()?;
    build::node::package()?;
    node::npm()?
        .args(["run", "--silent", "pack:dist", "--"])
        .arg(&dist)
        .quietly("packing the npm packages")?;
    let tarballs = tarballs(&dist)?;

    for file in [&wheel, &sdist, &simulator].into_iter().chain(&tarballs) {
        println!("{:>9} bytes  {}", fs::metadata(file)?.len(), paths::shown(file));
    }
    if options.check { check(&dist, &sdist, &tarballs) } else { Ok(()) }
}

/// The npm package and the platform's addon, which must both be there.
fn tarballs(dist: &Path) -> Result<[PathBuf; 2]> {
    let platform = format!("logto-management-{}-", node::platform()?);
    let mut package = None;
    let mut addon = None;
    for entry in fs::read_dir(dist)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(version) = name.strip_suffix(".tgz") else { continue };
        if version.starts_with(&platform) {
            addon = Some(path);
        } else if version
            .strip_prefix("logto-management-")
            .is_some_and(|v| v.starts_with(|c: char| c.is_ascii_digit()))
        {
            package = Some(path);
        }
    }
    match (package, addon) {
        (Some(package), Some(addon)) => Ok([package, addon]),
        _ => bail!(
            "`npm run pack:dist` left no logto-management-<version>.tgz or no {platform}<version>.tgz in dist"
        ),
    }
}

fn check(dist: &Path, sdist: &Path, tarballs: &[PathBuf; 2]) -> Result<()> {
    say::section("Installing them where there is nothing else");
    let simulator = Simulator::start(&["--users", &USERS.to_string()])?;
    let place = paths::target().join("dist-check");
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    fs::create_dir_all(&place)?;

    let venv = python::create(&place.join("venv"))?;
    let pip = |venv: &Venv| {
        venv.python().args(["-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--no-index"])
    };
    let wheels = pip(&venv).arg("--find-links").arg(dist).arg("logto-management[testing]");
    wheels.quietly("installing the wheel and the simulator's")?;
    fs::copy(paths::at("py/examples/demo.py"), place.join("demo.py"))?;
    let program = |venv: &Venv| venv.python().arg("demo.py").dir(&place);
    listed("the wheel", program(&venv), &simulator)?;
    let tested = venv.python().args(["-c", TESTED]).dir(&place).env_remove("LOGTO_SIMULATOR");
    let said = tested.env("PATH", path_without_rust()?).read()?;
    if said.trim() != "3" {
        bail!("logto_management.testing.Simulator of the extra `testing` said {said:?}");
    }
    say::note("the extra `testing`: starts its simulator");

    let venv = python::create(&place.join("venv-of-sources"))?;
    let wheel = build::python::wheel_of(sdist, &place.join("wheels"))?;
    pip(&venv).arg(wheel).quietly("installing the wheel of the sources")?;
    listed("the sources", program(&venv), &simulator)?;

    smoke(tarballs, &place.join("npm"), &simulator)?;

    for binary in files_under(&place, &["so", "pyd", "node", "wasm"], &[]) {
        build::flags::no_traces(&binary)?;
    }
    Ok(())
}

/// The npm packages: programs of every kind, in every runtime.
fn smoke(tarballs: &[PathBuf; 2], place: &Path, simulator: &Simulator) -> Result<()> {
    let [package, _] = tarballs;
    // Whether every way to import it finds code and types that fit: by what is packed, not by what is in the checkout.
    let publint = node::tool("publint")?.args(["run", "--strict"]).arg(package);
    publint.quietly("checking the npm package with publint")?;
    let attw = node::tool("attw")?.args(["--no-emoji", "--no-color"]).arg(package);
    attw.quietly("checking the npm package's types with attw")?;
    let runtimes = runtimes::all()?;
    let nodes = env::join_paths([node::node()?].iter().chain(&runtimes.nodes))?;
    node::npm()?
        .args(["run", "--silent", "smoke", "--"])
        .arg(place)
        .args(tarballs)
        .env("SMOKE_PATH", path_without_rust()?)
        .env("SMOKE_USERS", USERS.to_string())
        .env("SMOKE_NODES", nodes)
        .env("SMOKE_DENO", runtimes.deno)
        .env("SMOKE_BUN", runtimes.bun)
        .env("SMOKE_WRANGLER", runtimes.wrangler)
        .env("SMOKE_NFT", runtimes.nft)
        .envs(simulator.variables())
        .run()
}

/// Runs a program with no Rust on its PATH; it must list every user.
fn listed(what: &str, program: Cmd, simulator: &Simulator) -> Result<()> {
    let printed = program.env("PATH", path_without_rust()?).envs(simulator.variables()).read()?;
    let said: Value =
        serde_json::from_str(printed.trim()).with_context(|| format!("{what} printed {printed:?}"))?;
    for count in ["users", "total", "ids_unique"] {
        if said.get(count).and_then(Value::as_u64) != Some(USERS) {
            bail!("{what} did not list every user once: {said}");
        }
    }
    say::note(&format!("{what}: lists all {USERS} users"));
    Ok(())
}

fn path_without_rust() -> Result<std::ffi::OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let has_rust = |dir: &PathBuf| ["cargo", "rustc"].iter().any(|name| dir.join(name).exists());
    // The programs themselves are started by their full paths, so losing a folder that they share with Rust does no harm.
    Ok(env::join_paths(env::split_paths(&path).filter(|dir| !has_rust(dir)))?)
}
