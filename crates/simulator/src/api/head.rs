//! The headers that every answer has, and what they make of it: validators, HEAD.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH};
use http::{Method, Response, StatusCode};

use super::answer::Answer;
use super::compress;

/// Every answer has it, 16 characters long.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("logto-core-request-id");

static COMMON: LazyLock<HeaderMap> = LazyLock::new(|| {
    let mut headers = HeaderMap::with_capacity(24);
    for (name, value) in [
        ("vary", "Accept-Encoding, Origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("origin-agent-cluster", "?1"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
        ("strict-transport-security", "max-age=15552000; includeSubDomains"),
        ("x-content-type-options", "nosniff"),
        ("x-download-options", "noopen"),
        ("x-frame-options", "SAMEORIGIN"),
        ("x-permitted-cross-domain-policies", "none"),
        ("x-xss-protection", "0"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers
});

/// Completes an answer to a request with this method and these headers. Validators are those of the plain body.
pub(crate) fn finish(
    answer: Answer,
    method: &Method,
    request: &HeaderMap,
    request_id: [u8; 16],
    compress: bool,
) -> Response<Bytes> {
    let Answer { mut status, content_type, mut body, headers } = answer;
    let mut all = COMMON.clone();
    let is_json = content_type.as_ref().is_some_and(|t| t.to_str().is_ok_and(|t| t.contains("json")));
    if let Some(content_type) = content_type {
        all.insert(CONTENT_TYPE, content_type);
    }
    for (name, value) in headers {
        all.append(name, value);
    }
    if method == Method::GET && status == StatusCode::OK && is_json {
        let etag = etag(&body);
        if matches(request, &etag) {
            status = StatusCode::NOT_MODIFIED;
            all.remove(CONTENT_TYPE);
            body = Bytes::new();
        }
        if let Ok(value) = HeaderValue::from_str(&etag) {
            all.insert(ETAG, value);
        }
    }
    if let Ok(value) = HeaderValue::from_bytes(&request_id) {
        all.insert(REQUEST_ID, value);
    }
    if compress && method != Method::HEAD {
        compress::answer(request, &mut all, &mut body);
    }
    if method == Method::HEAD && status != StatusCode::NO_CONTENT {
        all.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        body = Bytes::new();
    }
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = all;
    response
}

fn matches(request: &HeaderMap, etag: &str) -> bool {
    let Some(wanted) = request.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    wanted.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == etag)
}

/// The length in hexadecimal and 27 characters of a digest. Logto's is SHA-1; this one only has its looks, and costs next to nothing.
fn etag(body: &[u8]) -> String {
    let (mut a, mut b) = (0x9e37_79b9_7f4a_7c15_u64, 0xc2b2_ae3d_27d4_eb4f_u64);
    let (words, rest) = body.as_chunks::<8>();
    let mut tail = [0_u8; 8];
    for (to, from) in tail.iter_mut().zip(rest) {
        *to = *from;
    }
    for word in words.iter().chain(std::iter::once(&tail)) {
        let word = u64::from_le_bytes(*word);
        a = (a ^ word).wrapping_mul(0xff51_afd7_ed55_8ccd).rotate_left(31);
        b = (b.wrapping_add(word)).wrapping_mul(0xc4ce_b9fe_1a85_ec53) ^ (b >> 29);
    }
    let mut digest = [0_u8; 20];
    let bytes =
        a.to_le_bytes().into_iter().chain(b.to_le_bytes()).chain((a ^ b.rotate_left(17)).to_be_bytes());
    for (to, from) in digest.iter_mut().zip(bytes) {
        *to = from;
    }
    format!("\"{:x}-{}\"", body.len(), STANDARD_NO_PAD.encode(digest))
}

#[cfg(test)]
mod tests {
    use super::etag;

    #[test]
    fn etags_look_like_logtos_and_differ() {
        let one = etag(b"[1]");
        assert_eq!(one.len(), "\"3-L3yoF/45KHnXBsxL2L64+CilYhM\"".len());
        assert!(one.starts_with("\"3-"));
        assert_eq!(one, etag(b"[1]"));
        let long = vec![b'x'; 4099];
        let mut other = long.clone();
        other[4098] = b'y';
        assert_ne!(etag(&long), etag(&other));
        other[4098] = b'x';
        other[0] = b'y';
        assert_ne!(etag(&long), etag(&other));
    }
}
