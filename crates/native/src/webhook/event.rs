//! What the body of a webhook's request says. Lenient: a newer Logto may send more, and leave things out, and nothing of it is lost.

use logto_management_operations::models::HookEvent;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// An event, by what brought it about.
///
/// ```
/// use logto_management::webhook::WebhookEvent;
///
/// let body = r#"{"hookId":"h1","event":"User.Created","createdAt":"2026-01-01T00:00:00.000Z","data":{"id":"u1"}}"#;
/// let event: WebhookEvent = serde_json::from_str(body)?;
/// let WebhookEvent::Data(change) = event else { panic!("a user is data") };
/// assert_eq!(change.data.as_ref().and_then(|user| user.get("id")), Some(&"u1".into()));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Errors
/// Deserializing fails where the body is no JSON object, or a known member is of another kind than it should be.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum WebhookEvent {
    /// Somebody registered, signed in or reset a password: `PostRegister`, `PostSignIn`, `PostSignInAdaptiveMfaTriggered`, `PostResetPassword`.
    Interaction(InteractionEvent),
    /// Something was made, changed or deleted: `User.…`, `Role.…`, `Scope.…`, `Organization….…`.
    Data(DataEvent),
    /// Something was refused: `Identifier.Lockout`, `Message.RateLimited`, `Grant.LimitExceeded`.
    Exception(ExceptionEvent),
    /// An event that this version does not know, whole.
    Other(Map<String, Value>),
}

impl WebhookEvent {
    /// Which event it is.
    #[must_use]
    pub fn event(&self) -> HookEvent {
        match self {
            Self::Interaction(event) => event.event.clone(),
            Self::Data(event) => event.event.clone(),
            Self::Exception(event) => event.event.clone(),
            Self::Other(members) => {
                HookEvent::from(members.get("event").and_then(Value::as_str).unwrap_or_default())
            }
        }
    }
}

impl<'de> Deserialize<'de> for WebhookEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = Map::deserialize(deserializer)?;
        let name = members.get("event").and_then(Value::as_str).unwrap_or_default();
        let event = HookEvent::from(name);
        let whole = |members| Value::Object(members);
        match (event, name.split('.').next()) {
            (HookEvent::Other(_), _) => Ok(Self::Other(members)),
            (_, Some("Identifier" | "Message" | "Grant")) => {
                serde_json::from_value(whole(members)).map(Self::Exception)
            }
            // Interactions have no subject before a dot.
            (_, Some(subject)) if subject == name => {
                serde_json::from_value(whole(members)).map(Self::Interaction)
            }
            _ => serde_json::from_value(whole(members)).map(Self::Data),
        }
        .map_err(serde::de::Error::custom)
    }
}

macro_rules! payload {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$about])*
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$doc])* #[serde(skip_serializing_if = "crate::webhook::event::is_absent")] pub $field: $type,)*
            /// Whatever else it said.
            #[serde(flatten)]
            pub more: Map<String, Value>,
        }
    };
}

/// Members that were not there are not there when written again.
trait Absent {
    fn is_none(&self) -> bool;
}

impl<T> Absent for Option<T> {
    fn is_none(&self) -> bool {
        Self::is_none(self)
    }
}

impl Absent for String {
    fn is_none(&self) -> bool {
        self.is_empty()
    }
}

impl Absent for HookEvent {
    fn is_none(&self) -> bool {
        self.as_str().is_empty()
    }
}

fn is_absent(value: &impl Absent) -> bool {
    value.is_none()
}

payload! {
    /// Somebody registered, signed in or reset a password.
    InteractionEvent {
        /// The webhook that sends it.
        hook_id: String,
        /// Which event it is.
        event: HookEvent,
        /// When it happened, as in ISO 8601.
        created_at: String,
        /// `SignIn`, `Register` or `ForgotPassword`.
        interaction_event: Option<String>,
        /// The session, where there is one.
        session_id: Option<String>,
        /// The user's browser.
        user_agent: Option<String>,
        /// The user's address.
        user_ip: Option<String>,
        /// Who it was.
        user_id: Option<String>,
        /// What is known of the user.
        user: Option<Box<WebhookUser>>,
        /// The application that the user signed in to.
        application_id: Option<String>,
        /// The same, in short.
        application: Option<WebhookApplication>,
    }
}

