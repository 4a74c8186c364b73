//! Event loops drive a runtime, and a thread does where they do not.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::{
    future::{Future, pending},
    os::fd::AsRawFd,
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

use common::or_hang;
use logto_management_local::{EventLoop, EventLoops, Started, Turn};
use mio::{Events, Interest, Poll, Token, Waker, unix::SourceFd};
use tokio::sync::oneshot;

fn event_loops() -> EventLoops {
    EventLoops::new(|| {}).expect("a runtime and its thread")
}

/// As asyncio: waits for descriptors and for what other threads tell it.
struct Loop {
    poll: Poll,
    told: Arc<Waker>,
    drives: EventLoop,
    watches: bool,
    next: Option<Instant>,
}

/// A call that was started: whether it has ended, and where.
struct Call {
    started: Started,
    ended: mpsc::Receiver<ThreadId>,
}

impl Loop {
    fn new(all: &EventLoops) -> Self {
        let poll = Poll::new().expect("a poll");
        let told = Arc::new(Waker::new(poll.registry(), Token(0)).expect("a waker"));
        Self { poll, told, drives: all.attach(true), watches: false, next: None }
    }

    fn start(&mut self, call: impl Future<Output = ()> + Send + 'static) -> Call {
        let (to, ended) = mpsc::channel();
        let told = Arc::clone(&self.told);
        let (started, turn) = self.drives.start(async move {
            call.await;
            // Nobody may listen any more.
            let _ = to.send(thread::current().id());
            told.wake().expect("a waker");
        });
        if matches!(turn, Turn::Here(_)) {
            self.after(turn);
        }
        Call { started, ended }
    }

    fn after(&mut self, turn: Turn) {
        let descriptor = self.drives.runtime().as_raw_fd();
        let mut source = SourceFd(&descriptor);
        match turn {
            Turn::Here(next) => {
                self.next = next;
                if !self.watches {
                    let registry = self.poll.registry();
                    registry.register(&mut source, Token(1), Interest::READABLE).expect("a poll");
                }
            }
            Turn::Elsewhere => {
                self.next = None;
                if self.watches {
                    self.poll.registry().deregister(&mut source).expect("a poll");
                }
            }
        }
        self.watches = matches!(turn, Turn::Here(_));
    }

    /// Comes round until a call has ended. Where.
    fn run_until(&mut self, call: &Call) -> ThreadId {
        let mut events = Events::with_capacity(8);
        loop {
            if let Ok(at) = call.ended.try_recv() {
                return at;
            }
            let patience = self.next.map(|next| next.saturating_duration_since(Instant::now()));
            self.poll.poll(&mut events, patience).expect("a poll");
            // mio tells once of what stays readable, where loops go on telling.
            while self.watches {
                let turn = self.drives.turn();
                self.after(turn);
                let descriptor = self.drives.runtime().as_raw_fd();
                if !readable(descriptor) {
                    break;
                }
            }
        }
    }

    /// Starts such calls until this thread ends one itself. On a machine that holds it up for long, the thread that stands by ends one now and then, as it should.
    fn drives_itself<C: Future<Output = ()> + Send + 'static>(&mut self, call: impl Fn() -> C) {
        loop {
            let started = self.start(call());
            if self.run_until(&started) == thread::current().id() {
                return;
            }
        }
    }

    fn takes_over(&mut self, all: &EventLoops) {
        self.drives_itself(|| all.runtime().sleep(Duration::from_millis(1)));
    }
}

fn readable(descriptor: i32) -> bool {
    let mut poll = Poll::new().expect("a poll");
    let mut source = SourceFd(&descriptor);
    poll.registry().register(&mut source, Token(0), Interest::READABLE).expect("a poll");
    let mut events = Events::with_capacity(1);
    poll.poll(&mut events, Some(Duration::ZERO)).expect("a poll");
    !events.is_empty()
}

/// Waits as long as it takes, as a thread does whose loop is blocked.
fn wait_for(call: &Call) -> ThreadId {
    call.ended.recv().expect("it ends")
}

#[test]
fn a_lone_loop_drives_its_calls_itself() {
    or_hang(|| {
        let all = event_loops();
        let mut own = Loop::new(&all);
        for millis in [0, 3, 1] {
            own.drives_itself(|| all.runtime().sleep(Duration::from_millis(millis)));
        }
        // Another thread has what one waits for, a name or a token.
        own.drives_itself(|| {
            let (to, from) = oneshot::channel();
            thread::spawn(move || to.send(()).expect("it waits"));
            async move { from.await.expect("an answer") }
        });
    });
}

