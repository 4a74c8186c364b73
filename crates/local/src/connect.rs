//! Connections: names, addresses, proxies, TLS.

use std::{
    fmt,
    future::{Future, poll_fn},
    io,
    net::{IpAddr, SocketAddr, ToSocketAddrs},
    pin::{Pin, pin},
    sync::{Arc, OnceLock},
    task::{Context, Poll},
    time::Duration,
};

use http::{HeaderValue, Uri, uri::Scheme};
use hyper_util::{
    client::{
        legacy::connect::proxy::Tunnel,
        proxy::matcher::{Intercept, Matcher},
    },
    rt::TokioIo,
};
use logto_management::{Network, network::Proxy};
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::oneshot,
};
use tokio_rustls::TlsConnector;
use tower_service::Service;

use crate::{
    runtime::Runtime,
    source::{Source, TcpStream},
    threads, tls,
};

/// RFC 8305, 8: so long the first kind of address is tried before the other begins too.
const HEAD_START: Duration = Duration::from_millis(300);

/// A failure to connect, in words for a log, with what lies below.
#[derive(Debug)]
pub(crate) struct ConnectError {
    doing: &'static str,
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl ConnectError {
    fn new(doing: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { doing, source: source.into() }
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.doing, self.source)
    }
}

impl std::error::Error for ConnectError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}

pub(crate) trait Bytestream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Bytestream for T {}

/// What HTTP is spoken over.
pub(crate) enum Stream {
    Plain(TcpStream),
    Tls(Box<dyn Bytestream>),
}

/// A connection, and how requests on it are addressed.
pub(crate) struct Connected {
    pub(crate) stream: Stream,
    /// The socket below it.
    pub(crate) source: Arc<Source>,
    pub(crate) via: Via,
}

/// Who is at the other end of a connection.
#[derive(Clone, Debug)]
pub(crate) enum Via {
    /// The server, by itself or through a tunnel.
    Server,
    /// A proxy that takes whole urls, and what it knows the client by.
    Proxy(Option<HeaderValue>),
}

/// Makes connections as a [`Network`] says.
pub(crate) struct Connector {
    runtime: Runtime,
    timeout: Duration,
    network: Network,
    proxies: Option<Matcher>,
    tls: OnceLock<Arc<ClientConfig>>,
}

impl Connector {
    pub(crate) fn new(runtime: Runtime, timeout: Duration, network: &Network) -> Self {
        let proxies = match network.proxy_choice() {
            Proxy::None => None,
            Proxy::Environment => Some(Matcher::from_system()),
            Proxy::At(url) => {
                let hosts = network.hosts_without_proxy().unwrap_or_default();
                Some(Matcher::builder().all(url).no(hosts).build())
            }
        };
        Self { runtime, timeout, network: network.clone(), proxies, tls: OnceLock::new() }
    }

    /// The set-up of TLS. It reads the operating system's trust store, which takes milliseconds: once, and only for those who need it.
    pub(crate) fn tls(&self) -> Result<&Arc<ClientConfig>, rustls::Error> {
        if let Some(config) = self.tls.get() {
            return Ok(config);
        }
        let config = Arc::new(tls::config(self.network.trust())?);
        Ok(self.tls.get_or_init(|| config))
    }

    /// Connects to where `uri` lies, within the time for that.
    pub(crate) async fn connect(&self, uri: &Uri) -> Result<Connected, ConnectError> {
        let (mut connecting, mut patience) = (pin!(self.reach(uri)), pin!(self.runtime.sleep(self.timeout)));
        poll_fn(|context| {
            if let Poll::Ready(connected) = connecting.as_mut().poll(context) {
                return Poll::Ready(connected);
            }
            patience
                .as_mut()
                .poll(context)
                .map(|()| Err(ConnectError::new("connecting", io::Error::from(io::ErrorKind::TimedOut))))
        })
        .await
    }

    async fn reach(&self, uri: &Uri) -> Result<Connected, ConnectError> {
        let secure = uri.scheme() == Some(&Scheme::HTTPS);
        let Some(proxy) = self.proxies.as_ref().and_then(|proxies| proxies.intercept(uri)) else {
            let tcp = self.tcp(uri).await?;
            return self.plain_or_secured(tcp, uri, Via::Server).await;
        };
        let tcp = self.tcp(proxy.uri()).await?;
        let at_proxy = Via::Proxy(proxy.basic_auth().cloned());
        let Connected { stream, source, via } = self.plain_or_secured(tcp, proxy.uri(), at_proxy).await?;
        if !secure {
            return Ok(Connected { stream, source, via });
        }
        let stream = Self::tunnel(stream, &proxy, uri).await?;
        Ok(Connected { stream: self.secured(stream, uri).await?, source, via: Via::Server })
    }

    async fn plain_or_secured(&self, tcp: TcpStream, to: &Uri, via: Via) -> Result<Connected, ConnectError> {
        let source = tcp.source();
        let secure = to.scheme() == Some(&Scheme::HTTPS);
        let stream = if secure { self.secured(tcp, to).await? } else { Stream::Plain(tcp) };
        Ok(Connected { stream, source, via })
    }

