//! Enumerations and unions that take what they do not know.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// An enumeration of strings. What is not known is kept as `Other`.
macro_rules! open_enum {
    ($(#[$attribute:meta])* $name:ident { $($variant:ident = $text:literal,)* }) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("`", $text, "`")] $variant,)*
            /// A value that this version does not know.
            Other(String),
        }

        impl $name {
            /// Every value that this version knows.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant,)*];

            /// The text on the wire.
            #[must_use]
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            #[inline]
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        $crate::open::open_enum_traits!($name);
    };
}

/// What is the same for all of them.
macro_rules! open_enum_traits {
    ($name:ident) => {
        impl From<String> for $name {
            #[inline]
            fn from(text: String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl AsRef<str> for $name {
            #[inline]
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        /// The empty text.
        impl Default for $name {
            #[inline]
            fn default() -> Self {
                Self::Other(String::new())
            }
        }

        impl serde::Serialize for $name {
            #[inline]
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <std::borrow::Cow<'de, str>>::deserialize(deserializer).map(|text| Self::from(&*text))
            }
        }
    };
}

/// A union. The first variant whose condition holds and whose type fits is taken; what fits none is kept as `Other`.
macro_rules! union {
    ($(#[$attribute:meta])* $name:ident { $($variant:ident($ty:ty) if $fits:expr,)* }) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        #[allow(clippy::large_enum_variant, reason = "few are held at a time")]
        pub enum $name {
            $(#[allow(missing_docs)] $variant($ty),)*
            /// What this version does not know.
            Other(serde_json::Value),
        }

        /// Null.
        impl Default for $name {
            #[inline]
            fn default() -> Self {
                Self::Other(serde_json::Value::Null)
            }
        }

        $(impl From<$ty> for $name {
            #[inline]
            fn from(value: $ty) -> Self {
                Self::$variant(value)
            }
        })*

        impl serde::Serialize for $name {
            #[inline]
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => value.serialize(serializer),)*
                    Self::Other(value) => value.serialize(serializer),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = serde_json::Value::deserialize(deserializer)?;
                $(if $fits(&value)
                    && let Ok(found) = <$ty as serde::Deserialize>::deserialize(&value)
                {
                    return Ok(Self::$variant(found));
                })*
                Ok(Self::Other(value))
            }
        }
    };
}

pub(crate) use {open_enum, open_enum_traits, union};

/// Whether an object has one of these marks under `key`.
pub(crate) fn marked(value: &Value, key: &str, marks: &[&str]) -> bool {
    value.get(key).and_then(Value::as_str).is_some_and(|mark| marks.contains(&mark))
}

/// Whether an object has these keys.
pub(crate) fn has(value: &Value, keys: &[&str]) -> bool {
    value.as_object().is_some_and(|object| keys.iter().all(|key| object.contains_key(*key)))
}

/// For a key that should never be null: where it is, the empty value stands in, as it does where the key is missing.
pub(crate) fn filled<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// For a key of any type that may be absent: null is a value that is there.
pub(crate) fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}
