//! Tokens from a JavaScript function: `createApiClient`'s `getToken`.

use std::sync::Arc;

use js_sys::{Function, Promise};
use logto_management_core::{AccessToken, Error, TokenSource, UnixMillis};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// Asks the function for each request; it keeps tokens itself, or not.
///
/// What it throws is JavaScript's and cannot travel through the core. The façade wraps the function: it keeps what was thrown and rejects
/// with a string by which it finds it again, which becomes the error's message.
pub(crate) struct JsTokens(pub(crate) Function);

impl TokenSource for JsTokens {
    async fn token(&self) -> Result<Arc<AccessToken>, Error> {
        let failed = |why: JsValue| Error::token_unavailable(why.as_string().unwrap_or_default());
        let value = self.0.call0(&JsValue::UNDEFINED).map_err(failed)?;
        let value = JsFuture::from(Promise::resolve(&value)).await.map_err(failed)?;
        let value = value.as_string().ok_or_else(|| Error::token_unavailable("getToken gave no string"))?;
        // When it ends, only the function knows.
        AccessToken::new(value, UnixMillis(u64::MAX), None).map(Arc::new)
    }

    fn invalidate(&self, _: &AccessToken) {}
}
