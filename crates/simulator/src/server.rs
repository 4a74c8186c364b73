//! The simulator on a socket.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::Request;

use crate::net::{ConnectionOptions, ConnectionStats, Handler, Listening};
use crate::outcome::Outcome;
use crate::simulator::Simulator;

/// Serves a [`Simulator`] over TCP, by the machine's clock.
///
/// Under `/__sim` there is a control API for tests in other processes: `GET /__sim` describes it, `GET /__sim/seen` tells what has been asked, `POST /__sim/faults` adds
/// fault rules, `POST /__sim/reset` starts afresh.
///
/// ```no_run
/// # async fn example() -> std::io::Result<()> {
/// use logto_simulator::{Options, Server, Simulator};
///
/// let server = Server::start(Simulator::new(Options::default()), "127.0.0.1:0").await?;
/// println!("{}", server.base_url());
/// # server.shutdown().await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Server;

/// A running server. It stops when this is dropped.
#[derive(Debug)]
pub struct ServerHandle {
    simulator: Simulator,
    base_url: String,
    listening: Listening,
}

struct Clocked(Simulator);

impl Handler for Clocked {
    fn respond(&self, request: Request<Bytes>) -> Outcome {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.0.respond(&request, u64::try_from(now.as_millis()).unwrap_or(u64::MAX))
    }

    fn stats(&self) -> &ConnectionStats {
        self.0.stats()
    }
}

impl Server {
    /// Listens (`127.0.0.1:0` takes any free port) and serves in tasks of the current tokio runtime.
    ///
    /// # Errors
    /// When the address can't be had.
    pub async fn start(simulator: Simulator, addr: &str) -> io::Result<ServerHandle> {
        Self::start_with(simulator, addr, ConnectionOptions::default()).await
    }

    /// As [`Server::start`], with connections kept as told.
    ///
    /// # Errors
    /// When the address can't be had.
    pub async fn start_with(
        simulator: Simulator,
        addr: &str,
        options: ConnectionOptions,
    ) -> io::Result<ServerHandle> {
        let handler = Arc::new(Clocked(simulator.clone()));
        let listening = Listening::start(addr, |_| handler, options).await?;
        let base_url = format!("http://{}", listening.addr);
        Ok(ServerHandle { simulator, base_url, listening })
    }
}

impl ServerHandle {
    /// `http://127.0.0.1:<port>`
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.listening.addr
    }

    /// What is served.
    pub fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    /// Stops listening, breaks what is open, and waits until it is so.
    pub async fn shutdown(self) {
        self.listening.shutdown().await;
    }
}
