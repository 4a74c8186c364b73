//! Which page to ask for next, and when it is the end.
//!
//! # Why no item is missed, and none comes twice
//!
//! Rows move while one pages. Logto lists the newest first: a new row pushes all others down, a deleted one pulls up those behind it. A row that is pushed down can come twice,
//! and is dropped by its id the second time. A row that is pulled up, from the page after to the page before, would be missed. So the scan keeps a *frontier*:
//!
//! > every row that was there from the start and has not been seen lies at position `frontier` or behind it.
//!
//! Between two answers a row behind the frontier is pulled up by at most as many places as the total shrank (each new row pushes it down, each deleted one pulls it up at
//! most by one). So when a total is smaller than the last, the frontier moves up by the difference, and if it falls before the page just fetched, the scan looks again at what
//! may have slid: it asks for the page that holds the frontier. A total that grew leaves it where it is.
//!
//! ## Several pages at once
//!
//! Pages asked for together are served in any order, and a row can also be missed by being pushed down between a later page served first and an earlier one. Nothing in the totals
//! need show it (one row in, another out). But the first page of such a run is always fetched alone, before the others are asked for. So if all totals of the run up to some
//! page are equal, rows have only been pushed down in it, over time; and if any row was, the last rows of some page fetched before the push appear again on the page behind it, fetched after
//! it. Equal totals and no item twice: nothing was missed up to there. Anything else ends the run: what was not yet given out of it is forgotten, and the scan goes on with one page at a time
//! from the frontier, until a page is clean, and then widens again, more carefully.
//!
//! "The last rows of some page" fails where as many rows moved at once as a page holds. So with small pages a run is only believed when it is over, and the first page, asked for once more,
//! begins with the same row and tells the same total: then no row went in, and with equal totals none went out. Otherwise the scan begins again behind the first page, one page at a time.

use std::borrow::Cow;

use super::{Total, seen::Seen};

/// Pages of fewer rows than this are small: see the [module documentation](self).
const SMALL: u32 = 50;

/// A page as the server counts: `number` from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) number: u64,
    pub(super) size: u32,
}

impl Window {
    /// Rows before it.
    pub(super) const fn start(self) -> u64 {
        self.number.saturating_sub(1).saturating_mul(self.size as u64)
    }

    const fn end(self) -> u64 {
        self.number.saturating_mul(self.size as u64)
    }
}

/// What of an answer the scan needs.
#[derive(Debug)]
pub(super) struct Answer<'a> {
    pub(super) window: Window,
    /// Of each item, in order: its id, or its whole text where it has none.
    pub(super) keys: &'a [Cow<'a, str>],
    pub(super) total: Option<Total>,
    /// Whether a `Link` names a next page, for servers that tell no total.
    pub(super) link_next: bool,
}

/// What came of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// Give these items out: the indices of those that are new.
    Items(Vec<usize>),
    /// Rows moved under a run of pages: forget this answer and all that are still out.
    Forget,
}

/// How the scan goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// One page, alone.
    Single { asked: bool },
    /// A run of pages behind a clean one; `next` is the number of the next to ask for.
    Run { next: u64, out: usize },
    /// The first page, once more, after a run of small pages.
    Verify { asked: bool },
    /// Nothing is left.
    Done,
}

/// A run of small pages that is still to be believed.
#[derive(Debug)]
struct Unverified {
    /// The row that the listing began with, and its total.
    first_row: Box<str>,
    total: Option<Total>,
    /// Where the frontier was before the run.
    frontier: u64,
}

/// Pages through a listing. See the [module documentation](self).
#[derive(Debug)]
pub(super) struct Scan {
    size: u32,
    /// Most pages out at once.
    max_width: usize,
    /// Pages out at once now: halved when rows move, widened again with every clean page.
    width: usize,
    mode: Mode,
    frontier: u64,
    /// The total that the frontier belongs to.
    total: Option<Total>,
    /// How far the last answer pulled rows up: the next window begins so far before the frontier, or a steady stream of deletions would send the scan back and forth for ever.
    slack: u64,
    /// Where a short page ended before the total said so; see [`Scan::effective_total`].
    ended_early: Option<u64>,
    unverified: Option<Unverified>,
    /// Which run an item was seen in; items are known by their key.
    seen: Seen,
    run: u32,
}

