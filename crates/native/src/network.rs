//! TLS and proxies, for the [`ReqwestTransport`](crate::ReqwestTransport).
//!
//! | option | default | by name |
//! |---|---|---|
//! | [`ca_bundle`](Network::ca_bundle) | the operating system's trust store, or what `SSL_CERT_FILE` and `SSL_CERT_DIR` name | `caBundle` |
//! | [`extra_ca_certs`](Network::extra_ca_certs) | none | `extraCaCerts` |
//! | [`danger_accept_invalid_certs`](Network::danger_accept_invalid_certs) | off | `dangerAcceptInvalidCerts` |
//! | [`identity`](Network::identity) | no client certificate | `clientCert` |
//! | [`proxy`](Network::proxy) | `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in upper or lower case | `proxy` |
//! | [`no_proxy`](Network::no_proxy) | what `NO_PROXY` says | `noProxy` |
//!
//! Files are read at once, so that what is wrong with one is told where it is named, and not by the first request.

use std::{fmt, sync::Arc};

use logto_management_core::Error;
use reqwest::NoProxy;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use serde_json::Value;

pub use crate::pem::Pem;

/// The names that [`Network::option`] knows.
pub const NETWORK_OPTIONS: &[&str] =
    &["caBundle", "extraCaCerts", "dangerAcceptInvalidCerts", "clientCert", "proxy", "noProxy"];

/// How connections are made. The default asks the operating system and the environment.
///
/// ```no_run
/// use logto_management::{ManagementApi, Network};
///
/// let network = Network::new().ca_bundle("/etc/ssl/corporate.pem")?.proxy("http://proxy.example:3128")?;
/// let api = ManagementApi::cloud("my-tenant").credentials("id", "secret").network(network).build()?;
/// # Ok::<(), logto_management::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Network {
    trust: Trust,
    proxy: Proxy,
    no_proxy: Option<String>,
}

/// Whom a client trusts, and who it is: for transports.
#[doc(hidden)]
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Trust {
    /// Authorities instead of the operating system's.
    pub only: Option<Vec<CertificateDer<'static>>>,
    /// Authorities beside them.
    pub extra: Vec<CertificateDer<'static>>,
    /// Anybody is trusted.
    pub accept_invalid: bool,
    /// The client's certificate.
    pub identity: Option<Identity>,
}

/// A client certificate: the chain, and its key.
#[doc(hidden)]
#[derive(Clone)]
#[non_exhaustive]
pub struct Identity {
    /// The client's own first.
    chain: Vec<CertificateDer<'static>>,
    /// What it signs with.
    key: Arc<PrivateKeyDer<'static>>,
    /// Both as they were given, which is how reqwest wants them.
    pem: Vec<u8>,
}

/// The proxy of a client: for transports.
#[doc(hidden)]
#[derive(Clone, Default)]
pub enum Proxy {
    /// What the environment says.
    #[default]
    Environment,
    /// None.
    None,
    /// This one, a url.
    At(String),
}

impl Identity {
    /// The certificate's chain and its key, as rustls takes them.
    #[must_use]
    pub fn for_rustls(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        (self.chain.clone(), self.key.clone_key())
    }
}

/// Shows no key.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("chain", &self.chain.len()).finish_non_exhaustive()
    }
}

/// Shows no credentials.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Environment => "environment",
            Self::None => "none",
            Self::At(_) => "set",
        })
    }
}

/// Shows what is set, and neither keys nor the credentials in a proxy's url.
impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("ca_bundle", &self.trust.only.as_ref().map(Vec::len))
            .field("extra_ca_certs", &self.trust.extra.len())
            .field("danger_accept_invalid_certs", &self.trust.accept_invalid)
            .field("identity", &self.trust.identity.is_some())
            .field("proxy", &self.proxy)
            .field("no_proxy", &self.no_proxy)
            .finish()
    }
}

impl Network {
    /// The operating system's trust store, the environment's proxies.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts these certificate authorities, and no others: neither the operating system's nor those of `SSL_CERT_FILE`.
    ///
    /// # Errors
    /// Config, where it cannot be read or holds no certificate.
    pub fn ca_bundle(mut self, pem: impl Into<Pem>) -> Result<Self, Error> {
        self.trust.only = Some(pem.into().certificates("the CA bundle")?);
        Ok(self)
    }

    /// Trusts these certificate authorities as well. May be called several times.
    ///
    /// # Errors
    /// Config, where it cannot be read or holds no certificate.
    pub fn extra_ca_certs(mut self, pem: impl Into<Pem>) -> Result<Self, Error> {
        self.trust.extra.extend(pem.into().certificates("the extra CA certificates")?);
        Ok(self)
    }

