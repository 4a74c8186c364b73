//! Serves the script of the transport contract for a runtime in another process: prints `{"baseUrl","refusedUrl"}` and runs until its stdin ends.
#![allow(clippy::print_stdout)]

use std::{error::Error, io};

use logto_simulator::script::{Script, ScriptServer};
use logto_testkit::contract::SCRIPT;
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let script = Script::from_json(&serde_json::from_str(SCRIPT)?)?;
    let server = runtime.block_on(ScriptServer::start(script))?;
    println!("{}", json!({ "baseUrl": server.base_url(), "refusedUrl": server.refused_url()? }));
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
