//! A virtual environment of the project's own in `.venv`, with the pinned tools of `py/requirements-dev.txt`.
//!
//! Made with the first Python of 3.9 or newer on the PATH (`PYTHON` names another one); its packages are installed again only when
//! the requirements change. Nothing is installed outside of it.

use std::env;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::paths;
use crate::sh::{Cmd, cmd, which};
use crate::stamp::Stamp;

const OLDEST: (u32, u32) = (3, 9);

/// The environment: where its programs are.
#[derive(Clone, Debug)]
pub(crate) struct Venv {
    programs: PathBuf,
}

/// The environment with the development tools, made if it is missing.
pub(crate) fn venv() -> Result<Venv> {
    at(paths::at(".venv"), &paths::at("py/requirements-dev.txt"))
}

/// An environment in `dir` with the packages of `requirements`.
pub(crate) fn at(dir: PathBuf, requirements: &PathBuf) -> Result<Venv> {
    if !requirements.is_file() {
        bail!("{} is missing: the checkout is not whole", paths::shown(requirements));
    }
    let venv = Venv { programs: dir.join(if cfg!(windows) { "Scripts" } else { "bin" }) };
    let stamp = Stamp::new(dir.join(".xtask-stamp"), std::slice::from_ref(requirements), &[])?;
    if stamp.fits() && venv.has_python() {
        return Ok(venv);
    }
    if !venv.has_python() {
        create(&dir)?;
    }
    venv.python()
        .args(["-m", "pip", "install", "--disable-pip-version-check", "--quiet", "-r"])
        .arg(requirements)
        .quietly(&format!("installing {} into {}", paths::shown(requirements), paths::shown(&dir)))?;
    stamp.set()?;
    Ok(venv)
}

/// An empty environment in `dir`: whatever was there before is removed.
pub(crate) fn create(dir: &PathBuf) -> Result<Venv> {
    let python = interpreter()?;
    if dir.exists() {
        fs::remove_dir_all(dir).with_context(|| format!("could not clear {}", dir.display()))?;
    }
    let made = cmd(python).args(["-m", "venv"]).arg(dir).quietly(&format!("making {}", paths::shown(dir)));
    made.context("Python could not make a virtual environment; on Debian: apt-get install python3-venv")?;
    Ok(Venv { programs: dir.join(if cfg!(windows) { "Scripts" } else { "bin" }) })
}

impl Venv {
    /// The environment's interpreter.
    pub(crate) fn python(&self) -> Cmd {
        self.program("python")
    }

    /// A program of the environment, which sees itself as activated.
    pub(crate) fn program(&self, name: &str) -> Cmd {
        let path = env::var_os("PATH").unwrap_or_default();
        let path = std::iter::once(self.programs.clone()).chain(env::split_paths(&path));
        let command =
            cmd(self.programs.join(format!("{name}{}", env::consts::EXE_SUFFIX))).env_remove("PYTHONHOME");
        let command = match env::join_paths(path) {
            Ok(path) => command.env("PATH", path),
            Err(_) => command,
        };
        match self.programs.parent() {
            Some(dir) => command.env("VIRTUAL_ENV", dir),
            None => command,
        }
    }

    fn has_python(&self) -> bool {
        self.programs.join(format!("python{}", env::consts::EXE_SUFFIX)).exists()
    }
}

/// A Python of at least [`OLDEST`].
fn interpreter() -> Result<PathBuf> {
    let named = env::var_os("PYTHON").map(PathBuf::from);
    let candidates = named.into_iter().chain(["python3", "python"].into_iter().filter_map(which));
    let mut seen = Vec::new();
    for python in candidates {
        let script = "import sys; print(*sys.version_info[:2])";
        let Ok(printed) = cmd(&python).args(["-c", script]).read() else { continue };
        let mut parts = printed.split_whitespace().filter_map(|part| part.parse::<u32>().ok());
        let version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
        if version >= OLDEST {
            return Ok(python);
        }
        seen.push(format!("{} is {}.{}", python.display(), version.0, version.1));
    }
    let found = if seen.is_empty() { "none was found".to_owned() } else { seen.join(", ") };
    bail!("Python {}.{} or newer is needed ({found}); set PYTHON to one", OLDEST.0, OLDEST.1)
}
