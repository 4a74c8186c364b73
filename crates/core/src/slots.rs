//! How many requests are under way at once: the others wait, first come first served.
//!
//! Each request under way has a socket, and a process that opens thousands runs out of file descriptors. So there is a cap, and waiting for a slot counts against
//! neither the request's timeout nor the connect timeout. Workers have none: their runtime has its own, and a call must not wait for another call's end there.

use std::{
    collections::VecDeque,
    future::{Future, poll_fn},
    sync::{Arc, Mutex},
    task::{Poll, Waker},
};

use crate::rt::lock;

/// A counting semaphore, fair, and without a runtime.
#[derive(Debug)]
pub(crate) struct Slots {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    free: usize,
    queue: VecDeque<Arc<Mutex<Turn>>>,
}

/// Where somebody who waits stands.
#[derive(Debug)]
enum Turn {
    Waiting(Option<Waker>),
    Granted,
    Left,
}

/// A slot, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Slot<'a> {
    slots: &'a Slots,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.slots.give_back();
    }
}

impl Slots {
    pub(crate) const fn new(count: usize) -> Self {
        Self { state: Mutex::new(State { free: count, queue: VecDeque::new() }) }
    }

    /// A slot at once, if there is one and nobody waits.
    pub(crate) fn try_take(&self) -> Option<Slot<'_>> {
        let mut state = lock(&self.state);
        if state.free == 0 {
            return None;
        }
        state.free -= 1;
        drop(state);
        Some(Slot { slots: self })
    }

    /// Waits for a slot. Dropping the future leaves the queue.
    pub(crate) fn take(&self) -> impl Future<Output = Slot<'_>> {
        let turn = Arc::new(Mutex::new(Turn::Waiting(None)));
        let mut state = lock(&self.state);
        if state.free > 0 {
            state.free -= 1;
            *lock(&turn) = Turn::Granted;
        } else {
            state.queue.push_back(Arc::clone(&turn));
        }
        drop(state);
        let place = Place { slots: self, turn };
        async move {
            poll_fn(|context| match &mut *lock(&place.turn) {
                Turn::Waiting(waker) => {
                    *waker = Some(context.waker().clone());
                    Poll::Pending
                }
                Turn::Granted | Turn::Left => Poll::Ready(()),
            })
            .await;
            *lock(&place.turn) = Turn::Left;
            Slot { slots: self }
        }
    }

    /// The slot goes to who has waited longest, or is free.
    fn give_back(&self) {
        let mut state = lock(&self.state);
        while let Some(next) = state.queue.pop_front() {
            let mut turn = lock(&next);
            if let Turn::Waiting(waker) = &mut *turn {
                let waker = waker.take();
                *turn = Turn::Granted;
                drop(turn);
                drop(state);
                if let Some(waker) = waker {
                    waker.wake();
                }
                return;
            }
        }
        state.free += 1;
    }
}

/// A place in the queue.
struct Place<'a> {
    slots: &'a Slots,
    turn: Arc<Mutex<Turn>>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let turn = std::mem::replace(&mut *lock(&self.turn), Turn::Left);
        if matches!(turn, Turn::Granted) {
            // It was given a slot that nobody came for.
            self.slots.give_back();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::Context;

    use super::*;

    fn poll<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        match std::pin::Pin::new(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        }
    }

    #[test]
    fn the_longest_waiting_comes_first() {
        let slots = Slots::new(1);
        let held = slots.try_take().expect("it is free");
        assert!(slots.try_take().is_none());
        let (mut first, mut second) = (Box::pin(slots.take()), Box::pin(slots.take()));
        assert!(poll(&mut second).is_none() && poll(&mut first).is_none());
        drop(held);
        assert!(poll(&mut second).is_none(), "the first has waited longer");
        let held = poll(&mut first).expect("its turn");
        drop(held);
        assert!(poll(&mut second).is_some());
    }

    #[test]
    fn who_leaves_takes_no_slot_along() {
        let slots = Slots::new(1);
        let held = slots.try_take().expect("it is free");
        let (waiting, granted, mut last) =
            (Box::pin(slots.take()), Box::pin(slots.take()), Box::pin(slots.take()));
        drop(waiting);
        drop(held);
        // The slot is the second's now, who goes without having looked.
        drop(granted);
        assert!(poll(&mut last).is_some());
        drop(last);
        assert!(slots.try_take().is_some());
    }
}
