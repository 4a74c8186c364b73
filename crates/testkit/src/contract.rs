//! The contract that every transport holds, as one test over TCP.
//!
//! [`check`] plays requests against a scripted server ([`SCRIPT`], served by `logto_simulator::script::ScriptServer`) and looks at both ends. It needs nothing but a transport: no
//! runtime, no clock, no socket of its own, so that it is the same test in a Rust process, in Node and inside a Worker. What it asks the server about, it asks through the transport
//! itself.
//!
//! | rule | |
//! |---|---|
//! | any status | is an answer and no error |
//! | redirect | is handed over as it came; where it points to is not asked |
//! | request | method, target, headers and body arrive byte for byte, and no `Origin`, `Cookie` or `Referer` beside them |
//! | body | arrives byte for byte, also an empty one and that of a HEAD |
//! | repeated headers | are all there, on lines of their own or joined by `, ` |
//! | limit | a body of exactly `ResponseLimit` bytes is fine, a longer one is `Body` |
//! | refused | is `Connect`; `Interrupted` where the runtime does not tell ([`Peer::refusal_is_told`]) |
//! | reset, truncated | are `Interrupted`, and nothing is sent twice |
//! | drop | of the future closes the connection: the server sees it |

use std::{future::Future, pin::pin};

use futures_util::future::{Either, select};
use logto_management_core::bytes::Bytes;
use logto_management_core::http::{Method, Request, Response, StatusCode, header};
use logto_management_core::{HttpTransport, TransportError, TransportErrorKind, transport::ResponseLimit};
use serde_json::Value;

/// What the scripted server must play: the `server` part of a vector.
pub const SCRIPT: &str = include_str!("contract.json");

/// How often the server is asked before a rule that waits for something counts as broken. Each asking is a round trip, so this is no matter of time.
const PATIENCE: usize = 20_000;

/// The scripted server, as seen from the transport.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Where it is, without a trailing slash.
    pub base_url: String,
    /// An address at which connections are refused.
    pub refused_url: String,
    /// Whether this runtime tells that a connection was refused. Browsers and workerd do not: it may as well have broken.
    pub refusal_is_told: bool,
}

/// What became of one rule.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Its name in the table above.
    pub rule: &'static str,
    /// What was seen instead.
    pub broken: Option<String>,
}

/// Plays everything, one rule after the other.
pub async fn check<T: HttpTransport>(transport: &T, peer: &Peer) -> Vec<Finding> {
    let run = Run { transport, peer };
    vec![
        finding("any status", run.any_status().await),
        finding("redirect", run.redirect().await),
        finding("request", run.request_arrives().await),
        finding("body", run.bodies().await),
        finding("repeated headers", run.repeated_headers().await),
        finding("limit", run.limit().await),
        finding("refused", run.refused().await),
        finding("reset", run.broken("/reset").await),
        finding("truncated", run.broken("/truncate").await),
        finding("drop", run.dropped().await),
    ]
}

type Outcome = Result<(), String>;

fn finding(rule: &'static str, outcome: Outcome) -> Finding {
    Finding { rule, broken: outcome.err() }
}

fn expect(holds: bool, otherwise: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(otherwise()) }
}

struct Run<'a, T> {
    transport: &'a T,
    peer: &'a Peer,
}

