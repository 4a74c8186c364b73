//! What the project's tests are made of.
//!
//! - [`clock`]: virtual time. Hours pass in microseconds, in a fixed order.
//! - [`contract`]: what every transport holds, as one test.
//! - [`store`]: a token store in memory, that can fail, hang and be tampered with.
//! - [`transport`]: a simulated server as an in-process transport, in virtual time.
//! - [`vectors`]: reads `tests/vectors`, runs them through a door, compares.

#[cfg(feature = "runner")]
pub mod clock;
pub mod contract;
#[cfg(feature = "runner")]
pub mod store;
#[cfg(feature = "runner")]
pub mod transport;
#[cfg(feature = "runner")]
pub mod vectors;
