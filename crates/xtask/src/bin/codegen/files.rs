//! Files as they should be, and the tree as it is.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// What the generators want.
#[derive(Debug, Default)]
pub(crate) struct Files {
    wanted: BTreeMap<PathBuf, String>,
    folders: Vec<PathBuf>,
}

impl Files {
    /// A file, by its path from the root.
    pub(crate) fn add(&mut self, path: impl Into<PathBuf>, text: String) {
        self.wanted.insert(path.into(), text);
    }

    /// A file of Rust, put in order by rustfmt.
    pub(crate) fn add_rust(&mut self, root: &Path, path: impl Into<PathBuf>, text: &str) -> Result<()> {
        let path = path.into();
        let formatted =
            rustfmt(root, text).with_context(|| format!("rustfmt does not take {}", path.display()))?;
        self.add(path, formatted);
        Ok(())
    }

    /// A folder that holds generated files and nothing else.
    pub(crate) fn own(&mut self, folder: impl Into<PathBuf>) {
        self.folders.push(folder.into());
    }

    /// Tells every file that differs; says whether none does.
    pub(crate) fn check(&self, root: &Path) -> Result<bool> {
        let differing = self.differing(root);
        let stale = self.stale(root)?;
        for path in &differing {
            eprintln!("   {} differs from what `cargo xtask codegen` writes", path.display());
        }
        for path in &stale {
            eprintln!("   {} is generated no longer", path.display());
        }
        Ok(differing.is_empty() && stale.is_empty())
    }

    /// Writes every file that differs.
    pub(crate) fn write(&self, root: &Path) -> Result<bool> {
        for path in self.differing(root) {
            let file = root.join(path);
            if let Some(parent) = file.parent() {
                fs::create_dir_all(parent)?;
            }
            let text = self.wanted.get(path).map(String::as_str).unwrap_or_default();
            fs::write(&file, text).with_context(|| format!("could not write {}", path.display()))?;
            eprintln!("   wrote {}", path.display());
        }
        for path in self.stale(root)? {
            fs::remove_file(root.join(&path))?;
            eprintln!("   removed {}", path.display());
        }
        Ok(true)
    }

    fn differing(&self, root: &Path) -> Vec<&PathBuf> {
        let differs = |(path, text): &(&PathBuf, &String)| {
            fs::read_to_string(root.join(path)).map_or(true, |found| found != **text)
        };
        self.wanted.iter().filter(differs).map(|(path, _)| path).collect()
    }

    fn stale(&self, root: &Path) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for folder in self.folders.iter().filter(|folder| root.join(folder).is_dir()) {
            for entry in fs::read_dir(root.join(folder))? {
                let entry = entry?;
                let path = folder.join(entry.file_name());
                if entry.file_type()?.is_file() && !self.wanted.contains_key(&path) {
                    found.push(path);
                }
            }
        }
        Ok(found)
    }
}

fn rustfmt(root: &Path, text: &str) -> Result<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(root.join("rustfmt.toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("could not start rustfmt")?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(text.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("rustfmt failed");
    }
    Ok(String::from_utf8(output.stdout)?)
}