    /// Accepts any certificate, of anybody, expired ones too. Whoever is on the way can then read the client's secret: for tests.
    #[must_use]
    pub const fn danger_accept_invalid_certs(mut self, accept: bool) -> Self {
        self.trust.accept_invalid = accept;
        self
    }

    /// Shows a client certificate to servers that ask for one: the certificate with the chain below its authority, and the private key (PKCS#8, PKCS#1 or SEC1, not encrypted).
    /// Without `key`, both are in `certificate`.
    ///
    /// # Errors
    /// Config, where one cannot be read or is missing.
    pub fn identity(mut self, certificate: impl Into<Pem>, key: Option<Pem>) -> Result<Self, Error> {
        let certificate = certificate.into();
        let of = certificate.shown();
        let mut both = certificate.read("the client certificate")?;
        if let Some(key) = key {
            both.push(b'\n');
            both.extend(key.read("the client certificate's key")?);
        }
        if both.windows(9).any(|word| word == b"ENCRYPTED") {
            return Err(Error::invalid_config(
                "The client certificate's key is encrypted: decrypt it first (openssl pkey)",
            ));
        }
        let incomplete = || {
            Error::invalid_config(format!(
                "A client certificate needs a certificate and its private key, both as PEM ({of})"
            ))
        };
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&both).collect();
        let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or_else(incomplete)?;
        let key = Arc::new(PrivateKeyDer::from_pem_slice(&both).map_err(|_| incomplete())?);
        self.trust.identity = Some(Identity { chain, key, pem: both });
        Ok(self)
    }

    /// Sends every request through this proxy, whatever the environment says: `http://[user:password@]host:port`, or `https://…` for TLS to the proxy itself.
    /// Hosts of [`no_proxy`](Self::no_proxy) are left out.
    ///
    /// # Errors
    /// Config, where it is no such url.
    pub fn proxy(mut self, url: &str) -> Result<Self, Error> {
        let known = ["http://", "https://"].iter().any(|scheme| url.starts_with(scheme));
        // The url is not shown: it may hold a password.
        let wrong = || Error::invalid_config("A proxy is http://[user:password@]host:port, or https://…");
        known.then(|| reqwest::Proxy::all(url).ok()).flatten().ok_or_else(wrong)?;
        self.proxy = Proxy::At(url.to_owned());
        Ok(self)
    }

    /// Uses no proxy at all, whatever the environment says.
    #[must_use]
    pub fn without_proxy(mut self) -> Self {
        self.proxy = Proxy::None;
        self
    }

    /// Hosts that [`proxy`](Self::proxy) is not for, as `NO_PROXY` lists them: names (and what is below them), addresses and CIDR blocks, with commas.
    #[must_use]
    pub fn no_proxy(mut self, hosts: impl Into<String>) -> Self {
        self.no_proxy = Some(hosts.into());
        self
    }

    /// Sets an option by its name, as the doors of other languages receive it: certificates are paths or PEM; `clientCert` may be a list of certificate and key; `proxy: false` is none.
    ///
    /// # Errors
    /// Config, for an unknown name or a value that is unfit.
    pub fn option(self, name: &str, value: &Value) -> Result<Self, Error> {
        let wrong = |expected: &str| Error::invalid_config(format!("The option {name} must be {expected}"));
        let text = || value.as_str().ok_or_else(|| wrong("a string"));
        match name {
            "caBundle" => self.ca_bundle(text()?),
            "extraCaCerts" => self.extra_ca_certs(text()?),
            "dangerAcceptInvalidCerts" => {
                let accept = value.as_bool().ok_or_else(|| wrong("true or false"))?;
                Ok(self.danger_accept_invalid_certs(accept))
            }
            "clientCert" => {
                let texts: Option<Vec<&str>> = match value {
                    Value::Array(both) => both.iter().map(Value::as_str).collect(),
                    _ => value.as_str().map(|one| vec![one]),
                };
                match texts.as_deref() {
                    Some([both]) => self.identity(*both, None),
                    Some([certificate, key]) => self.identity(*certificate, Some(Pem::from(*key))),
                    _ => Err(wrong("a string, or a list of certificate and key")),
                }
            }
            "proxy" if *value == Value::Bool(false) => Ok(self.without_proxy()),
            "proxy" => self.proxy(value.as_str().ok_or_else(|| wrong("a url, or false"))?),
            "noProxy" => Ok(self.no_proxy(text()?)),
            _ => {
                let known = NETWORK_OPTIONS.join(", ");
                Err(Error::invalid_config(format!("There is no option {name}. The options are {known}")))
            }
        }
    }

    /// Whom it trusts, for transports.
    #[doc(hidden)]
    #[must_use]
    pub const fn trust(&self) -> &Trust {
        &self.trust
    }

    /// The proxy, for transports. `NO_PROXY=*` is none at all.
    #[doc(hidden)]
    #[must_use]
    pub fn proxy_choice(&self) -> Proxy {
        let everywhere = |hosts: String| hosts.split(',').any(|host| host.trim() == "*");
        match &self.proxy {
            // reqwest takes the asterisk for host names only, and not for addresses.
            Proxy::Environment if hosts_of_environment().is_some_and(everywhere) => Proxy::None,
            proxy => proxy.clone(),
        }
    }

    /// The hosts that [`proxy`](Self::proxy) is not for: for transports.
    #[doc(hidden)]
    #[must_use]
    pub fn hosts_without_proxy(&self) -> Option<String> {
        self.no_proxy.clone().or_else(hosts_of_environment)
    }

    /// Sets a reqwest client up like this.
    pub(crate) fn apply(
        &self,
        mut builder: reqwest::ClientBuilder,
    ) -> reqwest::Result<reqwest::ClientBuilder> {
        let Trust { only, extra, accept_invalid, identity } = &self.trust;
        let extra = extra.iter().map(|der| reqwest::Certificate::from_der(der));
        if let Some(only) = only {
            let only = only.iter().map(|der| reqwest::Certificate::from_der(der));
            builder = builder.tls_certs_only(only.chain(extra).collect::<reqwest::Result<Vec<_>>>()?);
        } else if extra.len() > 0 {
            builder = builder.tls_certs_merge(extra.collect::<reqwest::Result<Vec<_>>>()?);
        }
        if *accept_invalid {
            builder = builder.tls_danger_accept_invalid_certs(true);
        }
        if let Some(identity) = identity {
            builder = builder.identity(reqwest::Identity::from_pem(&identity.pem)?);
        }
        Ok(match self.proxy_choice() {
            Proxy::Environment => builder,
            Proxy::None => builder.no_proxy(),
            Proxy::At(url) => {
                let hosts = self.hosts_without_proxy();
                let hosts = hosts.and_then(|hosts| NoProxy::from_string(&hosts));
                builder.proxy(reqwest::Proxy::all(url)?.no_proxy(hosts))
            }
        })
    }
}

