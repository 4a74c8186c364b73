//! Pages on their way: their answers come in the order in which they were asked for.
//!
//! All of them are looked at whenever one moves. There are a few, and what a library does to look at one only is 4 KB of the module for Workers.

use std::{future::poll_fn, task::Poll};

use crate::rt::BoxFuture;

enum Place<O> {
    Out(BoxFuture<'static, O>),
    Back(O),
}

/// Futures in their order.
pub(super) struct Ahead<O>(Vec<Place<O>>);

impl<O> Ahead<O> {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds one behind the others.
    pub(super) fn push(&mut self, future: BoxFuture<'static, O>) {
        self.0.push(Place::Out(future));
    }

    /// What the first comes to; `None` where there is none. All go on while it waits.
    pub(super) async fn next(&mut self) -> Option<O> {
        poll_fn(|context| {
            for place in &mut self.0 {
                if let Place::Out(future) = place
                    && let Poll::Ready(result) = future.as_mut().poll(context)
                {
                    *place = Place::Back(result);
                }
            }
            match self.0.first() {
                None => Poll::Ready(None),
                Some(Place::Out(_)) => Poll::Pending,
                Some(Place::Back(_)) => Poll::Ready(match self.0.remove(0) {
                    Place::Back(result) => Some(result),
                    Place::Out(_) => None,
                }),
            }
        })
        .await
    }
}
