//! Whether a webhook's request comes from Logto.

use std::borrow::Cow;

use pyo3::prelude::*;

/// As in `logto_management::verify_webhook_signature`.
#[pyfunction]
#[expect(clippy::needless_pass_by_value, reason = "what PyO3 gives")]
pub(crate) fn verify_webhook_signature(
    signing_key: Cow<'_, str>,
    body: &[u8],
    signature: Cow<'_, str>,
) -> bool {
    logto_management::verify_webhook_signature(&signing_key, body, &*signature)
}
