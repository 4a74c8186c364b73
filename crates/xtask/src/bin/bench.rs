//! The Rust door beside plain reqwest, as a helper binary: `xtask-bench BASE_URL CLIENT_ID CLIENT_SECRET ROUNDS`.
//!
//! Both do the same work in one process: GET, bearer token, body to `serde_json::Value`. They take turns, and in each round the other one begins, so
//! that neither a warm cache nor a busy machine favours one. What counts is the CPU time of this process (getrusage) per request; the
//! server is another process. Prints one JSON line for each case: medians over the rounds, and the median of the rounds' ratios.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use logto_management::ManagementApi;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde_json::{Value, json};
use tokio::task::JoinSet;

type Failure = Box<dyn Error + Send + Sync>;

/// What is asked for, how often in a batch, and by how many tasks at once.
struct Case {
    name: &'static str,
    /// The API's path, with its query for the peer and in parts for ours.
    path: &'static str,
    page_size: Option<&'static str>,
    requests: usize,
    in_flight: usize,
}

const CASES: [Case; 3] = [
    Case { name: "get20_c1", path: "/api/users", page_size: Some("20"), requests: 2_000, in_flight: 1 },
    Case { name: "get20_c32", path: "/api/users", page_size: Some("20"), requests: 6_400, in_flight: 32 },
    Case { name: "get100_c32", path: "/api/users", page_size: Some("100"), requests: 1_600, in_flight: 32 },
];

/// Who does the work.
#[derive(Clone)]
enum Contender {
    Ours(ManagementApi),
    Reqwest { client: reqwest::Client, base_url: String, token: String },
}

/// What a batch cost, per request.
#[derive(Clone, Copy)]
struct Cost {
    cpu_us: f64,
    per_second: f64,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [base_url, id, secret, rounds] = arguments.as_slice() else {
        eprintln!("usage: xtask-bench BASE_URL CLIENT_ID CLIENT_SECRET ROUNDS");
        return ExitCode::from(2);
    };
    let rounds = rounds.parse().unwrap_or(9);
    match compare(base_url, id, secret, rounds).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn compare(base_url: &str, id: &str, secret: &str, rounds: usize) -> Result<(), Failure> {
    let api = ManagementApi::self_hosted(base_url).credentials(id, secret).build()?;
    let token = api.access_token().await?.value().to_owned();
    // reqwest asks for the process's crypto provider even where every request is plain http.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let ours = Contender::Ours(api);
    let theirs = Contender::Reqwest { client, base_url: base_url.to_owned(), token };
    for case in &CASES {
        batch(case, &ours).await?;
        batch(case, &theirs).await?;
        let (mut own, mut peer) = (Vec::new(), Vec::new());
        for round in 0..rounds {
            if round % 2 == 0 {
                own.push(batch(case, &ours).await?);
                peer.push(batch(case, &theirs).await?);
            } else {
                peer.push(batch(case, &theirs).await?);
                own.push(batch(case, &ours).await?);
            }
        }
        print("cpu_us_per_request", case, &own, &peer, |cost| cost.cpu_us);
        print("requests_per_second", case, &own, &peer, |cost| cost.per_second);
    }
    Ok(())
}

fn print(metric: &str, case: &Case, own: &[Cost], peer: &[Cost], value: fn(&Cost) -> f64) {
    let ratios = own.iter().zip(peer).map(|(own, peer)| value(own) / value(peer)).collect();
    let line = json!({
        "case": case.name,
        "metric": metric,
        "ours": median(own.iter().map(value).collect()),
        "peer": "reqwest",
        "theirs": median(peer.iter().map(value).collect()),
        "ratio": median(ratios),
    });
    println!("{line}");
}

/// One batch: so many requests, by so many tasks.
async fn batch(case: &'static Case, contender: &Contender) -> Result<Cost, Failure> {
    let each = case.requests / case.in_flight;
    let (cpu, started) = (cpu_time()?, Instant::now());
    let mut tasks = JoinSet::new();
    for _ in 0..case.in_flight {
        let contender = contender.clone();
        tasks.spawn(async move {
            for _ in 0..each {
                let body = contender.get(case).await?;
                if !body.is_array() {
                    return Err(Failure::from("the answer is no list"));
                }
            }
            Ok(())
        });
    }
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    let requests = (each * case.in_flight) as f64;
    let cpu = cpu_time()?.saturating_sub(cpu);
    Ok(Cost {
        cpu_us: cpu.as_secs_f64() * 1e6 / requests,
        per_second: requests / started.elapsed().as_secs_f64(),
    })
}

impl Contender {
    async fn get(&self, case: &Case) -> Result<Value, Failure> {
        match self {
            Self::Ours(api) => {
                let mut request = api.get(case.path);
                if let Some(size) = case.page_size {
                    request = request.query("page_size", size);
                }
                Ok(request.send().await?.json()?)
            }
            Self::Reqwest { client, base_url, token } => {
                let query = case.page_size.map(|size| format!("?page_size={size}")).unwrap_or_default();
                let request = client.get(format!("{base_url}{}{query}", case.path)).bearer_auth(token);
                let response = request.send().await?.error_for_status()?;
                Ok(serde_json::from_slice(&response.bytes().await?)?)
            }
        }
    }
}

/// User and system time of this process, all threads.
fn cpu_time() -> Result<Duration, Failure> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(Duration::from_micros(u64::try_from(micros)?))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
