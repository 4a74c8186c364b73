//! A client that sees the bytes: what real HTTP clients hide (resets, missing bytes, repeated headers) is what these tests are about.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "each test binary uses its part of this, and a test may panic"
)]

pub mod tenant;

use std::io::ErrorKind;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How a connection went on after an answer.
#[derive(Debug, PartialEq, Eq)]
pub enum After {
    Open,
    Closed,
    Reset,
}

#[derive(Debug)]
pub struct Raw {
    pub head: String,
    pub body: Vec<u8>,
    pub after: After,
}

impl Raw {
    pub fn status(&self) -> u16 {
        self.head.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).first().copied()
    }

    pub fn headers(&self, name: &str) -> Vec<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .filter(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
            .collect()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a text")
    }
}

pub struct Connection(TcpStream);

impl Connection {
    pub async fn open(base_url: &str) -> Self {
        Self(TcpStream::connect(base_url.trim_start_matches("http://")).await.expect("a connection"))
    }

    pub async fn send(&mut self, request: &str) {
        self.0.write_all(request.as_bytes()).await.expect("written");
    }

    /// Reads one answer: as many bytes as it promises, or as many as come.
    pub async fn receive(&mut self, head_only: bool) -> Raw {
        let mut bytes = Vec::new();
        let mut raw = Raw { head: String::new(), body: Vec::new(), after: After::Open };
        loop {
            if raw.head.is_empty()
                && let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n")
            {
                raw.head = String::from_utf8(bytes[..end].to_vec()).expect("a head");
                raw.body = bytes.split_off(end + 4);
                bytes.clear();
            } else if !raw.head.is_empty() {
                raw.body.append(&mut bytes);
            }
            if !raw.head.is_empty() {
                let length = raw.header("content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
                if head_only || raw.body.len() >= length {
                    return raw;
                }
            }
            match self.0.read_buf(&mut bytes).await {
                Ok(0) => {
                    raw.after = After::Closed;
                    return raw;
                }
                Ok(_) => {}
                Err(e) if e.kind() == ErrorKind::ConnectionReset => {
                    raw.after = After::Reset;
                    return raw;
                }
                Err(e) => panic!("{e}"),
            }
        }
    }

    pub async fn exchange(&mut self, request: &str) -> Raw {
        self.send(request).await;
        self.receive(request.starts_with("HEAD ")).await
    }

    /// What comes when nothing was asked: the end, one hopes.
    pub async fn end(&mut self) -> After {
        let mut byte = [0];
        match self.0.read(&mut byte).await {
            Ok(0) => After::Closed,
            Ok(_) => After::Open,
            Err(_) => After::Reset,
        }
    }
}

pub fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: logto.test\r\n\r\n")
}

pub fn with_body(method: &str, target: &str, headers: &str, body: &str) -> String {
    format!(
        "{method} {target} HTTP/1.1\r\nHost: logto.test\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}
