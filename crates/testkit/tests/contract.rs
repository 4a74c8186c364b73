//! The transports over TCP hold the contract of transports. That over fetch plays the same: `npm/tests/contract.mjs`.

use std::time::Duration;

use logto_management::{Config, Network, ReqwestTransport};
use logto_management_local::{LocalTransport, Runtime};
use logto_simulator::script::{Script, ScriptServer};
use logto_testkit::contract::{Finding, Peer, SCRIPT, check};

/// The scripted server, which lives as long as the first of the two, and how a transport finds it.
async fn serve() -> (ScriptServer, Peer) {
    let script = Script::from_json(&serde_json::from_str(SCRIPT).expect("JSON")).expect("a script");
    let server = ScriptServer::start(script).await.expect("a port");
    let peer = Peer {
        base_url: server.base_url().to_owned(),
        refused_url: server.refused_url().expect("a port"),
        refusal_is_told: true,
    };
    (server, peer)
}

fn assert_nothing_is_broken(found: Vec<Finding>) {
    let broken: Vec<_> = found.into_iter().filter(|found| found.broken.is_some()).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn reqwest_holds_the_contract() {
    let (_server, peer) = serve().await;
    let transport = ReqwestTransport::with(Duration::from_secs(10), |builder| builder).expect("a transport");
    assert_nothing_is_broken(check(&transport, &peer).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_on_the_runtime_of_the_bindings_hold_the_contract() {
    let (_server, peer) = serve().await;
    let found = tokio::task::spawn_blocking(move || {
        let runtime = Runtime::new().expect("a runtime");
        let config = Config::self_hosted(&peer.base_url).build().expect("a configuration");
        let transport = LocalTransport::new(runtime.clone(), &config, &Network::new()).expect("a transport");
        runtime.block_on(check(&transport, &peer))
    });
    assert_nothing_is_broken(found.await.expect("no panic"));
}
