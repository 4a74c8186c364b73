//! The simulator as a child process, and what it says it saw.
//!
//! Its own process, so that what a client costs can be told from what the server costs. It ends with the value, or with this
//! process, whichever comes first.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::build;
use crate::sh::cmd;

/// A running simulator.
pub(crate) struct Simulator {
    child: Child,
    /// Where it listens, and the credentials and indicator that fit it.
    pub(crate) base_url: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) api_indicator: String,
}

/// How many requests it has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) requests: u64,
    pub(crate) token_requests: u64,
}

impl Simulator {
    /// Builds and starts it with these arguments, on a free port.
    pub(crate) fn start(arguments: &[&str]) -> Result<Self> {
        let program = build::rust::simulator()?;
        let mut command =
            cmd(program).args(["--port", "0", "--json", "--until-stdin-closes"]).args(arguments).into_std();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("could not start the simulator")?;
        let described = child.stdout.take().context("the simulator has no output").and_then(|stdout| {
            let mut line = String::new();
            BufReader::new(stdout).read_line(&mut line)?;
            serde_json::from_str::<Value>(&line)
                .with_context(|| format!("the simulator said {line:?} as it started"))
        });
        let described = match described {
            Ok(described) => described,
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(error);
            }
        };
        let text = |name: &str| described.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Self {
            child,
            base_url: text("baseUrl"),
            client_id: text("clientId"),
            client_secret: text("clientSecret"),
            api_indicator: text("apiIndicator"),
        })
    }

    /// The variables that point a door at it.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        let pairs = [
            ("LOGTO_ENDPOINT", &self.base_url),
            ("LOGTO_TENANT_ID", &"default".to_owned()),
            ("LOGTO_CLIENT_ID", &self.client_id),
            ("LOGTO_CLIENT_SECRET", &self.client_secret),
            ("LOGTO_API_INDICATOR", &self.api_indicator),
        ];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value.clone())).collect()
    }

    /// What it saw since [`reset`](Self::reset).
    pub(crate) fn seen(&self) -> Result<Seen> {
        let answer = self.ask("GET", "/__sim/seen")?;
        let seen: Value =
            serde_json::from_str(&answer).with_context(|| format!("/__sim/seen answered {answer:?}"))?;
        let count = |name: &str| {
            seen.get(name).and_then(Value::as_u64).with_context(|| format!("/__sim/seen tells no {name}"))
        };
        Ok(Seen { requests: count("apiRequests")?, token_requests: count("tokenRequests")? })
    }

    /// Forgets what it saw, and its state.
    pub(crate) fn reset(&self) -> Result<()> {
        self.ask("POST", "/__sim/reset").map(drop)
    }

    /// One request of its control interface. Plain HTTP/1.0 by hand: an HTTP client would be this command's largest dependency.
    fn ask(&self, method: &str, path: &str) -> Result<String> {
        let address = self.base_url.trim_start_matches("http://").trim_end_matches('/');
        let mut stream = TcpStream::connect(address).with_context(|| format!("no simulator at {address}"))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let Some((head, body)) = answer.split_once("\r\n\r\n") else { bail!("{path} answered {answer:?}") };
        let status = head.split(' ').nth(1).unwrap_or_default();
        if !status.starts_with('2') {
            bail!("{method} {path} answered {status}: {body}");
        }
        if head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
            bail!("{path} answered in chunks, which this reader does not take apart");
        }
        Ok(body.to_owned())
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
