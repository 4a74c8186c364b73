//! A simulated tenant and a clock, in process.

use bytes::Bytes;
use http::{Request, Response};
use logto_simulator::{CLIENT_ID, CLIENT_SECRET, Options, Outcome, Reply, Simulator};
use serde_json::Value;

pub const START: u64 = 1_767_225_600_000;
pub const INDICATOR: &str = "https://default.logto.app/api";

pub struct Tenant {
    pub simulator: Simulator,
    pub now_ms: u64,
    pub token: String,
}

/// `(name, value)`
pub type Header<'a> = (&'a str, &'a str);

impl Tenant {
    /// With an access token for the Management API.
    pub fn new(options: Options) -> Self {
        let mut tenant = Self { simulator: Simulator::new(options), now_ms: START, token: String::new() };
        tenant.renew();
        tenant
    }

    pub fn with_users(users: usize) -> Self {
        Self::new(Options { users, ..Options::default() })
    }

    pub fn renew(&mut self) {
        let answer = self.ask_token(CLIENT_ID, CLIENT_SECRET, INDICATOR, "all");
        self.token = json(&answer)["access_token"].as_str().expect("a token").to_owned();
    }

    pub fn outcome(&self, method: &str, target: &str, headers: &[Header<'_>], body: &[u8]) -> Outcome {
        let mut request = Request::builder().method(method).uri(target).header("host", "logto.test");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Bytes::copy_from_slice(body)).expect("a request");
        self.simulator.respond(&request, self.now_ms)
    }

    pub fn raw(&self, method: &str, target: &str, headers: &[Header<'_>], body: &[u8]) -> Response<Bytes> {
        match self.outcome(method, target, headers, body).reply {
            Reply::Answer(answer) => answer,
            other => panic!("no answer: {other:?}"),
        }
    }

    pub fn ask_token(&self, id: &str, secret: &str, resource: &str, scope: &str) -> Response<Bytes> {
        let form = format!(
            "grant_type=client_credentials&client_id={id}&client_secret={secret}&resource={resource}&scope={scope}"
        );
        self.raw(
            "POST",
            "/oidc/token",
            &[("content-type", "application/x-www-form-urlencoded")],
            form.as_bytes(),
        )
    }

    /// With the token, and with JSON if there is a body.
    pub fn api(&self, method: &str, target: &str, body: Option<&Value>) -> Response<Bytes> {
        let bearer = format!("Bearer {}", self.token);
        let mut headers = vec![("authorization", bearer.as_str())];
        if body.is_some() {
            headers.push(("content-type", "application/json"));
        }
        let body = body.map(Value::to_string).unwrap_or_default();
        self.raw(method, target, &headers, body.as_bytes())
    }

    pub fn get(&self, target: &str) -> Response<Bytes> {
        self.api("GET", target, None)
    }

    /// The JSON of a call that succeeds.
    pub fn ok(&self, method: &str, target: &str, body: Option<&Value>) -> Value {
        let answer = self.api(method, target, body);
        assert!(answer.status().is_success(), "{method} {target}: {} {:?}", answer.status(), answer.body());
        json(&answer)
    }

    /// Status and code of a call that fails.
    pub fn fails(&self, method: &str, target: &str, body: Option<&Value>) -> (u16, String) {
        let answer = self.api(method, target, body);
        (answer.status().as_u16(), json(&answer)["code"].as_str().unwrap_or("").to_owned())
    }

    pub fn ids(&self, target: &str) -> Vec<String> {
        let rows = self.ok("GET", target, None);
        rows.as_array()
            .expect("a list")
            .iter()
            .map(|row| row["id"].as_str().expect("an id").to_owned())
            .collect()
    }
}

pub fn json(answer: &Response<Bytes>) -> Value {
    serde_json::from_slice(answer.body()).unwrap_or(Value::Null)
}

pub fn header<'a>(answer: &'a Response<Bytes>, name: &str) -> Option<&'a str> {
    answer.headers().get(name).map(|value| value.to_str().expect("text"))
}

pub fn text(answer: &Response<Bytes>) -> &str {
    std::str::from_utf8(answer.body()).expect("text")
}
