//! Outcomes on real connections: HTTP/1.1 over TCP.
//!
//! The contract, after what Node's HTTP server does for Logto: a connection is kept alive, every answer says `Keep-Alive: timeout=5`, and a connection that has been
//! idle for longer than [`ConnectionOptions::idle_timeout`] is closed without a word. A client that closes its connection while its request is being answered is counted
//! ([`ConnectionStats::aborted`]).

mod body;
mod wire;

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, HeaderName, HeaderValue};
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use self::body::{Answer, Broken, End, Pending};
use self::wire::{Wire, WireControl};
use crate::outcome::{Outcome, Reply};

/// The most bytes of a request's body that are read at all. Far over every limit that Logto has, and small enough for a test machine.
const MAX_REQUEST_BYTES: usize = 64 * 1024 * 1024;

/// The most bytes of a request's head, as Node has it; hyper answers more by 431.
const MAX_HEAD_BYTES: usize = 16 * 1024;

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");

/// How connections are kept.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ConnectionOptions {
    /// What `Keep-Alive: timeout=` promises, in seconds; `None` sends neither it nor `Connection: keep-alive`. Default 5, as Node does.
    pub keep_alive_secs: Option<u32>,
    /// A connection without a request for so long is closed. Default 6 s: Node's 5 s, and the second of grace that it adds.
    pub idle_timeout: Duration,
}

impl Default for ConnectionOptions {
    fn default() -> Self {
        Self { keep_alive_secs: Some(5), idle_timeout: Duration::from_secs(6) }
    }
}

/// What happened to connections. All counters only grow.
#[derive(Debug, Default)]
pub struct ConnectionStats {
    opened: AtomicU64,
    aborted: AtomicU64,
    idle_closed: AtomicU64,
}

impl ConnectionStats {
    /// Connections accepted.
    pub fn opened(&self) -> u64 {
        self.opened.load(Ordering::Relaxed)
    }

    /// Requests whose client was gone before the answer was complete.
    pub fn aborted(&self) -> u64 {
        self.aborted.load(Ordering::Relaxed)
    }

    /// Connections that the server closed because they were idle.
    pub fn idle_closed(&self) -> u64 {
        self.idle_closed.load(Ordering::Relaxed)
    }

    fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn clear(&self) {
        for counter in [&self.opened, &self.aborted, &self.idle_closed] {
            counter.store(0, Ordering::Relaxed);
        }
    }
}

/// What answers requests, whatever they are.
pub(crate) trait Handler: Send + Sync + 'static {
    fn respond(&self, request: Request<Bytes>) -> Outcome;
    fn stats(&self) -> &ConnectionStats;
}

/// A listening socket and the tasks behind it. All of it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Listening {
    pub(crate) addr: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Listening {
    /// Binds, and serves in tasks of the current tokio runtime.
    pub(crate) async fn start<H: Handler>(
        addr: &str,
        handler: impl FnOnce(SocketAddr) -> Arc<H>,
        options: ConnectionOptions,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(addr).await?;
        let addr = listener.local_addr()?;
        let handler = handler(addr);
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(accept(listener, handler, options, stopped));
        Ok(Self { addr, stop, task })
    }

    /// Stops listening and breaks every connection.
    pub(crate) async fn shutdown(mut self) {
        let _ = self.stop.send(true);
        // A task that was cancelled or has panicked is as finished as one that ended.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        self.task.abort();
    }
}

