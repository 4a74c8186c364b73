//! SAML applications: Logto as the identity provider of others.

use http::StatusCode;
use http::header::{HeaderValue, LOCATION};
use serde_json::{Value, json};

use super::answer::{Answer, Failure, HTML, failure, not_found};
use super::guard::{Field, Kind, may, must};
use super::routes::{Route, public, route};
use super::{Call, applications};
use crate::world::{Application, Document, is, seed};

pub(super) const ROUTES: &[Route] = &[
    route("POST", "/api/saml-applications", create),
    route("GET", "/api/saml-applications/{id}", |call| Ok(Answer::json(&rendered(call)?))),
    route("PATCH", "/api/saml-applications/{id}", update),
    route("DELETE", "/api/saml-applications/{id}", delete),
    public("GET", "/api/saml-applications/{id}/callback", callback),
    public("GET", "/api/saml-applications/{id}/metadata", metadata),
    route("GET", "/api/saml-applications/{id}/secrets", list_secrets),
    route("POST", "/api/saml-applications/{id}/secrets", create_secret),
    route("PATCH", "/api/saml-applications/{id}/secrets/{secretId}", set_active),
    route("DELETE", "/api/saml-applications/{id}/secrets/{secretId}", delete_secret),
    public("GET", "/api/saml/{id}/authn", sign_in),
    public("POST", "/api/saml/{id}/authn", sign_in),
];

/// What makes SAML applications of applications.
const CONFIGS: &str = "saml_application_configs";
const SECRETS: &str = "saml_application_secrets";
const YEAR_MS: u64 = 31_536_000_000;
const XML: HeaderValue = HeaderValue::from_static("text/xml; charset=utf-8");

const FORMATS: Kind = Kind::OneOf(&[
    "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
    "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
]);

const OPTIONAL: &[Field] = &[
    may("description", Kind::Text).or_null(),
    may("customData", Kind::Object),
    may("attributeMapping", Kind::Object),
    may("entityId", Kind::Text).or_null().max(128),
    may("acsUrl", Kind::Object).or_null(),
    may("encryption", Kind::Object).or_null(),
    may("nameIdFormat", FORMATS),
];

/// The application's row.
fn one<'c>(call: &'c Call<'_>) -> Result<&'c Application, Failure> {
    let app = applications::one(call)?;
    if app.kind == "SAML" {
        return Ok(app);
    }
    Err(failure(
        422,
        "application.saml.saml_application_only",
        "The API is available for SAML applications only.",
    ))
}

/// The application without what OpenID Connect needs, with what SAML does.
fn rendered(call: &Call<'_>) -> Result<Document, Failure> {
    let app = one(call)?;
    let mut row = match serde_json::to_value(app) {
        Ok(Value::Object(row)) => row,
        _ => Document::new(),
    };
    for foreign in ["oidcClientMetadata", "customClientMetadata", "protectedAppMetadata"] {
        row.remove(foreign);
    }
    let mut config = call.stored(CONFIGS, "applicationId", &app.id)?.clone();
    config.remove("applicationId");
    row.extend(config);
    Ok(row)
}

/// The server posts its answers, and to encrypted transport only.
fn check_address(members: &Document) -> Result<(), Failure> {
    let Some(Value::Object(address)) = members.get("acsUrl") else { return Ok(()) };
    if !is(address, "binding", "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST") {
        return Err(failure(
            422,
            "application.saml.acs_url_binding_not_supported",
            "Only HTTP-POST binding is supported for receiving SAML assertions.",
        ));
    }
    let url = address.get("url").and_then(Value::as_str).unwrap_or_default();
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return Err(failure(
            422,
            "application.saml.acs_url_scheme_not_supported",
            "The ACS URL scheme is not supported.",
        ));
    }
    Ok(())
}

/// Comes with a first, active, secret.
fn create(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let fields = [&[must("name", Kind::Name).max(256)][..], OPTIONAL].concat();
    let (body, members) = (call.body(&fields)?, call.members(&fields)?);
    check_address(&members)?;
    let id = call.world.rng.long_id();
    let mut app = seed::application(&call.world.tenant_id, id.clone(), "", "SAML", call.now_ms);
    applications::apply(&mut app, &body);
    call.world.applications.push(app);
    let config = [
        ("applicationId", json!(id)),
        ("attributeMapping", json!({})),
        ("entityId", Value::Null),
        ("acsUrl", Value::Null),
        ("encryption", Value::Null),
        ("nameIdFormat", json!("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent")),
    ];
    call.world
        .documents
        .add(CONFIGS, config.map(|(name, value)| (name.to_owned(), value)).into_iter().collect());
    configure(call, &id, members)?;
    add_secret(call, &id, 3, true);
    call.params = vec![id];
    Ok(Answer::created(&rendered(call)?))
}

/// Sets what is SAML's.
fn configure(call: &mut Call<'_>, id: &str, members: Document) -> Result<(), Failure> {
    let config = call.stored_mut(CONFIGS, "applicationId", id)?;
    for (name, value) in members {
        if let Some(known) = config.get_mut(&name) {
            *known = value;
        }
    }
    Ok(())
}

