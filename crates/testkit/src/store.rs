//! A token store in memory: what several clients of a test share, and what can be spoiled.

use std::{
    collections::HashMap,
    future::pending,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use logto_management_core::{StoreError, TokenStore};

use crate::clock::VirtualClock;

/// How a [`TestStore`] does its work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// It keeps and gives.
    #[default]
    Working,
    /// Every step is an error.
    Failing,
    /// No step ends.
    Hanging,
}

/// What can be done to the values of a store by who must not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoil {
    /// One bit is another.
    Bit,
    /// The end is cut off.
    End,
    /// Something else altogether.
    Garbage,
}

/// A store that clones share. It keeps entries for as long as it lives: when they end is theirs to say. With a clock each step takes its time, and locks run out.
#[derive(Clone, Debug, Default)]
pub struct TestStore(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    entries: HashMap<String, String>,
    locks: HashMap<String, Duration>,
    mode: Mode,
    clock: Option<(VirtualClock, Duration)>,
    steps: usize,
}

impl TestStore {
    /// An empty store.
    #[must_use]
    pub fn new(mode: Mode) -> Self {
        let store = Self::default();
        store.set_mode(mode);
        store
    }

    /// An empty store whose steps take so long.
    #[must_use]
    pub fn on(clock: &VirtualClock, step: Duration) -> Self {
        let store = Self::default();
        store.state().clock = Some((clock.clone(), step));
        store
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no test panics while it holds the store")
    }

    /// From now on it does so.
    pub fn set_mode(&self, mode: Mode) {
        self.state().mode = mode;
    }

    /// Keys and values, as anybody sees them who can read the store.
    #[must_use]
    pub fn entries(&self) -> Vec<(String, String)> {
        self.state().entries.clone().into_iter().collect()
    }

    /// Puts a value under a key, as anybody can who can write to the store.
    pub fn insert(&self, key: &str, value: &str) {
        self.state().entries.insert(key.to_owned(), value.to_owned());
    }

    /// Spoils every value.
    pub fn spoil(&self, how: Spoil) {
        for value in self.state().entries.values_mut() {
            match how {
                // In the middle, which is ciphertext.
                Spoil::Bit => {
                    let at = value.len() / 2;
                    let other = if value.as_bytes()[at] == b'A' { "B" } else { "A" };
                    value.replace_range(at..=at, other);
                }
                Spoil::End => value.truncate(value.len() - 8),
                Spoil::Garbage => "{\"access_token\":\"forged\"}".clone_into(value),
            }
        }
    }

    /// Steps so far.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.state().steps
    }

    async fn step(&self) -> Result<(), StoreError> {
        let (mode, clock) = {
            let mut state = self.state();
            state.steps += 1;
            (state.mode, state.clock.clone())
        };
        if let Some((clock, takes)) = clock {
            clock.wait(takes).await;
        }
        match mode {
            Mode::Working => Ok(()),
            Mode::Failing => Err(StoreError::new("the store is broken")),
            Mode::Hanging => pending().await,
        }
    }
}

impl TokenStore for TestStore {
    async fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.step().await?;
        Ok(self.state().entries.get(key).cloned())
    }

    async fn put(&self, key: &str, value: &str, _: Duration) -> Result<(), StoreError> {
        self.step().await?;
        self.insert(key, value);
        Ok(())
    }

    async fn lock(&self, key: &str, ttl: Duration) -> Result<bool, StoreError> {
        self.step().await?;
        let mut state = self.state();
        let Some(now) = state.clock.as_ref().map(|(clock, _)| clock.elapsed()) else { return Ok(true) };
        if state.locks.get(key).is_some_and(|until| now < *until) {
            return Ok(false);
        }
        state.locks.insert(key.to_owned(), now + ttl);
        Ok(true)
    }

    async fn unlock(&self, key: &str) -> Result<(), StoreError> {
        self.step().await?;
        self.state().locks.remove(key);
        Ok(())
    }
}
