//! The one place that asks which target it is on.
//!
//! Native runtimes move futures between threads, so everything there is `Send`. JavaScript values are bound to one
//! thread, so on `wasm32-unknown-unknown` nothing can be. The rest of the crate says [`MaybeSend`] and is the same code
//! for both.

use std::{
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
};

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod target {
    /// `Send` on native targets, nothing on `wasm32-unknown-unknown`.
    pub trait MaybeSend: Send {}
    impl<T: Send + ?Sized> MaybeSend for T {}

    /// `Sync` on native targets, nothing on `wasm32-unknown-unknown`.
    pub trait MaybeSync: Sync {}
    impl<T: Sync + ?Sized> MaybeSync for T {}

    /// A boxed future, `Send` where the target has threads.
    pub type BoxFuture<'a, T> = super::Pin<Box<dyn Future<Output = T> + Send + 'a>>;
}

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod target {
    /// `Send` on native targets, nothing on `wasm32-unknown-unknown`.
    pub trait MaybeSend {}
    impl<T: ?Sized> MaybeSend for T {}

    /// `Sync` on native targets, nothing on `wasm32-unknown-unknown`.
    pub trait MaybeSync {}
    impl<T: ?Sized> MaybeSync for T {}

    /// A boxed future, `Send` where the target has threads.
    pub type BoxFuture<'a, T> = super::Pin<Box<dyn Future<Output = T> + 'a>>;
}

pub use target::{BoxFuture, MaybeSend, MaybeSync};

/// Locks without ever panicking: no code in this crate panics while it holds a lock, and a poisoned lock would only
/// mean that somebody else's did.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
