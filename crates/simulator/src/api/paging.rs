//! `page`, `page_size`, `Total-Number` and `Link`.

use http::header::{HeaderName, HeaderValue, LINK};

use super::answer::{Answer, Failure, failure};
use crate::query::Query;

const TOTAL_NUMBER: HeaderName = HeaderName::from_static("total-number");
const TOTAL_NUMBER_IS_CAPPED: HeaderName = HeaderName::from_static("total-number-is-capped");

const DEFAULT_SIZE: usize = 20;
const MAX_SIZE: f64 = 100.0;

/// When a list pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    Always,
    /// Only with `page` or `page_size`; else the whole list comes, without headers about it.
    Asked,
}

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) offset: usize,
    pub(crate) size: usize,
}

/// How many rows there are, as far as the server says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Total {
    Exact(usize),
    /// It has stopped counting here.
    Capped(usize),
}

impl Page {
    /// Reads the query; `None` if the list is not to be paged.
    ///
    /// # Errors
    /// 400 `guard.invalid_pagination`. What is accepted is what JavaScript takes for a number: `1e1`, `0x10`, `1.5` (an offset of half a page) and nothing at all (the default).
    pub(crate) fn read(query: &Query, when: When) -> Result<Option<Self>, Failure> {
        let page = number(query, "page")?;
        let size = number(query, "page_size")?;
        if when == When::Asked && page.is_none() && size.is_none() {
            return Ok(None);
        }
        if size.is_some_and(|size| size > MAX_SIZE) {
            return Err(invalid());
        }
        let size = size.map_or(DEFAULT_SIZE, |size| size as usize);
        let offset = (page.unwrap_or(1.0) - 1.0) * size as f64;
        Ok(Some(Self { offset: offset as usize, size }))
    }

    /// Adds `Total-Number` and one `Link` line for each relation to an answer. `origin` and `path` are the request's; the path lacks `/api`, as on a real server.
    pub(crate) fn describe(
        self,
        answer: Answer,
        total: Total,
        origin: &str,
        path: &str,
        query: &Query,
    ) -> Answer {
        let (rows, capped) = match total {
            Total::Exact(rows) => (rows, false),
            Total::Capped(rows) => (rows, true),
        };
        let mut answer = answer.with(TOTAL_NUMBER, HeaderValue::from(rows));
        if capped {
            answer = answer.with(TOTAL_NUMBER_IS_CAPPED, HeaderValue::from_static("true"));
        }
        let current = self.offset / self.size + 1;
        let last = rows.div_ceil(self.size).max(1);
        let path = path.strip_prefix("/api").unwrap_or(path);
        let mut link = |page: usize, relation: &str| {
            let url = format!("<{origin}{path}?{}>; rel=\"{relation}\"", query.with_page(page as u64));
            if let Ok(value) = HeaderValue::try_from(url) {
                answer.headers.push((LINK, value));
            }
        };
        link(1, "first");
        if current > 1 {
            link(current - 1, "prev");
        }
        if !capped {
            link(last, "last");
            if current < last {
                link(current + 1, "next");
            }
        }
        answer
    }
}

/// A parameter as `Number()` reads it, at least 1. Absent and empty are the same; given twice it is none.
fn number(query: &Query, name: &str) -> Result<Option<f64>, Failure> {
    if query.count(name) > 1 {
        return Err(invalid());
    }
    let text = query.get(name).unwrap_or("");
    if text.is_empty() {
        return Ok(None);
    }
    let number = js_number(text).filter(|n| n.is_finite() && *n >= 1.0).ok_or_else(invalid)?;
    Ok(Some(number))
}

fn js_number(text: &str) -> Option<f64> {
    let text = text.trim();
    if text.is_empty() {
        return Some(0.0);
    }
    for (prefix, radix) in [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2), ("0o", 8), ("0O", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return u64::from_str_radix(digits, radix).ok().map(|n| n as f64);
        }
    }
    // Rust reads words such as `inf` that JavaScript doesn't.
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    text.parse().ok().filter(|_| plain)
}

fn invalid() -> Failure {
    failure(400, "guard.invalid_pagination", "The request pagination value is invalid.")
}

#[cfg(test)]
mod tests {
    use super::{Page, When};
    use crate::query::Query;

    fn read(query: &str) -> Option<(usize, usize)> {
        let page = Page::read(&Query::parse(query), When::Always).ok()?;
        page.map(|p| (p.offset, p.size))
    }

    #[test]
    fn numbers_are_javascripts() {
        for (query, page) in [
            ("", Some((0, 20))),
            ("page=&page_size=", Some((0, 20))),
            ("page=2", Some((20, 20))),
            ("page=1.5", Some((10, 20))),
            ("page=1e1&page_size=0x10", Some((144, 16))),
            ("page_size=100", Some((0, 100))),
            ("page_size=101", None),
            ("page_size=0", None),
            ("page=0", None),
            ("page=-1", None),
            ("page=abc", None),
            ("page=inf", None),
            ("page=1e999", None),
            ("page=1&page=2", None),
            ("page= 3 ", Some((40, 20))),
        ] {
            assert_eq!(read(query), page, "{query}");
        }
    }

    #[test]
    fn some_lists_page_only_when_asked() {
        let asked = |query: &str| Page::read(&Query::parse(query), When::Asked).expect("a page").is_some();
        assert!(!asked("") && !asked("x=1") && !asked("page="));
        assert!(asked("page=1") && asked("page_size=3"));
    }
}
