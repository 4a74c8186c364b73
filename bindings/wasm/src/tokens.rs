//! Tokens from a JavaScript function: `createApiClient`'s `getToken`.

use std::sync::Arc;

use logto_management_core::{AccessToken, Error, TokenSource, UnixMillis};

use crate::{host::Host, tasks::Waiting};

/// Asks the function for each request; it keeps tokens itself, or not.
///
/// What it throws is JavaScript's and cannot travel through the core: the host keeps it under the question's key, and the error's message is
/// `getToken #<key>`, by which the façade finds it again.
pub(crate) struct HostTokens(pub(crate) Host);

impl TokenSource for HostTokens {
    async fn token(&self) -> Result<Arc<AccessToken>, Error> {
        let mut question = Waiting::on(&self.0);
        let key = question.key();
        self.0.ask_token(key);
        (&mut question).await;
        let given = self.0.given_token(key);
        let value = given.ok_or_else(|| Error::token_unavailable(format!("getToken #{key}")))?;
        // When it ends, only the function knows.
        AccessToken::new(value, UnixMillis(u64::MAX), None).map(Arc::new)
    }

    fn invalidate(&self, _: &AccessToken) {}
}
