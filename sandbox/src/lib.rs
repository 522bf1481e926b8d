//! A stand-in provider on a loopback port, with a signing key of its own: for a first run without any account
//! elsewhere, for demos and for tests.
//!
//! The rules of this crate:
//!
//! - It looks like PingOne: `POST /{environment}/as/token`, `introspect`, `revoke`, `GET /{environment}/as/jwks`,
//!   metadata, tokens and errors, and below `/v1` the management API that the five pages need. Below `/ace/api` it looks
//!   like ACE IoT, with site tokens.
//! - The company it tells of is computed, not stored: two years of a few thousand invented people take no memory.
//! - It checks what a real provider checks: all four ways to authenticate, audience, expiry and replay of assertions.
//! - Time comes in as a parameter. Keys and secrets are drawn in `random` and nowhere else.
//! - It listens on loopback addresses only, and its control routes refuse what comes from another site's page.
//! - Client secrets are kept in clear text (an HMAC can't be checked otherwise), with mode 0600: nothing here guards
//!   anything of value.

mod ace;
mod authority;
mod client;
mod clients;
mod control;
mod counters;
mod fault;
mod file;
mod key_pair;
mod management;
mod metadata;
mod oauth_error;
mod random;
mod router;
mod running;
mod signing_key;
mod token;
mod world;

pub use ace::site_token::SiteTokenLifetime;
pub use authority::{Now, Sandbox, SandboxError, SandboxSettings};
pub use client::ClientError;
pub use counters::Counters;
pub use fault::{Fault, FaultPlan, Scene};
pub use management::{RateGroup, RateLimit};
pub use running::Running;
