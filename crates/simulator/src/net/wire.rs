//! A TCP stream that can be made to break on purpose.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

/// What the tasks of a connection tell its stream, and what they know of its idleness.
#[derive(Debug)]
pub(super) struct WireControl {
    reset: AtomicBool,
    close_when_flushed: AtomicBool,
    closed: AtomicBool,
    in_flight: AtomicUsize,
    last_activity: Mutex<Instant>,
}

impl WireControl {
    pub(super) fn new() -> Self {
        Self {
            reset: AtomicBool::new(false),
            close_when_flushed: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            in_flight: AtomicUsize::new(0),
            last_activity: Mutex::new(Instant::now()),
        }
    }

    /// When the connection ends, it ends with RST.
    pub(super) fn end_with_reset(&self) {
        self.reset.store(true, Ordering::Release);
    }

    /// Once what has been written so far is out, the connection ends with FIN.
    pub(super) fn close_when_flushed(&self) {
        self.close_when_flushed.store(true, Ordering::Release);
    }

    pub(super) fn begin_request(&self) {
        self.in_flight.fetch_add(1, Ordering::AcqRel);
    }

    pub(super) fn end_request(&self) {
        self.in_flight.fetch_sub(1, Ordering::AcqRel);
        *self.last_activity.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Since when nothing has been asked here; `None` while something is.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        (self.in_flight.load(Ordering::Acquire) == 0)
            .then(|| *self.last_activity.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The stream as hyper sees it.
pub(super) struct Wire {
    stream: TcpStream,
    control: Arc<WireControl>,
}

impl Wire {
    pub(super) fn new(stream: TcpStream, control: Arc<WireControl>) -> Self {
        Self { stream, control }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.control.reset.load(Ordering::Acquire) {
            // Without lingering, close() discards what is unsent and sends RST.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.control.closed.load(Ordering::Acquire) {
            // End of file: hyper closes its side as if the client had.
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        if matches!(flushed, Poll::Ready(Ok(())))
            && self.control.close_when_flushed.swap(false, Ordering::AcqRel)
        {
            self.control.closed.store(true, Ordering::Release);
            cx.waker().wake_by_ref();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
