//! The organisation's licences: what they allow, how long they last, and how much of them is used.
//!
//! The API gives no number of identities used: what is compared with what a licence includes is the count of active
//! identities, and environments are compared by the count of those assigned. A state the API may add later is kept as it
//! stands.

mod chain;
mod export;
mod features;
mod license;
mod life;
mod list;
mod organization;
mod usage;

pub use chain::{Chain, chain};
pub use export::{csv, json};
pub use features::{Feature, Group};
pub use license::{License, State};
pub use life::{Ending, Life, SOON, Stage};
pub use list::{Order, chosen};
pub use organization::{Organization, Place, organization, route};
pub use usage::{Measure, Usage, environments, included};
