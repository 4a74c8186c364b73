//! Calls every GET of the Management API, and lets users, roles, organizations, applications, resources, scopes, hooks, organization roles,
//! one-time tokens, SAML applications and custom profile fields live and die, on the Logto that the `LOGTO_*` variables name. Everything is
//! decoded, and held against what arrived.
//!
//! `cargo run -p logto-management --example life_cycle`
//!
//! It changes nothing that is there already, and removes what it made, whatever happens on the way. What it makes is called `life_cycle_…`.
#![allow(clippy::print_stdout)]

mod run;

use std::process::ExitCode;

use logto_management::{Error, ManagementApi};

#[tokio::main]
async fn main() -> Result<ExitCode, Error> {
    let api = ManagementApi::from_env()?.build()?;
    let report = run::life_cycle(&api).await;
    println!("{} operations were called and their answers decoded", report.called.len());
    for line in &report.refused {
        println!("   refused, as it may be here: {line}");
    }
    for line in &report.unknown {
        println!("   newer than this client: {line}");
    }
    for line in &report.failures {
        println!("   FAILED {line}");
    }
    Ok(if report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
