//! The trait behind which tokens come from, and its erased twin.

use std::{fmt, future::Future, sync::Arc};

use super::AccessToken;
use crate::{
    error::Error,
    rt::{BoxFuture, MaybeSend, MaybeSync},
};

/// Where access tokens come from. It caches; the client asks for each request.
pub trait TokenSource: MaybeSend + MaybeSync + 'static {
    /// A token that is good now.
    ///
    /// # Errors
    /// Whatever kept it from getting one; callers get it as it is.
    fn token(&self) -> impl Future<Output = Result<Arc<AccessToken>, Error>> + MaybeSend;

    /// The API refused this token. A token that was replaced already is left alone.
    fn invalidate(&self, rejected: &AccessToken);

    /// A good token if there is one at once, so that the usual case costs no future. `None` unless implemented.
    fn ready(&self) -> Option<Arc<AccessToken>> {
        None
    }
}

pub(crate) trait DynTokenSource: MaybeSend + MaybeSync {
    fn token_boxed(&self) -> BoxFuture<'_, Result<Arc<AccessToken>, Error>>;
    fn invalidate_dyn(&self, rejected: &AccessToken);
    fn ready(&self) -> Option<Arc<AccessToken>>;
}

impl<S: TokenSource> DynTokenSource for S {
    fn token_boxed(&self) -> BoxFuture<'_, Result<Arc<AccessToken>, Error>> {
        Box::pin(self.token())
    }
    fn invalidate_dyn(&self, rejected: &AccessToken) {
        self.invalidate(rejected);
    }
    fn ready(&self) -> Option<Arc<AccessToken>> {
        TokenSource::ready(self)
    }
}

/// Any token source, erased.
#[derive(Clone)]
pub(crate) struct BoxTokenSource(pub(crate) Arc<dyn DynTokenSource>);

impl fmt::Debug for BoxTokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoxTokenSource")
    }
}
