//! Who waits drives: tasks, timers and wake-ups, from one thread and from several.
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::{
    future::{Future, pending, poll_fn, ready},
    pin::{Pin, pin},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    task::Poll,
    thread,
    time::{Duration, Instant},
};

use common::or_hang;
use logto_management_local::Runtime;
use tokio::sync::oneshot;

fn runtime() -> Runtime {
    Runtime::new().expect("a runtime")
}

/// Sets a flag when it is dropped.
struct Dropped(Arc<AtomicBool>);

impl Dropped {
    fn new() -> (Self, Arc<AtomicBool>) {
        let flag = Arc::new(AtomicBool::new(false));
        (Self(Arc::clone(&flag)), flag)
    }
}

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn timers_fire_in_their_order() {
    or_hang(|| {
        let runtime = runtime();
        let fired = Arc::new(Mutex::new(Vec::new()));
        let all: Vec<_> = [3, 1, 2]
            .into_iter()
            .map(|millis| {
                let (sleep, fired) = (runtime.sleep(Duration::from_millis(millis)), Arc::clone(&fired));
                runtime.join(async move {
                    sleep.await;
                    fired.lock().expect("no panic").push(millis);
                })
            })
            .collect();
        runtime.block_on(async {
            for one in all {
                one.await.expect("it is not ended before");
            }
        });
        assert_eq!(*fired.lock().expect("no panic"), [1, 2, 3]);
    });
}

#[test]
fn a_timer_that_nobody_wants_wakes_nobody() {
    or_hang(|| {
        let runtime = runtime();
        let mut unwanted = Box::pin(runtime.sleep(Duration::from_millis(1)));
        let polled = poll_fn(|context| Poll::Ready(unwanted.as_mut().poll(context).is_ready()));
        assert!(!runtime.block_on(polled));
        drop(unwanted);
        runtime.block_on(runtime.sleep(Duration::from_millis(2)));
        // Beyond all time.
        let endless = pin!(runtime.sleep(Duration::MAX));
        assert_eq!(runtime.block_until(endless, Some(Instant::now())), None);
    });
}

#[test]
fn a_future_is_gone_on_with_after_a_deadline() {
    or_hang(|| {
        let runtime = runtime();
        let (to, from) = oneshot::channel();
        let mut future = pin!(from);
        assert_eq!(runtime.block_until(future.as_mut(), Some(Instant::now())), None);
        let soon = Instant::now().checked_add(Duration::from_millis(1));
        assert_eq!(runtime.block_until(future.as_mut(), soon), None);
        to.send(7).expect("somebody waits");
        assert_eq!(runtime.block_until(future.as_mut(), Some(Instant::now())), Some(Ok(7)));
    });
}

#[test]
fn another_thread_wakes_the_one_that_sleeps() {
    or_hang(|| {
        let (sleeping, sleeps) = mpsc::channel();
        let runtime = Runtime::before_sleep(move || _ = sleeping.send(())).expect("a runtime");
        let tasks = runtime.clone();
        let (turn, turns) = mpsc::channel::<oneshot::Sender<()>>();
        let waker = thread::spawn(move || {
            for (number, to) in turns.into_iter().enumerate() {
                // Now, or in a moment, or a moment ago.
                sleeps.recv().expect("it sleeps");
                if number % 2 == 0 {
                    to.send(()).expect("it waits");
                } else {
                    tasks.spawn(async move { to.send(()).expect("it waits") });
                }
            }
        });
        for _ in 0..2000 {
            let (to, from) = oneshot::channel();
            turn.send(to).expect("it listens");
            runtime.block_on(from).expect("an answer");
        }
        drop(turn);
        // The thread had all that it waited for.
        waker.join().expect("no panic");
    });
}