impl Scan {
    pub(super) fn new(size: u32, max_width: usize, frontier: u64, total: Option<u64>) -> Self {
        let total = total.map(Total::Exact);
        let mode = Mode::Single { asked: false };
        let width = max_width.max(1);
        Self {
            size,
            max_width: width,
            width,
            mode,
            frontier,
            total,
            slack: 0,
            ended_early: None,
            unverified: None,
            seen: Seen::default(),
            run: 0,
        }
    }

    pub(super) const fn total(&self) -> Option<Total> {
        self.total
    }

    pub(super) const fn frontier(&self) -> u64 {
        self.frontier
    }

    pub(super) const fn is_done(&self) -> bool {
        matches!(self.mode, Mode::Done)
    }

    /// The next page to ask for, now. `None`: wait for an answer, or it is the end.
    pub(super) fn ask(&mut self) -> Option<Window> {
        match &mut self.mode {
            Mode::Done | Mode::Single { asked: true } | Mode::Verify { asked: true } => None,
            Mode::Verify { asked } => {
                *asked = true;
                Some(Window { number: 1, size: self.size })
            }
            Mode::Single { asked } => {
                *asked = true;
                Some(window_at(self.frontier, self.slack, self.size))
            }
            Mode::Run { next, out } => {
                let window = Window { number: *next, size: self.size };
                let behind_the_end =
                    matches!(self.total, Some(Total::Exact(total)) if window.start() >= total);
                if *out >= self.width || behind_the_end {
                    return None;
                }
                *next = next.saturating_add(1);
                *out += 1;
                Some(window)
            }
        }
    }

    /// Takes the answer to the earliest page that is out.
    pub(super) fn take(&mut self, answer: &Answer<'_>) -> Taken {
        let count = answer.keys.len() as u64;
        let short = count < u64::from(answer.window.size);
        let total = self.effective_total(answer, count);
        match self.mode {
            Mode::Run { .. } => {
                let twice = answer.keys.iter().any(|key| self.seen.get(key) == Some(self.run));
                if twice || total != self.total {
                    self.width = (self.width / 2).max(1);
                    self.mode = Mode::Single { asked: false };
                    self.disbelieve();
                    return Taken::Forget;
                }
                self.width = self.width.saturating_add(1).min(self.max_width);
                self.frontier = answer.window.end();
                if let Mode::Run { out, .. } = &mut self.mode {
                    *out = out.saturating_sub(1);
                }
            }
            Mode::Verify { .. } => {
                let first_row = answer.keys.first().map(|key| &**key);
                let same = |run: &Unverified| Some(&*run.first_row) == first_row && run.total == total;
                if self.unverified.as_ref().is_some_and(same) {
                    self.mode = Mode::Done;
                } else {
                    self.mode = Mode::Single { asked: false };
                    self.disbelieve();
                }
                return Taken::Items(self.new_items(answer));
            }
            Mode::Single { .. } | Mode::Done => {
                self.run = self.run.wrapping_add(1);
                let pulled = self.pulled_up(total);
                self.frontier = self.frontier.saturating_sub(pulled);
                self.slack = pulled;
                self.total = total;
                let adjoins = answer.window.start() <= self.frontier;
                if adjoins {
                    self.frontier = self.frontier.max(answer.window.end());
                }
                let clean = adjoins && pulled == 0;
                if clean {
                    self.width = self.width.saturating_add(1).min(self.max_width);
                }
                self.mode = if clean && self.width > 1 && self.may_run(answer) {
                    Mode::Run { next: number_at(self.frontier, self.size), out: 0 }
                } else {
                    Mode::Single { asked: false }
                };
                if !adjoins {
                    // Not the end, however short it is: the rows that slid are still to be found.
                    self.end_if(self.behind_total());
                    return Taken::Items(self.new_items(answer));
                }
            }
        }
        self.end_if(short || self.behind_total() || (total.is_none() && !answer.link_next));
        Taken::Items(self.new_items(answer))
    }

