//! The transport over reqwest holds the contract of transports. That over fetch plays the same: `npm/tests/contract.mjs`.

use std::time::Duration;

use logto_management::ReqwestTransport;
use logto_simulator::script::{Script, ScriptServer};
use logto_testkit::contract::{Peer, SCRIPT, check};

#[tokio::test(flavor = "multi_thread")]
async fn reqwest_holds_the_contract() {
    let script = Script::from_json(&serde_json::from_str(SCRIPT).expect("JSON")).expect("a script");
    let server = ScriptServer::start(script).await.expect("a port");
    let peer = Peer {
        base_url: server.base_url().to_owned(),
        refused_url: server.refused_url().expect("a port"),
        refusal_is_told: true,
    };
    let transport = ReqwestTransport::with(Duration::from_secs(10), |builder| builder).expect("a transport");
    let broken: Vec<_> =
        check(&transport, &peer).await.into_iter().filter(|found| found.broken.is_some()).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}
