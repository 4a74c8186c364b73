//! What Node's own TLS takes from the environment: `NODE_EXTRA_CA_CERTS` and `NODE_TLS_REJECT_UNAUTHORIZED`. The proxy variables are the transport's business.

use std::{env, path::PathBuf};

use logto_management::{Config, Network, core::TransportError};
use logto_management_local::{LocalTransport, Runtime};

use crate::warnings::Warnings;

const UNVERIFIED: &str = "NODE_TLS_REJECT_UNAUTHORIZED=0 switches off the check of certificates: whoever stands in between reads the client secret and every token";

/// A client's transport. As with Node's, a file that cannot be read or holds no certificate counts as none.
pub(crate) fn transport(
    runtime: &Runtime,
    config: &Config,
    warnings: &Warnings,
) -> Result<LocalTransport, TransportError> {
    let mut network = Network::new();
    if env::var_os("NODE_TLS_REJECT_UNAUTHORIZED").is_some_and(|value| value == "0") {
        warnings.push("insecure_tls", UNVERIFIED);
        network = network.danger_accept_invalid_certs(true);
    }
    let authorities = env::var_os("NODE_EXTRA_CA_CERTS").map(PathBuf::from);
    let with_authorities = authorities.and_then(|file| network.clone().extra_ca_certs(file).ok());
    with_authorities
        .and_then(|network| LocalTransport::new(runtime.clone(), config, &network).ok())
        .map_or_else(|| LocalTransport::new(runtime.clone(), config, &network), Ok)
}
