//! Sealing of what a token store keeps: whoever reads the store learns no token, and whoever writes it can make nobody use one.
//!
//! | | |
//! |---|---|
//! | seal | AES-256-GCM (NIST SP 800-38D), a random nonce of 12 bytes; the entry's binding is the associated data |
//! | key | HKDF-SHA-256 (RFC 5869) of the client secret |
//! | value | `1.` and the Base64 of nonce, ciphertext and tag |
//! | name | `logto-management:token:1:` and 16 bytes of HKDF-SHA-256 over secret and binding, in hex: it tells neither the client id nor the tenant |
//!
//! The JavaScript twin is `npm/src/engine/vault.ts`; `tests/token-store.json` holds both to the same bytes, so what one door stores another reads. A client secret that somebody could guess can
//! be guessed from a stored value too: keep the ones that Logto makes.

use std::{fmt, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use logto_management_core::{BoxFuture, StoreEntry, StoreError, TokenStore, TokenVault, VaultStep};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, KeyType, Prk, Salt},
    rand::{SecureRandom, SystemRandom},
};

const SALT: &[u8] = b"logto-management";
const SEAL: &[u8] = b"token store 1: seal";
const NAME: &[u8] = b"token store 1: name\n";
const DATA: &str = "logto-management token store 1\n";
const VERSION: &str = "1.";
const PREFIX: &str = "logto-management:token:1:";

/// A [`TokenStore`] whose values are sealed: what a client takes as its [`TokenVault`].
///
/// [`ManagementApiBuilder::token_store`](crate::ManagementApiBuilder::token_store) makes it for you.
pub struct Sealed<S>(S);

impl<S> fmt::Debug for Sealed<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed")
    }
}

impl<S: TokenStore> Sealed<S> {
    /// Seals what goes into `store`, and opens what comes out.
    pub const fn new(store: S) -> Self {
        Self(store)
    }

    /// As clients take it.
    pub fn shared(store: S) -> Arc<dyn TokenVault> {
        Arc::new(Self(store))
    }

    async fn step(&self, entry: &StoreEntry, step: VaultStep<'_>) -> Result<Option<String>, StoreError> {
        let derived = Derived::of(entry)?;
        match step {
            VaultStep::Load => {
                let stored = self.0.get(&derived.name).await?;
                Ok(stored.and_then(|value| derived.open(&value)))
            }
            VaultStep::Save(text, ttl) => {
                self.0.put(&derived.name, &derived.seal(text)?, ttl).await.map(|()| None)
            }
            VaultStep::Lock(ttl) => Ok(self.0.lock(&derived.lock_name(), ttl).await?.then(String::new)),
            VaultStep::Unlock => self.0.unlock(&derived.lock_name()).await.map(|()| None),
        }
    }
}

impl<S: TokenStore> TokenVault for Sealed<S> {
    fn run<'a>(
        &'a self,
        entry: &'a StoreEntry,
        step: VaultStep<'a>,
    ) -> BoxFuture<'a, Result<Option<String>, StoreError>> {
        Box::pin(self.step(entry, step))
    }
}

/// What follows from the secret and the binding.
struct Derived {
    key: LessSafeKey,
    data: String,
    name: String,
}

/// So many bytes out of HKDF.
struct Length;

const NAME_LENGTH: usize = 16;

impl KeyType for Length {
    fn len(&self) -> usize {
        NAME_LENGTH
    }
}

impl Derived {
    fn of(entry: &StoreEntry) -> Result<Self, StoreError> {
        let root = Salt::new(HKDF_SHA256, SALT).extract(entry.secret.expose().as_bytes());
        let key = root.expand(&[SEAL], &AES_256_GCM).map_err(|_| no_crypto())?;
        Ok(Self {
            key: LessSafeKey::new(UnboundKey::from(key)),
            data: format!("{DATA}{}", entry.binding),
            name: format!("{PREFIX}{}", name(&root, entry)?),
        })
    }

    fn lock_name(&self) -> String {
        format!("{}:lock", self.name)
    }

    fn seal(&self, text: &str) -> Result<String, StoreError> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(|_| no_crypto())?;
        self.seal_with(nonce, text)
    }

    fn seal_with(&self, nonce: [u8; NONCE_LEN], text: &str) -> Result<String, StoreError> {
        let mut sealed = text.as_bytes().to_vec();
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(self.data.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| no_crypto())?;
        Ok(format!("{VERSION}{}", STANDARD.encode([&nonce[..], &sealed].concat())))
    }

    /// Nothing for whatever this client's secret has not sealed for this binding.
    fn open(&self, value: &str) -> Option<String> {
        let mut bytes = STANDARD.decode(value.strip_prefix(VERSION)?).ok()?;
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let text = self.key.open_in_place(nonce, Aad::from(self.data.as_bytes()), sealed).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }
}

fn name(root: &Prk, entry: &StoreEntry) -> Result<String, StoreError> {
    let mut bytes = [0; NAME_LENGTH];
    let info = [NAME, entry.binding.as_bytes()];
    let derived = root.expand(&info, Length).map_err(|_| no_crypto())?;
    derived.fill(&mut bytes).map_err(|_| no_crypto())?;
    Ok(hex(&bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn no_crypto() -> StoreError {
    StoreError::new("the system's random numbers or its cryptography failed")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use logto_management_core::Secret;
    use serde_json::Value;

    use super::*;

    fn derived(secret: &str, binding: &str) -> Derived {
        Derived::of(&StoreEntry { secret: Secret::new(secret), binding: binding.to_owned() }).unwrap()
    }

    #[test]
    fn the_format_is_the_one_that_every_door_has() {
        let cases: Value = serde_json::from_str(include_str!("../../../tests/token-store.json")).unwrap();
        let text = |case: &Value, name: &str| case[name].as_str().unwrap().to_owned();
        for case in cases["sealed"].as_array().unwrap() {
            let derived = derived(&text(case, "secret"), &text(case, "binding"));
            let nonce = STANDARD.decode(text(case, "nonce")).unwrap().try_into().unwrap();
            assert_eq!(derived.name, text(case, "name"));
            assert_eq!(derived.seal_with(nonce, &text(case, "text")).unwrap(), text(case, "value"));
            assert_eq!(derived.open(&text(case, "value")), Some(text(case, "text")));
        }
        for case in cases["ignored"].as_array().unwrap() {
            let derived = derived(&text(case, "secret"), &text(case, "binding"));
            assert_eq!(derived.open(&text(case, "value")), None, "{}", text(case, "about"));
        }
    }

    #[test]
    fn no_bit_can_be_changed_and_no_end_cut_off() {
        let derived = derived("secret", "binding");
        let value = derived.seal("1\n2\n=all\ntoken").unwrap();
        assert!(derived.open(&value).is_some());
        let bytes = STANDARD.decode(&value[VERSION.len()..]).unwrap();
        for at in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[at / 8] ^= 1 << (at % 8);
            assert_eq!(derived.open(&format!("{VERSION}{}", STANDARD.encode(changed))), None, "bit {at}");
        }
        for end in 0..value.len() {
            assert_eq!(derived.open(&value[..end]), None, "the first {end} characters");
        }
    }

    #[test]
    fn no_value_is_made_twice_and_none_shows_what_it_is() {
        let (one, other) = (derived("secret", "https://t.logto.app/oidc/token\nid"), derived("other", "b"));
        assert_ne!(one.seal("token").unwrap(), one.seal("token").unwrap());
        assert_eq!(other.open(&one.seal("token").unwrap()), None);
        assert!(!one.name.contains("id") && !one.name.contains("logto.app"));
    }
}
