//! The runtime: tasks, sockets and timers, driven by the thread that waits for them.
//!
//! It has no thread. Whoever waits drives it:
//!
//! - a thread in [`Runtime::block_on`]. Where several wait, one looks after the sockets for all, and hands that over when it leaves;
//! - another event loop, which waits for [`Runtime::as_raw_fd`](std::os::fd::AsRawFd) to become readable and then calls [`Runtime::turn`];
//! - one of several event loops, or a thread for all of them: [`EventLoops`](crate::EventLoops).
//!
//! So a call of one thread costs no hand-off: the thread writes the request itself, sleeps once, and reads the answer itself.

use std::{
    collections::VecDeque,
    fmt,
    future::Future,
    io, mem,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, TryLockError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use mio::{Events, Token};
use slab::Slab;

use crate::{
    joined::Joined,
    parker::Parker,
    seat::Seat,
    source::Source,
    task::Task,
    timers::{Sleep, Timers},
};

/// The token of what wakes the driver. Sockets have those below it.
const WAKE: Token = Token(usize::MAX);

/// So many events are taken at a time.
const EVENTS: usize = 256;

/// So many turns in a row a waiting thread gives its future.
const TURNS: usize = 8;

/// So many tasks are run before the sockets get their turn.
const TASKS: usize = 256;

/// Locks without panicking: nothing of ours panics while it holds a lock.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A handle to a runtime. Clones are the same one.
#[derive(Clone)]
pub struct Runtime(pub(crate) Arc<Shared>);

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Runtime")
    }
}

pub(crate) struct Shared {
    /// Used by whoever drives.
    driver: Mutex<Driver>,
    /// The driver's, for other event loops.
    #[cfg(unix)]
    descriptor: std::os::fd::RawFd,
    registry: mio::Registry,
    waker: mio::Waker,
    /// The driver sleeps, or is in another event loop, and must be woken to see what is new.
    asleep: AtomicBool,
    ready: Mutex<VecDeque<Arc<Task>>>,
    tasks: Mutex<Slab<Arc<Task>>>,
    sources: Mutex<Slab<Arc<Source>>>,
    pub(crate) timers: Timers,
    /// Which of the threads that wait drives.
    seat: Seat,
    /// What the driver does before it sleeps.
    before_sleep: Option<Box<dyn Fn() + Send + Sync>>,
}

/// What came of a look at sockets and timers.
struct Looked {
    /// One of them had something.
    found: bool,
    /// A signal came in, and it may be for whoever waits.
    interrupted: bool,
}

struct Driver {
    poll: mio::Poll,
    events: Events,
}

impl Runtime {
    /// A runtime that somebody has to drive.
    ///
    /// # Errors
    /// Where the system has no more descriptors.
    pub fn new() -> io::Result<Self> {
        Self::build(None)
    }

    /// As [`new`](Self::new); before its driver sleeps in [`block_on`](Self::block_on), it calls `act`.
    ///
    /// # Errors
    /// Where the system has no more descriptors.
    pub fn before_sleep(act: impl Fn() + Send + Sync + 'static) -> io::Result<Self> {
        Self::build(Some(Box::new(act)))
    }

    fn build(before_sleep: Option<Box<dyn Fn() + Send + Sync>>) -> io::Result<Self> {
        let poll = mio::Poll::new()?;
        let registry = poll.registry().try_clone()?;
        let waker = mio::Waker::new(&registry, WAKE)?;
        Ok(Self(Arc::new(Shared {
            #[cfg(unix)]
            descriptor: std::os::fd::AsRawFd::as_raw_fd(&poll),
            driver: Mutex::new(Driver { poll, events: Events::with_capacity(EVENTS) }),
            registry,
            waker,
            asleep: AtomicBool::new(false),
            ready: Mutex::default(),
            tasks: Mutex::default(),
            sources: Mutex::default(),
            timers: Timers::default(),
            seat: Seat::default(),
            before_sleep,
        })))
    }

