//! Where a listing stands, as text that survives a restart.

use std::{fmt, str::FromStr};

use crate::{error::Error, json::quoted, text};

/// The place in a listing from which it can be taken up again: by the same pager after an error, or in another process.
///
/// Its text is opaque and stable. Resuming never skips an item that was there all along. Only the pager that made the listing remembers which items it gave out: one that is
/// resumed elsewhere while rows are being deleted may give some of the last ones again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageCursor {
    /// Rows at the head of the listing that are known to be given out.
    pub(super) frontier: u64,
    /// How many rows the listing had then.
    pub(super) total: Option<u64>,
    pub(super) size: u32,
}

impl PageCursor {
    /// Its text, as `to_string` gives it.
    #[must_use]
    pub fn to_text(&self) -> String {
        let total = self.total.map_or_else(|| "-".to_owned(), |total| words![total]);
        words!["p1.", self.frontier, ".", self.size, ".", total]
    }
}

impl fmt::Display for PageCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

impl FromStr for PageCursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parse = || {
            let mut parts = text::split(text.strip_prefix("p1.")?, b".");
            let frontier = text::whole(parts.next()?)?;
            let size =
                u32::try_from(text::whole(parts.next()?)?).ok().filter(|size| (1..=100).contains(size))?;
            let total = match parts.next()? {
                "-" => None,
                total => Some(text::whole(total)?),
            };
            parts.next().is_none().then_some(Self { frontier, total, size })
        };
        parse().ok_or_else(|| Error::request(words![quoted(text), " is no cursor of a listing"]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips() {
        for cursor in [
            PageCursor { frontier: 300, total: Some(1234), size: 100 },
            PageCursor { frontier: 0, total: None, size: 1 },
        ] {
            assert_eq!(cursor.to_string().parse::<PageCursor>().expect("its own text"), cursor);
        }
    }

    #[test]
    fn other_text_is_an_error() {
        for text in
            ["", "p1", "p1.1.100", "p1.1.0.-", "p1.1.101.-", "p1.-1.100.-", "p1.1.100.5.6", "p2.1.100.5"]
        {
            assert!(text.parse::<PageCursor>().is_err(), "{text}");
        }
    }
}
