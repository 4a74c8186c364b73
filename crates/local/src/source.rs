//! A socket that the runtime watches.

use std::{
    io::{self, IoSlice, Read, Write},
    net::{Shutdown, SocketAddr},
    pin::Pin,
    ptr,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};

use mio::event::Event;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::runtime::{Runtime, Shared, lock};

/// One direction of a socket.
#[derive(Default)]
struct Direction {
    /// The system may have something. It tells once, so this holds until the system refuses.
    ready: bool,
    /// The other side has ended it: the system tells nothing more.
    closed: bool,
    /// How often the system has told: what it refused before the last time says nothing.
    told: u32,
    waker: Option<Waker>,
}

impl Direction {
    fn tell(&mut self, closed: bool) -> Option<Waker> {
        self.ready = true;
        self.closed |= closed;
        self.told = self.told.wrapping_add(1);
        self.waker.take()
    }

    /// How often the system has told, if it may have something; else whoever waited before, and now the other waits.
    fn told(&mut self, waker: &Waker) -> Result<u32, Option<Waker>> {
        match &self.waker {
            _ if self.ready => Ok(self.told),
            Some(waiting) if waiting.will_wake(waker) => Err(None),
            _ => Err(self.waker.replace(waker.clone())),
        }
    }
}

/// What is known of a socket.
#[derive(Default)]
pub(crate) struct Source {
    read: Mutex<Direction>,
    write: Mutex<Direction>,
}

impl Source {
    /// Lets the next read ask the system, whatever that has told: nobody may have listened.
    pub(crate) fn look(&self) {
        lock(&self.read).ready = true;
    }

    /// The system tells something.
    pub(crate) fn is_ready(&self, event: &Event) {
        let read_ended = event.is_error() || event.is_read_closed();
        let write_ended = event.is_error() || event.is_write_closed();
        let wakers = [
            (event.is_readable() || read_ended).then(|| lock(&self.read).tell(read_ended)),
            (event.is_writable() || write_ended).then(|| lock(&self.write).tell(write_ended)),
        ];
        wakers.into_iter().flatten().flatten().for_each(Waker::wake);
    }
}

/// Acts on a socket when the system allows it. `act` says whether it has taken all there was.
fn poll_io<T>(
    direction: &Mutex<Direction>,
    context: &Context<'_>,
    mut act: impl FnMut() -> io::Result<(T, bool)>,
) -> Poll<io::Result<T>> {
    loop {
        let told = lock(direction).told(context.waker());
        let told = match told {
            Ok(told) => told,
            // What comes with it goes outside the lock: a waker may be the last to hold a future that has a socket.
            Err(_) => return Poll::Pending,
        };
        let done = act();
        // What a socket that the other side has closed still holds, it tells of no second time.
        let empty = match &done {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => error.kind() == io::ErrorKind::WouldBlock,
            Ok((_, all)) => *all && !lock(direction).closed,
        };
        if empty {
            let mut direction = lock(direction);
            direction.ready &= direction.told != told;
        }
        match done {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            done => return Poll::Ready(done.map(|(done, _)| done)),
        }
    }
}

/// A TCP connection on a [`Runtime`].
pub(crate) struct TcpStream {
    inner: mio::net::TcpStream,
    key: usize,
    source: Arc<Source>,
    runtime: Arc<Shared>,
}

impl TcpStream {
    /// Connects. There is no time limit; dropping the future gives up.
    pub(crate) async fn connect(runtime: &Runtime, address: SocketAddr) -> io::Result<Self> {
        let mut inner = mio::net::TcpStream::connect(address)?;
        let (key, source) = runtime.0.register(&mut inner)?;
        let stream = Self { inner, key, source, runtime: Arc::clone(&runtime.0) };
        // It is writable when it is connected, or has failed.
        std::future::poll_fn(|context| {
            poll_io(&stream.source.write, context, || {
                if let Some(error) = stream.inner.take_error()? {
                    return Err(error);
                }
                match stream.inner.peer_addr() {
                    Ok(_) => Ok(((), false)),
                    Err(error) if error.kind() == io::ErrorKind::NotConnected => {
                        Err(io::ErrorKind::WouldBlock.into())
                    }
                    Err(error) => Err(error),
                }
            })
        })
        .await?;
        stream.inner.set_nodelay(true)?;
        Ok(stream)
    }

    /// What is known of it.
    pub(crate) fn source(&self) -> Arc<Source> {
        Arc::clone(&self.source)
    }
}

impl Drop for TcpStream {
    fn drop(&mut self) {
        self.runtime.deregister(self.key, &mut self.inner);
    }
}

/// Reads into memory that holds nothing yet: to clear it first would take longer than many a read.
#[allow(unsafe_code, reason = "tokio's own streams do the same")]
fn read_into(mut stream: &mio::net::TcpStream, into: &mut ReadBuf<'_>) -> io::Result<usize> {
    // A socket only writes into it.
    let space = unsafe { &mut *(ptr::from_mut(into.unfilled_mut()) as *mut [u8]) };
    let read = stream.read(space)?;
    // It says how much.
    unsafe { into.assume_init(read) };
    into.advance(read);
    Ok(read)
}

impl AsyncRead for TcpStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Self { inner, source, .. } = &*self;
        poll_io(&source.read, context, || {
            let space = into.remaining();
            let read = read_into(inner, into)?;
            Ok(((), read > 0 && read < space))
        })
    }
}

impl AsyncWrite for TcpStream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let Self { inner, source, .. } = &*self;
        poll_io(&source.write, context, || {
            let written = (&*inner).write(bytes)?;
            Ok((written, written < bytes.len()))
        })
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let Self { inner, source, .. } = &*self;
        poll_io(&source.write, context, || {
            let written = (&*inner).write_vectored(slices)?;
            Ok((written, written < slices.iter().map(|slice| slice.len()).sum()))
        })
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.inner.shutdown(Shutdown::Write))
    }
}
