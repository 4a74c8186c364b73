//! Listings: every item, once each, while rows come and go.
//!
//! - `pager.rs` asks for pages and hands them out: the part that waits.
//! - `scan.rs` decides which page to ask for next, and when it is the end: a state machine without I/O. Read its documentation for why no item is missed.
//! - `rows.rs` takes an answer apart into items and their ids.
//! - `cursor.rs` is where a listing stands, as text. `link.rs` reads `Link` headers.

mod ahead;
mod cursor;
mod items;
mod link;
mod pager;
mod rows;
mod scan;
mod seen;

pub use cursor::PageCursor;
pub use items::Items;
pub use link::has_next as link_has_next;
pub use pager::{ListRequest, Pager};
pub use rows::Page;

/// The number of items in a listing, as far as the server told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// This many, when the page was made.
    Exact(u64),
    /// This many and maybe more: the server stopped counting (`Total-Number-Is-Capped`).
    AtLeast(u64),
}

impl Total {
    /// The number told.
    #[must_use]
    pub const fn number(self) -> u64 {
        match self {
            Self::Exact(n) | Self::AtLeast(n) => n,
        }
    }
}
