//! Users of an environment: how one is found, what belongs to them, and how two differ.

mod belongings;
mod compare;
mod fields;
mod identifier;
mod profile;
mod search;
mod trouble;
mod user;

pub use belongings::{Assignment, Consent, Device, Group, Named};
pub use compare::{Line, Section, Verdict, compare};
pub use identifier::{Attribute, Identifier};
pub use profile::{Entry, Fact, Part, Profile, Shown, facts};
pub use search::{Ask, Search, Step};
pub use trouble::Trouble;
pub use user::{Account, User};
