//! [`HttpTransport`] over reqwest.
//!
//! - TLS by rustls, with the operating system's trust store; proxies from the environment (`HTTPS_PROXY`, `NO_PROXY`, …). A [`Network`] says otherwise.
//! - HTTP/1.1, which is what Logto speaks; Nagle's algorithm off.
//! - Idle connections are dropped after 4 s: the server closes them after 5, and a request that meets the closing would be lost.
//! - No redirects, no retries, no cookies, no headers of its own.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
use http::{
    Request, Response,
    uri::{Authority, Scheme},
};
use logto_management_core::{
    Config, Error, HttpTransport, TransportError, TransportErrorKind, transport::ResponseLimit,
};

use crate::{
    exchange::{self, WholeBody, say_length},
    network::Network,
};

/// Below the server's keep-alive of 5 s, with a second for the way.
const IDLE: Duration = Duration::from_secs(4);

/// Sends requests with a [`reqwest::Client`] of its own. Clones share its connections.
#[derive(Clone, Debug)]
pub struct ReqwestTransport {
    client: reqwest::Client,
    /// The origin of the first request, and its url.
    first: Arc<OnceLock<(Scheme, Authority, reqwest::Url)>>,
}

impl ReqwestTransport {
    /// A transport with the configuration's connect timeout. Opens no connection.
    ///
    /// # Errors
    /// Config, where the system's TLS set-up or the proxy variables are unusable.
    pub fn new(config: &Config) -> Result<Self, TransportError> {
        Self::with(config.connect_timeout(), |builder| builder)
    }

    /// A transport with the configuration's connect timeout that trusts and goes through what `network` says. Opens no connection.
    ///
    /// # Errors
    /// Config, where the system's TLS set-up or the proxy variables are unusable.
    pub fn with_network(config: &Config, network: &Network) -> Result<Self, TransportError> {
        Self::build(config.connect_timeout(), |builder| network.apply(builder))
    }

    /// A transport whose reqwest builder is changed at will, for proxies, certificates and the like. What keeps the [contract](logto_management_core::transport)
    /// is set afterwards, and stays.
    ///
    /// # Errors
    /// Other, where reqwest refuses the set-up.
    pub fn with(
        connect_timeout: Duration,
        change: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
    ) -> Result<Self, TransportError> {
        Self::build(connect_timeout, |builder| Network::new().apply(builder).map(change))
    }

    fn build(
        connect_timeout: Duration,
        change: impl FnOnce(reqwest::ClientBuilder) -> reqwest::Result<reqwest::ClientBuilder>,
    ) -> Result<Self, TransportError> {
        // First come, first served: a process that chose another provider keeps it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder().pool_idle_timeout(IDLE).connect_timeout(connect_timeout);
        let built = change(builder).and_then(|builder| {
            builder
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .http1_only()
                .referer(false)
                .build()
        });
        let client = built.map_err(|error| exchange::failure(TransportErrorKind::Other, error))?;
        Ok(Self { client, first: Arc::default() })
    }
}

impl HttpTransport for ReqwestTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let limit = ResponseLimit::of(&request);
        let mut request = request;
        say_length(&mut request);
        let request = self.addressed(request)?;
        let mut response = self.client.execute(request).await.map_err(|error| failure(error, false))?;
        let mut body = WholeBody::new(limit, response.content_length())?;
        while let Some(part) = response.chunk().await.map_err(|error| failure(error, true))? {
            body.push(part)?;
        }
        let mut answer = Response::new(body.finish());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
    }
}

impl ReqwestTransport {
    /// The request as reqwest takes it. It wants a url of its own kind, and reading one takes longer than all else here. Nearly all requests go to the origin of the first one: its url gets their
    /// path and query.
    fn addressed(&self, request: Request<Bytes>) -> Result<reqwest::Request, TransportError> {
        let uri = request.uri();
        let known = self.first.get().filter(|(scheme, authority, _)| {
            uri.scheme() == Some(scheme) && uri.authority() == Some(authority)
        });
        let Some((_, _, url)) = known else {
            let uri = uri.clone().into_parts();
            let request = reqwest::Request::try_from(request).map_err(|error| failure(error, false))?;
            if let (Some(scheme), Some(authority)) = (uri.scheme, uri.authority) {
                let _ = self.first.set((scheme, authority, request.url().clone()));
            }
            return Ok(request);
        };
        let mut url = url.clone();
        url.set_path(uri.path());
        url.set_query(uri.query());
        let (parts, body) = request.into_parts();
        let mut request = reqwest::Request::new(parts.method, url);
        *request.headers_mut() = parts.headers;
        *request.body_mut() = Some(body.into());
        Ok(request)
    }
}

/// Which kind of failure a reqwest error is. Its url is dropped: it holds the filled path and the query.
fn failure(error: reqwest::Error, reading_body: bool) -> TransportError {
    let error = error.without_url();
    let kind = if error.is_connect() {
        // A connect timeout too: nothing was sent.
        TransportErrorKind::Connect
    } else if error.is_timeout() {
        TransportErrorKind::Timeout
    } else if error.is_builder() {
        TransportErrorKind::Other
    } else if reading_body || error.is_request() || error.is_body() || error.is_decode() {
        TransportErrorKind::Interrupted
    } else {
        TransportErrorKind::Other
    };
    exchange::failure(kind, error)
}

impl From<ReqwestTransport> for logto_management_core::BoxTransport {
    fn from(transport: ReqwestTransport) -> Self {
        Self::new(transport)
    }
}

/// A transport that cannot be made is a wrong set-up of the client: for doors that make theirs themselves, as the client does.
#[must_use]
pub fn unusable(error: &TransportError) -> Error {
    Error::invalid_config(format!("The HTTP client cannot be set up: {error}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use http::{Method, Request};

    use super::ReqwestTransport;

    #[test]
    fn a_url_made_of_the_first_one_is_what_reading_it_gives() {
        let transport = ReqwestTransport::with(Duration::from_secs(1), |builder| builder).unwrap();
        for uri in [
            "https://id.example.com/base/api/users?page=1",
            "https://id.example.com/",
            "https://id.example.com/api/users/a%2Fb%3F%23?search=%25ann%25&a=+b&a=",
            "https://id.example.com/api/users?",
            "https://id.example.com/api/%C3%A9/%2e%2e/x'\"!$&()*,;=:@~",
            "https://id.example.com:8443/api/users",
            "http://id.example.com/api/users",
            "https://ID.example.com/api/users?q=1",
        ] {
            let request = || {
                let request = Request::builder().method(Method::PATCH).uri(uri).header("x-a", "1");
                request.body(Bytes::from_static(b"{}")).unwrap()
            };
            let (ours, theirs) =
                (transport.addressed(request()).unwrap(), reqwest::Request::try_from(request()).unwrap());
            assert_eq!(ours.url(), theirs.url());
            assert_eq!((ours.method(), ours.headers()), (theirs.method(), theirs.headers()));
            let body = |request: &reqwest::Request| request.body().unwrap().as_bytes().map(<[u8]>::to_vec);
            assert_eq!(body(&ours), body(&theirs));
        }
    }
}
