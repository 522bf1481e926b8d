//! The sandbox, through its real router.

#![allow(clippy::unwrap_used, reason = "a rig that can not be set up fails its test")]

#[path = "sandbox/assertions.rs"]
mod assertions;
#[path = "sandbox/control.rs"]
mod control;
#[path = "sandbox/faults.rs"]
mod faults;
#[path = "sandbox/listening.rs"]
mod listening;
#[path = "sandbox/rig.rs"]
mod rig;
#[path = "sandbox/secrets.rs"]
mod secrets;
#[path = "sandbox/tokens.rs"]
mod tokens;