#[test]
fn who_leaves_hands_the_driving_over() {
    or_hang(|| {
        const THREADS: usize = 6;
        const TURNS: usize = 400;
        let runtime = runtime();
        let threads: Vec<_> = (0..THREADS)
            .map(|number| {
                let runtime = runtime.clone();
                thread::spawn(move || {
                    for turn in 0..TURNS {
                        let (to, from) = oneshot::channel();
                        // Each needs that somebody drives until it has ended: a task for itself, a timer, or a task that waits for one.
                        let sleep = runtime.sleep(Duration::from_micros(50));
                        match (number + turn) % 3 {
                            0 => runtime.spawn(async move { to.send(()).expect("it waits") }),
                            1 => {
                                runtime.block_on(sleep);
                                continue;
                            }
                            _ => runtime.spawn(async move {
                                sleep.await;
                                to.send(()).expect("it waits");
                            }),
                        }
                        runtime.block_on(from).expect("an answer");
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
    });
}

#[test]
fn who_gives_up_hands_the_driving_over() {
    or_hang(|| {
        let runtime = runtime();
        let impatient = runtime.clone();
        let done = Arc::new(AtomicBool::new(false));
        let enough = Arc::clone(&done);
        let coming_and_going = thread::spawn(move || {
            let mut never = pin!(pending::<()>());
            while !enough.load(Ordering::SeqCst) {
                let soon = Instant::now().checked_add(Duration::from_micros(100));
                assert_eq!(impatient.block_until(never.as_mut(), soon), None);
            }
        });
        for _ in 0..500 {
            let sleep = runtime.sleep(Duration::from_micros(50));
            runtime.block_on(runtime.join(sleep)).expect("it ends");
        }
        done.store(true, Ordering::SeqCst);
        coming_and_going.join().expect("no panic");
    });
}

#[test]
fn who_panics_hands_the_driving_over() {
    or_hang(|| {
        let runtime = runtime();
        let panics = runtime.clone();
        let failed =
            thread::spawn(move || panics.block_on(poll_fn(|_| -> Poll<()> { panic!("on purpose") })));
        assert!(failed.join().is_err());
        runtime.block_on(runtime.sleep(Duration::from_millis(1)));
    });
}

#[test]
fn a_future_that_wakes_itself_leaves_tasks_and_timers_their_turn() {
    or_hang(|| {
        let runtime = runtime();
        let mut task = pin!(runtime.join(runtime.sleep(Duration::from_millis(1))));
        let turns = AtomicUsize::new(0);
        let ended = runtime.block_on(poll_fn(|context| {
            turns.fetch_add(1, Ordering::Relaxed);
            context.waker().wake_by_ref();
            task.as_mut().poll(context)
        }));
        assert_eq!(ended, Some(()));
    });
}

#[test]
fn a_task_that_wakes_itself_leaves_others_their_turn() {
    or_hang(|| {
        let runtime = runtime();
        let _busy = runtime.join(poll_fn(|context| -> Poll<()> {
            context.waker().wake_by_ref();
            Poll::Pending
        }));
        runtime.block_on(runtime.sleep(Duration::from_millis(1)));
        assert_eq!(runtime.block_on(runtime.join(ready(7))), Some(7));
    });
}

#[test]
fn dropping_what_was_joined_ends_it_though_nobody_drives() {
    let runtime = runtime();
    let (guard, dropped) = Dropped::new();
    let joined = runtime.join(async move {
        pending::<()>().await;
        drop(guard);
    });
    let mut joined = Box::pin(joined);
    // It has begun.
    assert_eq!(runtime.block_until(joined.as_mut(), Some(Instant::now())), None);
    assert!(!dropped.load(Ordering::SeqCst));
    drop(joined);
    assert!(dropped.load(Ordering::SeqCst));
}

#[test]
fn all_tasks_are_ended_at_once() {
    or_hang(|| {
        let runtime = runtime();
        let (begun, flag_of_begun) = Dropped::new();
        let (queued, flag_of_queued) = Dropped::new();
        let first = runtime.join(async move {
            pending::<()>().await;
            drop(begun);
        });
        let mut first = Box::pin(first);
        assert_eq!(runtime.block_until(first.as_mut(), Some(Instant::now())), None);
        let second: Pin<Box<dyn Future<Output = Option<()>>>> =
            Box::pin(runtime.join(async { drop(queued) }));
        runtime.abort_all();
        assert!(flag_of_begun.load(Ordering::SeqCst) && flag_of_queued.load(Ordering::SeqCst));
        assert_eq!(runtime.block_on(first), None);
        assert_eq!(runtime.block_on(second), None);
        assert_eq!(runtime.block_on(runtime.join(ready(7))), Some(7), "it goes on with new ones");
    });
}

#[test]
fn a_task_that_panics_ends_alone() {
    or_hang(|| {
        let runtime = runtime();
        let panics = runtime.join(poll_fn(|_| -> Poll<()> { panic!("on purpose") }));
        assert_eq!(runtime.block_on(panics), None);
        assert_eq!(runtime.block_on(runtime.join(ready(7))), Some(7));
    });
}

#[test]
fn a_call_within_a_call_has_its_own_turns() {
    or_hang(|| {
        // As when a handler of a signal makes one between two parts of another.
        let runtime = runtime();
        let (to, from) = oneshot::channel();
        let mut outer = pin!(from);
        assert_eq!(runtime.block_until(outer.as_mut(), Some(Instant::now())), None);
        let inner = async {
            to.send(7).expect("it waits");
            runtime.sleep(Duration::from_millis(1)).await;
        };
        runtime.block_on(inner);
        assert_eq!(runtime.block_on(outer), Ok(7));
    });
}
