//! A runtime that event loops drive, and a thread that stands by.
//!
//! A loop that has calls under way, and is the only one that has, drives the runtime itself: it watches the descriptor beside all else that it waits for. So its thread writes a request when the call is made and reads
//! the answer itself, as in [`Runtime`], and no other thread is woken.
//!
//! What calls share (connections, a token that several wait for, the order of a rate limit) must not hang on a loop that is busy with something else. So the thread drives
//!
//! - where several loops have calls under way at the same time: each of them goes on whatever the others do;
//! - where the loop that should drive does not come round though there is something to do, since its thread is blocked, or nobody runs it any more, or it was closed. The thread looks after it [now and then](TICK);
//! - where a loop [gets many answers at once](EventLoop::finished): then it is what everything waits for, and the thread reads the next ones while it makes use of these;
//! - where no loop can watch a descriptor.
//!
//! Who finishes a call tells its loop. A loop takes over from the thread when it starts a call, if nothing of this has been the case for [a while](CALM).

use std::{
    fmt,
    future::{Future, poll_fn},
    io,
    pin::pin,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    task::{Poll, Waker},
    thread::{self, Thread},
    time::{Duration, Instant},
};

use crate::{
    runtime::{Runtime, lock},
    task::Task,
    threads,
};

/// How often the thread looks whether the loop that drives comes round, while there are tasks.
const TICK: Duration = Duration::from_millis(50);

/// So long there has been no need of the thread when a loop takes over from it: hand-overs cost more than they would save. As often the thread, while it drives, looks whether there are tasks still.
const CALM: Duration = Duration::from_secs(1);

/// So many answers at once are better read by the thread, as measured.
const MANY: usize = 4;

/// The runtime, for all event loops of a process.
#[derive(Clone)]
pub struct EventLoops(Arc<Shared>);

impl fmt::Debug for EventLoops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventLoops")
    }
}

struct Shared {
    runtime: Runtime,
    seat: Mutex<Seat>,
    /// Calls of all loops.
    under_way: AtomicUsize,
    /// How often a loop has driven.
    turns: AtomicU64,
    loops: AtomicU64,
    thread: OnceLock<Thread>,
    /// The thread sleeps until it is woken, since there are no tasks.
    resting: AtomicBool,
    /// Who tells the thread that it drives no longer.
    relief: Mutex<Option<Waker>>,
    tell: Box<dyn Fn() + Send + Sync>,
}

struct Seat {
    driver: Driver,
    /// When there was last need of the thread: several loops had calls, or one many answers.
    needed: Option<Instant>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Driver {
    Nobody,
    Thread,
    Loop(u64),
}

impl EventLoops {
    /// Starts the thread. After what it did it calls `tell`.
    ///
    /// # Errors
    /// Where the system has no more descriptors or threads.
    pub fn new(tell: impl Fn() + Clone + Send + Sync + 'static) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            runtime: Runtime::before_sleep(tell.clone())?,
            seat: Mutex::new(Seat { driver: Driver::Nobody, needed: None }),
            under_way: AtomicUsize::new(0),
            turns: AtomicU64::new(0),
            loops: AtomicU64::new(0),
            thread: OnceLock::new(),
            resting: AtomicBool::new(false),
            relief: Mutex::default(),
            tell: Box::new(tell),
        });
        let stands_by = Arc::clone(&shared);
        threads::spawn("logto-management", move || {
            let _ = stands_by.thread.set(thread::current());
            stands_by.stand_by();
        })?;
        Ok(Self(shared))
    }

    /// The runtime that they drive.
    #[must_use]
    pub fn runtime(&self) -> &Runtime {
        &self.0.runtime
    }

    /// Another loop; `watches`, if it can wait for the runtime's descriptor.
    #[must_use]
    pub fn attach(&self, watches: bool) -> EventLoop {
        EventLoop {
            shared: Arc::clone(&self.0),
            number: self.0.loops.fetch_add(1, Ordering::Relaxed) + 1,
            watches: AtomicBool::new(watches),
            under_way: Arc::default(),
        }
    }
}

/// One of the event loops. When it is dropped, it drives no longer.
pub struct EventLoop {
    shared: Arc<Shared>,
    number: u64,
    watches: AtomicBool,
    /// Its calls.
    under_way: Arc<AtomicUsize>,
}

impl fmt::Debug for EventLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventLoop").field("number", &self.number).finish_non_exhaustive()
    }
}

/// Whose affair the runtime is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The loop's: it comes back when the descriptor is readable, and at this time, if any.
    Here(Option<Instant>),
    /// Not the loop's, until it starts another call.
    Elsewhere,
}

/// A call that was started.
pub struct Started {
    runtime: Runtime,
    task: Arc<Task>,
}

impl fmt::Debug for Started {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Started")
    }
}

impl Started {
    /// Ends the call where it is: what it had open is closed at once, whoever drives.
    pub fn abort(&self) {
        self.runtime.0.abort(&self.task);
    }
}

/// A call of a loop is under way for as long as this is there.
struct Counted {
    all: Arc<Shared>,
    own: Arc<AtomicUsize>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.own.fetch_sub(1, Ordering::SeqCst);
        self.all.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

impl EventLoop {
    /// Whether it is one of these.
    #[must_use]
    pub fn is_of(&self, loops: &EventLoops) -> bool {
        Arc::ptr_eq(&self.shared, &loops.0)
    }

    /// The runtime that it drives.
    #[must_use]
    pub fn runtime(&self) -> &Runtime {
        &self.shared.runtime
    }

