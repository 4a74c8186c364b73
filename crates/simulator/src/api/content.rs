//! Custom phrases, custom profile fields, e-mail templates and custom domains.

use serde_json::{Value, json};

use super::Call;
use super::answer::{Answer, Failure, failure};
use super::guard::{Field, Kind, may, must};
use super::routes::{Route, route};
use crate::json::Js;
use crate::world::{Document, is};

pub(super) const ROUTES: &[Route] = &[
    route("GET", "/api/custom-phrases", |call| Ok(Answer::json(&call.world.documents.all(PHRASES)))),
    route("GET", "/api/custom-phrases/{languageTag}", get_phrase),
    route("PUT", "/api/custom-phrases/{languageTag}", set_phrase),
    route("DELETE", "/api/custom-phrases/{languageTag}", delete_phrase),
    route("GET", "/api/custom-profile-fields", list_fields),
    route("POST", "/api/custom-profile-fields", create_field),
    route("POST", "/api/custom-profile-fields/batch", create_fields),
    route("POST", "/api/custom-profile-fields/properties/sie-order", order_fields),
    route("GET", "/api/custom-profile-fields/{name}", get_field),
    route("PUT", "/api/custom-profile-fields/{name}", update_field),
    route("DELETE", "/api/custom-profile-fields/{name}", |call| {
        let name = call.param(0).to_owned();
        call.delete_stored(FIELDS, "name", &name)
    }),
    route("GET", "/api/email-templates", list_templates),
    route("PUT", "/api/email-templates", set_templates),
    route("DELETE", "/api/email-templates", delete_templates),
    route("GET", "/api/email-templates/{id}", |call| {
        Ok(Answer::json(call.stored(TEMPLATES, "id", call.param(0))?))
    }),
    route("DELETE", "/api/email-templates/{id}", |call| {
        let id = call.param(0).to_owned();
        call.delete_stored(TEMPLATES, "id", &id)
    }),
    route("PATCH", "/api/email-templates/{id}/details", update_template),
    route("GET", "/api/domains", |call| Ok(Answer::json(&call.world.documents.all(DOMAINS)))),
    route("POST", "/api/domains", create_domain),
    route("POST", "/api/domains/cleanup", clean_domains),
    route("GET", "/api/domains/{id}", |call| Ok(Answer::json(call.stored(DOMAINS, "id", call.param(0))?))),
    route("DELETE", "/api/domains/{id}", |call| {
        let id = call.param(0).to_owned();
        call.world.documents.remove(VERIFICATION_FILES, "domainId", &id);
        call.delete_stored(DOMAINS, "id", &id)
    }),
    route("GET", "/api/domains/{id}/verification-files", verification_files),
    route("PUT", "/api/domains/{id}/verification-files", set_verification_files),
];

const PHRASES: &str = "custom_phrases";
const FIELDS: &str = "custom_profile_fields";
const TEMPLATES: &str = "email_templates";
const DOMAINS: &str = "domains";
const VERIFICATION_FILES: &str = "domain_verification_files";

/// The tag of the path; what is none is refused.
fn language_tag(call: &Call<'_>) -> Result<String, Failure> {
    let tag = call.param(0);
    let (language, region) =
        tag.split_once('-').map_or((tag, None), |(language, region)| (language, Some(region)));
    let sound = language.len() == 2 && region.is_none_or(|region| matches!(region.len(), 2 | 3));
    if sound {
        Ok(tag.to_owned())
    } else {
        Err(failure(400, "guard.invalid_input", "The request params is invalid."))
    }
}

fn get_phrase(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let tag = language_tag(call)?;
    Ok(Answer::json(call.stored(PHRASES, "languageTag", &tag)?))
}

/// The body is the translation. 201, whether it is new or not.
fn set_phrase(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let tag = language_tag(call)?;
    let translation = Value::from(&call.body(&[])?);
    call.world.documents.remove(PHRASES, "languageTag", &tag);
    let mut row = call.new_row();
    row.insert("languageTag".to_owned(), tag.into());
    row.insert("translation".to_owned(), translation);
    let answer = Answer::created(&row);
    call.world.documents.add(PHRASES, row);
    Ok(answer)
}