    /// After an error: what is out will not be answered. The next page is asked for alone.
    pub(super) const fn interrupt(&mut self) {
        match self.mode {
            Mode::Done => {}
            Mode::Verify { .. } => self.mode = Mode::Verify { asked: false },
            Mode::Run { .. } | Mode::Single { .. } => self.mode = Mode::Single { asked: false },
        }
    }

    /// Whether a run may begin behind this page, which is clean; a run of small pages, only from the first page on and once.
    fn may_run(&mut self, answer: &Answer<'_>) -> bool {
        // Where only a `Link` tells of a next page, there is nothing to run ahead on.
        let aligned = self.total.is_some()
            && !self.behind_total()
            && self.frontier.is_multiple_of(u64::from(self.size));
        if self.size >= SMALL || !aligned {
            return aligned;
        }
        let (Some(Total::Exact(_)), 1, Some(first)) = (self.total, answer.window.number, answer.keys.first())
        else {
            return self.unverified.is_some();
        };
        self.unverified =
            Some(Unverified { first_row: (**first).into(), total: self.total, frontier: self.frontier });
        true
    }

    /// Rows moved under a run of small pages: back to where it began, one page at a time from now on.
    fn disbelieve(&mut self) {
        if let Some(run) = self.unverified.take() {
            self.frontier = run.frontier;
            self.total = run.total;
            self.max_width = 1;
            self.width = 1;
        }
    }

    /// By how many places rows behind the frontier can have been pulled up since the total that it belongs to.
    const fn pulled_up(&self, total: Option<Total>) -> u64 {
        match (self.total, total) {
            (Some(Total::Exact(before)), Some(Total::Exact(now))) => before.saturating_sub(now),
            _ => 0,
        }
    }

    /// The total at the moment when the rows were read. Logto counts and reads in two queries: a short page that ends before the total tells that rows went in between. Where the same end
    /// is found a second time, after looking again, the server's count is simply another one than its list.
    fn effective_total(&mut self, answer: &Answer<'_>, count: u64) -> Option<Total> {
        let end = answer.window.start().saturating_add(count);
        match answer.total {
            Some(Total::Exact(total)) if count < u64::from(answer.window.size) && end < total => {
                if self.ended_early == Some(end) {
                    return self.total;
                }
                self.ended_early = Some(end);
                Some(Total::Exact(end))
            }
            total => total,
        }
    }

    const fn behind_total(&self) -> bool {
        matches!(self.total, Some(Total::Exact(total)) if self.frontier >= total)
    }

    const fn end_if(&mut self, end: bool) {
        if end {
            self.mode = if self.unverified.is_some() { Mode::Verify { asked: false } } else { Mode::Done };
        }
    }

    /// The items that no page before held. Items without id are compared by their text, and may be alike within a page.
    fn new_items(&mut self, answer: &Answer<'_>) -> Vec<usize> {
        let mut new = Vec::with_capacity(answer.keys.len());
        for (index, key) in answer.keys.iter().enumerate() {
            if self.seen.get(key).is_none() {
                new.push(index);
            }
        }
        for key in answer.keys {
            self.seen.set(key, self.run);
        }
        new
    }
}

/// The number of the page that holds the row at `position`. Positions come from cursors too, which are text from outside.
fn number_at(position: u64, size: u32) -> u64 {
    (position / u64::from(size)).saturating_add(1)
}

/// The window that begins `slack` rows before the frontier, or earlier, and reaches as far behind it as can be.
fn window_at(frontier: u64, slack: u64, size: u32) -> Window {
    let usual = Window { number: number_at(frontier, size), size };
    if slack == 0 || usual.start().saturating_add(slack) <= frontier {
        return usual;
    }
    let from = frontier.saturating_sub(slack.min(u64::from(size / 2)));
    let mut best = Window { number: 0, size };
    for size in (size / 2).max(1)..=size {
        let window = Window { number: number_at(from, size), size };
        // The largest of those that reach as far.
        if window.end() >= best.end() {
            best = window;
        }
    }
    best
}