    /// A tunnel through the proxy (RFC 9110, 9.3.6).
    async fn tunnel(stream: Stream, proxy: &Intercept, uri: &Uri) -> Result<Stream, ConnectError> {
        let mut tunnel = Tunnel::new(proxy.uri().clone(), Made(Some(stream)));
        if let Some(auth) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(auth.clone());
        }
        let tunnelled = tunnel.call(uri.clone()).await;
        tunnelled.map(TokioIo::into_inner).map_err(|error| ConnectError::new("the proxy's tunnel", error))
    }

    async fn secured(&self, stream: impl Bytestream + 'static, uri: &Uri) -> Result<Stream, ConnectError> {
        let config = self.tls().map_err(|error| ConnectError::new("setting TLS up", error))?;
        let host = uri.host().unwrap_or_default();
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
            .map_err(|error| ConnectError::new("the server's name", error))?;
        let secured = TlsConnector::from(Arc::clone(config)).connect(name, stream).await;
        secured.map(|tls| Stream::Tls(Box::new(tls))).map_err(|error| ConnectError::new("TLS", error))
    }

    async fn tcp(&self, uri: &Uri) -> Result<TcpStream, ConnectError> {
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let port =
            uri.port_u16().unwrap_or_else(|| if uri.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 });
        let addresses = match host.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => {
                resolve(host.to_owned(), port).await.map_err(|error| ConnectError::new("dns error", error))?
            }
        };
        self.race(&addresses).await.map_err(|error| ConnectError::new("tcp connect error", error))
    }

    /// RFC 8305 in short: the addresses of the first one's family in their order, and after a head start or their failure those of the other.
    async fn race(&self, addresses: &[SocketAddr]) -> io::Result<TcpStream> {
        let is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
        let (first, second): (Vec<_>, Vec<_>) =
            addresses.iter().partition(|address| address.is_ipv6() == is_v6);
        let mut first = pin!(self.any_of(first));
        let mut second = pin!(self.any_of(second));
        let mut head_start = pin!(self.runtime.sleep(HEAD_START));
        let (mut first_failed, mut second_failed, mut begun) = (None, None, false);
        poll_fn(|context| {
            if first_failed.is_none() {
                match first.as_mut().poll(context) {
                    Poll::Ready(Ok(stream)) => return Poll::Ready(Ok(stream)),
                    Poll::Ready(Err(error)) => first_failed = Some(error),
                    Poll::Pending => {}
                }
            }
            begun = begun || first_failed.is_some() || head_start.as_mut().poll(context).is_ready();
            if begun && second_failed.is_none() {
                match second.as_mut().poll(context) {
                    Poll::Ready(Ok(stream)) => return Poll::Ready(Ok(stream)),
                    Poll::Ready(Err(error)) => second_failed = Some(error),
                    Poll::Pending => {}
                }
            }
            match (&first_failed, &second_failed) {
                (Some(_), Some(_)) => {
                    first_failed.take().map_or(Poll::Pending, |error| Poll::Ready(Err(error)))
                }
                _ => Poll::Pending,
            }
        })
        .await
    }

    /// One after the other.
    async fn any_of(&self, addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
        let mut failed = io::Error::new(io::ErrorKind::NotFound, "no address");
        for address in addresses {
            match TcpStream::connect(&self.runtime, address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }
}

/// The addresses of a name, as the system finds them. It blocks while it looks, so it has a thread of its own for that; connections are rare.
async fn resolve(host: String, port: u16) -> io::Result<Vec<SocketAddr>> {
    let (found, finding) = oneshot::channel();
    threads::spawn("logto-management-dns", move || {
        let addresses = (host.as_str(), port).to_socket_addrs().map(Iterator::collect);
        // Nobody waits any more: then it was for nothing.
        let _ = found.send(addresses);
    })?;
    finding.await.unwrap_or_else(|_| Err(io::ErrorKind::Interrupted.into()))
}

/// A connection that is made already, as the tunnel wants its maker.
struct Made(Option<Stream>);

impl Service<Uri> for Made {
    type Response = TokioIo<Stream>;
    type Error = io::Error;
    type Future = std::future::Ready<io::Result<TokioIo<Stream>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        std::future::ready(self.0.take().map(TokioIo::new).ok_or_else(|| io::ErrorKind::NotConnected.into()))
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut tokio::io::ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_read(context, into),
            Self::Tls(tls) => Pin::new(tls).poll_read(context, into),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_write(context, bytes),
            Self::Tls(tls) => Pin::new(tls).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_write_vectored(context, slices),
            Self::Tls(tls) => Pin::new(tls).poll_write_vectored(context, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(tcp) => tcp.is_write_vectored(),
            Self::Tls(tls) => tls.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_flush(context),
            Self::Tls(tls) => Pin::new(tls).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_shutdown(context),
            Self::Tls(tls) => Pin::new(tls).poll_shutdown(context),
        }
    }
}
