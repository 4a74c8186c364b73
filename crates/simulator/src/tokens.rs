//! Access tokens: shaped as Logto's are, known by a table.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use crate::rng::Rng;

/// The payload of a token.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Claims {
    pub(crate) jti: String,
    pub(crate) sub: String,
    pub(crate) iat: u64,
    pub(crate) exp: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scope: Option<String>,
    pub(crate) client_id: String,
    pub(crate) iss: String,
    pub(crate) aud: String,
}

/// The tokens that are valid, or were until they expired.
#[derive(Debug, Default)]
pub(crate) struct Tokens(HashMap<String, Claims>);

/// The id of the key that tokens claim to be signed with.
pub(crate) const KEY_ID: &str = "logto-simulator-has-no-key";

impl Tokens {
    /// Makes a token that nobody can make without this table: its signature is random.
    pub(crate) fn issue(&mut self, claims: Claims, rng: &mut Rng) -> String {
        let payload = serde_json::to_string(&claims).unwrap_or_default();
        let token = format!(
            "{}.{}.{}",
            URL_SAFE_NO_PAD.encode(format!("{{\"alg\":\"ES384\",\"typ\":\"at+jwt\",\"kid\":\"{KEY_ID}\"}}")),
            URL_SAFE_NO_PAD.encode(payload),
            rng.nanoid(128)
        );
        self.0.insert(token.clone(), claims);
        token
    }

    pub(crate) fn get(&self, token: &str) -> Option<&Claims> {
        self.0.get(token)
    }

    /// As if the signing keys had been rotated: no token given so far is known any more.
    pub(crate) fn revoke_all(&mut self) {
        self.0.clear();
    }
}
