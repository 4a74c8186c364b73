//! The vectors: read, run through a door, compare. The format is told in `tests/README.md`.
//!
//! A [`Door`] carries out the steps and reports what happened; it compares nothing. So a door in another language is a small driver, and what a vector means is told here once.

mod compare;
mod door;
mod driver;
mod format;
mod redaction;
mod rust_door;
#[cfg(test)]
mod schema;
mod steps;

pub use door::{Door, Report};
pub use driver::DriverDoor;
pub use format::{Vector, load};
pub use rust_door::{InProcess, OverTcp};

/// What came of one vector at one door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It held.
    Passed,
    /// It did not, and why.
    Failed(String),
    /// The door cannot run it, for the reason in the vector.
    Skipped(String),
}

/// One cell of the matrix.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The vector, `token/cached_between_calls`.
    pub vector: String,
    /// The door's name.
    pub door: String,
    /// What came of it.
    pub verdict: Verdict,
}

/// Runs vectors through a door, one after the other.
///
/// # Errors
/// Where the door itself cannot go on (its driver died).
pub async fn run(door: &mut dyn Door, vectors: &[Vector]) -> Result<Vec<Cell>, String> {
    let mut cells = Vec::with_capacity(vectors.len());
    for vector in vectors {
        let verdict = match vector.skip.get(door.name()) {
            Some(reason) => Verdict::Skipped(reason.clone()),
            None => compare::check(vector, &door.run(vector).await?)
                .map_or_else(Verdict::Failed, |()| Verdict::Passed),
        };
        cells.push(Cell { vector: vector.name.clone(), door: door.name().to_owned(), verdict });
    }
    Ok(cells)
}
