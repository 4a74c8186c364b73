//! Runs futures in the turn of whatever woke them.
//!
//! A call is a task, named by a number that the façade chose (even). What a task waits for outside is a key (odd), which the host
//! resumes. Nothing else drives tasks: no shared queue and no microtask of our own, because a Worker's runtime ties every promise to the
//! request in whose turn it was made, and a queue that one request schedules would run another's I/O. It is also fewer crossings of
//! the border, and every entry into the module is a plain call that the façade can guard against traps.
//!
//! Entries may nest (a warning's receiver may begin a call): the inner one only queues, and the outer one runs what is queued. No borrow is held
//! while a future runs or is dropped.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
};

use logto_management_core::{BoxFuture, Error};

use crate::{
    fetch,
    host::{self, Outcome},
};

enum Entry {
    /// `None` while it runs.
    Task(Option<Task>),
    /// What a task waits for, and the task.
    Pending(Option<Waker>),
    /// What it ended with.
    Over(Outcome),
}

struct Task {
    future: BoxFuture<'static, ()>,
    waker: Waker,
}

/// Entries by their numbers, which rise: a list in their order, since a map's code is ten times that.
struct Entries(Vec<(u32, Entry)>);

impl Entries {
    fn place(&self, number: u32) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.cmp(&number))
    }

    fn insert(&mut self, number: u32, entry: Entry) {
        let (Ok(place) | Err(place)) = self.place(number);
        self.0.insert(place, (number, entry));
    }

    fn get_mut(&mut self, number: u32) -> Option<&mut Entry> {
        let place = self.place(number).ok()?;
        self.0.get_mut(place).map(|(_, entry)| entry)
    }

    fn remove(&mut self, number: u32) -> Option<Entry> {
        let place = self.place(number).ok()?;
        Some(self.0.remove(place).1)
    }
}

struct Runtime {
    entries: RefCell<Entries>,
    ready: RefCell<VecDeque<u32>>,
    running: Cell<bool>,
    /// The task that runs.
    current: Cell<u32>,
    last_key: Cell<u32>,
}

thread_local! {
    static RUNTIME: Runtime = const {
        Runtime {
            entries: RefCell::new(Entries(Vec::new())),
            ready: RefCell::new(VecDeque::new()),
            running: Cell::new(false),
            current: Cell::new(0),
            last_key: Cell::new(1),
        }
    };
}

struct TaskWaker(u32);

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        RUNTIME.with(|runtime| runtime.ready.borrow_mut().push_back(self.0));
    }
}

/// Begins a task and runs it as far as it goes.
fn spawn(number: u32, future: impl Future<Output = ()> + 'static) {
    let task = Task { future: Box::pin(future), waker: Arc::new(TaskWaker(number)).into() };
    RUNTIME.with(|runtime| {
        runtime.entries.borrow_mut().insert(number, Entry::Task(Some(task)));
        runtime.ready.borrow_mut().push_back(number);
        runtime.run();
    });
}

/// Runs a call to its end; it tells the host of success, and this of failure.
pub(crate) fn run(call: u32, work: impl Future<Output = Result<(), Error>> + 'static) {
    spawn(call, async move {
        if let Err(error) = work.await {
            host::tell_failure(call, fetch::failed_exchange(&error), &error.to_json());
        }
    });
}

/// Drops a task, if it is still there: whatever it waits for is aborted.
pub(crate) fn cancel(number: u32) {
    let entry = RUNTIME.with(|runtime| runtime.entries.borrow_mut().remove(number));
    drop(entry);
    turn();
}

/// Runs what is ready. Whoever drops a future from outside calls this: its end may be what others waited for.
pub(crate) fn turn() {
    RUNTIME.with(Runtime::run);
}

/// What a task waited for under this key is over: runs the task on.
pub(crate) fn resume(key: u32, outcome: Outcome) {
    RUNTIME.with(|runtime| {
        let waiting = match runtime.entries.borrow_mut().get_mut(key) {
            Some(entry @ Entry::Pending(_)) => std::mem::replace(entry, Entry::Over(outcome)),
            // Given up meanwhile.
            _ => return,
        };
        if let Entry::Pending(Some(waker)) = waiting {
            waker.wake();
        }
        runtime.run();
    });
}

impl Runtime {
    fn run(&self) {
        if self.running.replace(true) {
            return;
        }
        loop {
            // A statement of its own: the borrow ends before the task runs.
            let number = self.ready.borrow_mut().pop_front();
            let Some(number) = number else { break };
            let task = match self.entries.borrow_mut().get_mut(number) {
                Some(Entry::Task(task)) => task.take(),
                _ => None,
            };
            if let Some(task) = task {
                self.poll(number, task);
            }
        }
        self.running.set(false);
    }

    fn poll(&self, number: u32, mut task: Task) {
        self.current.set(number);
        let pending = task.future.as_mut().poll(&mut Context::from_waker(&task.waker)).is_pending();
        let mut entries = self.entries.borrow_mut();
        if !pending {
            entries.remove(number);
        } else if let Some(Entry::Task(slot)) = entries.get_mut(number) {
            *slot = Some(task);
            return;
        }
        // Done, or cancelled while it ran.
        drop(entries);
        drop(task);
    }
}

/// The call that runs; what it begins is begun for it.
pub(crate) fn current() -> u32 {
    RUNTIME.with(|runtime| runtime.current.get())
}

/// Something outside that a task waits for. Dropping it before it is over gives it up.
#[derive(Debug)]
pub(crate) struct Waiting {
    key: u32,
    over: bool,
}

impl Waiting {
    /// A key to begin something under.
    pub(crate) fn new() -> Self {
        let key = RUNTIME.with(|runtime| {
            let key = runtime.last_key.get().wrapping_add(2);
            runtime.last_key.set(key);
            runtime.entries.borrow_mut().insert(key, Entry::Pending(None));
            key
        });
        Self { key, over: false }
    }

    /// The key.
    pub(crate) const fn key(&self) -> u32 {
        self.key
    }
}

impl Future for Waiting {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        let outcome = RUNTIME.with(|runtime| {
            let mut entries = runtime.entries.borrow_mut();
            if let Some(Entry::Pending(waker)) = entries.get_mut(self.key) {
                *waker = Some(context.waker().clone());
                return None;
            }
            match entries.remove(self.key) {
                Some(Entry::Over(outcome)) => Some(outcome),
                _ => Some(Outcome::default()),
            }
        });
        self.over = outcome.is_some();
        outcome.map_or(Poll::Pending, Poll::Ready)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if !self.over {
            let entry = RUNTIME.with(|runtime| runtime.entries.borrow_mut().remove(self.key));
            drop(entry);
            host::give_up(self.key);
        }
    }
}