#[test]
fn a_loop_that_has_nothing_to_do_is_let_go() {
    or_hang(|| {
        let all = event_loops();
        let mut own = Loop::new(&all);
        own.takes_over(&all);
        let turn = own.drives.turn();
        assert_eq!(turn, Turn::Elsewhere);
        assert!(!own.watches);
    });
}

#[test]
fn a_blocked_loop_holds_up_no_other() {
    or_hang(|| {
        let all = event_loops();
        let mut blocked = Loop::new(&all);
        let _for_ever = blocked.start(pending());
        let call = blocked.start(all.runtime().sleep(Duration::from_millis(5)));
        let mut other = Loop::new(&all);
        for _ in 0..3 {
            let call = other.start(all.runtime().sleep(Duration::from_millis(1)));
            assert_ne!(other.run_until(&call), thread::current().id());
        }
        assert_ne!(wait_for(&call), thread::current().id());
    });
}

#[test]
fn the_calls_of_a_blocked_loop_go_on_and_it_takes_over_again() {
    or_hang(|| {
        let (tells, told) = mpsc::channel();
        let tell = move || {
            // Nobody may listen any more.
            let _ = tells.send(());
        };
        let all = EventLoops::new(tell).expect("a runtime and its thread");
        let mut own = Loop::new(&all);
        let sleep = all.runtime().sleep(Duration::from_millis(1));
        let again = all.runtime().sleep(Duration::from_millis(100));
        let call = own.start(async move {
            sleep.await;
            again.await;
        });
        assert_ne!(wait_for(&call), thread::current().id());
        // The thread tells after what it did, which may be after the call has ended.
        told.recv().expect("it tells");
        own.takes_over(&all);
    });
}

#[test]
fn a_loop_that_is_gone_leaves_its_calls_to_the_thread() {
    or_hang(|| {
        let all = event_loops();
        let mut gone = Loop::new(&all);
        let call = gone.start(all.runtime().sleep(Duration::from_millis(1)));
        drop(gone);
        assert_ne!(wait_for(&call), thread::current().id());
        let mut next = Loop::new(&all);
        next.takes_over(&all);
    });
}

#[test]
fn a_loop_that_can_watch_nothing_hears_of_its_calls() {
    or_hang(|| {
        let all = event_loops();
        for mut own in [Loop::new(&all), Loop { drives: all.attach(false), ..Loop::new(&all) }] {
            own.drives.cannot_watch();
            let call = own.start(all.runtime().sleep(Duration::from_millis(1)));
            assert_ne!(wait_for(&call), thread::current().id());
        }
    });
}

#[test]
fn a_call_is_ended_at_once() {
    or_hang(|| {
        let all = event_loops();
        let mut own = Loop::new(&all);
        let (held, dropped) = mpsc::channel::<()>();
        let call = own.start(async move {
            pending::<()>().await;
            drop(held);
        });
        call.started.abort();
        assert_eq!(dropped.try_recv(), Err(mpsc::TryRecvError::Disconnected));
        call.started.abort();
        // Nothing of it counts any more.
        let mut other = Loop::new(&all);
        other.takes_over(&all);
    });
}

#[test]
fn loops_come_and_go() {
    or_hang(|| {
        const THREADS: usize = 4;
        const LOOPS: usize = 20;
        const CALLS: usize = 50;
        let all = event_loops();
        let begin = Arc::new(Barrier::new(THREADS));
        let ended = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = (0..THREADS)
            .map(|number| {
                let (all, begin, ended) = (all.clone(), Arc::clone(&begin), Arc::clone(&ended));
                thread::spawn(move || {
                    begin.wait();
                    for _ in 0..LOOPS {
                        let mut own = Loop::new(&all);
                        for turn in 0..CALLS {
                            let sleep = all.runtime().sleep(Duration::from_micros(50));
                            let (to, from) = oneshot::channel();
                            let call = match (number + turn) % 3 {
                                0 => own.start(sleep),
                                1 => {
                                    // As a read-ahead: what it waits for is a task of no loop.
                                    all.runtime().spawn(async move {
                                        sleep.await;
                                        to.send(()).expect("it waits");
                                    });
                                    own.start(async move { from.await.expect("an answer") })
                                }
                                _ => {
                                    let call = own.start(async move { from.await.expect("an answer") });
                                    to.send(()).expect("it waits");
                                    call
                                }
                            };
                            own.run_until(&call);
                            ended.fetch_add(1, Ordering::SeqCst);
                        }
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
        assert_eq!(ended.load(Ordering::SeqCst), THREADS * LOOPS * CALLS);
    });
}