async fn accept<H: Handler>(
    listener: TcpListener,
    handler: Arc<H>,
    options: ConnectionOptions,
    mut stopped: watch::Receiver<bool>,
) {
    loop {
        let accepted = tokio::select! {
            _ = stopped.changed() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                ConnectionStats::count(&handler.stats().opened);
                tokio::spawn(serve(stream, Arc::clone(&handler), options.clone(), stopped.clone()));
            }
            // Out of file descriptors, most likely: let some connections end before the next try.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

/// One connection, from accept to close.
async fn serve<H: Handler>(
    stream: TcpStream,
    handler: Arc<H>,
    options: ConnectionOptions,
    mut stopped: watch::Receiver<bool>,
) {
    // Answers are written whole; waiting for more to send would only add latency.
    let _ = stream.set_nodelay(true);
    let control = Arc::new(WireControl::new());
    let wire = Wire::new(stream, Arc::clone(&control));
    let keep_alive =
        options.keep_alive_secs.and_then(|secs| HeaderValue::try_from(format!("timeout={secs}")).ok());
    let service = service_fn({
        let (handler, control) = (Arc::clone(&handler), Arc::clone(&control));
        move |request: Request<Incoming>| {
            exchange(request, Pending::begin(Arc::clone(&handler), Arc::clone(&control)), keep_alive.clone())
        }
    });
    let connection =
        http1::Builder::new().max_buf_size(MAX_HEAD_BYTES).serve_connection(TokioIo::new(wire), service);
    let mut connection = pin!(connection);
    let mut idle = pin!(tokio::time::sleep(options.idle_timeout));
    loop {
        tokio::select! {
            // An error here is a client that went away or a connection that was broken on purpose: both are counted where they happen.
            _ = connection.as_mut() => return,
            _ = stopped.changed() => return,
            () = idle.as_mut() => match control.idle_since() {
                Some(since) if since.elapsed() >= options.idle_timeout => {
                    ConnectionStats::count(&handler.stats().idle_closed);
                    return;
                }
                // One timer for each idle period, instead of one reset for each request.
                Some(since) => idle.as_mut().reset(since + options.idle_timeout),
                None => idle.as_mut().reset(Instant::now() + options.idle_timeout),
            },
        }
    }
}

/// One request and what the handler makes of it.
async fn exchange<H: Handler>(
    request: Request<Incoming>,
    mut pending: Pending<H>,
    keep_alive: Option<HeaderValue>,
) -> Result<Response<Answer<H>>, Broken> {
    let (parts, body) = request.into_parts();
    let body = if body.is_end_stream() {
        Bytes::new()
    } else {
        // A body that stops half-way is the client's abort, and counted as one.
        Limited::new(body, MAX_REQUEST_BYTES).collect().await.map_err(|_| Broken)?.to_bytes()
    };
    let head = parts.method == Method::HEAD;
    let last = asks_to_close(&parts.headers);
    let outcome = pending.handler().respond(Request::from_parts(parts, body));
    if !outcome.delay.is_zero() {
        tokio::time::sleep(outcome.delay).await;
    }
    let (response, sent, end) = match outcome.reply {
        Reply::Answer(response) => (response, None, End::KeepAlive),
        Reply::AnswerThenClose(response) => (response, None, End::Close),
        Reply::Truncate(response, sent) => (response, Some(sent), End::Break),
        Reply::ResetDuring(response, sent) => {
            pending.control().end_with_reset();
            (response, Some(sent), End::Break)
        }
        Reply::Reset | Reply::Refuse => {
            pending.control().end_with_reset();
            pending.done();
            return Err(Broken);
        }
        Reply::Hang => return std::future::pending().await,
    };
    let (mut parts, mut bytes) = response.into_parts();
    if let Some(sent) = sent {
        parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        bytes.truncate(sent);
    } else if head {
        bytes.clear();
    }
    if last {
        parts.headers.insert(CONNECTION, HeaderValue::from_static("close"));
    } else if let Some(keep_alive) = keep_alive {
        parts.headers.insert(CONNECTION, HeaderValue::from_static("keep-alive"));
        parts.headers.insert(KEEP_ALIVE, keep_alive);
    }
    Ok(Response::from_parts(parts, Answer::new(bytes, end, pending)))
}

fn asks_to_close(headers: &http::HeaderMap) -> bool {
    headers.get(CONNECTION).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"close"))
}
