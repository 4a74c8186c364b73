//! The transport holds the contract of transports.
#![allow(clippy::expect_used, reason = "tests")]

use logto_management::{Config, Network};
use logto_management_local::{LocalTransport, Runtime};
use logto_simulator::script::{Script, ScriptServer};
use logto_testkit::contract::{Peer, SCRIPT, check};

#[tokio::test(flavor = "multi_thread")]
async fn the_transport_holds_the_contract() {
    let script = Script::from_json(&serde_json::from_str(SCRIPT).expect("JSON")).expect("a script");
    let server = ScriptServer::start(script).await.expect("a port");
    let peer = Peer {
        base_url: server.base_url().to_owned(),
        refused_url: server.refused_url().expect("a port"),
        refusal_is_told: true,
    };
    let broken = tokio::task::spawn_blocking(move || {
        let runtime = Runtime::new().expect("a runtime");
        let config = Config::self_hosted(&peer.base_url).build().expect("a configuration");
        let transport = LocalTransport::new(runtime.clone(), &config, &Network::new()).expect("a transport");
        let found = runtime.block_on(check(&transport, &peer));
        found.into_iter().filter(|found| found.broken.is_some()).collect::<Vec<_>>()
    });
    let broken = broken.await.expect("no panic");
    assert!(broken.is_empty(), "{broken:#?}");
}
