//! What must be printed nowhere: the client secret in each of its spellings, and what a vector excludes.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

use super::{
    Report, Vector,
    format::{Parallel, Step},
};

/// No rendering of an outcome holds it.
pub(super) fn check_renderings(
    vector: &Vector,
    expect: &Map<String, Value>,
    outcome: &Value,
) -> Result<(), String> {
    let renderings = outcome["renderings"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let forbidden: Vec<String> = excluded(expect).chain(spellings_of_the_secret(vector)).collect();
    for rendering in renderings {
        if let Some(text) = forbidden.iter().find(|text| rendering.contains(*text)) {
            return Err(format!("{text:?} must be in no rendering, and is in {rendering:?}"));
        }
    }
    Ok(())
}

/// No event holds it either: events end in logs.
pub(super) fn check_events(vector: &Vector, report: &Report) -> Result<(), String> {
    let steps = vector.steps.iter().flat_map(|step| match &step.parallel {
        Some(Parallel::Each(steps)) => steps.as_slice(),
        _ => std::slice::from_ref(step),
    });
    let expectations = steps.filter_map(|step: &Step| step.expect.as_ref()?.as_object());
    let forbidden = expectations.flat_map(excluded).chain(spellings_of_the_secret(vector));
    for text in forbidden {
        if let Some(event) = report.events.iter().find(|event| event.contains(&text)) {
            return Err(format!("{text:?} must be in no event, and is in {event}"));
        }
    }
    Ok(())
}

fn excluded(expect: &Map<String, Value>) -> impl Iterator<Item = String> {
    let texts = expect.get("excludes").and_then(Value::as_array).into_iter().flatten();
    texts.filter_map(Value::as_str).map(str::to_owned)
}

/// The client secret as it is, as it stands in the token request's form, and in its Basic header.
fn spellings_of_the_secret(vector: &Vector) -> Vec<String> {
    let (id, secret) = (&vector.client.client_id, &vector.client.client_secret);
    if secret.trim().is_empty() {
        return Vec::new();
    }
    let form = |text: &str| -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.*".contains(&byte);
        let encode = |byte: u8| match byte {
            b' ' => "+".to_owned(),
            byte if plain(byte) => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        };
        text.bytes().map(encode).collect()
    };
    let basic = STANDARD.encode(format!("{}:{}", form(id), form(secret)));
    vec![secret.clone(), form(secret), basic]
}
