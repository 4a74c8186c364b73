//! Webhooks: whether a request comes from Logto, and what it says.
//!
//! ```
//! # fn handle(signing_key: &str, headers: &http::HeaderMap, body: &[u8]) -> u16 {
//! use logto_management::webhook::{SIGNATURE_HEADER, verify_webhook_signature};
//!
//! let signature = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
//! if !verify_webhook_signature(signing_key, body, signature) {
//!     return 401;
//! }
//! # #[cfg(feature = "hooks")]
//! if let Ok(logto_management::webhook::WebhookEvent::Data(change)) = serde_json::from_slice(body) {
//!     println!("{}: {:?}", change.event, change.data);
//! }
//! 204
//! # }
//! ```
//!
//! Logto signs the bytes of the body as it sends them: verify those, and not what a parser made of them.

#[cfg(feature = "hooks")]
mod event;
mod verify;

#[cfg(feature = "hooks")]
pub use event::{DataEvent, ExceptionEvent, InteractionEvent, WebhookApplication, WebhookEvent, WebhookUser};
pub use verify::{SIGNATURE_HEADER, verify_webhook_signature};
