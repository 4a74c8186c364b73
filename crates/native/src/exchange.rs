//! What the transports over TCP have in common: whole bodies, and failures in words.

use std::{error::Error as StdError, mem};

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Method, Request, header::CONTENT_LENGTH};
use logto_management_core::{TransportError, TransportErrorKind};

/// A body that comes in parts, up to a limit. One part is the usual case, and is not copied.
#[derive(Debug)]
pub struct WholeBody {
    limit: usize,
    length: usize,
    first: Bytes,
    whole: BytesMut,
}

impl WholeBody {
    /// A body of which nothing has come. `length` is what the answer says, if it does.
    ///
    /// # Errors
    /// Body, where that is beyond the limit already.
    pub fn new(limit: usize, length: Option<u64>) -> Result<Self, TransportError> {
        let length = usize::try_from(length.unwrap_or(0)).unwrap_or(usize::MAX);
        let body = Self { limit, length, first: Bytes::new(), whole: BytesMut::new() };
        if length > limit { Err(body.too_large()) } else { Ok(body) }
    }

    /// The next part.
    ///
    /// # Errors
    /// Body, where it goes beyond the limit.
    pub fn push(&mut self, part: Bytes) -> Result<(), TransportError> {
        let so_far = self.first.len() + self.whole.len();
        if part.len() > self.limit.saturating_sub(so_far) {
            return Err(self.too_large());
        }
        if so_far == 0 {
            self.first = part;
            return Ok(());
        }
        if !self.first.is_empty() {
            self.whole.reserve(self.length.max(so_far + part.len()));
            self.whole.extend_from_slice(&mem::take(&mut self.first));
        }
        self.whole.extend_from_slice(&part);
        Ok(())
    }

    /// All of it.
    #[must_use]
    pub fn finish(self) -> Bytes {
        if self.whole.is_empty() { self.first } else { self.whole.freeze() }
    }

    fn too_large(&self) -> TransportError {
        let message = format!("The answer's body is larger than {} bytes", self.limit);
        TransportError::new(TransportErrorKind::Body, message)
    }
}

/// RFC 9110, 8.6: a method that expects content says that there is none. Some proxies answer 411 otherwise.
pub fn say_length(request: &mut Request<Bytes>) {
    if request.body().is_empty() && matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH) {
        request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
}

/// A failure, with what lies below it in its text: an outer error alone says too little ("error sending request").
pub fn failure(kind: TransportErrorKind, error: impl StdError + Send + Sync + 'static) -> TransportError {
    let mut text = error.to_string();
    let mut below = error.source();
    while let Some(error) = below {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        below = error.source();
    }
    TransportError::new(kind, text).with_source(error)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use bytes::Bytes;

    use super::WholeBody;

    fn whole(limit: usize, length: Option<u64>, parts: &[&'static str]) -> Option<Bytes> {
        let mut body = WholeBody::new(limit, length).ok()?;
        parts.iter().try_for_each(|part| body.push(Bytes::from_static(part.as_bytes()))).ok()?;
        Some(body.finish())
    }

    #[test]
    fn parts_become_one() {
        for (parts, expected) in [
            (&[][..], ""),
            (&["ab"], "ab"),
            (&["", "ab"], "ab"),
            (&["ab", "", "c"], "abc"),
            (&["a", "b", "c"], "abc"),
        ] {
            for length in [None, Some(0), Some(3)] {
                assert_eq!(whole(3, length, parts).unwrap(), expected);
            }
        }
    }

    #[test]
    fn a_single_part_is_not_copied() {
        let part = Bytes::from_static(b"abc");
        let mut body = WholeBody::new(3, None).unwrap();
        body.push(part.clone()).unwrap();
        assert_eq!(body.finish().as_ptr(), part.as_ptr());
    }

    #[test]
    fn what_is_beyond_the_limit_is_refused_as_soon_as_it_shows() {
        assert_eq!(whole(3, Some(4), &[]), None);
        assert_eq!(whole(3, None, &["abcd"]), None);
        assert_eq!(whole(3, None, &["ab", "cd"]), None);
        assert_eq!(whole(3, None, &["a", "b", "cd"]), None);
        assert_eq!(whole(0, None, &["a"]), None);
    }
}
