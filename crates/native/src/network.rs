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

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use logto_management_core::Error;
use reqwest::{Certificate, Identity, NoProxy};
use serde_json::Value;

/// The names that [`Network::option`] knows.
pub const NETWORK_OPTIONS: &[&str] =
    &["caBundle", "extraCaCerts", "dangerAcceptInvalidCerts", "clientCert", "proxy", "noProxy"];

/// Certificates or keys in PEM (RFC 7468): a file, or the text itself.
///
/// Made of a path (`&str`, `&Path`, `PathBuf`) or of the text (`&str` that holds `-----BEGIN`, bytes).
#[derive(Clone)]
pub enum Pem {
    /// A file of it. For certificates also a folder of such files.
    File(PathBuf),
    /// The text.
    Text(Vec<u8>),
}

impl From<&str> for Pem {
    fn from(given: &str) -> Self {
        if given.contains("-----BEGIN") { Self::Text(given.into()) } else { Self::File(given.into()) }
    }
}

impl From<&Path> for Pem {
    fn from(path: &Path) -> Self {
        Self::File(path.to_owned())
    }
}

impl From<PathBuf> for Pem {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

impl From<&[u8]> for Pem {
    fn from(text: &[u8]) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Vec<u8>> for Pem {
    fn from(text: Vec<u8>) -> Self {
        Self::Text(text)
    }
}

/// A text may hold a private key.
impl fmt::Debug for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Text(_) => f.write_str("Text(..)"),
        }
    }
}

impl Pem {
    fn read(self, what: &str) -> Result<Vec<u8>, Error> {
        match self {
            Self::Text(text) => Ok(text),
            Self::File(path) => fs::read(&path).map_err(|error| unreadable(what, &path, &error)),
        }
    }

    fn certificates(self, what: &str) -> Result<Vec<Certificate>, Error> {
        let of = self.shown();
        let certificates = match &self {
            Self::File(path) if path.is_dir() => {
                let found = rustls_native_certs::load_certs_from_paths(None, Some(path));
                found.certs.iter().map(|der| Certificate::from_der(der)).collect()
            }
            _ => Certificate::from_pem_bundle(&self.read(what)?),
        };
        match certificates {
            Ok(certificates) if certificates.is_empty() => {
                Err(Error::invalid_config(format!("There is no certificate in {what} ({of})")))
            }
            Ok(certificates) => Ok(certificates),
            Err(_) => Err(Error::invalid_config(format!("What is in {what} ({of}) is no PEM"))),
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Text(_) => "given as text".to_owned(),
        }
    }
}

fn unreadable(what: &str, path: &Path, error: &std::io::Error) -> Error {
    Error::invalid_config(format!("{what} ({}) cannot be read: {error}", path.display()))
}

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
    only: Option<Vec<Certificate>>,
    extra: Vec<Certificate>,
    accept_invalid: bool,
    identity: Option<Identity>,
    proxy: Proxy,
    no_proxy: Option<String>,
}

#[derive(Clone, Default)]
enum Proxy {
    /// What the environment says.
    #[default]
    Environment,
    None,
    At(Box<reqwest::Proxy>),
}

/// Shows what is set, and neither keys nor the credentials in a proxy's url.
impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let proxy = match self.proxy {
            Proxy::Environment => "environment",
            Proxy::None => "none",
            Proxy::At(_) => "set",
        };
        f.debug_struct("Network")
            .field("ca_bundle", &self.only.as_ref().map(Vec::len))
            .field("extra_ca_certs", &self.extra.len())
            .field("danger_accept_invalid_certs", &self.accept_invalid)
            .field("identity", &self.identity.is_some())
            .field("proxy", &proxy)
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
        self.only = Some(pem.into().certificates("the CA bundle")?);
        Ok(self)
    }

    /// Trusts these certificate authorities as well. May be called several times.
    ///
    /// # Errors
    /// Config, where it cannot be read or holds no certificate.
    pub fn extra_ca_certs(mut self, pem: impl Into<Pem>) -> Result<Self, Error> {
        self.extra.extend(pem.into().certificates("the extra CA certificates")?);
        Ok(self)
    }

    /// Accepts any certificate, of anybody, expired ones too. Whoever is on the way can then read the client's secret: for tests.
    #[must_use]
    pub const fn danger_accept_invalid_certs(mut self, accept: bool) -> Self {
        self.accept_invalid = accept;
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
        let identity = Identity::from_pem(&both).map_err(|_| {
            Error::invalid_config(format!(
                "A client certificate needs a certificate and its private key, both as PEM ({of})"
            ))
        })?;
        self.identity = Some(identity);
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
        let proxy = known.then(|| reqwest::Proxy::all(url).ok()).flatten().ok_or_else(wrong)?;
        self.proxy = Proxy::At(Box::new(proxy));
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

    /// Sets a reqwest client up like this.
    pub(crate) fn apply(&self, mut builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        builder = match &self.only {
            Some(only) => builder.tls_certs_only(only.iter().chain(&self.extra).cloned()),
            None if self.extra.is_empty() => builder,
            None => builder.tls_certs_merge(self.extra.iter().cloned()),
        };
        if self.accept_invalid {
            builder = builder.tls_danger_accept_invalid_certs(true);
        }
        if let Some(identity) = &self.identity {
            builder = builder.identity(identity.clone());
        }
        match &self.proxy {
            Proxy::Environment => builder,
            Proxy::None => builder.no_proxy(),
            Proxy::At(proxy) => {
                let hosts = self.no_proxy.as_deref().map_or_else(NoProxy::from_env, NoProxy::from_string);
                builder.proxy(reqwest::Proxy::clone(proxy).no_proxy(hosts))
            }
        }
    }
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
