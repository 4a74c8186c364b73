//! `/api/logs` and `/api/hooks`

use serde_json::json;

use super::answer::{Answer, Failure, failure, not_exists};
use super::common::{flag, get_row, get_row_mut, text, texts};
use super::guard::{Field, Kind, may, must};
use super::paging::{Page, Total, When};
use super::routes::{Route, route};
use super::{Call, with_members};
use crate::json::Js;
use crate::world::{Hook, Jsonb, Log, remove};

pub(super) const LOGS: &[Route] =
    &[route("GET", "/api/logs", list_logs), route("GET", "/api/logs/{id}", get_log)];

pub(super) const HOOKS: &[Route] = &[
    route("GET", "/api/hooks", list),
    route("POST", "/api/hooks", create),
    route("GET", "/api/hooks/{id}", get),
    route("PATCH", "/api/hooks/{id}", update),
    route("DELETE", "/api/hooks/{id}", delete),
    route("GET", "/api/hooks/{id}/recent-logs", recent_logs),
    route("POST", "/api/hooks/{id}/test", test),
    route("PATCH", "/api/hooks/{id}/signing-key", renew_key),
];

/// Counting stops here when `enableCap` is set.
const CAP: usize = 10_000;
const DAY_MS: u64 = 86_400_000;

fn time(call: &Call<'_>, name: &str) -> Result<Option<u64>, Failure> {
    let Some(text) = call.query.get(name).filter(|text| !text.is_empty()) else { return Ok(None) };
    text.parse()
        .map(Some)
        .map_err(|_| failure(400, "guard.invalid_input", &format!("The request {name} is invalid.")))
}

/// Newest first, filtered by the query; with `enableCap`, more than 10,000 rows are not counted.
fn logs(call: &Call<'_>, accepts: impl Fn(&Log) -> bool) -> Result<Answer, Failure> {
    let page = Page::read(&call.query, When::Always)?.unwrap_or(Page { offset: 0, size: 20 });
    let (from, to) = (time(call, "start_time")?, time(call, "end_time")?);
    let is = |name: &str, value: Option<&str>| {
        call.query.get(name).filter(|wanted| !wanted.is_empty()).is_none_or(|wanted| value == Some(wanted))
    };
    let found: Vec<&Log> = call
        .world
        .logs
        .iter()
        .rev()
        .filter(|log| {
            accepts(log)
                && is("userId", log.user_id.as_deref())
                && is("applicationId", log.application_id.as_deref())
                && is("logKey", Some(&log.key))
                && from.is_none_or(|from| log.created_at > from)
                && to.is_none_or(|to| log.created_at < to)
        })
        .collect();
    let part: Vec<_> = found.iter().skip(page.offset).take(page.size).collect();
    let total = if call.flag("enableCap") && found.len() > CAP {
        Total::Capped(CAP + 1)
    } else {
        Total::Exact(found.len())
    };
    Ok(call.described(Answer::json(&part), page, total))
}

fn list_logs(call: &mut Call<'_>) -> Result<Answer, Failure> {
    logs(call, |_| true)
}

fn get_log(call: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::json(get_row(&call.world.logs, "logs", call.param(0))?))
}

fn one<'c>(call: &'c Call<'_>) -> Result<&'c Hook, Failure> {
    get_row(&call.world.hooks, "hooks", call.param(0))
}

fn one_mut<'c>(call: &'c mut Call<'_>) -> Result<&'c mut Hook, Failure> {
    let id = call.param(0).to_owned();
    get_row_mut(&mut call.world.hooks, "hooks", &id)
}

fn list(call: &mut Call<'_>) -> Result<Answer, Failure> {
    if !call.flag("includeExecutionStats") {
        return call.list(&call.world.hooks, When::Asked);
    }
    let rows: Vec<_> = call
        .world
        .hooks
        .iter()
        .map(|hook| {
            let runs = call.world.logs.iter().filter(|log| log.hook_id.as_ref() == Some(&hook.id)).count();
            with_members(hook, &[("executionStats", json!({ "successCount": 0, "requestCount": runs }))])
        })
        .collect();
    call.list(&rows, When::Asked)
}

fn get(call: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::json(one(call)?))
}

const NAME: Field = may("name", Kind::Name).max(256);
const EVENTS: Field = may("events", Kind::Texts);
const ENABLED: Field = may("enabled", Kind::Flag);
const NEW: &[Field] = &[NAME, EVENTS, must("config", Kind::Object), ENABLED];
const CHANGED: &[Field] = &[NAME, EVENTS, may("config", Kind::Object), ENABLED];

fn apply(hook: &mut Hook, body: &Js) {
    hook.name = text(body, "name").unwrap_or_else(|| hook.name.clone());
    if body.get("events").is_some() {
        hook.events = texts(body, "events");
    }
    if let Some(config) = body.get("config") {
        hook.config = Jsonb::of(config);
    }
    hook.enabled = flag(body, "enabled").unwrap_or(hook.enabled);
}

fn create(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(NEW)?;
    let mut hook = Hook {
        tenant_id: call.world.tenant_id.clone(),
        id: call.world.rng.long_id(),
        name: String::new(),
        event: None,
        events: Vec::new(),
        config: Jsonb::object(),
        signing_key: call.world.rng.secret(32),
        enabled: true,
        created_at: call.now_ms,
    };
    apply(&mut hook, &body);
    if hook.events.is_empty() {
        return Err(failure(400, "hook.missing_events", "You need to provide at least one event."));
    }
    let answer = Answer::created(&hook);
    call.world.hooks.push(hook);
    Ok(answer)
}

fn update(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(CHANGED)?;
    let hook = one_mut(call)?;
    apply(hook, &body);
    Ok(Answer::json(hook))
}

fn delete(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = call.param(0).to_owned();
    if remove(&mut call.world.hooks, &id) { Ok(Answer::empty()) } else { Err(not_exists("hooks", &id)) }
}

/// The logs of the last day.
fn recent_logs(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = &one(call)?.id;
    let since = call.now_ms.saturating_sub(DAY_MS);
    logs(call, |log| log.hook_id.as_ref() == Some(id) && log.created_at >= since)
}

/// Sends nothing anywhere: every test fails as with a closed port.
fn test(call: &mut Call<'_>) -> Result<Answer, Failure> {
    call.body(&[must("events", Kind::Texts), must("config", Kind::Object)])?;
    one(call)?;
    Err(failure(422, "hook.send_test_payload_failed", "Failed to send test payload: TypeError: fetch failed"))
}

fn renew_key(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let key = call.world.rng.secret(32);
    let hook = one_mut(call)?;
    hook.signing_key = key;
    Ok(Answer::json(hook))
}
