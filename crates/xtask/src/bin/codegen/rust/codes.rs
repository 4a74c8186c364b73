//! The codes of errors as an enumeration.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Result, bail};
use logto_catalogue::{Catalogue, text::pascal};

pub(super) fn module(catalogue: &Catalogue) -> Result<String> {
    let mut variants: BTreeMap<String, &str> = BTreeMap::new();
    let mut lines = String::new();
    for code in &catalogue.codes {
        let variant = pascal(code);
        let _ = writeln!(lines, "{variant} = {code:?},");
        if let Some(other) = variants.insert(variant, code) {
            bail!("the error codes {other} and {code} would have one name in Rust");
        }
    }
    Ok(format!(
        "use crate::open::open_enum;\n\n\
         open_enum! {{\n\
         /// What an error of the API means, by the `code` that Logto gives it: stable, unlike its message. A code that this version does not know is `Other`.\n\
         ///\n/// [`of`](Self::of) reads it from an [`Error`](logto_management_core::Error).\n\
         ErrorCode {{\n{lines}}}\n}}\n"
    ))
}
