//! Known causes of answers that say little.

use crate::{error::ApiErrorBody, text};

/// What a path outside the API leads to.
pub(crate) const NO_API_PREFIX: &str =
    "Paths of the Management API begin with /api/; elsewhere the server answers with its sign-in page or 404";

/// Whether a route is known, and none of the API's.
pub(crate) fn is_outside_api(route: &str) -> bool {
    route.starts_with('/') && !route.starts_with("/api/")
}

/// The API's way to say that the token is for another resource.
pub(super) fn is_wrong_audience(body: &[u8]) -> bool {
    let data = ApiErrorBody::parse(body).data;
    data.is_some_and(|data| text::contains(&data, "ERR_JWT_CLAIM_VALIDATION_FAILED"))
}

/// What the token lacks when its scope was not granted.
pub(crate) const MISSING_ROLE: &str = "The access token was granted no scope \"all\": give the machine-to-machine application the role \"Logto Management API access\" (Console > Applications > the application > Roles)";
