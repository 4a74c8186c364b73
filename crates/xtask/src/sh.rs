//! Running other programs, with progress that a person can read and errors that say what failed.
//!
//! [`Cmd::run`] lets the program print. [`Cmd::quietly`] keeps its output back, prints a line every 15 seconds while it
//! works, and shows the output only when it fails. [`Cmd::read`] returns what it printed.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How often a quiet step says that it is still at work.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// A command to be run: `std::process::Command` with a name for messages.
pub(crate) struct Cmd {
    inner: Command,
    /// What is printed and what errors name.
    label: String,
}

/// A command that runs `program` in the root of the checkout.
pub(crate) fn cmd(program: impl AsRef<OsStr>) -> Cmd {
    let program = program.as_ref();
    let mut inner = Command::new(program);
    inner.current_dir(crate::paths::root());
    // `cargo run` describes this very crate to its child; a build started from here must not see that as its own.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_")
            || text.starts_with("CARGO_BIN_")
            || text.starts_with("CARGO_MANIFEST_")
        {
            inner.env_remove(&name);
        }
    }
    inner.env("CARGO_TARGET_DIR", crate::paths::target());
    let name = Path::new(program).file_name().unwrap_or(program);
    Cmd { inner, label: name.to_string_lossy().into_owned() }
}

/// The cargo that runs this very command (so `cargo +toolchain xtask` stays with its toolchain).
pub(crate) fn cargo() -> Cmd {
    cmd(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

impl Cmd {
    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.inner.arg(arg);
        self
    }

    pub(crate) fn args<I: IntoIterator<Item: AsRef<OsStr>>>(mut self, args: I) -> Self {
        self.inner.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.inner.env(name, value);
        self
    }

    pub(crate) fn envs<K: AsRef<OsStr>, V: AsRef<OsStr>>(
        mut self,
        vars: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.inner.envs(vars);
        self
    }

    pub(crate) fn env_remove(mut self, name: &str) -> Self {
        self.inner.env_remove(name);
        self
    }

    pub(crate) fn dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.inner.current_dir(dir);
        self
    }

    /// Appends another command, with its environment, to this one's arguments: for programs that start programs.
    pub(crate) fn then(mut self, other: Self) -> Self {
        self.inner.arg(other.inner.get_program()).args(other.inner.get_args());
        for (name, value) in other.inner.get_envs() {
            match value {
                Some(value) => self.inner.env(name, value),
                None => self.inner.env_remove(name),
            };
        }
        self
    }

    /// The command line, for messages.
    pub(crate) fn line(&self) -> String {
        let args = self.inner.get_args().map(|arg| arg.to_string_lossy().into_owned());
        std::iter::once(self.label.clone()).chain(args).collect::<Vec<_>>().join(" ")
    }

    /// The plain command, for callers that manage the process themselves.
    pub(crate) fn into_std(self) -> Command {
        self.inner
    }

    /// Runs it with the terminal as its output; says whether it succeeded.
    pub(crate) fn status(mut self) -> Result<bool> {
        let line = self.line();
        let status =
            self.inner.stdin(Stdio::null()).status().with_context(|| format!("could not start `{line}`"))?;
        Ok(status.success())
    }

    /// Runs it with the terminal as its output; failure is an error.
    pub(crate) fn run(self) -> Result<()> {
        let line = self.line();
        if self.status()? { Ok(()) } else { bail!("`{line}` failed (its output is above)") }
    }

    /// Runs it and returns its standard output; failure is an error that carries its standard error.
    pub(crate) fn read(mut self) -> Result<String> {
        let line = self.line();
        let output =
            self.inner.stdin(Stdio::null()).output().with_context(|| format!("could not start `{line}`"))?;
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr);
            bail!("`{line}` failed ({}): {}", output.status, stderr.trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs it and returns its standard output, while its standard error goes to the terminal.
    pub(crate) fn read_stdout(mut self) -> Result<String> {
        let line = self.line();
        self.inner.stdin(Stdio::null()).stderr(Stdio::inherit());
        let output = self.inner.output().with_context(|| format!("could not start `{line}`"))?;
        if !output.status.success() {
            bail!("`{line}` failed ({}; its output is above)", output.status);
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs it, prints each line of its standard output as it comes and hands it to `seen`; says whether it succeeded.
    pub(crate) fn watch(mut self, mut seen: impl FnMut(&str)) -> Result<bool> {
        let line = self.line();
        self.inner.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = self.inner.spawn().with_context(|| format!("could not start `{line}`"))?;
        if let Some(stdout) = child.stdout.take() {
            for line in BufReader::new(stdout).split(b'\n') {
                let line = line?;
                let line = String::from_utf8_lossy(&line);
                let _ = writeln!(std::io::stdout(), "{line}");
                seen(&line);
            }
        }
        Ok(child.wait()?.success())
    }

    /// Runs it without showing its output: prints `what`, then how long it took. The output is shown if it fails.
    pub(crate) fn quietly(mut self, what: &str) -> Result<()> {
        let line = self.line();
        let started = Instant::now();
        crate::say::step(what);
        self.inner.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.inner.spawn().with_context(|| format!("could not start `{line}`"))?;
        let output = collect(&mut child);
        let status = wait(&mut child, what, started)?;
        if status.success() {
            crate::say::done(what, started.elapsed());
            return Ok(());
        }
        let text = output.map(|handle| handle.join().unwrap_or_default()).collect::<Vec<_>>();
        for part in text {
            let _ = std::io::stderr().write_all(&part);
        }
        bail!("{what} failed: `{line}` ended with {status} (its output is above)")
    }
}

/// Reads both outputs of a child on threads of their own, so that neither pipe fills up.
fn collect(child: &mut Child) -> impl Iterator<Item = thread::JoinHandle<Vec<u8>>> + use<> {
    fn reader(mut source: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = source.read_to_end(&mut bytes);
            bytes
        })
    }
    [child.stdout.take().map(reader), child.stderr.take().map(reader)].into_iter().flatten()
}

/// Waits for a child and prints a line now and then.
fn wait(child: &mut Child, what: &str, started: Instant) -> Result<ExitStatus> {
    let (stop, stopped) = mpsc::channel::<()>();
    let what = what.to_owned();
    let heart = thread::spawn(move || {
        while stopped.recv_timeout(HEARTBEAT) == Err(mpsc::RecvTimeoutError::Timeout) {
            crate::say::progress(&what, started.elapsed());
        }
    });
    let status = child.wait();
    drop(stop);
    let _ = heart.join();
    Ok(status?)
}

/// The first program of that name on the PATH.
pub(crate) fn which(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(&file)).find(|path| path.is_file())
}
