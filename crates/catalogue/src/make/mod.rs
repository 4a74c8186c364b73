//! How the catalogue is made from what the reader printed and from `overrides.toml`.
//!
//! 1. `raw.rs` reads the printed document.
//! 2. `overrides.rs` reads the corrections and `correct.rs` applies them. One that applies to nothing is an error, so that a new version
//!    of the declarations shows which corrections it has made needless.
//! 3. `simplify.rs` takes out what says the same in a longer way.
//! 4. `unify.rs` makes one of shapes that are meant to be one; `roots.rs` and `models.rs` name them all. `names.rs` names the operations.
//! 5. `operations.rs` puts the operations together.

mod correct;
mod models;
mod names;
mod operations;
mod overrides;
mod raw;
mod roots;
mod simplify;
mod unify;

use std::{error, fmt};

pub use names::{group_of, name_of};
pub use overrides::Overrides;
pub use raw::{RawCatalogue, RawType};

use crate::types::Catalogue;

/// Why no catalogue could be made.
#[derive(Debug)]
pub struct MakeError(String);

impl fmt::Display for MakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl error::Error for MakeError {}

pub(crate) fn wrong<T>(why: impl Into<String>) -> Result<T, MakeError> {
    Err(MakeError(why.into()))
}

/// Makes the catalogue.
///
/// # Errors
/// Where a correction applies to nothing, two operations or two models have the same name, or the declarations hold something unforeseen.
pub fn make(mut raw: RawCatalogue, overrides: &Overrides) -> Result<Catalogue, MakeError> {
    correct::apply(&mut raw, overrides)?;
    simplify::all(&mut raw);
    raw.operations.sort_by(|a, b| (&a.path, raw::rank(&a.method)).cmp(&(&b.path, raw::rank(&b.method))));
    let models = models::find(&mut raw, overrides)?;
    operations::put_together(raw, overrides, models)
}
