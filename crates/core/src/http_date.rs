//! Dates in headers (RFC 9110, section 5.6.7).

use crate::text;

/// Seconds since 1970 of an HTTP date in any of its three forms. `None` for anything else; one before 1970 becomes one of its first day.
///
/// | form | |
/// |---|---|
/// | IMF-fixdate | `Sun, 06 Nov 1994 08:49:37 GMT` |
/// | RFC 850 | `Sunday, 06-Nov-94 08:49:37 GMT` |
/// | asctime | `Sun Nov  6 08:49:37 1994` |
pub(crate) fn parse(text: &str) -> Option<u64> {
    let mut numbers = [0; 5];
    let mut count = 0;
    let mut month = None;
    let mut month_first = false;
    for part in text::split(text, b" ,-:").filter(|part| !part.is_empty()) {
        if part.bytes().all(|byte| byte.is_ascii_digit()) {
            *numbers.get_mut(count)? = text::whole(part)?;
            count += 1;
        } else if let Some(number) = index_of(part, "JanFebMarAprMayJunJulAugSepOctNovDec") {
            month = Some(number);
            month_first = count == 0;
        } else if part != "GMT" {
            // The day of the week, which says nothing new; whole in RFC 850.
            index_of(part.get(..3)?, "SunMonTueWedThuFriSat")?;
        }
    }
    let [day, a, b, c, d] = numbers;
    let (year, hour, minute, second) = if month_first { (d, a, b, c) } else { (a, b, c, d) };
    // Before anything is computed from them: a number may have any size.
    if count != 5 || !(1..32).contains(&day) || hour > 23 || minute > 59 || second > 60 || year > 9999 {
        return None;
    }
    // Two digits are the nearest such year, as far as anybody still sends them.
    let year = match year {
        0..70 => year + 2000,
        70..100 => year + 1900,
        _ => year,
    };
    let days = days_before(year, month?) + day - 1;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

fn index_of(part: &str, list: &str) -> Option<u64> {
    let index = list.as_bytes().chunks(3).position(|name| name == part.as_bytes())?;
    Some(index as u64)
}

/// Days from 1970 to the first of a month, which counts from 0; none before. The year is taken to begin in March, so that the leap day is its last.
const fn days_before(year: u64, month: u64) -> u64 {
    let (year, month) = if month < 2 { (year.saturating_sub(1), month + 10) } else { (year, month - 2) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5;
    // 1970-01-01, counted so.
    days.saturating_sub(719_468)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::parse;

    #[test]
    fn all_three_forms() {
        for text in
            ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
        {
            assert_eq!(parse(text), Some(784_111_777), "{text}");
        }
        assert_eq!(parse("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(parse("Thu, 29 Feb 2024 23:59:59 GMT"), Some(1_709_251_199));
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "",
            "tomorrow",
            "Sun, 06 Nov 1994",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 1994 08:49:37:11 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 32 Nov 1994 08:49:37 GMT",
            "Sun, 06 11 1994 08:49:37 GMT",
            "XYZ, 06 Nov 1994 08:49:37 GMT",
            "Sun:213510000000000:Nov",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn reads_what_is_written(seconds in 0u64..253_402_300_800) {
            let text = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds));
            proptest::prop_assert_eq!(parse(&text), Some(seconds));
        }

        #[test]
        fn never_panics(text in "(Sun|Sunday|Nov|Jan|GMT|[0-9]{1,20}|[ ,:-]|é){0,14}") {
            let _ = parse(&text);
        }
    }
}
