//! `logto-simulator`: a Logto tenant on a port.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use logto_simulator::{
    CLIENT_ID, CLIENT_SECRET, Churn, ConnectionOptions, FaultRule, NO_ROLE_CLIENT_ID, Options, RateLimit,
    Server, ServerHandle, Simulator,
};
use serde_json::json;

/// A stand-in for Logto: the token endpoint and the Management API of one tenant, in memory, with faults on demand.
///
/// It behaves as a self-hosted Logto does, down to its quirks: form-decoded Basic credentials, Link headers that lack /api, lists that page always or only when asked,
/// text/plain answers where JSON is promised, 404 for a body over 1 MiB, connections that are closed after 5 idle seconds. It counts what it is asked; GET /__sim says how
/// to read that, and how to add faults while it runs.
#[derive(Debug, Parser)]
#[command(name = "logto-simulator", version, after_help = EXAMPLES)]
struct Cli {
    /// Where to listen; 0 takes any free port.
    #[arg(long, default_value_t = 3001)]
    port: u16,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// How many users there are.
    #[arg(long, default_value_t = 500)]
    users: usize,
    /// How many roles for users.
    #[arg(long, default_value_t = 5)]
    roles: usize,
    /// How many organisations.
    #[arg(long, default_value_t = 3)]
    organizations: usize,
    /// How many rows the audit log has. Over 10,000 its total is capped where a client asks for that.
    #[arg(long, default_value_t = 50)]
    logs: usize,
    /// Where ids and random choices come from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many seconds an access token lives.
    #[arg(long, default_value_t = 3600, value_name = "SECONDS")]
    token_lifetime: u64,
    /// How long each answer takes: milliseconds, or a range of them such as 20-80.
    #[arg(long, default_value = "0", value_name = "MS[-MS]", value_parser = range)]
    latency_ms: (u64, u64),
    /// The rate limit as REQUESTS/SECONDS, a token bucket of that size; `off` for none. Violations are counted.
    #[arg(long, default_value = "200/10", value_name = "LIMIT", value_parser = rate_limit)]
    rate_limit: Limit,
    /// Violations of the rate limit are answered by 429, not only counted.
    #[arg(long)]
    enforce_rate_limit: bool,
    /// How many users are made, and how many random ones deleted, before each list request but the first.
    #[arg(long, default_value_t = 0, value_name = "ROWS")]
    churn: u32,
    /// Fault rules as JSON, a list or one; GET /__sim describes them.
    #[arg(long, value_name = "JSON", value_parser = faults)]
    faults: Option<Faults>,
    /// Compress answers of 1 KiB and more for clients that accept gzip or deflate.
    #[arg(long)]
    compress: bool,
    /// The client id of the application that may use the Management API.
    #[arg(long, default_value = CLIENT_ID)]
    client_id: String,
    /// The secret of that application, and of `m2m-no-role`.
    #[arg(long, default_value = CLIENT_SECRET)]
    client_secret: String,
    /// The tenant's id.
    #[arg(long, default_value = "default")]
    tenant_id: String,
    /// The resource indicator of the Management API [default: https://<tenant id>.logto.app/api]
    #[arg(long, value_name = "URI")]
    api_indicator: Option<String>,
    /// After how many milliseconds an idle connection is closed.
    #[arg(long, default_value_t = 6000, value_name = "MS")]
    idle_timeout_ms: u64,
    /// How many threads serve connections.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Print one line of JSON instead of text: baseUrl, tenantId, clientId, clientSecret, apiIndicator, noRoleClientId, users.
    #[arg(long)]
    json: bool,
    /// Stop when standard input is closed: so that it does not outlive the program that started it.
    #[arg(long)]
    until_stdin_closes: bool,
}

const EXAMPLES: &str = "\
Examples:
  logto-simulator --users 10000 --latency-ms 50
  logto-simulator --port 0 --json
  logto-simulator --faults '{\"match\":{\"path\":\"/api/*\"},\"every\":10,\"action\":{\"do\":\"status\",\"status\":503}}'
  curl -s http://127.0.0.1:3001/__sim/seen";

type Limit = Option<RateLimit>;
type Faults = Vec<FaultRule>;

fn range(text: &str) -> Result<(u64, u64), String> {
    let number = |text: &str| text.trim().parse::<u64>().map_err(|error| error.to_string());
    match text.split_once('-') {
        Some((from, to)) => Ok((number(from)?, number(to)?)),
        None => Ok((number(text)?, 0)),
    }
}

