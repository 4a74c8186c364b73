//! wasm-bindgen as a helper binary: `xtask-bindgen IN.wasm OUT_DIR OUT_NAME`.
//!
//! The library behind the `wasm-bindgen` command, so that its version comes from this workspace's Cargo.lock. Writes
//! `OUT_NAME.js`, `OUT_NAME.d.ts` and `OUT_NAME_bg.wasm` for `--target web`, without a default module path: each entry of the
//! npm package hands in the module in its runtime's own way.
#![allow(clippy::print_stderr)]

use std::path::PathBuf;
use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, out_dir, out_name] = arguments.as_slice() else {
        eprintln!("usage: xtask-bindgen IN.wasm OUT_DIR OUT_NAME");
        return ExitCode::from(2);
    };
    match generate(input.into(), out_dir.into(), out_name) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask-bindgen: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn generate(input: PathBuf, out_dir: PathBuf, out_name: &str) -> anyhow::Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(input)
        .out_name(out_name)
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true);
    // After a trap, the façade makes a new instance of the module.
    bindgen.reset_state_function(true);
    bindgen.omit_default_module_path(true).web(true)?;
    bindgen.generate(out_dir)
}
