//! The wheel in `target/wheels`, and the same wheel installed into `.venv`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::paths;
use crate::setup::python::{Venv, venv};
use crate::sh::Cmd;
use crate::stamp::Stamp;

/// How the names of our wheels begin.
const OURS: &str = "logto_management-";

/// For whom a wheel is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// This machine: it asks for the C library that is here.
    Here,
    /// Everybody: on Linux zig links it against the C library of 2012 (manylinux2014), as the release workflow does.
    All,
}

impl For {
    fn build(self, venv: &Venv) -> Cmd {
        let maturin = venv.program("maturin").args(["build", "--release", "--quiet"]);
        if self == Self::All && cfg!(all(target_os = "linux", target_env = "gnu")) {
            maturin.args(["--zig", "--compatibility", "manylinux2014"])
        } else {
            maturin
        }
    }
}

/// Builds the wheel with maturin into `out`; returns its path.
pub(crate) fn wheel(out: &Path, whom: For) -> Result<PathBuf> {
    let venv = venv()?;
    remove_wheels(out)?;
    let maturin = whom.build(&venv).arg("--out").arg(out);
    maturin.dir(paths::at("py")).released().quietly("building the Python wheel (maturin)")?;
    newest_wheel(out).with_context(|| format!("maturin left no wheel in {}", paths::shown(out)))
}

/// The source distribution, in `out`.
pub(crate) fn sdist(out: &Path) -> Result<PathBuf> {
    let maturin = venv()?.program("maturin").args(["sdist", "--out"]).arg(out);
    maturin.dir(paths::at("py")).quietly("packing the Python sources")?;
    let found = crate::stamp::files_under(out, &["gz"], &[]);
    found.into_iter().next().with_context(|| format!("maturin left no sdist in {}", paths::shown(out)))
}

/// The wheel with the simulator's program, in `out`.
pub(crate) fn simulator(out: &Path) -> Result<PathBuf> {
    let maturin = For::All.build(&venv()?).arg("--out").arg(out);
    maturin.dir(paths::at("crates/simulator")).released().quietly("building the simulator's wheel")?;
    let found = wheels(out, "logto_management_simulator-");
    found.into_iter().next().with_context(|| format!("maturin left no simulator in {}", paths::shown(out)))
}

/// A wheel of a source distribution, in `out`: what pip makes where there is no wheel for a platform.
pub(crate) fn wheel_of(sdist: &Path, out: &Path) -> Result<PathBuf> {
    // Everything anew: cargo takes what was built of the checkout for what would come of the sources. Unoptimised, since this is to show that they are whole.
    let target = paths::target().join("sdist");
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    let fast =
        ["LTO=off", "OPT_LEVEL=0", "CODEGEN_UNITS=16"].into_iter().filter_map(|set| set.split_once('='));
    let fast = fast.map(|(name, value)| (format!("CARGO_PROFILE_RELEASE_{name}"), value));
    // With the maturin of the development environment, so that nothing is downloaded.
    let pip = venv()?.python().args(["-m", "pip", "wheel", "--disable-pip-version-check", "--quiet"]);
    let pip =
        pip.args(["--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir"]).arg(out).arg(sdist);
    let pip = pip.env("CARGO_TARGET_DIR", target).envs(fast).released();
    pip.quietly("building a wheel of the sources")?;
    newest_wheel(out).with_context(|| format!("pip left no wheel in {}", paths::shown(out)))
}

/// The development environment with the wheel of the present code in it.
pub(crate) fn installed() -> Result<Venv> {
    let venv = venv()?;
    super::once("wheel in .venv", || {
        let wheel = wheel(&paths::target().join("wheels"), For::Here)?;
        let stamp = Stamp::new(paths::at(".venv/.xtask-wheel-stamp"), std::slice::from_ref(&wheel), &[])?;
        if stamp.fits() {
            return Ok(());
        }
        install(&venv, &wheel)?;
        stamp.set()
    })?;
    Ok(venv)
}

/// Installs a wheel over whatever version is there, and nothing else.
pub(crate) fn install(venv: &Venv, wheel: &Path) -> Result<()> {
    let pip = venv.python().args(["-m", "pip", "install", "--disable-pip-version-check", "--quiet"]);
    pip.args(["--no-deps", "--no-index", "--force-reinstall"]).arg(wheel).quietly("installing the wheel")
}

fn wheels(dir: &Path, prefix: &str) -> Vec<PathBuf> {
    let files = crate::stamp::files_under(dir, &["whl"], &[]);
    let ours =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix));
    files.into_iter().filter(ours).collect()
}

fn newest_wheel(dir: &Path) -> Option<PathBuf> {
    wheels(dir, OURS).into_iter().max_by_key(|path| fs::metadata(path).and_then(|meta| meta.modified()).ok())
}

/// Wheels of an earlier version would be taken for this one.
fn remove_wheels(dir: &Path) -> Result<()> {
    for old in wheels(dir, OURS) {
        fs::remove_file(&old).with_context(|| format!("could not remove {}", paths::shown(&old)))?;
    }
    Ok(())
}