fn rate_limit(text: &str) -> Result<Limit, String> {
    if text == "off" {
        return Ok(None);
    }
    let (requests, seconds) = text.split_once('/').ok_or("REQUESTS/SECONDS, or `off`")?;
    let requests: u64 = requests.parse().map_err(|_| "the requests are no number")?;
    let seconds: u64 = seconds.parse().map_err(|_| "the seconds are no number")?;
    if requests == 0 || seconds == 0 {
        return Err("neither may be 0".to_owned());
    }
    Ok(Some(RateLimit { requests, per_ms: seconds * 1000, burst: requests, ..RateLimit::default() }))
}

fn faults(text: &str) -> Result<Faults, String> {
    let many = text.trim_start().starts_with('[');
    let parsed =
        if many { serde_json::from_str(text) } else { serde_json::from_str(text).map(|one| vec![one]) };
    parsed.map_err(|error| error.to_string())
}

impl Cli {
    fn options(&self) -> Options {
        let api_indicator =
            self.api_indicator.clone().unwrap_or_else(|| format!("https://{}.logto.app/api", self.tenant_id));
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Options {
            users: self.users,
            roles: self.roles,
            organizations: self.organizations,
            logs: self.logs,
            seed: self.seed,
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.clone(),
            tenant_id: self.tenant_id.clone(),
            api_indicator,
            token_lifetime: self.token_lifetime,
            epoch_ms: u64::try_from(now.as_millis()).unwrap_or(0),
            rate_limit: self.rate_limit.map(|limit| RateLimit { enforce: self.enforce_rate_limit, ..limit }),
            churn: Churn { inserts: self.churn, deletes: self.churn, schedule: Vec::new() },
            latency_ms: self.latency_ms.0,
            latency_max_ms: self.latency_ms.1,
            compress: self.compress,
            ..Options::default()
        }
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "logto-simulator: {}:{}: {error}", cli.host, cli.port);
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> io::Result<()> {
    let runtime = if cli.threads > 1 {
        tokio::runtime::Builder::new_multi_thread().worker_threads(cli.threads).enable_all().build()?
    } else {
        tokio::runtime::Builder::new_current_thread().enable_all().build()?
    };
    runtime.block_on(serve(cli))
}

async fn serve(cli: &Cli) -> io::Result<()> {
    let simulator = Simulator::new(cli.options());
    for rule in cli.faults.iter().flatten() {
        simulator.add_fault(rule.clone());
    }
    let mut connections = ConnectionOptions::default();
    connections.idle_timeout = Duration::from_millis(cli.idle_timeout_ms);
    let server = Server::start_with(simulator, &format!("{}:{}", cli.host, cli.port), connections).await?;
    announce(cli, &server)?;
    if cli.until_stdin_closes {
        let (closed, wait) = tokio::sync::oneshot::channel::<()>();
        std::thread::spawn(move || {
            // Whatever comes is of no interest, only that it ends.
            let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
            let _ = closed.send(());
        });
        let _ = wait.await;
        server.shutdown().await;
        return Ok(());
    }
    std::future::pending().await
}

fn announce(cli: &Cli, server: &ServerHandle) -> io::Result<()> {
    let options = server.simulator().options();
    let base_url = server.base_url();
    let mut out = io::stdout().lock();
    if cli.json {
        let line = json!({
            "baseUrl": base_url,
            "tenantId": options.tenant_id,
            "clientId": options.client_id,
            "clientSecret": options.client_secret,
            "apiIndicator": options.api_indicator,
            "noRoleClientId": NO_ROLE_CLIENT_ID,
            "users": options.users,
        });
        writeln!(out, "{line}")?;
        return out.flush();
    }
    writeln!(
        out,
        "A simulated Logto with {} users.

  base url            {base_url}
  tenant id           {}
  client id           {}
  client secret       {}
  resource indicator  {}

The client id {NO_ROLE_CLIENT_ID}, with the same secret, holds no role. {base_url}/__sim describes the control API.
The demo against it:

  LOGTO_ENDPOINT={base_url} LOGTO_TENANT_ID={} LOGTO_CLIENT_ID={} LOGTO_CLIENT_SECRET={} LOGTO_API_INDICATOR={} cargo xtask demo
",
        options.users,
        options.tenant_id,
        options.client_id,
        options.client_secret,
        options.api_indicator,
        options.tenant_id,
        options.client_id,
        options.client_secret,
        options.api_indicator,
    )?;
    out.flush()
}
