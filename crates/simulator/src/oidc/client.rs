//! Client authentication at the token endpoint (RFC 6749 2.3.1), with the quirks of the real one.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use http::Request;
use http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};

use super::Form;
use crate::api::{self, Failure, bare, oidc};
use crate::query::decode_component;
use crate::world::{World, find};

/// Who asks.
pub(super) struct Client {
    pub(super) id: String,
    pub(super) secret_name: String,
}

/// Node's decoder: padding or none.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Finds out who asks.
///
/// Basic credentials are form-decoded: `+` is a space, `%XX` a byte; what follows a second, raw colon is lost; an escape that is none gives 500. Both of Basic and a secret in
/// the body is refused.
pub(super) fn authenticate(
    request: &Request<Bytes>,
    form: &Form,
    world: &World,
    now_ms: u64,
) -> Result<Client, Failure> {
    let header = request.headers().get(AUTHORIZATION);
    let basic = header.map(basic).transpose()?;
    let (id, secret) = match (&basic, form.get("client_id"), form.get("client_secret")) {
        (Some((id, _)), Some(other), _) if other != id => {
            return Err(oidc(400, "invalid_request", "client_id mismatch"));
        }
        (Some(_), _, Some(_)) => {
            let why = "client authentication must only be provided using one mechanism";
            return Err(oidc(400, "invalid_request", why));
        }
        (Some((id, secret)), _, None) => (id.as_str(), Some(secret.as_str())),
        (None, Some(id), secret) => (id, secret),
        (None, None, _) => {
            return Err(oidc(400, "invalid_request", "no client authentication mechanism provided"));
        }
    };
    let Some(application) = find(&world.applications, id) else {
        return Err(oidc(400, "invalid_client", &format!("invalid client {id}")));
    };
    let alive = |expires: Option<u64>| expires.is_none_or(|at| now_ms < at);
    let valid = application.secrets.iter().find(|s| Some(s.value.as_str()) == secret && alive(s.expires_at));
    if let Some(valid) = valid {
        return Ok(Client { id: application.id.clone(), secret_name: valid.name.clone() });
    }
    let mut failure = oidc(401, "invalid_client", "client authentication failed");
    let challenge = format!(
        "Basic realm=\"http://{}/oidc\", error=\"invalid_client\", error_description=\"client authentication failed\"",
        api::host(request)
    );
    if basic.is_some()
        && let Ok(challenge) = HeaderValue::try_from(challenge)
    {
        failure.headers.push((WWW_AUTHENTICATE, challenge));
    }
    Err(failure)
}

fn basic(header: &HeaderValue) -> Result<(String, String), Failure> {
    let malformed = || oidc(400, "invalid_request", "invalid authorization header value format");
    let text = header.to_str().map_err(|_| malformed())?;
    let (scheme, encoded) = text.split_once(' ').ok_or_else(malformed)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(malformed());
    }
    let bytes = BASE64.decode(encoded.trim()).map_err(|_| malformed())?;
    let credentials = String::from_utf8_lossy(&bytes);
    let (id, rest) = credentials.split_once(':').ok_or_else(malformed)?;
    let secret = rest.split(':').next().unwrap_or("");
    Ok((form_decoded(id)?, form_decoded(secret)?))
}

fn form_decoded(text: &str) -> Result<String, Failure> {
    let spaced = text.replace('+', " ");
    decode_component(&spaced).map(|s| s.into_owned()).ok_or_else(|| bare(500, "Internal server error."))
}
