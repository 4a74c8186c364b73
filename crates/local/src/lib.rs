//! A runtime that the waiting thread drives itself, and the HTTP transport on it.
//!
//! The bindings are called by a thread that then waits for the answer: Python's in a blocking call, JavaScript's in its event loop. Where another thread does the network for it, each request costs two hand-offs between threads,
//! which take longer than all else about it. On a [`Runtime`] the calling thread writes the request, sleeps at the socket, and reads the answer.
//!
//! ```no_run
//! # use logto_management::{Client, Config, Network};
//! use logto_management_local::{LocalClock, LocalTransport, Runtime};
//!
//! # fn run(config: Config, request: logto_management::Request) -> Result<(), Box<dyn std::error::Error>> {
//! let runtime = Runtime::new()?;
//! let transport = LocalTransport::new(runtime.clone(), &config, &Network::new())?;
//! let client = Client::builder(config, transport, LocalClock::new(runtime.clone())).build()?;
//! let answer = runtime.block_on(client.execute(request))?;
//! # Ok(()) }
//! ```

mod clock;
mod connect;
mod event_loops;
mod exchange;
mod joined;
mod on_tokio;
mod parker;
mod runtime;
mod seat;
mod source;
mod task;
pub mod threads;
mod timers;
mod tls;
mod transport;

pub use clock::LocalClock;
pub use event_loops::{EventLoop, EventLoops, Started, Turn};
pub use joined::Joined;
pub use on_tokio::OnTokio;
pub use runtime::Runtime;
pub use timers::Sleep;
pub use transport::LocalTransport;
