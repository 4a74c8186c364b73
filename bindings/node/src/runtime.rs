//! Where futures run, and how they become promises.
//!
//! One tokio runtime for the process, made at the first call and never shut down: a worker thread that ends must not take the connections of others along, and nothing may run in code that is
//! being unloaded (napi pins the module for that). Its threads do not keep the process alive; a pending promise does.

use std::{future::Future, panic::AssertUnwindSafe, sync::OnceLock};

use futures_util::FutureExt;
use napi::{
    Env, Error, Result,
    bindgen_prelude::{Object, ToNapiValue},
};
use tokio::runtime::{Builder, Runtime};

/// Two: one reads while another decrypts. JavaScript's own thread is the bottleneck long before they are.
const THREADS: usize = 2;

fn runtime() -> Result<&'static Runtime> {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    RUNTIME
        .get_or_init(|| {
            Builder::new_multi_thread()
                .worker_threads(THREADS)
                .thread_name("logto-management")
                .enable_all()
                .build()
                .ok()
        })
        .as_ref()
        .ok_or_else(|| Error::from_reason("logto-management: no threads could be started"))
}

/// Runs a future that nobody waits for.
pub(crate) fn spawn(future: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    runtime()?.spawn(future);
    Ok(())
}

/// Runs a future to its end, whoever waits for it, and gives the promise of its value.
pub(crate) fn promise<'env, T, F>(env: &'env Env, future: F) -> Result<Object<'env>>
where
    T: ToNapiValue + Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let runtime = runtime()?;
    let (deferred, promise) = env.create_deferred()?;
    runtime.spawn(async move {
        // There should be no panic. If there is one, the caller must not wait for ever.
        match AssertUnwindSafe(future).catch_unwind().await {
            Ok(value) => deferred.resolve(move |_| Ok(value)),
            Err(_) => deferred.reject(Error::from_reason("logto-management: a defect ended this call")),
        }
    });
    Ok(promise)
}