    /// Runs a future to its end, whoever waits for it. Its first turn comes with the driver's next.
    pub fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        self.task(future);
    }

    /// As [`spawn`](Self::spawn), for as long as somebody wants the output.
    pub fn join<T: Send + 'static>(&self, future: impl Future<Output = T> + Send + 'static) -> Joined<T> {
        Joined::new(self, future)
    }

    pub(crate) fn task(&self, future: impl Future<Output = ()> + Send + 'static) -> Arc<Task> {
        let task = {
            let mut tasks = lock(&self.0.tasks);
            let entry = tasks.vacant_entry();
            let task = Arc::new(Task::new(entry.key(), &self.0, future));
            entry.insert(Arc::clone(&task));
            task
        };
        self.0.queue(Arc::clone(&task));
        task
    }

    /// Runs `future` to its end on this thread, and drives the runtime meanwhile, if no other thread does.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        loop {
            if let Some(output) = self.block_until(future.as_mut(), None) {
                return output;
            }
        }
    }

    /// As [`block_on`](Self::block_on), until a deadline, or until a signal comes in while this thread sleeps at the sockets; `None` then, and the future can be gone on with. Sockets and timers are looked at
    /// once in any case.
    pub fn block_until<F: Future>(
        &self,
        mut future: Pin<&mut F>,
        deadline: Option<Instant>,
    ) -> Option<F::Output> {
        let parker = Parker::of_this_thread(&self.0);
        let mut waiting = self.0.seat.wait(&parker);
        let waker = Waker::from(Arc::clone(&parker));
        let mut context = Context::from_waker(&waker);
        parker.start();
        let mut late = false;
        loop {
            // A future may wake itself while it has its turn: hyper's do. It gets another at once, but not for ever: sockets have a claim too.
            for _ in 0..TURNS {
                if !parker.take_woken() {
                    break;
                }
                if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                    return Some(output);
                }
            }
            if late {
                return None;
            }
            let patience = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            // A last look, and the future has a last turn.
            late = patience == Some(Duration::ZERO);
            if waiting.drives() {
                let looked = self.0.drive(&mut lock(&self.0.driver), patience, || parker.is_woken());
                late |= looked.interrupted;
            } else {
                parker.park(patience);
            }
        }
    }

    /// For another event loop: looks at sockets and timers, unless a thread does, runs what is ready, and waits for nothing. When the next timer is due: the loop comes again then, if nothing happens before.
    pub fn turn(&self) -> Option<Instant> {
        self.glance();
        self.0.timers.next()
    }

    /// As [`turn`](Self::turn); whether there was anything to do.
    pub(crate) fn glance(&self) -> bool {
        self.0.asleep.store(false, Ordering::SeqCst);
        // Who has the sockets already sleeps there, or is about to leave.
        let driver = match self.0.driver.try_lock() {
            Ok(driver) => Some(driver),
            Err(TryLockError::Poisoned(driver)) => Some(driver.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        };
        let found = driver.is_some_and(|mut driver| self.0.look_for(&mut driver, Some(Duration::ZERO)).found);
        self.0.run_from_outside() || found
    }

    /// For another event loop: spawns a future, and gives it its first turn at once. See [`turn`](Self::turn).
    pub fn start(&self, future: impl Future<Output = ()> + Send + 'static) -> Option<Instant> {
        self.start_task(future);
        self.0.timers.next()
    }

    pub(crate) fn start_task(&self, future: impl Future<Output = ()> + Send + 'static) -> Arc<Task> {
        self.0.asleep.store(false, Ordering::SeqCst);
        let task = self.task(future);
        self.0.run_from_outside();
        task
    }

    /// Lets whoever drives from now on come round, whatever this thread has seen of what is new.
    pub(crate) fn rouse(&self) {
        self.0.asleep.store(true, Ordering::SeqCst);
        self.wake();
    }

    /// Whether there are no tasks: nothing is to be done, nor ever will be.
    pub(crate) fn is_empty(&self) -> bool {
        lock(&self.0.tasks).is_empty()
    }

    /// Lets the driver come round once more, whether or not there is something to do.
    pub fn wake(&self) {
        self.0.wake_driver();
    }

    /// Ends all tasks where they are. For an event loop that comes to its end.
    pub fn abort_all(&self) {
        let tasks = mem::take(&mut *lock(&self.0.tasks));
        tasks.into_iter().for_each(|(_, task)| drop(task.end()));
        // Outside the lock: what they hold may wake others as it goes.
        let ready = mem::take(&mut *lock(&self.0.ready));
        drop(ready);
    }

    /// Resolves after `duration`.
    pub fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::new(&self.0, duration)
    }
}

