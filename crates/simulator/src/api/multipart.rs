//! Uploads: `multipart/form-data` (RFC 7578) with one file.

use http::header::CONTENT_TYPE;

use super::Call;
use super::answer::{Failure, failure};

/// The most bytes of a file.
const LIMIT: usize = 8 * 1024 * 1024;

/// A file as it was sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Upload {
    pub(super) name: String,
    pub(super) media: String,
    pub(super) size: usize,
}

/// The file in the field `file`, of one of these media types.
///
/// # Errors
/// 400 where there is none, it is too large, or of another type.
pub(super) fn file(call: &Call<'_>, media: &[&str]) -> Result<Upload, Failure> {
    let content_type = call.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let upload = boundary(content_type).and_then(|boundary| part(call.raw_body, &boundary, "file"));
    let Some(upload) = upload else {
        return Err(failure(400, "guard.invalid_input", "The request files is invalid."));
    };
    if upload.size > LIMIT {
        return Err(failure(400, "guard.file_size_exceeded", "File size exceeded."));
    }
    if !media.contains(&upload.media.as_str()) {
        return Err(failure(400, "guard.mime_type_not_allowed", "MIME type is not allowed."));
    }
    Ok(upload)
}

fn boundary(content_type: &str) -> Option<String> {
    let (media, parameters) = content_type.split_once(';')?;
    if !media.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// The file part of this name. A body that does not end as it should has none.
fn part(body: &[u8], boundary: &str, name: &str) -> Option<Upload> {
    let line = format!("--{boundary}");
    let mut rest = body.get(find(body, line.as_bytes())? + line.len()..)?;
    loop {
        if rest.starts_with(b"--") {
            return None;
        }
        rest = rest.strip_prefix(b"\r\n")?;
        let head_end = find(rest, b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(rest.get(..head_end)?).into_owned();
        let content = rest.get(head_end + 4..)?;
        let end = find(content, format!("\r\n{line}").as_bytes())?;
        let disposition = header(&head, "content-disposition").unwrap_or_default();
        if parameter(&disposition, "name").as_deref() == Some(name)
            && let Some(file_name) = parameter(&disposition, "filename")
        {
            let media =
                header(&head, "content-type").unwrap_or_else(|| "application/octet-stream".to_owned());
            return Some(Upload { name: file_name, media, size: end });
        }
        rest = content.get(end + 2 + line.len()..)?;
    }
}

fn header(head: &str, name: &str) -> Option<String> {
    head.split("\r\n").find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

/// A quoted parameter of a header.
fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|parameter| {
        let (key, text) = parameter.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| text.trim().trim_matches('"').to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::{boundary, part};

    #[test]
    fn the_file_is_found_among_other_fields() {
        let body = b"--B\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--B\r\n\
            Content-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\x00\r\n\xff\r\n--B--\r\n";
        let upload = part(body, "B", "file").expect("there is one");
        assert_eq!((upload.name.as_str(), upload.media.as_str(), upload.size), ("a.png", "image/png", 4));
        assert_eq!(part(body, "B", "other"), None);
        assert_eq!(part(body, "C", "file"), None);
        assert_eq!(part(&body[..body.len() - 6], "B", "file"), None, "it is cut off");
    }

    #[test]
    fn the_boundary_may_be_quoted() {
        assert_eq!(boundary("multipart/form-data; boundary=\"x y\""), Some("x y".to_owned()));
        assert_eq!(boundary("Multipart/Form-Data;charset=utf-8; Boundary=x"), Some("x".to_owned()));
        assert_eq!(boundary("application/json; boundary=x"), None);
    }
}