impl<T: HttpTransport> Run<'_, T> {
    fn get(&self, path: &str) -> Request<Bytes> {
        request(Method::GET, format!("{}{path}", self.peer.base_url), Bytes::new())
    }

    async fn answer(&self, path: &str) -> Result<Response<Bytes>, String> {
        self.transport.send(self.get(path)).await.map_err(|error| format!("{path}: {}", told(&error)))
    }

    async fn ask(&self, path: &str) -> Result<Value, String> {
        let answer = self.answer(path).await?;
        serde_json::from_slice(answer.body()).map_err(|error| format!("{path}: {error}"))
    }

    /// The requests to a path that the server has seen.
    async fn seen(&self, path: &str) -> Result<Vec<Value>, String> {
        let all = self.ask("/__script").await?;
        let to_path = |seen: &&Value| {
            seen["target"].as_str().is_some_and(|target| target.split('?').next() == Some(path))
        };
        Ok(all["seen"].as_array().into_iter().flatten().filter(to_path).cloned().collect())
    }

    async fn any_status(&self) -> Outcome {
        for status in [200, 201, 304, 400, 404, 500, 503] {
            let answer = self.answer(&format!("/status/{status}")).await?;
            expect(answer.status().as_u16() == status, || format!("{status} came as {}", answer.status()))?;
        }
        Ok(())
    }

    async fn redirect(&self) -> Outcome {
        let answer = self.answer("/redirect").await?;
        expect(answer.status() == StatusCode::FOUND, || format!("302 came as {}", answer.status()))?;
        let followed = self.seen("/redirected").await?.len();
        expect(followed == 0, || "it was followed".to_owned())
    }

    async fn request_arrives(&self) -> Outcome {
        let body = Bytes::from_static("{\"name\":\"Zoë\"}".as_bytes());
        let target = "/echo?b=%20%2B&a=1&a=2&q=x%27y";
        let mut sent = request(Method::PATCH, format!("{}{target}", self.peer.base_url), body.clone());
        let headers = sent.headers_mut();
        headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
        headers.insert(header::AUTHORIZATION, header::HeaderValue::from_static("Bearer of-the-contract"));
        headers.insert("x-contract", header::HeaderValue::from_static("a, b;c=\"d\""));
        self.transport.send(sent).await.map_err(|error| told(&error))?;

        let seen = self.seen("/echo").await?;
        let [seen] = seen.as_slice() else { return Err(format!("it was sent {} times", seen.len())) };
        expect(seen["method"] == "PATCH", || format!("the method came as {}", seen["method"]))?;
        expect(seen["target"] == target, || format!("the target came as {}", seen["target"]))?;
        expect(seen["body"].as_str().map(str::as_bytes) == Some(&body), || {
            format!("the body came as {}", seen["body"])
        })?;
        let value = |name: &str| {
            let pairs = seen["headers"].as_array()?;
            pairs.iter().find(|pair| pair[0] == name).map(|pair| pair[1].to_string())
        };
        for (name, wanted) in [
            ("content-type", "\"application/json\""),
            ("authorization", "\"Bearer of-the-contract\""),
            ("x-contract", "\"a, b;c=\\\"d\\\"\""),
        ] {
            expect(value(name).as_deref() == Some(wanted), || format!("{name} came as {:?}", value(name)))?;
        }
        for name in ["origin", "cookie", "referer"] {
            expect(value(name).is_none(), || format!("{name} was added: {:?}", value(name)))?;
        }
        Ok(())
    }

    async fn bodies(&self) -> Outcome {
        let all: Vec<u8> = (0..=255).collect();
        let answer = self.answer("/bytes").await?;
        expect(answer.body()[..] == all[..], || {
            format!("256 different bytes came as {}", answer.body().len())
        })?;
        let answer = self.answer("/fill").await?;
        let long = answer.body().len() == 300_000 && answer.body().iter().all(|byte| *byte == b'x');
        expect(long, || format!("300,000 bytes came as {}", answer.body().len()))?;
        let answer = self.answer("/empty").await?;
        expect(answer.status() == StatusCode::NO_CONTENT && answer.body().is_empty(), || {
            "204 came with a body".to_owned()
        })?;
        let head = request(Method::HEAD, format!("{}/fill", self.peer.base_url), Bytes::new());
        let answer = self.transport.send(head).await.map_err(|error| told(&error))?;
        expect(answer.body().is_empty(), || "a HEAD came with a body".to_owned())
    }

    async fn repeated_headers(&self) -> Outcome {
        let answer = self.answer("/repeated").await?;
        let links = answer.headers().get_all(header::LINK);
        let lines: Vec<&str> = links.iter().filter_map(|line| line.to_str().ok()).collect();
        let joined = lines.join(", ");
        expect(joined == "</a?page=1>; rel=\"first\", </a?page=2>; rel=\"next\"", || {
            format!("Link came as {joined:?}")
        })
    }

    async fn limit(&self) -> Outcome {
        let with_limit = |bytes| {
            let mut request = self.get("/fill");
            request.extensions_mut().insert(ResponseLimit(bytes));
            request
        };
        let answer = self.transport.send(with_limit(300_000)).await.map_err(|error| told(&error))?;
        expect(answer.body().len() == 300_000, || "a body of exactly the limit came short".to_owned())?;
        kind(self.transport.send(with_limit(299_999)).await, &[TransportErrorKind::Body])
    }

    async fn refused(&self) -> Outcome {
        let request = request(Method::GET, format!("{}/x", self.peer.refused_url), Bytes::new());
        let allowed: &[TransportErrorKind] = if self.peer.refusal_is_told {
            &[TransportErrorKind::Connect]
        } else {
            &[TransportErrorKind::Connect, TransportErrorKind::Interrupted]
        };
        kind(self.transport.send(request).await, allowed)
    }

    async fn broken(&self, path: &str) -> Outcome {
        // A POST, since runtimes send some others again by themselves.
        let sent = request(Method::POST, format!("{}{path}", self.peer.base_url), Bytes::from_static(b"{}"));
        kind(self.transport.send(sent).await, &[TransportErrorKind::Interrupted])?;
        let times = self.seen(path).await?.len();
        expect(times == 1, || format!("it was sent {times} times"))
    }

    async fn dropped(&self) -> Outcome {
        let before = self.aborted().await?;
        let sending = Box::pin(self.transport.send(self.get("/hang")));
        let arrived = pin!(self.until(|| async { Ok(self.seen("/hang").await?.len() == 1) }));
        let sending = match select(sending, arrived).await {
            Either::Left((answer, _)) => return Err(format!("it ended by itself: {}", outcome(&answer))),
            Either::Right((arrived, sending)) => {
                arrived?;
                sending
            }
        };
        drop(sending);
        self.until(|| async { Ok(self.aborted().await? > before) }).await
    }

    async fn aborted(&self) -> Result<u64, String> {
        let connections = self.ask("/__connections").await?;
        connections["aborted"]
            .as_u64()
            .ok_or_else(|| format!("the server tells of no connections: {connections}"))
    }

    async fn until<F: Future<Output = Result<bool, String>>>(&self, holds: impl Fn() -> F) -> Outcome {
        for _ in 0..PATIENCE {
            if holds().await? {
                return Ok(());
            }
        }
        Err("the server never saw it".to_owned())
    }
}

fn request(method: Method, url: String, body: Bytes) -> Request<Bytes> {
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = url.parse().unwrap_or_default();
    request
}

fn told(error: &TransportError) -> String {
    format!("{:?}: {error}", error.kind())
}

fn outcome(answer: &Result<Response<Bytes>, TransportError>) -> String {
    match answer {
        Ok(answer) => format!("an answer ({})", answer.status()),
        Err(error) => told(error),
    }
}

fn kind(answer: Result<Response<Bytes>, TransportError>, allowed: &[TransportErrorKind]) -> Outcome {
    let fits = answer.as_ref().is_err_and(|error| allowed.contains(&error.kind()));
    expect(fits, || format!("it came as {}", outcome(&answer)))
}
