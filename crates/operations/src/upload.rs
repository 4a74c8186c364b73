//! [`Upload`]: a file on its way to the server.

use std::fmt;

use bytes::Bytes;

/// A file to be uploaded.
#[derive(Clone)]
pub struct Upload {
    file_name: String,
    content_type: String,
    content: Bytes,
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("file_name", &self.file_name)
            .field("content_type", &self.content_type)
            .field("bytes", &self.content.len())
            .finish()
    }
}

impl Upload {
    /// A file with its name, its media type (`image/png`) and its content. The server looks at all three.
    pub fn new(
        file_name: impl Into<String>,
        content_type: impl Into<String>,
        content: impl Into<Bytes>,
    ) -> Self {
        Self { file_name: file_name.into(), content_type: content_type.into(), content: content.into() }
    }

    /// The body of one field (RFC 7578) and its content type.
    pub(crate) fn into_body(self, field: &str) -> (String, Bytes) {
        let boundary = boundary(&self.content);
        let mut body = Vec::with_capacity(self.content.len() + 256);
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
            quoted(field),
            quoted(&self.file_name),
            one_line(&self.content_type),
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(&self.content);
        body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        (format!("multipart/form-data; boundary={boundary}"), body.into())
    }
}

/// A line that the content does not have. Not random: the same upload is the same request, and a client draws no random numbers for it.
fn boundary(content: &[u8]) -> String {
    let taken = |line: &str| content.windows(line.len()).any(|window| window == line.as_bytes());
    let mut number: u64 = 0;
    loop {
        let line = format!("logto-management-{number:016x}");
        if !taken(&line) {
            return line;
        }
        number += 1;
    }
}

/// As browsers escape it in a header: nothing can end the quotes or the line.
fn quoted(text: &str) -> String {
    text.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_one_field() {
        let (content_type, body) = Upload::new("a\"b\r\n.png", "image/png\r\nX: y", "PNG").into_body("file");
        let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
        let expected = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22b%0D%0A.png\"\r\n\
             Content-Type: image/pngX: y\r\n\r\nPNG\r\n--{boundary}--\r\n"
        );
        assert_eq!(body, expected.as_bytes());
    }

    #[test]
    fn the_content_cannot_end_it() {
        let (first, _) = Upload::new("a", "text/plain", "").into_body("file");
        let boundary = first.split('=').next_back().unwrap().to_owned();
        let (second, body) =
            Upload::new("a", "text/plain", format!("\r\n--{boundary}--\r\n")).into_body("file");
        assert_ne!(first, second);
        let boundary = second.split('=').next_back().unwrap();
        let text = String::from_utf8_lossy(&body).into_owned();
        assert_eq!(text.matches(&format!("--{boundary}")).count(), 2);
    }
}