fn update(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let own = [may("name", Kind::Name).max(256), may("appLevelAccessControlEnabled", Kind::Flag)];
    let fields = [&own[..], OPTIONAL].concat();
    let (body, members) = (call.body(&fields)?, call.members(&fields)?);
    check_address(&members)?;
    let id = one(call)?.id.clone();
    applications::apply(applications::one_mut(call)?, &body);
    configure(call, &id, members)?;
    Ok(Answer::json(&rendered(call)?))
}

/// What belongs to an application goes with it.
fn delete(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = one(call)?.id.clone();
    call.world.delete_application(&id);
    Ok(Answer::empty())
}

/// A secret as it is kept; the id of its application stands in it too.
fn add_secret(call: &mut Call<'_>, application: &str, years: u64, active: bool) -> Document {
    let fingerprint =
        call.world.rng.nanoid(64).bytes().map(|byte| format!("{byte:02X}")).take(32).collect::<Vec<_>>();
    let mut row = Document::new();
    row.insert("id".to_owned(), call.world.rng.long_id().into());
    row.insert("applicationId".to_owned(), application.into());
    let certificate =
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", call.world.rng.secret(64));
    row.insert("certificate".to_owned(), certificate.into());
    row.insert("createdAt".to_owned(), call.now_ms.into());
    row.insert("expiresAt".to_owned(), (call.now_ms + years * YEAR_MS).into());
    row.insert("active".to_owned(), active.into());
    let sha256 = json!({ "formatted": fingerprint.join(":"), "unformatted": fingerprint.concat() });
    row.insert("fingerprints".to_owned(), json!({ "sha256": sha256 }));
    call.world.documents.add(SECRETS, row.clone());
    row
}

fn shown(row: &Document) -> Document {
    let mut row = row.clone();
    row.remove("applicationId");
    row
}

fn secrets<'c>(call: &'c Call<'_>) -> impl Iterator<Item = &'c Document> {
    call.world.documents.all(SECRETS).iter().filter(|row| is(row, "applicationId", call.param(0)))
}

fn list_secrets(call: &mut Call<'_>) -> Result<Answer, Failure> {
    one(call)?;
    Ok(Answer::json(&secrets(call).map(shown).collect::<Vec<_>>()))
}

fn create_secret(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[must("lifeSpanInYears", Kind::Number)])?;
    one(call)?;
    let id = call.param(0).to_owned();
    let years = super::common::whole(&body, "lifeSpanInYears").unwrap_or(1);
    Ok(Answer::created(&shown(&add_secret(call, &id, years, false))))
}

/// One is active at a time.
fn set_active(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let body = call.body(&[must("active", Kind::Flag)])?;
    let active = super::common::flag(&body, "active").unwrap_or(false);
    one(call)?;
    let (application, id) = (call.param(0).to_owned(), call.param(1).to_owned());
    let mut found = None;
    for row in
        call.world.documents.all_mut(SECRETS).iter_mut().filter(|row| is(row, "applicationId", &application))
    {
        if is(row, "id", &id) {
            row.insert("active".to_owned(), active.into());
            found = Some(shown(row));
        } else if active {
            row.insert("active".to_owned(), false.into());
        }
    }
    found.map(|row| Answer::json(&row)).ok_or_else(not_found)
}

fn delete_secret(call: &mut Call<'_>) -> Result<Answer, Failure> {
    one(call)?;
    let id = call.param(1).to_owned();
    let row = secrets(call).find(|row| is(row, "id", &id)).ok_or_else(not_found)?;
    if row.get("active") == Some(&json!(true)) {
        return Err(failure(
            400,
            "application.saml.can_not_delete_active_secret",
            "Can not delete the active secret.",
        ));
    }
    call.delete_stored(SECRETS, "id", &id)
}

fn metadata(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = &one(call)?.id;
    let Some(secret) = secrets(call).find(|row| row.get("active") == Some(&json!(true))) else {
        return Err(failure(
            404,
            "application.saml.no_active_secret",
            "No active secret found for the SAML application.",
        ));
    };
    let pem = secret.get("certificate").and_then(Value::as_str).unwrap_or_default();
    let certificate: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let origin = format!("http://{}", call.host);
    let xml = format!(
        "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{origin}/saml/{id}\">\
         <md:IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
         <md:KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data>\
         <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\
         <md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"{origin}/api/saml/{id}/authn\"/>\
         </md:IDPSSODescriptor></md:EntityDescriptor>"
    );
    Ok(Answer::new(StatusCode::OK, XML, xml))
}

/// A page that would post itself to the service provider.
fn callback(call: &mut Call<'_>) -> Result<Answer, Failure> {
    one(call)?;
    if call.query.get("code").is_none() {
        return Err(failure(400, "guard.invalid_input", "The request query is invalid."));
    }
    Ok(Answer::new(
        StatusCode::OK,
        HTML,
        "<!doctype html><html><body><form method=\"post\"></form></body></html>",
    ))
}

fn sign_in(call: &mut Call<'_>) -> Result<Answer, Failure> {
    one(call)?;
    let mut answer = Answer::plain(StatusCode::FOUND);
    if let Ok(to) = HeaderValue::try_from(format!("http://{}/sign-in", call.host)) {
        answer.headers.push((LOCATION, to));
    }
    Ok(answer)
}
