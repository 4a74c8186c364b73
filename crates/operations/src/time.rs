//! [`Time`]: a point in time as Logto writes it.

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use logto_management_core::UnixMillis;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Milliseconds since 1970, in UTC. On the wire a whole number; where a fraction comes, it is dropped.
///
/// ```
/// use logto_management_operations::Time;
/// use std::time::{Duration, UNIX_EPOCH};
///
/// let time: Time = serde_json::from_str("1700000000123")?;
/// assert_eq!(time.to_system_time(), Some(UNIX_EPOCH + Duration::from_millis(1_700_000_000_123)));
/// assert_eq!(serde_json::to_string(&time)?, "1700000000123");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// From milliseconds since 1970.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// As the standard library has it; `None` where the platform cannot.
    #[must_use]
    pub fn to_system_time(self) -> Option<SystemTime> {
        let distance = Duration::from_millis(self.0.unsigned_abs());
        if self.0 < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<i64> for Time {
    fn from(millis: i64) -> Self {
        Self(millis)
    }
}

impl From<UnixMillis> for Time {
    fn from(time: UnixMillis) -> Self {
        Self(i64::try_from(time.0).unwrap_or(i64::MAX))
    }
}

impl From<SystemTime> for Time {
    fn from(time: SystemTime) -> Self {
        let millis = |distance: Duration| i64::try_from(distance.as_millis()).unwrap_or(i64::MAX);
        Self(match time.duration_since(UNIX_EPOCH) {
            Ok(after) => millis(after),
            Err(before) => -millis(before.duration()),
        })
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

impl<'de> Deserialize<'de> for Time {
    /// Takes a fraction too, and drops it: the database counts microseconds, and some of its times pass through JSON on the way.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Time;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("milliseconds since 1970")
            }
            fn visit_i64<E>(self, millis: i64) -> Result<Time, E> {
                Ok(Time(millis))
            }
            fn visit_u64<E: de::Error>(self, millis: u64) -> Result<Time, E> {
                i64::try_from(millis).map(Time).map_err(|_| E::custom("a time beyond all counting"))
            }
            fn visit_f64<E: de::Error>(self, millis: f64) -> Result<Time, E> {
                // Beyond this a double cannot tell two milliseconds apart, and no date is.
                const LIMIT: f64 = 9_007_199_254_740_992.0;
                if !millis.is_finite() || millis.abs() > LIMIT {
                    return Err(E::custom("a time beyond all counting"));
                }
                #[expect(clippy::cast_possible_truncation, reason = "what is dropped is the fraction")]
                Ok(Time(millis as i64))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_there_and_back() {
        for millis in [0, 1, -1, 1_795_400_334_821, i64::MAX, i64::MIN] {
            let time = Time::from_millis(millis);
            let json = serde_json::to_string(&time).unwrap();
            assert_eq!(serde_json::from_str::<Time>(&json).unwrap(), time);
        }
        assert_eq!(serde_json::from_str::<Time>("1700000000123.75").unwrap().millis(), 1_700_000_000_123);
        assert!(serde_json::from_str::<Time>("1e30").is_err());
        assert!(serde_json::from_str::<Time>("\"today\"").is_err());
    }

    #[test]
    fn before_1970_too() {
        let time = Time::from_millis(-1_500);
        assert_eq!(time.to_system_time().map(Time::from), Some(time));
    }
}
