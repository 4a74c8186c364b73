//! Operations without state.

use serde_json::json;

use super::Call;
use super::answer::{Answer, Failure};
use super::applications::PROTECTED_DOMAIN;
use super::routes::{Route, public, route};
use super::user_security::iso;

pub(super) const ROUTES: &[Route] = &[
    public("GET", "/api/status", status),
    public("GET", "/api/.well-known/phrases", |_| Ok(Answer::raw("{}"))),
    public("GET", "/api/.well-known/management.openapi.json", openapi),
    public("GET", "/api/.well-known/experience.openapi.json", openapi),
    public("GET", "/api/.well-known/user.openapi.json", openapi),
    public("GET", "/api/swagger.json", openapi),
    route("GET", "/api/dashboard/users/total", total_users),
    route("GET", "/api/dashboard/users/new", new_users),
    route("GET", "/api/dashboard/users/active", active_users),
    route("GET", "/api/systems/application", protected_apps),
];

fn status(_: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::empty())
}

fn openapi(_: &mut Call<'_>) -> Result<Answer, Failure> {
    let info = json!({ "title": "Logto API references (simulated)", "version": "Latest" });
    Ok(Answer::json(&json!({ "openapi": "3.0.1", "info": info, "paths": {} })))
}

fn total_users(call: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::json(&json!({ "totalUserCount": call.world.users.len() })))
}

fn new_users(call: &mut Call<'_>) -> Result<Answer, Failure> {
    const DAY_MS: u64 = 86_400_000;
    let since = |days: u64| {
        let start = call.now_ms.saturating_sub(days * DAY_MS);
        call.world.users.newest().filter(|user| user.created_at >= start).count()
    };
    let (today, week) = (since(1), since(7));
    Ok(Answer::json(&json!({
        "today": { "count": today, "delta": today }, "last7Days": { "count": week, "delta": week },
    })))
}

/// Nobody ever signs in here, so nobody is active.
fn active_users(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let none = json!({ "count": 0, "delta": 0 });
    let last = match call.query.get("date") {
        Some(date) => date.to_owned(),
        None => iso(call.now_ms).split('T').next().unwrap_or_default().to_owned(),
    };
    let curve = json!([{ "date": last, "count": 0 }]);
    Ok(Answer::json(&json!({ "dauCurve": curve, "dau": none, "wau": none, "mau": none })))
}

/// As where the provider of protected apps is set up: on a server of one's own it is not, and answers 501.
fn protected_apps(_: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::json(&json!({ "protectedApps": { "defaultDomain": PROTECTED_DOMAIN } })))
}
