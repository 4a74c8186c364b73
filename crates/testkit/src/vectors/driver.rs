//! A door in another language: a process that is told the steps as JSON lines, and reports as JSON lines.

use std::{ffi::OsStr, future::Future, pin::Pin, process::Stdio, time::Duration};

use logto_simulator::script::ScriptServer;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use super::{
    Door, Report, Vector,
    rust_door::{script, seen},
};

/// A driver that says nothing for this long has hung.
const PATIENCE: Duration = Duration::from_secs(60);

/// A door that a driver process opens.
#[derive(Debug)]
pub struct DriverDoor {
    name: String,
    child: Child,
    stdin: ChildStdin,
    stdout: Lines<BufReader<ChildStdout>>,
    next_id: u64,
}

impl DriverDoor {
    /// Starts the driver.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub fn start<S: AsRef<OsStr>>(
        name: &str,
        program: impl AsRef<OsStr>,
        args: impl IntoIterator<Item = S>,
    ) -> Result<Self, String> {
        let mut child = Command::new(program.as_ref())
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| {
                format!("the driver of {name} ({}) does not start: {error}", program.as_ref().display())
            })?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (stdin, stdout) = pipes.ok_or_else(|| format!("the driver of {name} has no pipes"))?;
        Ok(Self { name: name.to_owned(), child, stdin, stdout: BufReader::new(stdout).lines(), next_id: 1 })
    }

    async fn exchange(&mut self, message: &Value) -> Result<Value, String> {
        let line = format!("{message}\n");
        self.stdin
            .write_all(line.as_bytes())
            .await
            .map_err(|error| format!("the driver of {} is gone: {error}", self.name))?;
        let line = tokio::time::timeout(PATIENCE, self.stdout.next_line())
            .await
            .map_err(|_| format!("the driver of {} hangs", self.name))?
            .map_err(|error| error.to_string())?;
        let Some(line) = line else {
            let status = self.child.wait().await.map(|status| status.to_string()).unwrap_or_default();
            return Err(format!("the driver of {} ended: {status}", self.name));
        };
        serde_json::from_str(&line)
            .map_err(|error| format!("the driver of {} says no JSON ({error}): {line}", self.name))
    }
}

impl Door for DriverDoor {
    fn name(&self) -> &str {
        &self.name
    }

    fn run<'a>(
        &'a mut self,
        vector: &'a Vector,
    ) -> Pin<Box<dyn Future<Output = Result<Report, String>> + 'a>> {
        Box::pin(async move {
            let server = ScriptServer::start(script(vector)?).await.map_err(|error| error.to_string())?;
            let refused = server.refused_url().map_err(|error| error.to_string())?;
            let client = vector.client.at(server.base_url(), &refused);
            let id = self.next_id;
            self.next_id += 1;
            let steps: Vec<Value> = vector.raw_steps.clone();
            let message = json!({
                "id": id, "name": vector.name, "control": server.control_url(), "steps": steps,
                "client": {
                    "tenantId": client.tenant_id, "clientId": client.client_id, "clientSecret": client.client_secret,
                    "baseUrl": client.base_url, "apiIndicator": client.api_indicator, "options": client.options,
                    "tokenStore": client.token_store,
                },
            });
            let answer = self.exchange(&message).await.map_err(|why| format!("{} ({})", why, vector.name))?;
            if answer["id"] != id {
                return Err(format!("the driver of {} answers another request: {answer}", self.name));
            }
            let mut report: Report = serde_json::from_value(answer)
                .map_err(|error| format!("the report of {}: {error}", self.name))?;
            report.seen = seen(&server.seen());
            report.unmatched = server.unmatched();
            server.shutdown().await;
            Ok(report)
        })
    }
}
