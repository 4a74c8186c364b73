//! What the tests have in common.

use std::{sync::mpsc, thread, time::Duration};

/// Longer than any test takes. Nothing waits for it unless a test hangs.
const FOR_EVER: Duration = Duration::from_secs(60);

/// Runs a test in a thread of its own, so that one that hangs fails.
pub(crate) fn or_hang(test: impl FnOnce() + Send + 'static) {
    let (done, ends) = mpsc::channel();
    let running = thread::spawn(move || {
        test();
        let _ = done.send(());
    });
    if matches!(ends.recv_timeout(FOR_EVER), Err(mpsc::RecvTimeoutError::Timeout)) {
        panic!("it hangs");
    }
    if let Err(failure) = running.join() {
        std::panic::resume_unwind(failure);
    }
}
