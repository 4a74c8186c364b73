//! The token endpoint and its neighbours under `/oidc`.

mod client;
mod documents;

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, CACHE_CONTROL,
    CONTENT_TYPE, HeaderValue, ORIGIN,
};
use http::{Method, Request, StatusCode};
use serde_json::json;

use crate::api::{self, Answer, FORM_LIMIT, Failure, oidc};
use crate::json::{Js, parse};
use crate::query::Query;
use crate::tokens::{Claims, Tokens};
use crate::world::{Jsonb, Log, MANAGEMENT_API, World};

/// What the endpoint needs besides the request.
pub(crate) struct Scene<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) tokens: &'a mut Tokens,
    pub(crate) now_ms: u64,
    /// How long tokens for the Management API live, in seconds.
    pub(crate) token_lifetime: u64,
    /// Gives no scope, whatever was asked.
    pub(crate) drop_scope: bool,
}

/// The answer to a request under `/oidc`.
pub(crate) fn answer(request: &Request<Bytes>, scene: Scene<'_>) -> Answer {
    let path = request.uri().path().strip_prefix("/oidc").unwrap_or("");
    match (request.method(), path) {
        (&Method::POST, "/token") => {
            let origin = request.headers().contains_key(ORIGIN);
            let (mut answer, open) = match token(request, scene) {
                Ok(answer) => (answer, true),
                Err(Refusal { failure, open }) => (*failure, open),
            };
            if open {
                answer = answer
                    .with(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("WWW-Authenticate"))
                    .with(CACHE_CONTROL, HeaderValue::from_static("no-store"));
                if !origin {
                    answer = answer.with(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
                }
            }
            answer
        }
        (&Method::POST, "/token/revocation") => {
            // Access tokens are JWTs: nothing but time ends them.
            let why = "Structured JWT Tokens cannot be revoked via the revocation_endpoint";
            let answer = *oidc(400, "unsupported_token_type", why);
            answer
                .with(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"))
                .with(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("WWW-Authenticate"))
        }
        (&Method::OPTIONS, "/token") => preflight(request),
        (&Method::GET | &Method::HEAD, "/.well-known/openid-configuration") => {
            documents::discovery(api::host(request))
        }
        (&Method::GET | &Method::HEAD, "/jwks") => documents::jwks(),
        (method, path) => *oidc(
            404,
            "invalid_request",
            &format!("unrecognized route or not allowed method ({method} on {path})"),
        ),
    }
}

fn preflight(request: &Request<Bytes>) -> Answer {
    let copy = |name| request.headers().get(name).cloned().unwrap_or(HeaderValue::from_static("*"));
    Answer::empty()
        .with(ACCESS_CONTROL_ALLOW_ORIGIN, copy(ORIGIN))
        .with(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"))
        .with(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"))
        .with(ACCESS_CONTROL_ALLOW_HEADERS, copy(ACCESS_CONTROL_REQUEST_HEADERS))
}

/// A refused token request.
struct Refusal {
    failure: Failure,
    /// Whether it came so far that it has the headers of the endpoint.
    open: bool,
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self { failure, open: true }
    }
}

/// The members of the body, by name; those that are no strings are left out.
struct Form(Query);

impl Form {
    fn read(request: &Request<Bytes>) -> Result<Self, Refusal> {
        let early = |failure| Refusal { failure, open: false };
        let body = request.body();
        if body.len() > FORM_LIMIT {
            return Err(early(Box::new(Answer::plain(StatusCode::NOT_FOUND))));
        }
        if body.contains(&0) {
            let why = "null bytes are not allowed in the request body";
            return Err(early(oidc(400, "invalid_request", why)));
        }
        let content_type = request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
        let media = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        match media.as_str() {
            "application/x-www-form-urlencoded" => Ok(Self(Query::parse(&String::from_utf8_lossy(body)))),
            "application/json" => {
                let document = parse(body).map_err(|error| early(api::bare(400, &error.0)))?;
                let Js::Object(members) = document.value else {
                    return Ok(Self(Query::default()));
                };
                let pairs = members.into_iter().filter_map(|(name, value)| match value {
                    Js::String(text) => Some((name, text)),
                    _ => None,
                });
                Ok(Self(pairs.collect()))
            }
            _ => Ok(Self(Query::default())),
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).filter(|value| !value.is_empty())
    }
}

fn token(request: &Request<Bytes>, scene: Scene<'_>) -> Result<Answer, Refusal> {
    let Scene { world, tokens, now_ms, token_lifetime, drop_scope } = scene;
    let form = Form::read(request)?;
    let client = client::authenticate(request, &form, world, now_ms)?;
    if let Some(origin) = request.headers().get(ORIGIN) {
        let origin = origin.to_str().unwrap_or("");
        let why = format!("origin {origin} not allowed for client: {}", client.id);
        return Err(oidc(400, "invalid_request", &why).into());
    }
    for name in ["grant_type", "scope", "client_id", "client_secret"] {
        if form.0.count(name) > 1 {
            let why = format!("'{name}' parameter must not be provided twice");
            return Err(oidc(400, "invalid_request", &why).into());
        }
    }
    match form.get("grant_type") {
        Some("client_credentials") => {}
        None => {
            return Err(oidc(400, "invalid_request", "missing required parameter 'grant_type'").into());
        }
        Some("authorization_code" | "refresh_token" | "implicit") => {
            let why = "requested grant type is not allowed for this client";
            return Err(oidc(400, "unauthorized_client", why).into());
        }
        Some(_) => {
            return Err(oidc(400, "unsupported_grant_type", "unsupported grant_type requested").into());
        }
    }
    let resource = resource(&form)?;
    let (resource_id, ttl) = world
        .resources
        .iter()
        .find(|r| r.indicator == resource)
        .map(|r| (r.id.clone(), if r.id == MANAGEMENT_API { token_lifetime } else { r.access_token_ttl }))
        .ok_or_else(|| oidc(400, "invalid_target", "resource indicator is missing, or unknown"))?;
    let asked = form.get("scope").unwrap_or("");
    let granted = if drop_scope { Vec::new() } else { world.granted(&client.id, &resource_id, asked) };
    let scope = (!granted.is_empty()).then(|| granted.join(" "));
    log(world, &client, &form, scope.as_deref(), now_ms);
    let iat = now_ms / 1000;
    let claims = Claims {
        jti: world.rng.nanoid(43),
        sub: client.id.clone(),
        iat,
        exp: iat + ttl,
        scope: scope.clone(),
        client_id: client.id,
        iss: format!("http://{}/oidc", api::host(request)),
        aud: resource.to_owned(),
    };
    let token = tokens.issue(claims, &mut world.rng);
    let scope = scope.map_or_else(String::new, |scope| format!(",\"scope\":{}", json!(scope)));
    Ok(Answer::raw(format!(
        "{{\"access_token\":\"{token}\",\"expires_in\":{ttl},\"token_type\":\"Bearer\"{scope}}}"
    )))
}

/// The one resource indicator of the request.
fn resource(form: &Form) -> Result<&str, Failure> {
    let invalid = |why: &str| oidc(400, "invalid_target", why);
    if form.0.count("resource") > 1 {
        return Err(invalid("only a single resource indicator value is supported for this grant type"));
    }
    let Some(resource) = form.get("resource") else {
        return Err(invalid("both `resource` and `organization_id` are not provided"));
    };
    let absolute = resource.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
            && !rest.is_empty()
    });
    if !absolute {
        return Err(invalid("resource indicator must be an absolute URI"));
    }
    if resource.contains('#') {
        return Err(invalid("resource indicator must not contain a fragment component"));
    }
    Ok(resource)
}

fn log(world: &mut World, client: &client::Client, form: &Form, scope: Option<&str>, now_ms: u64) {
    let key = "ExchangeTokenBy.ClientCredentials";
    let text = |text: &str| Js::String(text.to_owned());
    let mut payload = vec![
        ("key".to_owned(), text(key)),
        ("result".to_owned(), text("Success")),
        ("applicationId".to_owned(), text(&client.id)),
        ("tokenTypes".to_owned(), Js::Array(vec![text("AccessToken")])),
        ("applicationSecret".to_owned(), Js::Object(vec![("name".to_owned(), text(&client.secret_name))])),
    ];
    let params =
        form.0.pairs().iter().map(|(name, value)| {
            (name.clone(), text(if name == "client_secret" { "******" } else { value }))
        });
    payload.push(("params".to_owned(), Js::Object(params.collect())));
    if let Some(scope) = scope {
        payload.push(("scope".to_owned(), text(scope)));
    }
    let log = Log {
        tenant_id: world.tenant_id.clone(),
        id: world.rng.long_id(),
        key: key.to_owned(),
        payload: Jsonb::of(&Js::Object(payload)),
        created_at: now_ms,
        application_id: Some(client.id.clone()),
        user_id: None,
        hook_id: None,
    };
    world.logs.push(log);
}
