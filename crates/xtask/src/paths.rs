//! Where things are: every path that more than one command needs.

use std::env;
use std::path::{Path, PathBuf};

/// The root of the checkout.
pub(crate) fn root() -> PathBuf {
    // Two levels above this crate, known at compile time: `cargo xtask` compiles it in the checkout that it serves.
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_dir.ancestors().nth(2).unwrap_or(crate_dir).to_path_buf()
}

/// A path inside the checkout.
pub(crate) fn at(relative: &str) -> PathBuf {
    root().join(relative)
}

/// Cargo's target directory, shared by every build of every door.
pub(crate) fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => at("target"),
    }
}

/// Tools that the set-up installs and that are not the user's own: never in the source tree.
pub(crate) fn tools() -> PathBuf {
    target().join("tools")
}

/// An executable of Cargo's making: `target/<profile>/<name>`, with the platform's suffix.
pub(crate) fn binary(profile: &str, name: &str) -> PathBuf {
    target().join(profile).join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// The path as the user would write it: relative to the root where it lies inside.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
