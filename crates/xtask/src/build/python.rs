//! The wheel in `target/wheels`, and the same wheel installed into `.venv`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::paths;
use crate::setup::python::{Venv, venv};
use crate::stamp::Stamp;

/// Builds the wheel with maturin into `out`; returns its path.
pub(crate) fn wheel(out: &Path) -> Result<PathBuf> {
    let venv = venv()?;
    remove_wheels(out)?;
    let maturin = venv.program("maturin").args(["build", "--release", "--quiet", "--out"]).arg(out);
    maturin.dir(paths::at("py")).released().quietly("building the Python wheel (maturin)")?;
    newest_wheel(out).with_context(|| format!("maturin left no wheel in {}", paths::shown(out)))
}

/// The development environment with the wheel of the present code in it.
pub(crate) fn installed() -> Result<Venv> {
    let venv = venv()?;
    super::once("wheel in .venv", || {
        let wheel = wheel(&paths::target().join("wheels"))?;
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

fn wheels(dir: &Path) -> Vec<PathBuf> {
    let files = crate::stamp::files_under(dir, &["whl"], &[]);
    let ours = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("logto_management-"))
    };
    files.into_iter().filter(ours).collect()
}

fn newest_wheel(dir: &Path) -> Option<PathBuf> {
    wheels(dir).into_iter().max_by_key(|path| fs::metadata(path).and_then(|meta| meta.modified()).ok())
}

/// Wheels of an earlier version would be taken for this one.
fn remove_wheels(dir: &Path) -> Result<()> {
    for old in wheels(dir) {
        fs::remove_file(&old).with_context(|| format!("could not remove {}", paths::shown(&old)))?;
    }
    Ok(())
}