payload! {
    /// Something was made, changed or deleted: by a user, or through the Management API.
    DataEvent {
        /// The webhook that sends it.
        hook_id: String,
        /// Which event it is.
        event: HookEvent,
        /// When it happened, as in ISO 8601.
        created_at: String,
        /// What it is now: a user, a role, an organization…. None where it was deleted, and for most memberships.
        data: Option<Value>,
        /// The caller's program.
        user_agent: Option<String>,
        /// The caller's address.
        ip: Option<String>,
        /// Of a call to the Management API: its path.
        path: Option<String>,
        /// Of a call to the Management API: its method.
        method: Option<String>,
        /// Of a call to the Management API: the status that it was answered with.
        status: Option<u16>,
        /// Of a call to the Management API: the parameters in its path.
        params: Option<Map<String, Value>>,
        /// Of a call to the Management API: the template of its path.
        matched_route: Option<String>,
        /// Of a user's interaction: `SignIn`, `Register` or `ForgotPassword`.
        interaction_event: Option<String>,
        /// Of a user's interaction: the session.
        session_id: Option<String>,
        /// Of a user's interaction: the application.
        application_id: Option<String>,
    }
}

payload! {
    /// Something was refused: too many attempts, messages or grants.
    ExceptionEvent {
        /// The webhook that sends it.
        hook_id: String,
        /// Which event it is.
        event: HookEvent,
        /// When it happened, as in ISO 8601.
        created_at: String,
        /// `SignIn`, `Register` or `ForgotPassword`.
        interaction_event: Option<String>,
        /// The session, where there is one.
        session_id: Option<String>,
        /// The application, where there is one.
        application_id: Option<String>,
        /// The caller's program.
        user_agent: Option<String>,
        /// The caller's address.
        user_ip: Option<String>,
    }
}

payload! {
    /// A user, as events tell of one.
    WebhookUser {
        /// The id.
        id: String,
        /// The name to sign in with.
        username: Option<String>,
        /// The e-mail address.
        primary_email: Option<String>,
        /// The telephone number.
        primary_phone: Option<String>,
        /// The name to show.
        name: Option<String>,
        /// The address of a picture.
        avatar: Option<String>,
        /// Whatever was stored with the user.
        custom_data: Option<Map<String, Value>>,
        /// Whether the user may not sign in.
        is_suspended: Option<bool>,
        /// The application that the user registered through.
        application_id: Option<String>,
    }
}

payload! {
    /// An application, as events tell of one.
    WebhookApplication {
        /// The id.
        id: String,
        /// `Native`, `SPA`, `Traditional`, `MachineToMachine`, `Protected` or `SAML`.
        r#type: Option<String>,
        /// The name.
        name: Option<String>,
        /// What it is.
        description: Option<String>,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::{HookEvent, WebhookEvent};
    use serde_json::{Value, json};

    #[test]
    fn events_keep_all_that_they_said() {
        let cases: Value = serde_json::from_str(include_str!("../../../../tests/webhooks.json")).unwrap();
        for case in cases["events"].as_array().unwrap() {
            let event: WebhookEvent = serde_json::from_value(case["body"].clone()).unwrap();
            let kind = match &event {
                WebhookEvent::Interaction(_) => "interaction",
                WebhookEvent::Data(_) => "data",
                WebhookEvent::Exception(_) => "exception",
                WebhookEvent::Other(_) => "other",
            };
            assert_eq!(case["kind"], kind, "{case}");
            assert_eq!(case["body"]["event"], event.event().as_str());
            // A null says as much as nothing.
            let mut body = case["body"].clone();
            body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
            let mut written = serde_json::to_value(&event).unwrap();
            written.as_object_mut().unwrap().retain(|_, value| !value.is_null());
            assert_eq!(written, body);
        }
    }

    #[test]
    fn every_known_event_has_its_kind() {
        for known in HookEvent::KNOWN {
            let event: WebhookEvent = serde_json::from_value(json!({ "event": known.as_str() })).unwrap();
            assert_eq!(&event.event(), known);
            assert!(!matches!(event, WebhookEvent::Other(_)), "{known}");
        }
        assert!(serde_json::from_str::<WebhookEvent>("[]").is_err());
    }
}