/// 204 whether there was one or not.
fn delete_phrase(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let tag = language_tag(call)?;
    call.world.documents.remove(PHRASES, "languageTag", &tag);
    Ok(Answer::empty())
}

const TYPES: Kind =
    Kind::OneOf(&["Text", "Number", "Date", "Checkbox", "Select", "Url", "Regex", "Address", "Fullname"]);

const FIELD: &[Field] = &[
    must("name", Kind::Name).max(128),
    must("type", TYPES),
    may("label", Kind::Text).max(128),
    may("description", Kind::Text).or_null().max(256),
    must("required", Kind::Flag),
    may("config", Kind::Object),
];

const CHANGED_FIELD: &[Field] = &[
    must("type", TYPES),
    may("label", Kind::Text).max(128),
    may("description", Kind::Text).or_null().max(256),
    must("required", Kind::Flag),
    may("config", Kind::Object),
];

fn order(row: &Document) -> u64 {
    row.get("sieOrder").and_then(Value::as_u64).unwrap_or(0)
}

fn list_fields(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let mut rows = call.world.documents.all(FIELDS).to_vec();
    rows.sort_by_key(order);
    Ok(Answer::json(&rows))
}

fn get_field(call: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::json(call.stored(FIELDS, "name", call.param(0))?))
}

/// Puts what was left out in its place.
fn complete(members: &mut Document) {
    for (name, empty) in [("label", json!("")), ("description", Value::Null), ("config", json!({}))] {
        members.entry(name).or_insert(empty);
    }
}

fn add_field(call: &mut Call<'_>, members: Document) -> Result<Document, Failure> {
    let name = members.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    if call.world.documents.find(FIELDS, "name", &name).is_some() {
        return Err(failure(422, "custom_profile_fields.name_exists", "Field name already exists."));
    }
    let next = call.world.documents.all(FIELDS).iter().map(order).max().unwrap_or(0) + 1;
    let mut row = call.new_row();
    row.extend(members);
    complete(&mut row);
    row.insert("createdAt".to_owned(), call.now_ms.into());
    row.insert("sieOrder".to_owned(), next.into());
    call.world.documents.add(FIELDS, row.clone());
    Ok(row)
}

fn create_field(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let members = call.members(FIELD)?;
    Ok(Answer::created(&add_field(call, members)?))
}

fn create_fields(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let all = call.members_of_each(FIELD)?;
    let rows = all.into_iter().map(|members| add_field(call, members)).collect::<Result<Vec<_>, _>>()?;
    Ok(Answer::created(&rows))
}

fn update_field(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let mut members = call.members(CHANGED_FIELD)?;
    complete(&mut members);
    let name = call.param(0).to_owned();
    call.stored_mut(FIELDS, "name", &name)?.extend(members);
    get_field(call)
}

fn order_fields(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[must("order", Kind::List)])?;
    let order = body.get("order").and_then(Js::as_array).unwrap_or(&[]);
    for entry in order {
        let name = entry.get("name").and_then(Js::as_str).unwrap_or_default();
        let Some(row) = call.world.documents.find_mut(FIELDS, "name", name) else {
            return Err(failure(
                422,
                "custom_profile_fields.entity_not_exists_with_names",
                "Cannot find entities with the given names.",
            ));
        };
        row.insert("sieOrder".to_owned(), entry.get("sieOrder").map_or(Value::Null, Value::from));
    }
    list_fields(call)
}

const FILTERS: [&str; 2] = ["languageTag", "templateType"];

fn list_templates(call: &mut Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::json(&call.stored_by_query(TEMPLATES, &FILTERS)))
}

/// One template for each language and type: a new one takes the old one's place.
fn set_templates(call: &mut Call<'_>) -> Result<Answer, Failure> {
    const TEMPLATE: &[Field] =
        &[must("languageTag", Kind::Name), must("templateType", Kind::Name), must("details", Kind::Object)];
    let body = call.body(&[must("templates", Kind::List)])?;
    let templates = body.get("templates").and_then(Js::as_array).unwrap_or(&[]);
    let mut rows = Vec::new();
    for template in templates {
        let members = super::guard::members(template, TEMPLATE)?;
        let same = |row: &Document| FILTERS.iter().all(|name| row.get(*name) == members.get(*name));
        call.world.documents.all_mut(TEMPLATES).retain(|row| !same(row));
        let mut row = call.new_row();
        row.extend(members);
        row.insert("createdAt".to_owned(), call.now_ms.into());
        call.world.documents.add(TEMPLATES, row.clone());
        rows.push(row);
    }
    Ok(Answer::json(&rows))
}