impl Shared {
    /// A task has its next turn. From whatever thread.
    pub(crate) fn queue(&self, task: Arc<Task>) {
        lock(&self.ready).push_back(task);
        self.wake_driver();
    }

    /// Lets the driver see what is new, if it sleeps.
    pub(crate) fn wake_driver(&self) {
        if self.asleep.swap(false, Ordering::SeqCst) {
            // It fails where the runtime's descriptors were closed behind its back: nothing can be told then.
            let _ = self.waker.wake();
        }
    }

    /// One round of the thread that drives: runs what is ready, and sleeps until a socket, a timer or another thread has something, or its own future was woken, or a signal comes in.
    fn drive(&self, driver: &mut Driver, patience: Option<Duration>, woken: impl Fn() -> bool) -> Looked {
        self.run_ready();
        if let Some(act) = &self.before_sleep {
            act();
        }
        self.asleep.store(true, Ordering::SeqCst);
        let patience = if woken() || !lock(&self.ready).is_empty() {
            Some(Duration::ZERO)
        } else {
            let until_next = self.timers.next().map(|at| at.saturating_duration_since(Instant::now()));
            until_next.into_iter().chain(patience).min()
        };
        let looked = self.look_for(driver, patience);
        self.run_ready();
        looked
    }

    /// Waits for sockets, and tells those who wait for them and for timers.
    fn look_for(&self, driver: &mut Driver, patience: Option<Duration>) -> Looked {
        // A signal is no failure: whoever waits looks whether it was for them. Any other failure says that the descriptor is no good, and none of ours is closed before its runtime.
        let polled = driver.poll.poll(&mut driver.events, patience);
        self.asleep.store(false, Ordering::SeqCst);
        if polled.is_ok() {
            for event in &driver.events {
                let source = lock(&self.sources).get(event.token().0).cloned();
                source.inspect(|source| source.is_ready(event));
            }
        }
        let fired = self.timers.fire();
        Looked {
            found: fired || polled.is_ok() && !driver.events.is_empty(),
            interrupted: polled.is_err_and(|error| error.kind() == io::ErrorKind::Interrupted),
        }
    }

    fn run_ready(&self) -> bool {
        for number in 0..TASKS {
            let Some(task) = lock(&self.ready).pop_front() else { return number > 0 };
            if task.run() {
                self.forget(&task);
            }
        }
        true
    }

    /// Runs what is ready, for a loop that then waits at the descriptor.
    fn run_from_outside(&self) -> bool {
        let any = self.run_ready();
        self.asleep.store(true, Ordering::SeqCst);
        if !lock(&self.ready).is_empty() {
            self.wake_driver();
        }
        any
    }

    /// Ends a task where it is.
    pub(crate) fn abort(&self, task: &Arc<Task>) {
        if task.end().is_some() {
            self.forget(task);
        }
    }

    fn forget(&self, task: &Arc<Task>) {
        let mut tasks = lock(&self.tasks);
        // Its place may be another's by now.
        if tasks.get(task.key).is_some_and(|kept| Arc::ptr_eq(kept, task)) {
            tasks.remove(task.key);
        }
    }

    /// Watches a socket.
    pub(crate) fn register(&self, stream: &mut mio::net::TcpStream) -> io::Result<(usize, Arc<Source>)> {
        let source = Arc::new(Source::default());
        let key = lock(&self.sources).insert(Arc::clone(&source));
        let interest = mio::Interest::READABLE | mio::Interest::WRITABLE;
        if let Err(error) = self.registry.register(stream, Token(key), interest) {
            lock(&self.sources).remove(key);
            return Err(error);
        }
        Ok((key, source))
    }

    /// Forgets a socket.
    pub(crate) fn deregister(&self, key: usize, stream: &mut mio::net::TcpStream) {
        let _ = self.registry.deregister(stream);
        lock(&self.sources).try_remove(key);
    }
}

#[cfg(unix)]
impl std::os::fd::AsRawFd for Runtime {
    /// Becomes readable where [`turn`](Self::turn) is due.
    fn as_raw_fd(&self) -> std::os::fd::RawFd {
        self.0.descriptor
    }
}
