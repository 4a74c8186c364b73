//! [`HttpTransport`] on a [`Runtime`].

use std::{
    fmt,
    future::Future,
    mem,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{
    HeaderValue, Request, Response, Uri,
    header::{ACCEPT, HOST, PROXY_AUTHORIZATION},
    uri::{Authority, PathAndQuery, Scheme},
};
use http_body_util::Full;
use logto_management::{
    Config, Network,
    core::{HttpTransport, TransportError, TransportErrorKind, transport::ResponseLimit},
    exchange::{failure, say_length},
};

use crate::{
    connect::{Connector, Via},
    exchange::{Connection, Failed},
    runtime::{Runtime, lock},
};

/// Below the server's keep-alive of 5 s, with a second for the way.
const IDLE: Duration = Duration::from_secs(4);

/// Sends requests over connections that live on a [`Runtime`]: each is polled by the call that has it. Clones share them. Otherwise as the transport over reqwest:
///
/// - TLS by rustls, with the operating system's trust store; proxies from the environment. A [`Network`] says otherwise.
/// - HTTP/1.1, Nagle's algorithm off, idle connections are dropped after 4 s.
/// - No redirects, no retries, no cookies.
#[derive(Clone)]
pub struct LocalTransport(Arc<Inner>);

struct Inner {
    runtime: Runtime,
    connector: Connector,
    /// The one used last is at the end.
    idle: Mutex<Vec<Idle>>,
    /// Somebody drops what has been idle for too long.
    sweeping: AtomicBool,
}

struct Idle {
    scheme: Scheme,
    authority: Authority,
    /// In a box, for it is large, and goes from here to a call and back.
    connection: Box<Connection>,
    since: Instant,
}

impl fmt::Debug for LocalTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LocalTransport")
    }
}

impl LocalTransport {
    /// A transport with the configuration's connect timeout that trusts and goes through what `network` says. Opens no connection.
    ///
    /// # Errors
    /// Other, where the system's TLS set-up or a certificate is unusable.
    pub fn new(runtime: Runtime, config: &Config, network: &Network) -> Result<Self, TransportError> {
        let connector = Connector::new(runtime.clone(), config.connect_timeout(), network);
        if config.base_url().starts_with("https:") {
            // What is wrong with it should be told now.
            connector.tls().map_err(|error| failure(TransportErrorKind::Other, error))?;
        }
        Ok(Self(Arc::new(Inner {
            runtime,
            connector,
            idle: Mutex::default(),
            sweeping: AtomicBool::new(false),
        })))
    }
}

impl HttpTransport for LocalTransport {
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, TransportError>> + Send {
        let limit = ResponseLimit::of(&request);
        let uri = request.uri().clone();
        // Before the future, and in a box: neither it nor what waits for it needs room for a request.
        let request = prepared(request).map(Box::new);
        self.exchange(request, uri, limit)
    }
}

impl LocalTransport {
    async fn exchange(
        &self,
        request: Result<Box<Request<Full<Bytes>>>, TransportError>,
        uri: Uri,
        limit: usize,
    ) -> Result<Response<Bytes>, TransportError> {
        let mut request = request?;
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return Err(not_absolute());
        };
        loop {
            let known = self.0.take(scheme, authority);
            let is_known = known.is_some();
            let mut connection = match known {
                Some(connection) => connection,
                // In a box: it is rare and large, and the future of each request has room for it.
                None => Box::pin(self.0.open(&uri)).await?,
            };
            address(&mut request, &uri, &connection.via);
            match connection.exchange(request, limit).await {
                Ok(answer) => {
                    self.0.keep(scheme, authority, connection);
                    return Ok(answer);
                }
                // The server closed it just now. Another one, then; nothing was sent.
                Err(Failed::Unsent(unsent)) if is_known => request = unsent,
                Err(Failed::Unsent(_)) => {
                    return Err(TransportError::new(
                        TransportErrorKind::Connect,
                        "The connection was closed at once",
                    ));
                }
                Err(Failed::Answer(error)) => return Err(error),
            }
        }
    }
}

impl Inner {
    /// A connection that nobody uses, if there is one that is still open.
    fn take(&self, scheme: &Scheme, authority: &Authority) -> Option<Box<Connection>> {
        loop {
            let mut idle = {
                let mut all = lock(&self.idle);
                let at =
                    all.iter().rposition(|idle| idle.scheme == *scheme && idle.authority == *authority)?;
                all.remove(at)
            };
            if idle.since.elapsed() < IDLE && idle.connection.is_still_open() {
                return Some(idle.connection);
            }
        }
    }

    /// Keeps a connection for the next request, if the server does.
    fn keep(self: &Arc<Self>, scheme: &Scheme, authority: &Authority, mut connection: Box<Connection>) {
        if !connection.is_open() {
            return;
        }
        let (scheme, authority) = (scheme.clone(), authority.clone());
        lock(&self.idle).push(Idle { scheme, authority, connection, since: Instant::now() });
        if !self.sweeping.swap(true, Ordering::Relaxed) {
            self.runtime.spawn(Self::sweep(self.runtime.clone(), Arc::downgrade(self)));
        }
    }

    /// Drops what has been idle for too long, until nothing is.
    async fn sweep(runtime: Runtime, this: std::sync::Weak<Self>) {
        loop {
            runtime.sleep(IDLE).await;
            let Some(this) = this.upgrade() else { return };
            let mut idle = lock(&this.idle);
            let all = mem::take(&mut *idle);
            let (kept, dropped): (Vec<_>, Vec<_>) =
                all.into_iter().partition(|idle| idle.since.elapsed() < IDLE);
            *idle = kept;
            let done = idle.is_empty();
            if done {
                this.sweeping.store(false, Ordering::Relaxed);
            }
            drop(idle);
            drop(dropped);
            if done {
                return;
            }
        }
    }

    async fn open(&self, uri: &Uri) -> Result<Box<Connection>, TransportError> {
        let connected = self.connector.connect(uri).await;
        let connected = connected.map_err(|error| failure(TransportErrorKind::Connect, error))?;
        let opened = Connection::new(connected).await;
        opened.map(Box::new).map_err(|error| failure(TransportErrorKind::Connect, error))
    }
}

fn not_absolute() -> TransportError {
    TransportError::new(TransportErrorKind::Other, "The request's url is not absolute")
}

/// What HTTP wants said beside what the client says.
fn prepared(mut request: Request<Bytes>) -> Result<Request<Full<Bytes>>, TransportError> {
    say_length(&mut request);
    let (mut parts, body) = request.into_parts();
    let authority = parts.uri.authority().ok_or_else(not_absolute)?;
    parts.headers.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
    // RFC 9110, 7.2: without the port that goes without saying. User and password are in no address that the core takes.
    let default = if parts.uri.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
    let said = if authority.port_u16() == Some(default) { authority.host() } else { authority.as_str() };
    let host = HeaderValue::from_str(said).map_err(|error| failure(TransportErrorKind::Other, error))?;
    parts.headers.entry(HOST).or_insert(host);
    Ok(Request::from_parts(parts, Full::new(body)))
}

/// RFC 9112, 3.2: a server is asked for a path, a proxy for the whole url.
fn address(request: &mut Request<Full<Bytes>>, uri: &Uri, via: &Via) {
    match via {
        Via::Server => {
            let path = uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
            *request.uri_mut() = path.into();
        }
        Via::Proxy(known_by) => {
            *request.uri_mut() = uri.clone();
            if let Some(known_by) = known_by {
                request.headers_mut().insert(PROXY_AUTHORIZATION, known_by.clone());
            }
        }
    }
}
