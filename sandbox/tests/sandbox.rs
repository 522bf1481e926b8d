//! The sandbox, through its real router.

#![allow(clippy::unwrap_used, reason = "a rig that can not be set up fails its test")]

#[path = "sandbox/ace.rs"]
mod ace;
#[path = "sandbox/activities.rs"]
mod activities;
#[path = "sandbox/assertions.rs"]
mod assertions;
#[path = "sandbox/control.rs"]
mod control;
#[path = "sandbox/faults.rs"]
mod faults;
#[path = "sandbox/gates.rs"]
mod gates;
#[path = "sandbox/introspection.rs"]
mod introspection;
#[path = "sandbox/listening.rs"]
mod listening;
#[path = "sandbox/metrics.rs"]
mod metrics;
#[path = "sandbox/organizations.rs"]
mod organizations;
#[path = "sandbox/rig.rs"]
mod rig;
#[path = "sandbox/secrets.rs"]
mod secrets;
#[path = "sandbox/tokens.rs"]
mod tokens;
#[path = "sandbox/users.rs"]
mod users;
