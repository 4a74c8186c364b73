//! The two Rust doors: the core in process and in virtual time, and the crate `logto-management` over TCP.

use std::{
    cell::RefCell,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::FutureExt;
use logto_management::{ReqwestTransport, Sealed, TokioClock};
use logto_management_core::{
    Client, Clock, Config, ConfigBuilder, Error, Event, HttpTransport, Observer, TestingClock,
};
use logto_simulator::script::{Script, ScriptServer, Seen};
use serde_json::Value;

use super::{
    Door, Report, Vector,
    format::{ClientSpec, StoreKind},
    steps::{Player, Stage},
};
use crate::{
    clock::VirtualClock,
    store::{Mode, TestStore},
    transport::SimulatedTransport,
};

/// Where the script stands in process: a loopback name, as the servers of the doors over TCP are. Nothing listens anywhere else.
const SERVER: &str = "http://localhost";
const REFUSED: &str = "http://refused.localhost";

/// The core in process, over a scripted transport, in virtual time.
#[derive(Debug, Default)]
pub struct InProcess;

/// The crate `logto-management` over TCP, on the testing clock.
#[derive(Debug, Default)]
pub struct OverTcp;

/// The script of a vector.
pub(super) fn script(vector: &Vector) -> Result<Script, String> {
    Script::from_json(&Value::Array(vector.server.clone()))
        .map_err(|error| format!("{}: {error}", vector.name))
}

pub(super) fn seen(seen: &[Seen]) -> Vec<Value> {
    seen.iter().map(|seen| serde_json::to_value(seen).expect("plain data")).collect()
}

/// The configuration that a vector describes.
fn config(spec: &ClientSpec) -> Result<Config, Error> {
    let mut builder: ConfigBuilder =
        Config::tenant(&spec.tenant_id).credentials(&spec.client_id, spec.client_secret.as_str());
    if let Some(url) = &spec.base_url {
        builder = builder.base_url(url);
    }
    if let Some(indicator) = &spec.api_indicator {
        builder = builder.api_indicator(indicator);
    }
    for (name, value) in &spec.options {
        builder = builder.option(name, value)?;
    }
    builder.build()
}

/// Collects the codes of warnings, and all events as a log would print them.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<(Vec<String>, Vec<String>)>>);

impl Heard {
    fn observer(&self) -> impl Observer {
        let Self(heard) = self.clone();
        move |event: &Event<'_>| {
            let mut heard = heard.lock().expect("nothing panics with it");
            if let Event::Warning { code, .. } = event {
                heard.0.push((*code).to_owned());
            }
            heard.1.push(format!("{event:?}"));
        }
    }

    /// Codes of warnings, and events.
    fn take(&self) -> (Vec<String>, Vec<String>) {
        std::mem::take(&mut self.0.lock().expect("nothing panics with it"))
    }
}

fn client<T: HttpTransport, C: Clock>(
    config: Result<Config, Error>,
    transport: impl FnOnce(&Config) -> T,
    clock: C,
    heard: &Heard,
    store: Option<&TestStore>,
) -> Result<Client<T, C>, Error> {
    let config = config?;
    let transport = transport(&config);
    let mut builder = Client::builder(config, transport, clock).observer(heard.observer());
    if let Some(store) = store {
        builder = builder.token_vault(Sealed::shared(store.clone()));
    }
    builder.build()
}

/// The store that a vector's clients share; one that nobody asks, where they share none.
fn store(spec: &ClientSpec) -> TestStore {
    TestStore::new(match spec.token_store {
        None | Some(StoreKind::Working) => Mode::Working,
        Some(StoreKind::Failing) => Mode::Failing,
        Some(StoreKind::Hanging) => Mode::Hanging,
    })
}

fn in_ms(sleeps: Vec<Duration>) -> Vec<f64> {
    sleeps.iter().map(|sleep| sleep.as_secs_f64() * 1000.0).collect()
}

impl Door for InProcess {
    fn name(&self) -> &str {
        "rust"
    }

    fn run<'a>(
        &'a mut self,
        vector: &'a Vector,
    ) -> Pin<Box<dyn Future<Output = Result<Report, String>> + 'a>> {
        Box::pin(async move {
            let script = Arc::new(script(vector)?);
            let clock = VirtualClock::new();
            let heard = Heard::default();
            let spec = vector.client.at(SERVER, REFUSED);
            script.set_base_url(SERVER);
            let transport = {
                let script = Arc::clone(&script);
                SimulatedTransport::new(clock.clone(), move |request, now| {
                    if request.headers().get("host").is_none_or(|host| host != "localhost") {
                        return logto_simulator::Outcome::now(logto_simulator::Reply::Refuse);
                    }
                    script.respond(request, now)
                })
            };
            let store = store(&spec);
            let shared = spec.token_store.map(|_| &store);
            let make = || client(config(&spec), |_| transport.clone(), clock.clone(), &heard, shared);
            let stage = Stage {
                advance: &|by| clock.advance(by),
                seen: &|| script.seen_count(),
                wait: &|| clock.wait(Duration::from_millis(1)).boxed_local(),
            };
            let player = Player {
                client: RefCell::new(make()),
                again: &make,
                store: &store,
                stage,
                last_list: RefCell::default(),
            };
            let outcomes = clock.run(player.play(&vector.steps));
            drop(player);
            let (warnings, events) = heard.take();
            Ok(Report {
                outcomes,
                sleeps: in_ms(clock.take_sleeps()),
                warnings,
                events,
                seen: seen(&script.seen()),
                unmatched: script.unmatched(),
            })
        })
    }
}

impl Door for OverTcp {
    fn name(&self) -> &str {
        "rust-tcp"
    }

    fn run<'a>(
        &'a mut self,
        vector: &'a Vector,
    ) -> Pin<Box<dyn Future<Output = Result<Report, String>> + 'a>> {
        Box::pin(async move {
            let server = ScriptServer::start(script(vector)?).await.map_err(|error| error.to_string())?;
            let refused = server.refused_url().map_err(|error| error.to_string())?;
            let clock = TestingClock::new(TokioClock);
            let heard = Heard::default();
            let spec = vector.client.at(server.base_url(), &refused);
            let store = store(&spec);
            let shared = spec.token_store.map(|_| &store);
            let reqwest = |config: &Config| ReqwestTransport::new(config).expect("the system's TLS set-up");
            let make = || client(config(&spec), reqwest, clock.clone(), &heard, shared);
            let stage = Stage {
                advance: &|by| {
                    clock.advance(by);
                    server.set_now(clock.now().0);
                },
                seen: &|| server.seen().len(),
                wait: &|| tokio::time::sleep(Duration::from_millis(1)).boxed_local(),
            };
            let player = Player {
                client: RefCell::new(make()),
                again: &make,
                store: &store,
                stage,
                last_list: RefCell::default(),
            };
            let outcomes = player.play(&vector.steps).await;
            drop(player);
            let (warnings, events) = heard.take();
            let report = Report {
                outcomes,
                sleeps: in_ms(clock.take_sleeps()),
                warnings,
                events,
                seen: seen(&server.seen()),
                unmatched: server.unmatched(),
            };
            server.shutdown().await;
            Ok(report)
        })
    }
}
