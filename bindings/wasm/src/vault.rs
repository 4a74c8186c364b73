//! The token store: sealing and storing happen in JavaScript (`npm/src/engine/vault.ts`), where WebCrypto is.

use logto_management_core::{BoxFuture, StoreEntry, StoreError, TokenVault, VaultStep};

use crate::{clock::millis, host::Host, tasks::Waiting};

pub(crate) struct HostVault(pub(crate) Host);

impl TokenVault for HostVault {
    fn run<'a>(
        &'a self,
        entry: &'a StoreEntry,
        step: VaultStep<'a>,
    ) -> BoxFuture<'a, Result<Option<String>, StoreError>> {
        Box::pin(async move {
            let (number, text, ttl) = match step {
                VaultStep::Load => (0, "", 0.0),
                VaultStep::Save(text, ttl) => (1, text, millis(ttl)),
                VaultStep::Lock(ttl) => (2, "", millis(ttl)),
                VaultStep::Unlock => (3, "", 0.0),
            };
            let question = Waiting::new();
            self.0.vault(question.key(), number, entry.secret.expose(), &entry.binding, text, ttl);
            let given = question.await;
            match given.number {
                0 => Ok(None),
                1 => Ok(Some(given.text)),
                _ => Err(StoreError::new(given.text)),
            }
        })
    }
}
