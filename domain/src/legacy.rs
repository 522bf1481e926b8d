//! What an older PingOne playground left in this browser: reading it, choosing the best of it, and saying what may go.
//!
//! Everything here is judged as if it were hostile: any text may stand under any key. Nothing is guessed: a region or an
//! authentication method we don't know is named and the record stays where it is. Nothing is removed before what it holds
//! was taken over.

mod backup;
mod choice;
mod item;
mod json;
mod plan;
mod reading;
mod record;
mod token;
mod words;

pub use choice::{Choice, choose};
pub use item::{Area, DATABASE, Item, RECORDS, settings};
pub use json::{Fields, Unreadable, read_object};
pub use plan::{Adoption, Held, Plan, plan};
pub use reading::{Reading, read};
pub use record::{Draft, Flaw, Record};
pub use token::FoundToken;
pub use words::{LeftBehind, said};
