//! What a simulated tenant is like.

use serde::{Deserialize, Serialize};

/// The client id of the application that may use the Management API.
pub const CLIENT_ID: &str = "m2m-app";
/// The client id of the application without any role.
pub const NO_ROLE_CLIENT_ID: &str = "m2m-no-role";
/// The secret of both.
pub const CLIENT_SECRET: &str = "m2m-secret";

/// The tenant, as it is at the start. Every member has a default; in JSON the names are in camelCase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Options {
    /// How many users there are. Default 500.
    pub users: usize,
    /// How many roles for users, besides the one that gives access to the Management API. Default 5. The first one is held by the first half of the users, rounded up.
    pub roles: usize,
    /// How many organisations. Default 3. The first tenth of the users are members of the first one.
    pub organizations: usize,
    /// How many rows the audit log has. Default 50. Each token request adds one.
    pub logs: usize,
    /// Where all ids and random choices come from: the same seed gives the same tenant and the same answers. Default 1.
    pub seed: u64,
    /// The application with the role "Logto Management API access". Default `m2m-app`.
    pub client_id: String,
    /// Its secret. Default `m2m-secret`. The application `m2m-no-role` has the same one.
    pub client_secret: String,
    /// Default `default`.
    pub tenant_id: String,
    /// The resource indicator of the Management API. Default `https://default.logto.app/api`.
    pub api_indicator: String,
    /// How many seconds an access token for the Management API lives. Default 3600. It can be changed while the simulator runs.
    pub token_lifetime: u64,
    /// When the tenant's rows were made, in milliseconds since 1970. Default 2026-01-01T00:00:00Z.
    pub epoch_ms: u64,
    /// Default: a token bucket of 200 requests, refilled with 20 a second, that counts violations and refuses nothing.
    pub rate_limit: Option<RateLimit>,
    /// Rows that come and go while someone pages. Default: none.
    pub churn: Churn,
    /// Every answer takes at least so many milliseconds. Default 0.
    pub latency_ms: u64,
    /// If greater than `latencyMs`, each answer takes a random time between the two. Default 0.
    pub latency_max_ms: u64,
    /// Whether answers of 1 KiB and more are compressed (gzip, deflate) for clients that accept it, as a real Logto does. Default no.
    pub compress: bool,
    /// How many of the last requests are kept for `seen`. Default 1000.
    pub record_requests: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            users: 500,
            roles: 5,
            organizations: 3,
            logs: 50,
            seed: 1,
            client_id: CLIENT_ID.to_owned(),
            client_secret: CLIENT_SECRET.to_owned(),
            tenant_id: "default".to_owned(),
            api_indicator: "https://default.logto.app/api".to_owned(),
            token_lifetime: 3600,
            epoch_ms: 1_767_225_600_000,
            rate_limit: Some(RateLimit::default()),
            churn: Churn::default(),
            latency_ms: 0,
            latency_max_ms: 0,
            compress: false,
            record_requests: 1000,
        }
    }
}

/// The limit that Logto Cloud has for each tenant: a token bucket.
///
/// Requests to the Management API count; token requests do not. A request that finds the bucket empty is a violation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RateLimit {
    /// How many requests the bucket is refilled with in `per_ms`. Default 200.
    pub requests: u64,
    /// Default 10,000.
    pub per_ms: u64,
    /// How many the bucket holds. Default 200.
    pub burst: u64,
    /// Whether violations are answered by 429 instead of only being counted. Default no.
    pub enforce: bool,
    /// Whether such a 429 has a `Retry-After` header (in whole seconds, rounded up). Default yes.
    pub retry_after: bool,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self { requests: 200, per_ms: 10_000, burst: 200, enforce: false, retry_after: true }
    }
}

/// Users that are made and deleted while someone lists users.
///
/// List requests (`GET /api/users`) are counted from 1. What happens, happens just before one of them is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Churn {
    /// How many users are made before each list request but the first.
    pub inserts: u32,
    /// How many random users are deleted before each list request but the first.
    pub deletes: u32,
    /// What happens before particular list requests.
    pub schedule: Vec<ChurnStep>,
}

/// What happens just before one list request is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ChurnStep {
    /// Before which list request; the first is 1.
    pub before: u64,
    /// How many users are deleted, by their position in the list at that moment: 0 is the newest. Beyond the end counts from the start again.
    pub delete: Vec<usize>,
    /// How many users are then made.
    pub insert: u32,
}