    /// Starts a call, on the loop's thread. If the loop drives, the call has its first turn at once.
    pub fn start(&self, call: impl Future<Output = ()> + Send + 'static) -> (Started, Turn) {
        let shared = &self.shared;
        let own = self.under_way.fetch_add(1, Ordering::SeqCst);
        let others = shared.under_way.fetch_add(1, Ordering::SeqCst).saturating_sub(own);
        let counted = Counted { all: Arc::clone(shared), own: Arc::clone(&self.under_way) };
        let call = async move {
            let _counted = counted;
            call.await;
        };
        let here = self.claim(others > 0);
        let task = if here { shared.runtime.start_task(call) } else { shared.runtime.task(call) };
        if shared.resting.swap(false, Ordering::SeqCst) {
            shared.unpark();
        }
        let turn = if here { self.after_a_turn() } else { Turn::Elsewhere };
        (Started { runtime: shared.runtime.clone(), task }, turn)
    }

    /// Whether the loop drives from now on.
    fn claim(&self, others: bool) -> bool {
        let mut seat = lock(&self.shared.seat);
        let before = seat.driver;
        if others {
            seat.needed = Some(Instant::now());
        }
        let alone = !others && self.watches.load(Ordering::Relaxed);
        let takes = match before {
            Driver::Nobody | Driver::Loop(_) => alone,
            Driver::Thread => alone && seat.needed.is_none_or(|needed| needed.elapsed() > CALM),
        };
        seat.driver = if takes { Driver::Loop(self.number) } else { Driver::Thread };
        let changed = seat.driver != before;
        drop(seat);
        match before {
            _ if !changed => {}
            Driver::Thread => self.shared.relieve(),
            _ if takes => {}
            _ => self.shared.unpark(),
        }
        takes
    }

    /// On the loop's thread, when the descriptor is readable or the time has come.
    pub fn turn(&self) -> Turn {
        if lock(&self.shared.seat).driver != Driver::Loop(self.number) {
            return Turn::Elsewhere;
        }
        self.shared.runtime.glance();
        self.after_a_turn()
    }

    fn after_a_turn(&self) -> Turn {
        let shared = &self.shared;
        shared.turns.fetch_add(1, Ordering::SeqCst);
        let mut seat = lock(&shared.seat);
        if seat.driver != Driver::Loop(self.number) {
            drop(seat);
            // Whoever drives now may have gone to sleep before what came of this turn.
            shared.runtime.wake();
            return Turn::Elsewhere;
        }
        if shared.runtime.is_empty() {
            seat.driver = Driver::Nobody;
            return Turn::Elsewhere;
        }
        Turn::Here(shared.runtime.0.timers.next())
    }

    /// The loop heard of so many calls at once that have finished.
    pub fn finished(&self, calls: usize) {
        if calls >= MANY {
            let mut seat = lock(&self.shared.seat);
            seat.needed = Some(Instant::now());
            if seat.driver == Driver::Loop(self.number) {
                seat.driver = Driver::Thread;
                drop(seat);
                self.shared.unpark();
            }
        }
    }

    /// The loop turns out to be none that can watch the descriptor.
    pub fn cannot_watch(&self) {
        self.watches.store(false, Ordering::Relaxed);
        self.leave();
    }

    fn leave(&self) {
        let mut seat = lock(&self.shared.seat);
        if seat.driver == Driver::Loop(self.number) {
            // What is left to do without any call can wait until the thread looks.
            let calls = self.shared.under_way.load(Ordering::SeqCst) > 0;
            seat.driver = if calls { Driver::Thread } else { Driver::Nobody };
            drop(seat);
            if calls {
                self.shared.unpark();
            }
        }
    }
}

impl Drop for EventLoop {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Shared {
    fn unpark(&self) {
        // A thread that has not begun yet looks before it parks.
        self.thread.get().inspect(|thread| thread.unpark());
    }

    fn thread_drives(&self) -> bool {
        lock(&self.seat).driver == Driver::Thread
    }

    /// Lets the thread see that it does not drive any more.
    fn relieve(&self) {
        let relief = lock(&self.relief).take();
        relief.inspect(Waker::wake_by_ref);
    }

    /// The thread's work, for ever.
    fn stand_by(&self) {
        let (mut turns, mut looked) = (0, Instant::now());
        loop {
            if self.thread_drives() {
                self.drive();
            } else if self.runtime.is_empty() {
                self.rest();
            } else {
                thread::park_timeout(TICK);
                if looked.elapsed() < TICK {
                    continue;
                }
                if turns == self.turns.load(Ordering::SeqCst) {
                    self.look_after();
                }
            }
            (turns, looked) = (self.turns.load(Ordering::SeqCst), Instant::now());
        }
    }

    /// Sleeps until there are tasks.
    fn rest(&self) {
        self.resting.store(true, Ordering::SeqCst);
        if self.runtime.is_empty() && !self.thread_drives() {
            thread::park();
        }
        self.resting.store(false, Ordering::SeqCst);
    }

    /// The loop did not come round for a while. Does what there is for it to do; from then on all of it, where somebody waits.
    fn look_after(&self) {
        if self.runtime.glance() {
            (self.tell)();
            if self.under_way.load(Ordering::SeqCst) > 0 {
                lock(&self.seat).driver = Driver::Thread;
            }
        }
    }

    /// Drives, until a loop does, or there is nothing to do.
    fn drive(&self) {
        let mut relieved = pin!(poll_fn(|context| {
            *lock(&self.relief) = Some(context.waker().clone());
            if self.thread_drives() { Poll::Pending } else { Poll::Ready(()) }
        }));
        while self.runtime.block_until(relieved.as_mut(), Instant::now().checked_add(CALM)).is_none() {
            let mut seat = lock(&self.seat);
            if seat.driver == Driver::Thread && self.runtime.is_empty() {
                seat.driver = Driver::Nobody;
            }
        }
        // What came while neither drove.
        self.runtime.rouse();
    }
}
