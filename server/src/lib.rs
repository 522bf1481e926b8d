//! The server: renders pages, signs people in, obtains tokens, keeps what must be shared.
//!
//! `main.rs` only wires. Clock, randomness and the way out come in as ports, so that tests run the real router.

pub mod clock;
pub mod entropy;
pub mod upstream;
