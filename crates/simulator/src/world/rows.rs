//! The small tables: each row as the API answers it.

use std::collections::{BTreeMap, HashSet};

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::json::{Js, jsonb, parse};

/// A `jsonb` column, kept as the text that it is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Jsonb(String);

impl Jsonb {
    pub(crate) fn object() -> Self {
        Self("{}".to_owned())
    }

    pub(crate) fn of(value: &Js) -> Self {
        Self(jsonb(value))
    }

    /// Text that already is what it should be.
    pub(crate) fn ready(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// The top-level members of both; the new ones win.
    pub(crate) fn merged(&self, new: &Js) -> Self {
        let mut members = match parse(self.0.as_bytes()).map(|document| document.value) {
            Ok(Js::Object(members)) => members,
            _ => Vec::new(),
        };
        if let Js::Object(new) = new {
            members.extend(new.iter().cloned());
        }
        Self::of(&Js::Object(members))
    }
}

impl Serialize for Jsonb {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match RawValue::from_string(self.0.clone()) {
            Ok(raw) => raw.serialize(serializer),
            Err(_) => serializer.serialize_unit(),
        }
    }
}

/// What the tables have in common.
pub(crate) trait Row: Serialize {
    fn id(&self) -> &str;
}

macro_rules! rows {
    ($($row:ident),*) => {$(
        impl Row for $row {
            fn id(&self) -> &str {
                &self.id
            }
        }
    )*};
}

rows!(
    Role,
    Application,
    Resource,
    Scope,
    Organization,
    OrganizationRole,
    OrganizationScope,
    Hook,
    Log,
    Invitation
);

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Role {
    pub(crate) tenant_id: String,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) is_default: bool,
    #[serde(skip)]
    pub(crate) users: HashSet<String>,
    #[serde(skip)]
    pub(crate) applications: Vec<String>,
    #[serde(skip)]
    pub(crate) scopes: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Application {
    pub(crate) tenant_id: String,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) oidc_client_metadata: Jsonb,
    pub(crate) custom_client_metadata: Jsonb,
    pub(crate) protected_app_metadata: Option<Jsonb>,
    pub(crate) custom_data: Jsonb,
    pub(crate) is_third_party: bool,
    pub(crate) app_level_access_control_enabled: bool,
    pub(crate) created_at: u64,
    #[serde(skip)]
    pub(crate) secrets: Vec<Secret>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Secret {
    pub(crate) tenant_id: String,
    pub(crate) application_id: String,
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) created_at: u64,
    pub(crate) expires_at: Option<u64>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Resource {
    pub(crate) tenant_id: String,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) indicator: String,
    pub(crate) is_default: bool,
    pub(crate) access_token_ttl: u64,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Scope {
    pub(crate) tenant_id: String,
    pub(crate) id: String,
    pub(crate) resource_id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) created_at: u64,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Organization {
    pub(crate) tenant_id: String,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) custom_data: Jsonb,
    pub(crate) is_mfa_required: bool,
    pub(crate) color: Jsonb,
    pub(crate) branding: Jsonb,
    pub(crate) custom_css: Option<String>,
    pub(crate) created_at: u64,
    /// Members, each with its organisation roles.
    #[serde(skip)]
    pub(crate) users: BTreeMap<String, Vec<String>>,
    #[serde(skip)]
    pub(crate) applications: BTreeMap<String, Vec<String>>,
    #[serde(skip)]
    pub(crate) jit_email_domains: Vec<String>,
    #[serde(skip)]
    pub(crate) jit_roles: Vec<String>,
    #[serde(skip)]
    pub(crate) jit_sso_connectors: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrganizationRole {
    pub(crate) tenant_id: String,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(skip)]
    pub(crate) scopes: Vec<String>,
    #[serde(skip)]
    pub(crate) resource_scopes: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrganizationScope {
    pub(crate) tenant_id: String,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Hook {
    pub(crate) tenant_id: String,
    pub(crate) id: String,
    pub(crate) name: String,
    /// Null in every real answer, whatever the document says.
    pub(crate) event: Option<String>,
    pub(crate) events: Vec<String>,
    pub(crate) config: Jsonb,
    pub(crate) signing_key: String,
    pub(crate) enabled: bool,
    pub(crate) created_at: u64,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Log {
    pub(crate) tenant_id: String,
    pub(crate) id: String,
    pub(crate) key: String,
    pub(crate) payload: Jsonb,
    pub(crate) created_at: u64,
    #[serde(skip)]
    pub(crate) application_id: Option<String>,
    #[serde(skip)]
    pub(crate) user_id: Option<String>,
    #[serde(skip)]
    pub(crate) hook_id: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Invitation {
    pub(crate) tenant_id: String,
    pub(crate) id: String,
    pub(crate) inviter_id: Option<String>,
    pub(crate) invitee: String,
    pub(crate) accepted_user_id: Option<String>,
    pub(crate) organization_id: String,
    pub(crate) status: String,
    pub(crate) created_at: u64,
    pub(crate) updated_at: u64,
    pub(crate) expires_at: u64,
    #[serde(skip)]
    pub(crate) roles: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PersonalAccessToken {
    pub(crate) tenant_id: String,
    pub(crate) user_id: String,
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) created_at: u64,
    pub(crate) expires_at: Option<u64>,
}