/// What `NO_PROXY` says.
fn hosts_of_environment() -> Option<String> {
    std::env::var("NO_PROXY").or_else(|_| std::env::var("no_proxy")).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use serde_json::json;

    use super::{NETWORK_OPTIONS, Network, Pem};

    fn message(network: Result<Network, logto_management_core::Error>) -> String {
        network.expect_err("an error").to_string()
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let message = message(Network::new().ca_bundle("/nowhere/ca.pem"));
        assert!(message.contains("the CA bundle (/nowhere/ca.pem) cannot be read"), "{message}");
    }

    #[test]
    fn what_holds_no_certificate_is_refused() {
        for text in ["", "no PEM at all"] {
            let message = message(Network::new().extra_ca_certs(text.as_bytes()));
            assert!(message.contains("no certificate"), "{message}");
        }
        let empty =
            std::env::temp_dir().join(format!("logto-management-no-certificates-{}", std::process::id()));
        std::fs::create_dir_all(&empty).unwrap();
        assert!(message(Network::new().ca_bundle(&*empty)).contains("no certificate"));
        std::fs::remove_dir(&empty).unwrap();
    }

    #[test]
    fn a_key_without_its_certificate_and_an_encrypted_one_are_refused() {
        let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        assert!(message(Network::new().identity(key, None)).contains("and its private key"));
        let encrypted = key.replace("PRIVATE", "ENCRYPTED PRIVATE");
        assert!(message(Network::new().identity(key, Some(Pem::from(&*encrypted)))).contains("decrypt it"));
    }

    #[test]
    fn a_proxys_password_is_in_no_message_and_no_debug() {
        for url in ["user:hunter2@proxy:3128", "socks5://user:hunter2@proxy:1080", "http://user:hunter2@"] {
            assert!(!message(Network::new().proxy(url)).contains("hunter2"));
        }
        let network = Network::new().proxy("http://user:hunter2@proxy:3128").unwrap();
        assert!(!format!("{network:?}").contains("hunter2"));
        assert!(!format!("{:?}", Pem::from("-----BEGIN PRIVATE KEY----- hunter2")).contains("hunter2"));
    }

    #[test]
    fn options_by_name() {
        let set = |name, value| Network::new().option(name, &value);
        assert!(set("proxy", json!("http://proxy:3128")).is_ok());
        assert!(set("proxy", json!(false)).is_ok());
        assert!(set("noProxy", json!("localhost,10.0.0.0/8")).is_ok());
        assert!(set("dangerAcceptInvalidCerts", json!(true)).is_ok());
        for name in NETWORK_OPTIONS {
            assert!(message(set(name, json!(7))).contains(&format!("{name} must be")), "{name}");
        }
        assert!(message(set("verify", json!(7))).contains("caBundle"));
    }
}
