//! Whose turn it is to drive: of the threads that wait, one looks after the sockets for all.

use std::sync::{Arc, Mutex};

use crate::{parker::Parker, runtime::lock};

/// The driver's seat.
#[derive(Default)]
pub(crate) struct Seat(Mutex<Seating>);

/// In one lock, so that whoever leaves sees everybody who found the seat taken.
#[derive(Default)]
struct Seating {
    taken: bool,
    waiting: Vec<Arc<Parker>>,
}

/// A thread that waits, in the seat or not. When it goes, another is offered what it had, or what it was offered and did not take.
pub(crate) struct Waiting<'a> {
    seat: &'a Seat,
    parker: &'a Arc<Parker>,
    /// It is in the seat.
    drives: bool,
    /// It is among those who found it taken.
    listed: bool,
}

impl Seat {
    pub(crate) const fn wait<'a>(&'a self, parker: &'a Arc<Parker>) -> Waiting<'a> {
        Waiting { seat: self, parker, drives: false, listed: false }
    }
}

impl Waiting<'_> {
    /// Whether the thread is in the seat from now on. If not, it is told when the seat is free.
    pub(crate) fn drives(&mut self) -> bool {
        if self.drives {
            return true;
        }
        let mut seating = lock(&self.seat.0);
        if seating.taken {
            if !self.listed {
                seating.waiting.push(Arc::clone(self.parker));
                self.listed = true;
            }
            return false;
        }
        seating.taken = true;
        self.drives = true;
        self.strike(&mut seating);
        drop(seating);
        self.parker.drives(true);
        true
    }

    fn strike(&mut self, seating: &mut Seating) {
        if self.listed {
            seating.waiting.retain(|waiting| !Arc::ptr_eq(waiting, self.parker));
            self.listed = false;
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if !self.drives && !self.listed {
            // It was never in anybody's way.
            return;
        }
        if self.drives {
            self.parker.drives(false);
        }
        let next = {
            let mut seating = lock(&self.seat.0);
            seating.taken &= !self.drives;
            self.strike(&mut seating);
            if seating.taken { None } else { seating.waiting.first().cloned() }
        };
        next.inspect(|next| next.offer());
    }
}
