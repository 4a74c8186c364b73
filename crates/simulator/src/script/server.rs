//! A script on a port of its own.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http::Request;
use tokio::net::TcpSocket;

use super::{CLOCK_START_MS, Script, Seen};
use crate::net::{ConnectionOptions, ConnectionStats, Handler, Listening};
use crate::outcome::Outcome;

/// Answers `{"opened","aborted"}`: connections so far, and those that clients closed while a request was pending.
const CONNECTIONS_PATH: &str = "/__connections";

/// A scripted server that listens on a free port of 127.0.0.1. It stops when it is dropped.
///
/// `{httpDate…}` counts from [`CLOCK_START_MS`], where the clock of every vector starts, until [`ScriptServer::set_now`] says otherwise: the server can't see how far the
/// client's clock has moved.
#[derive(Debug)]
pub struct ScriptServer {
    shared: Arc<Shared>,
    listening: Listening,
    // Bound, never listening: a port on which no connection can be made, for as long as this lives.
    closed: TcpSocket,
}

#[derive(Debug)]
struct Shared {
    script: Script,
    stats: ConnectionStats,
    now_ms: AtomicU64,
}

impl Handler for Shared {
    fn respond(&self, request: Request<Bytes>) -> Outcome {
        if request.uri().path() == CONNECTIONS_PATH {
            let (opened, aborted) = (self.stats.opened(), self.stats.aborted());
            let body = format!("{{\"opened\":{opened},\"aborted\":{aborted}}}");
            return Outcome::answer(http::Response::new(Bytes::from(body)));
        }
        self.script.respond(&request, self.now_ms.load(Ordering::Relaxed))
    }

    fn stats(&self) -> &ConnectionStats {
        &self.stats
    }
}

impl ScriptServer {
    /// Starts in the current tokio runtime.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(script: Script) -> io::Result<Self> {
        Self::start_with(script, ConnectionOptions::default()).await
    }

    /// As [`ScriptServer::start`], with connections kept as told.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start_with(script: Script, options: ConnectionOptions) -> io::Result<Self> {
        let closed = TcpSocket::new_v4()?;
        closed.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let mut started = None;
        let handler = |addr: SocketAddr| {
            script.set_base_url(&format!("http://{addr}"));
            let shared = Arc::new(Shared {
                script,
                stats: ConnectionStats::default(),
                now_ms: AtomicU64::new(CLOCK_START_MS),
            });
            started = Some(Arc::clone(&shared));
            shared
        };
        let listening = Listening::start("127.0.0.1:0", handler, options).await?;
        let shared = started.ok_or_else(|| io::Error::other("the listener has no address"))?;
        Ok(Self { shared, listening, closed })
    }

    /// `http://127.0.0.1:<port>`
    pub fn base_url(&self) -> &str {
        self.shared.script.base_url()
    }

    /// Where `GET` answers `{"seen":[{"method","target","headers":[[name, value]],"body"}],"unmatched":[…]}`.
    pub fn control_url(&self) -> String {
        format!("{}/__script", self.base_url())
    }

    /// A base url at which connections are refused: what `{refused}` in a vector stands for.
    ///
    /// # Errors
    /// When the operating system does not tell the port.
    pub fn refused_url(&self) -> io::Result<String> {
        Ok(format!("http://{}", self.closed.local_addr()?))
    }

    /// Moves the moment from which `{httpDate…}` counts.
    pub fn set_now(&self, now_ms: u64) {
        self.shared.now_ms.store(now_ms, Ordering::Relaxed);
    }

    /// All requests so far, in the order in which they arrived.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.script.seen()
    }

    /// Requests that no route fitted, as `GET /path?query`: the vector has failed if there are any.
    pub fn unmatched(&self) -> Vec<String> {
        self.shared.script.unmatched()
    }

    /// What happened to connections.
    pub fn connections(&self) -> &ConnectionStats {
        &self.shared.stats
    }

    /// Stops listening, breaks what is open, and waits until it is so.
    pub async fn shutdown(self) {
        self.listening.shutdown().await;
    }
}
