//! Tokens from a JavaScript function: `createApiClient`'s `getToken`.

use std::sync::Arc;

use logto_management_core::{AccessToken, Error, TokenSource, UnixMillis, json, text::joined};

use crate::{host::Host, tasks::Waiting};

/// Asks the function for each request; it keeps tokens itself, or not.
///
/// What it throws is JavaScript's and cannot travel through the core: the host keeps it under the question's key, and the error's message is
/// `getToken #<key>`, by which the façade finds it again.
pub(crate) struct HostTokens(pub(crate) Host);

impl TokenSource for HostTokens {
    async fn token(&self) -> Result<Arc<AccessToken>, Error> {
        let question = Waiting::new();
        let key = question.key();
        self.0.ask(key);
        let given = question.await;
        if given.number == 0 {
            return Err(Error::token_unavailable(joined(&["getToken #", &json::number(key.into())], "")));
        }
        // When it ends, only the function knows.
        AccessToken::new(given.text, UnixMillis(u64::MAX), None).map(Arc::new)
    }

    fn invalidate(&self, _: &AccessToken) {}
}
