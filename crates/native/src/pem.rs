//! Certificates and keys, as they are given.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use logto_management_core::Error;
use rustls::pki_types::{CertificateDer, pem::PemObject};

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
    pub(crate) fn read(self, what: &str) -> Result<Vec<u8>, Error> {
        match self {
            Self::Text(text) => Ok(text),
            Self::File(path) => fs::read(&path).map_err(|error| unreadable(what, &path, &error)),
        }
    }

    pub(crate) fn certificates(self, what: &str) -> Result<Vec<CertificateDer<'static>>, Error> {
        let of = self.shown();
        let certificates = match &self {
            Self::File(path) if path.is_dir() => {
                Ok(rustls_native_certs::load_certs_from_paths(None, Some(path)).certs)
            }
            _ => CertificateDer::pem_slice_iter(&self.read(what)?).collect(),
        };
        match certificates {
            Ok(certificates) if certificates.is_empty() => {
                Err(Error::invalid_config(format!("There is no certificate in {what} ({of})")))
            }
            Ok(certificates) => Ok(certificates),
            Err(_) => Err(Error::invalid_config(format!("What is in {what} ({of}) is no PEM"))),
        }
    }

    pub(crate) fn shown(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Text(_) => "given as text".to_owned(),
        }
    }
}

fn unreadable(what: &str, path: &Path, error: &std::io::Error) -> Error {
    Error::invalid_config(format!("{what} ({}) cannot be read: {error}", path.display()))
}
