//! The runtimes that the packed npm package is tried in: Node 22 and 24, Deno, Bun, wrangler for Workers, and Next.js's tracer of files.
//!
//! npm carries their programs, one package for each platform; they lie in `target/tools/runtimes`. No install script runs: the platform packages
//! hold the programs themselves, and the packages in front of them, whose scripts would only move those, are left out.

use std::env::consts::EXE_SUFFIX;
use std::path::PathBuf;

use anyhow::{Result, bail};

use super::node::{self, npm_cpu, npm_os};
use crate::paths;
use crate::stamp::Stamp;

const NODE_24: &str = "24.21.0";
const DENO: &str = "2.9.6";
const BUN: &str = "1.4.5";
const WRANGLER: &str = "4.86.0";
/// What Next.js finds out with which files a program needs.
const NFT: &str = "1.11.5";

/// Where the programs are.
pub(crate) struct Runtimes {
    /// Node's newer releases, beside the user's own.
    pub(crate) nodes: [PathBuf; 2],
    pub(crate) deno: PathBuf,
    pub(crate) bun: PathBuf,
    /// A script for Node.
    pub(crate) wrangler: PathBuf,
    /// A script for Node.
    pub(crate) nft: PathBuf,
}

/// Installs them where they are missing.
pub(crate) fn all() -> Result<Runtimes> {
    let (os, cpu) = (npm_os()?, npm_cpu()?);
    let node = format!("node-{}-{cpu}", if os == "win32" { "win" } else { os });
    let deno = format!("@deno/{os}-{cpu}{}", if os == "linux" { "-glibc" } else { "" });
    let bun = format!(
        "@oven/bun-{}-{}",
        if os == "win32" { "windows" } else { os },
        if cpu == "arm64" { "aarch64" } else { cpu }
    );
    let packages = [
        format!("node22@npm:{node}@{}", node::NODE_22),
        format!("node24@npm:{node}@{NODE_24}"),
        format!("{deno}@{DENO}"),
        format!("{bun}@{BUN}"),
        format!("wrangler@{WRANGLER}"),
        format!("@vercel/nft@{NFT}"),
    ];
    let dir = paths::tools().join("runtimes");
    let at = |path: String| dir.join("node_modules").join(path);
    let found = Runtimes {
        nodes: ["node22", "node24"].map(|name| at(format!("{name}/bin/node{EXE_SUFFIX}"))),
        deno: at(format!("{deno}/deno{EXE_SUFFIX}")),
        bun: at(format!("{bun}/bin/bun{EXE_SUFFIX}")),
        wrangler: at("wrangler/bin/wrangler.js".to_owned()),
        nft: at("@vercel/nft/out/cli.js".to_owned()),
    };
    let words = packages.each_ref().map(String::as_str);
    let stamp = Stamp::new(dir.join(".xtask-stamp"), &[], &words)?;
    if !stamp.fits() {
        std::fs::create_dir_all(&dir)?;
        let install =
            node::npm()?.args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"]);
        install
            .arg("--prefix")
            .arg(&dir)
            .args(&packages)
            .quietly("installing Node 22 and 24, Deno, Bun, wrangler and nft (npm packages)")?;
        stamp.set()?;
    }
    for program in found.nodes.iter().chain([&found.deno, &found.bun, &found.wrangler, &found.nft]) {
        if !program.is_file() {
            bail!(
                "its npm package has no {}: remove {} and try again",
                program.display(),
                paths::shown(&dir)
            );
        }
    }
    Ok(found)
}
