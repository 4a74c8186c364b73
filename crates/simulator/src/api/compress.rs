//! gzip and deflate, of answers (on demand) and of request bodies.
//!
//! A real Logto compresses answers of 1 KiB and more, and prefers br where a client offers it. Here br is never chosen, and the whole is an option that is off by default:
//! most tests want to see bytes.

use std::io::{Read as _, Write as _};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use flate2::write::{GzEncoder, ZlibEncoder};
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderMap, HeaderValue};

/// Answers with fewer bytes are not worth it.
const THRESHOLD: usize = 1024;
/// The most that a compressed request body may become; the limits of bodies are far below.
const MAX_DECODED: u64 = 16 * 1024 * 1024;

/// What the client accepts and the server can do, in the server's order.
fn accepted(request: &HeaderMap) -> Option<&'static str> {
    let accepts = request.get(ACCEPT_ENCODING)?.to_str().ok()?;
    let offered = |name: &str| {
        accepts.split(',').any(|one| {
            let (coding, parameters) = one.split_once(';').unwrap_or((one, ""));
            coding.trim().eq_ignore_ascii_case(name) && parameters.trim() != "q=0"
        })
    };
    if offered("gzip") || offered("*") {
        return Some("gzip");
    }
    offered("deflate").then_some("deflate")
}

/// Compresses the body of an answer if the client accepts that and it is large enough.
pub(super) fn answer(request: &HeaderMap, headers: &mut HeaderMap, body: &mut Bytes) {
    if body.len() < THRESHOLD || headers.contains_key(CONTENT_ENCODING) {
        return;
    }
    let Some(coding) = accepted(request) else { return };
    let compressed = if coding == "gzip" {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(body).and_then(|()| encoder.finish())
    } else {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(body).and_then(|()| encoder.finish())
    };
    // Writing to memory can't fail; if it did, the plain body would be as good.
    if let Ok(compressed) = compressed {
        *body = Bytes::from(compressed);
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
}

/// The body of a request without its compression; `None` if it is not what it claims to be.
pub(super) fn request(headers: &HeaderMap, body: &Bytes) -> Option<Bytes> {
    let coding = headers.get(CONTENT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("identity");
    let mut out = Vec::new();
    match coding {
        "identity" => return Some(body.clone()),
        "gzip" => MultiGzDecoder::new(&**body).take(MAX_DECODED).read_to_end(&mut out).ok()?,
        "deflate" => ZlibDecoder::new(&**body).take(MAX_DECODED).read_to_end(&mut out).ok()?,
        _ => return None,
    };
    Some(Bytes::from(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(accept: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_str(accept).expect("a value"));
        headers
    }

    fn compressed(accept: &str, len: usize) -> (HeaderMap, Bytes) {
        let (mut out, mut body) = (HeaderMap::new(), Bytes::from(vec![b'x'; len]));
        answer(&headers(accept), &mut out, &mut body);
        (out, body)
    }

    #[test]
    fn what_is_accepted_is_used_and_can_be_undone() {
        for (accept, coding) in [
            ("gzip", Some("gzip")),
            ("br, gzip;q=0.5, deflate", Some("gzip")),
            ("deflate", Some("deflate")),
            ("*", Some("gzip")),
            ("gzip;q=0", None),
            ("identity", None),
            ("zstd", None),
        ] {
            let (out, body) = compressed(accept, 5000);
            let got = out.get(CONTENT_ENCODING).map(|v| v.to_str().expect("a coding"));
            assert_eq!(got, coding, "{accept}");
            assert_eq!(request(&out, &body).map(|b| b.len()), Some(5000), "{accept}");
        }
        assert!(compressed("gzip", 1023).0.is_empty());
    }

    #[test]
    fn bodies_that_are_no_gzip_are_refused() {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        assert_eq!(request(&headers, &Bytes::from_static(b"{}")), None);
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("zstd"));
        assert_eq!(request(&headers, &Bytes::from_static(b"{}")), None);
    }
}
