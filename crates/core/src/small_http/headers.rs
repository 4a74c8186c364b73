//! Headers: a list, since there are ten of them.

use std::borrow::Cow;

/// A header's name, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderName(Cow<'static, str>);

/// A name that HTTP does not allow.
#[derive(Debug)]
pub struct InvalidHeaderName;

impl HeaderName {
    /// A name known to be sound.
    #[must_use]
    pub const fn from_static(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// Checks a name (a token of RFC 9110, section 5.6.2), and lowers its case.
    ///
    /// # Errors
    /// Where it is none.
    pub fn from_bytes(name: &[u8]) -> Result<Self, InvalidHeaderName> {
        let text = std::str::from_utf8(name).map_err(|_| InvalidHeaderName)?;
        let sound = !text.is_empty() && text.bytes().all(is_token);
        sound.then(|| Self(Cow::Owned(text.to_ascii_lowercase()))).ok_or(InvalidHeaderName)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

pub(super) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || crate::text::is_one_of(byte, b"!#$%&'*+-.^_`|~")
}

/// A header's value: bytes without control characters.
#[derive(Clone, PartialEq, Eq)]
pub struct HeaderValue {
    bytes: Cow<'static, [u8]>,
    sensitive: bool,
}

/// A value that HTTP does not allow, or that is no text.
#[derive(Debug)]
pub struct InvalidHeaderValue;

impl HeaderValue {
    /// A value known to be sound.
    #[must_use]
    pub const fn from_static(value: &'static str) -> Self {
        Self { bytes: Cow::Borrowed(value.as_bytes()), sensitive: false }
    }

    /// Checks a value.
    ///
    /// # Errors
    /// Where it holds a control character other than a tab.
    pub fn from_bytes(value: &[u8]) -> Result<Self, InvalidHeaderValue> {
        let sound = value.iter().all(|byte| matches!(byte, b'\t' | 0x20..=0x7e | 0x80..));
        sound.then(|| Self { bytes: Cow::Owned(value.to_vec()), sensitive: false }).ok_or(InvalidHeaderValue)
    }

    /// Checks a value.
    ///
    /// # Errors
    /// As [`from_bytes`](Self::from_bytes).
    // The crate's name for it, which goes before the trait.
    #[allow(clippy::should_implement_trait, reason = "as in the crate that this stands for")]
    pub fn from_str(value: &str) -> Result<Self, InvalidHeaderValue> {
        Self::from_bytes(value.as_bytes())
    }

    /// The value as text.
    ///
    /// # Errors
    /// Where it has bytes beyond ASCII.
    pub fn to_str(&self) -> Result<&str, InvalidHeaderValue> {
        let text = std::str::from_utf8(&self.bytes).ok().filter(|text| text.is_ascii());
        text.ok_or(InvalidHeaderValue)
    }

    /// The value.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Marks it as one that is not to be printed.
    pub const fn set_sensitive(&mut self, sensitive: bool) {
        self.sensitive = sensitive;
    }
}

impl TryFrom<&str> for HeaderValue {
    type Error = InvalidHeaderValue;
    fn try_from(value: &str) -> Result<Self, InvalidHeaderValue> {
        Self::from_str(value)
    }
}

impl TryFrom<String> for HeaderValue {
    type Error = InvalidHeaderValue;
    fn try_from(value: String) -> Result<Self, InvalidHeaderValue> {
        Self::from_str(&value)
    }
}

impl std::fmt::Debug for HeaderValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = if self.sensitive { Cow::Borrowed("Sensitive") } else { crate::text::lossy(&self.bytes) };
        f.write_str(&shown)
    }
}

/// What a header can be asked for by.
pub trait AsHeaderName {
    /// Its name, in lower case.
    fn name(&self) -> &str;
}

impl AsHeaderName for &str {
    fn name(&self) -> &str {
        self
    }
}

impl AsHeaderName for HeaderName {
    fn name(&self) -> &str {
        &self.0
    }
}

impl AsHeaderName for &HeaderName {
    fn name(&self) -> &str {
        &self.0
    }
}

/// What a header can be set by.
pub trait IntoHeaderName {
    /// The name.
    fn into_name(self) -> HeaderName;
}

impl IntoHeaderName for &'static str {
    fn into_name(self) -> HeaderName {
        HeaderName::from_static(self)
    }
}

impl IntoHeaderName for HeaderName {
    fn into_name(self) -> HeaderName {
        self
    }
}

/// Headers in their order; a name may come several times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderMap(Vec<(HeaderName, HeaderValue)>);

impl HeaderMap {
    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Sets a header, in place of all of this name.
    pub fn insert(&mut self, name: impl IntoHeaderName, value: HeaderValue) {
        let name = name.into_name();
        self.0.retain(|(other, _)| *other != name);
        self.append(name, value);
    }

    /// Adds a header.
    pub fn append(&mut self, name: impl IntoHeaderName, value: HeaderValue) {
        self.0.push((name.into_name(), value));
    }

    /// Takes all headers of a name out; gives the first.
    pub fn remove(&mut self, name: impl AsHeaderName) -> Option<HeaderValue> {
        let first = self.get(name.name()).cloned()?;
        self.0.retain(|(other, _)| other.as_str() != name.name());
        Some(first)
    }

    /// One after the other.
    pub fn iter(&self) -> <&Self as IntoIterator>::IntoIter {
        self.into_iter()
    }

    /// The first value of a name.
    pub fn get(&self, name: impl AsHeaderName) -> Option<&HeaderValue> {
        self.find(name.name())
    }

    fn find(&self, name: &str) -> Option<&HeaderValue> {
        self.0.iter().find(|(other, _)| other.as_str() == name).map(|(_, value)| value)
    }

    /// All values of a name.
    pub fn get_all<N: AsHeaderName>(&self, name: N) -> GetAll<'_, N> {
        GetAll { map: self, name }
    }

    /// Whether there is one of this name.
    pub fn contains_key(&self, name: impl AsHeaderName) -> bool {
        self.get(name).is_some()
    }

    /// The place of a name.
    pub const fn entry(&mut self, name: HeaderName) -> Entry<'_> {
        Entry { map: self, name }
    }
}

impl<'a> IntoIterator for &'a HeaderMap {
    type Item = (&'a HeaderName, &'a HeaderValue);
    type IntoIter = std::iter::Map<
        std::slice::Iter<'a, (HeaderName, HeaderValue)>,
        fn(&'a (HeaderName, HeaderValue)) -> (&'a HeaderName, &'a HeaderValue),
    >;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|(name, value)| (name, value))
    }
}

/// All values of a name.
#[derive(Debug)]
pub struct GetAll<'a, N> {
    map: &'a HeaderMap,
    name: N,
}

impl<'a, N: AsHeaderName> GetAll<'a, N> {
    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = &'a HeaderValue> {
        let all = self.map.0.iter().filter(|(name, _)| name.as_str() == self.name.name());
        all.map(|(_, value)| value)
    }
}

/// The place of a name.
#[derive(Debug)]
pub struct Entry<'a> {
    map: &'a mut HeaderMap,
    name: HeaderName,
}

impl Entry<'_> {
    /// Sets the header where there is none of this name.
    pub fn or_insert(self, value: HeaderValue) {
        self.or_insert_with(|| value);
    }

    /// Sets the header where there is none of this name.
    pub fn or_insert_with(self, value: impl FnOnce() -> HeaderValue) {
        if !self.map.contains_key(&self.name) {
            self.map.append(self.name, value());
        }
    }
}