fn delete_templates(call: &mut Call<'_>) -> Result<Answer, Failure> {
    if FILTERS.iter().all(|name| call.query.get(name).is_none()) {
        return Err(failure(
            422,
            "connector.email_connector.bulk_deletion_no_filter",
            "At least one filter must be provided for bulk deletion.",
        ));
    }
    let wanted = |row: &Document| {
        FILTERS.iter().all(|name| call.query.get(name).is_none_or(|value| is(row, name, value)))
    };
    let rows = call.world.documents.all_mut(TEMPLATES);
    let before = rows.len();
    rows.retain(|row| !wanted(row));
    Ok(Answer::json(&json!({ "rowCount": before - rows.len() })))
}

fn update_template(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let members = call.members(&[
        may("subject", Kind::Text),
        may("content", Kind::Text),
        may("contentType", Kind::OneOf(&["text/html", "text/plain"])),
        may("replyTo", Kind::Text),
        may("sendFrom", Kind::Text),
    ])?;
    let id = call.param(0).to_owned();
    let row = call.stored_mut(TEMPLATES, "id", &id)?;
    if let Some(Value::Object(details)) = row.get_mut("details") {
        details.extend(members);
    }
    Ok(Answer::json(row))
}

/// A domain waits to be verified for ever.
fn create_domain(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let mut members = call.members(&[must("domain", Kind::Name).max(256)])?;
    let name = members.get("domain").and_then(Value::as_str).unwrap_or_default().to_owned();
    if call.world.documents.find(DOMAINS, "domain", &name).is_some() {
        return Err(failure(
            422,
            "domain.hostname_already_exists",
            "This domain already exists in our server.",
        ));
    }
    let record = json!({ "type": "CNAME", "name": name, "value": "domains.logto.app" });
    members.insert("id".to_owned(), call.world.rng.long_id().into());
    members.insert("status".to_owned(), "PendingVerification".into());
    members.insert("errorMessage".to_owned(), Value::Null);
    members.insert("dnsRecords".to_owned(), json!([record]));
    members.insert("createdAt".to_owned(), call.now_ms.into());
    let answer = Answer::created(&members);
    call.world.documents.add(DOMAINS, members);
    Ok(answer)
}

/// Removes what has waited too long.
fn clean_domains(call: &mut Call<'_>) -> Result<Answer, Failure> {
    const DAY_MS: u64 = 86_400_000;
    let body = call.body(&[must("staleDays", Kind::Number)])?;
    let days = super::common::whole(&body, "staleDays").unwrap_or(0);
    let oldest = call.now_ms.saturating_sub(days.saturating_mul(DAY_MS));
    let rows = call.world.documents.all_mut(DOMAINS);
    let before = rows.len();
    rows.retain(|row| row.get("createdAt").and_then(Value::as_u64).is_none_or(|at| at >= oldest));
    let deleted = before - rows.len();
    Ok(Answer::json(&json!({
        "scannedCount": before, "deletedCount": deleted, "skippedActiveCount": 0, "failedCount": 0,
    })))
}

fn verification_files(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = call.param(0);
    call.stored(DOMAINS, "id", id)?;
    let files =
        call.world.documents.find(VERIFICATION_FILES, "domainId", id).and_then(|row| row.get("files"));
    Ok(Answer::json(&files.cloned().unwrap_or_else(|| json!({}))))
}

fn set_verification_files(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let members = call.members(&[must("verificationFiles", Kind::Object)])?;
    let id = call.param(0).to_owned();
    call.stored(DOMAINS, "id", &id)?;
    call.world.documents.remove(VERIFICATION_FILES, "domainId", &id);
    let mut row = Document::new();
    row.insert("domainId".to_owned(), id.into());
    row.insert("files".to_owned(), members.get("verificationFiles").cloned().unwrap_or_default());
    call.world.documents.add(VERIFICATION_FILES, row);
    verification_files(call)
}
