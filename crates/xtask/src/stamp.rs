//! Stamps: a file beside an installed thing that holds the digest of what it was installed from.
//!
//! A set-up step whose stamp fits is skipped without touching the network. The stamp lies inside the thing it speaks of, so
//! that removing the one removes the other.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

pub(crate) struct Stamp {
    file: PathBuf,
    digest: String,
}

impl Stamp {
    /// A stamp at `file` over the content of `inputs` and a few further words (versions, say).
    pub(crate) fn new(file: PathBuf, inputs: &[PathBuf], words: &[&str]) -> Result<Self> {
        let mut hasher = DefaultHasher::new();
        for input in inputs {
            let bytes =
                fs::read(input).with_context(|| format!("could not read {}", crate::paths::shown(input)))?;
            hasher.write(&bytes);
            hasher.write_u8(0);
        }
        for word in words {
            hasher.write(word.as_bytes());
            hasher.write_u8(0);
        }
        Ok(Self { file, digest: format!("{:016x}\n", hasher.finish()) })
    }

    /// Whether the thing was installed from just these inputs.
    pub(crate) fn fits(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|found| found == self.digest)
    }

    /// Writes it, after the thing was installed.
    pub(crate) fn set(&self) -> Result<()> {
        if let Some(dir) = self.file.parent() {
            fs::create_dir_all(dir)?;
        }
        fs::write(&self.file, &self.digest)
            .with_context(|| format!("could not write {}", self.file.display()))
    }
}

/// Every file under `dir` with one of these extensions, sorted; folders named in `skip` are left out.
pub(crate) fn files_under(dir: &Path, extensions: &[&str], skip: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(next) = open.pop() {
        let Ok(entries) = fs::read_dir(&next) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                if !skip.contains(&name.as_str()) {
                    open.push(path);
                }
            } else if path.extension().is_some_and(|ext| extensions.iter().any(|wanted| ext == *wanted)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
