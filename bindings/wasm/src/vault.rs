//! The token store: sealing and storing happen in JavaScript (`npm/src/engine/vault.ts`), where WebCrypto is.

use logto_management_core::{BoxFuture, StoreEntry, StoreError, TokenVault, VaultStep};

use crate::{host::Host, tasks::Waiting};

pub(crate) struct HostVault(pub(crate) Host);

impl TokenVault for HostVault {
    fn run<'a>(
        &'a self,
        entry: &'a StoreEntry,
        step: VaultStep<'a>,
    ) -> BoxFuture<'a, Result<Option<String>, StoreError>> {
        Box::pin(async move {
            let (number, text, ttl) = match step {
                VaultStep::Load => (0, "", 0),
                VaultStep::Save(text, ttl) => (1, text, ttl.as_millis()),
                VaultStep::Lock(ttl) => (2, "", ttl.as_millis()),
                VaultStep::Unlock => (3, "", 0),
            };
            let mut question = Waiting::on(&self.0);
            let key = question.key();
            self.0.vault(key, number, entry.secret.expose(), &entry.binding, text, ttl as f64);
            (&mut question).await;
            // Behind a `+` what it gave, behind a `-` why it failed.
            let Some(mut told) = self.0.given_token(key) else { return Ok(None) };
            let sign = told.remove(0);
            if sign == '+' { Ok(Some(told)) } else { Err(StoreError::new(told)) }
        })
    }
}
