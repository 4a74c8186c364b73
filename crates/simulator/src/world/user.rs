//! Users: the one table that gets large.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::OnceLock;

use bytes::Bytes;

use super::rows::Jsonb;
use crate::json::string;

/// A row. `jsonb` columns are kept as the text that they are answered with.
#[derive(Debug)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) username: Option<String>,
    pub(crate) primary_email: Option<String>,
    pub(crate) primary_phone: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) avatar: Option<String>,
    pub(crate) custom_data: Jsonb,
    pub(crate) identities: Jsonb,
    pub(crate) profile: Jsonb,
    pub(crate) application_id: Option<String>,
    pub(crate) last_sign_in_at: Option<u64>,
    pub(crate) created_at: u64,
    pub(crate) updated_at: u64,
    pub(crate) is_suspended: bool,
    pub(crate) password: Option<String>,
    seq: u64,
    rendered: OnceLock<Bytes>,
}

impl User {
    pub(crate) fn new(id: String, now_ms: u64) -> Self {
        Self {
            id,
            username: None,
            primary_email: None,
            primary_phone: None,
            name: None,
            avatar: None,
            custom_data: Jsonb::object(),
            identities: Jsonb::object(),
            profile: Jsonb::object(),
            application_id: None,
            last_sign_in_at: None,
            created_at: now_ms,
            updated_at: now_ms,
            is_suspended: false,
            password: None,
            seq: 0,
            rendered: OnceLock::new(),
        }
    }

    /// As the API answers it. Rendered once, until it changes.
    pub(crate) fn json(&self) -> &Bytes {
        self.rendered.get_or_init(|| {
            let mut out = self.open();
            self.close(&mut out);
            Bytes::from(out)
        })
    }

    /// As other objects hold it: without `hasPassword`.
    pub(crate) fn raw(&self) -> Jsonb {
        let mut out = self.open();
        out.push('}');
        Jsonb::ready(out)
    }

    /// With `includePasswordHash`.
    pub(crate) fn json_with_password(&self) -> String {
        let mut out = self.open();
        let digest = self.password.as_ref().map(|password| format!("$argon2i$simulated${}", password.len()));
        member(&mut out, "passwordDigest", digest.as_deref());
        member(&mut out, "passwordAlgorithm", digest.as_ref().map(|_| "Argon2i"));
        self.close(&mut out);
        out
    }

    fn close(&self, out: &mut String) {
        // Writing to a String can't fail.
        let _ = write!(out, ",\"hasPassword\":{}}}", self.password.is_some());
    }

    fn open(&self) -> String {
        let mut out = String::with_capacity(420 + self.custom_data.text().len());
        out.push_str("{\"id\":");
        string(&mut out, &self.id);
        member(&mut out, "username", self.username.as_deref());
        member(&mut out, "primaryEmail", self.primary_email.as_deref());
        member(&mut out, "primaryPhone", self.primary_phone.as_deref());
        member(&mut out, "name", self.name.as_deref());
        member(&mut out, "avatar", self.avatar.as_deref());
        let last_sign_in = self.last_sign_in_at.map_or_else(|| "null".to_owned(), |at| at.to_string());
        // Writing to a String can't fail.
        let _ = write!(
            out,
            ",\"customData\":{},\"identities\":{},\"lastSignInAt\":{last_sign_in},\"createdAt\":{},\"updatedAt\":{},\"profile\":{}",
            self.custom_data.text(),
            self.identities.text(),
            self.created_at,
            self.updated_at,
            self.profile.text()
        );
        member(&mut out, "applicationId", self.application_id.as_deref());
        member(&mut out, "cimdClientId", None);
        let _ = write!(out, ",\"isSuspended\":{}", self.is_suspended);
        out
    }
}

fn member(out: &mut String, name: &str, value: Option<&str>) {
    out.push_str(",\"");
    out.push_str(name);
    out.push_str("\":");
    match value {
        Some(text) => string(out, text),
        None => out.push_str("null"),
    }
}

/// The table, in the order of creation; listings read it backwards.
#[derive(Debug, Default)]
pub(crate) struct Users {
    rows: Vec<User>,
    by_id: HashMap<String, u64>,
    next_seq: u64,
}

impl Users {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { rows: Vec::with_capacity(capacity), by_id: HashMap::with_capacity(capacity), next_seq: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn insert(&mut self, mut user: User) {
        user.seq = self.next_seq;
        self.next_seq += 1;
        self.by_id.insert(user.id.clone(), user.seq);
        self.rows.push(user);
    }

    /// How many rows there have ever been.
    pub(crate) fn ever(&self) -> usize {
        usize::try_from(self.next_seq).unwrap_or(usize::MAX)
    }

    fn position(&self, id: &str) -> Option<usize> {
        let seq = *self.by_id.get(id)?;
        self.rows.binary_search_by_key(&seq, |user| user.seq).ok()
    }

    pub(crate) fn contains(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    pub(crate) fn get(&self, id: &str) -> Option<&User> {
        self.rows.get(self.position(id)?)
    }

    /// To change it: what was rendered is forgotten.
    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut User> {
        let at = self.position(id)?;
        let user = self.rows.get_mut(at)?;
        user.rendered = OnceLock::new();
        Some(user)
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<User> {
        let at = self.position(id)?;
        self.by_id.remove(id);
        Some(self.rows.remove(at))
    }

    /// Newest first.
    pub(crate) fn newest(&self) -> impl DoubleEndedIterator<Item = &User> + ExactSizeIterator {
        self.rows.iter().rev()
    }

    /// `count` rows after the first `offset`, newest first.
    pub(crate) fn slice(&self, offset: usize, count: usize) -> impl Iterator<Item = &User> {
        let end = self.rows.len().saturating_sub(offset);
        let start = end.saturating_sub(count);
        self.rows.get(start..end).unwrap_or(&[]).iter().rev()
    }

    /// The id of the row at this place in the list; beyond the end it counts from the start again.
    pub(crate) fn id_at(&self, position: usize) -> Option<String> {
        if self.rows.is_empty() {
            return None;
        }
        let position = position % self.rows.len();
        self.rows.iter().rev().nth(position).map(|user| user.id.clone())
    }
}
