//! What Node's own TLS takes from the environment: `NODE_EXTRA_CA_CERTS` and `NODE_TLS_REJECT_UNAUTHORIZED`. The proxy variables are the transport's business.

use std::{env, fs};

use logto_management::{Config, ReqwestTransport, core::TransportError};

use crate::warnings::Warnings;

const UNVERIFIED: &str = "NODE_TLS_REJECT_UNAUTHORIZED=0 switches off the check of certificates: whoever stands in between reads the client secret and every token";

/// The transport of this process. As with Node's, a file that cannot be read or holds no certificate counts as none.
pub(crate) fn transport(config: &Config, warnings: &Warnings) -> Result<ReqwestTransport, TransportError> {
    let verify = env::var_os("NODE_TLS_REJECT_UNAUTHORIZED").is_none_or(|value| value != "0");
    let authorities = env::var_os("NODE_EXTRA_CA_CERTS").and_then(|file| fs::read(file).ok());
    if verify && authorities.is_none() {
        return ReqwestTransport::new(config);
    }
    if !verify {
        warnings.push("insecure_tls", UNVERIFIED);
    }
    ReqwestTransport::trusting(config, &authorities.unwrap_or_default(), verify)
        .or_else(|_| ReqwestTransport::trusting(config, &[], verify))
}
