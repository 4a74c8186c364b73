//! The token request, and what the token endpoint's refusals mean.

use crate::bytes::Bytes;

use crate::{
    config::{ClientAuth, Config},
    endpoint,
    error::{Answered, ApiErrorBody, Error, ErrorKind, Inner, name},
    http::{HeaderMap, HeaderValue, Method, Uri, header},
    percent,
    request::{CallOptions, Prepared},
    response::Response,
};

/// The token endpoint, below the base url.
pub(super) const ROUTE: &str = "/oidc/token";

/// Where tokens come from.
pub(super) fn token_endpoint(config: &Config) -> Result<Uri, Error> {
    let uri = words![config.base_url(), ROUTE];
    uri.parse().map_err(|_| Error::config("The base url makes no valid token endpoint"))
}

/// The token request. Made for each token, since many a client asks for none: a store has one, or it makes no call.
pub(super) fn token_request(config: &Config, endpoint: Uri) -> Result<Prepared, Error> {
    let credentials = config.credentials()?;
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let mut body = String::from("grant_type=client_credentials");
    let mut field = |name: &str, value: &str| {
        body.push('&');
        body.push_str(name);
        body.push('=');
        percent::form(value, &mut body);
    };
    field("resource", &config.indicator);
    field("scope", &config.settings.scope);
    match config.settings.client_auth {
        ClientAuth::Post => {
            field("client_id", &credentials.id);
            field("client_secret", credentials.secret.expose());
        }
        ClientAuth::Basic => {
            // Encoded first, as RFC 6749 says: Logto decodes, so a raw + or % in a secret would be another secret.
            let mut pair = String::new();
            percent::form(&credentials.id, &mut pair);
            pair.push(':');
            percent::form(credentials.secret.expose(), &mut pair);
            let value = words!["Basic ", base64(pair.as_bytes())];
            let mut value = HeaderValue::try_from(value)
                .map_err(|_| Error::config("The credentials make no valid header"))?;
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
    }
    Ok(Prepared {
        method: Method::POST,
        uri: endpoint,
        route: ROUTE.to_owned(),
        headers,
        body: Bytes::from(body),
        // Asking twice for a token is as good as asking once.
        options: CallOptions { idempotent: Some(true), ..CallOptions::default() },
        body_stays_outside: false,
        sent_before: None,
        needs_token: false,
        foreign: false,
    })
}

/// RFC 4648, section 4. Not the crate's, which is 2 KB of the module for Workers for this one header.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte))
            << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = ALPHABET.get(bits >> (18 - 6 * place) & 63).filter(|_| place <= group.len());
            text.push(digit.copied().map_or('=', char::from));
        }
    }
    text
}

/// The token endpoint said no.
pub(super) fn refusal(response: &Response, config: &Config) -> Error {
    let code = ApiErrorBody::parse(&response.body).code;
    let (name, hint) = match code.as_deref() {
        Some("oidc.invalid_client") => (name::AUTH_CLIENT, Some(client_hint(response.status.as_u16()))),
        Some("oidc.invalid_target") => (name::AUTH_TARGET, Some(endpoint::indicator_hint(config))),
        Some("auth.exceed_token_limit") => (
            name::AUTH_QUOTA,
            Some("The tenant's quota of tokens is used up; trying again cannot help. See the plan's usage in Logto's Console".to_owned()),
        ),
        None if response.status.as_u16() == 404 => {
            (name::AUTH_FAILED, Some(words!["Is there a Logto at ", config.base_url(), "?"]))
        }
        _ => (name::AUTH_FAILED, None),
    };
    Error::answered(
        ErrorKind::Auth,
        Some(name),
        Answered {
            status: response.status,
            body: &response.body,
            request_id: response.request_id(),
            method: response.method.as_str(),
            route: &response.route,
            attempts: response.attempts,
            retry_after: response.retry_after,
            hint,
        },
    )
}

fn client_hint(status: u16) -> String {
    if status == 401 {
        "The client secret is wrong: copy it again from the application's page in Logto's Console".to_owned()
    } else {
        "No application of this tenant has this client id: is it a machine-to-machine application, of the tenant at this address?".to_owned()
    }
}

/// The token endpoint said yes, and gave nothing to use. The body is kept out: it could hold a token.
pub(super) fn unusable(response: &Response, why: &str) -> Error {
    let mut inner = Inner::new(
        ErrorKind::Auth,
        name::AUTH_FAILED,
        words!["The token endpoint answered ", response.status.as_u16(), ", but ", why],
    );
    inner.status = Some(response.status.as_u16());
    inner.request_id = response.request_id().map(str::to_owned);
    inner.method = Some(response.method.as_str().to_owned());
    inner.route = Some(response.route.clone());
    inner.attempts = response.attempts;
    inner.hint = Some("Is the base url the address of a Logto?".to_owned());
    inner.into()
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::STANDARD};

    proptest::proptest! {
        #[test]
        fn writes_base64_as_the_crate_does(bytes: Vec<u8>) {
            proptest::prop_assert_eq!(super::base64(&bytes), STANDARD.encode(&bytes));
        }
    }
}
