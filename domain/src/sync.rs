//! Sync: several devices of a person keep the same items, by way of a copy on the server that only they can read.
//!
//! Each item has a generation that counts its versions; the server takes a version only over the generation it replaces
//! ([`judge`]). What a device does about a version it did not expect is decided in [`meet`]: the newest generation wins,
//! what stands on the server wins a tie, and a removal wins over an edit; what loses is kept as a conflict to look at. No
//! clock decides anything.
//!
//! An [`Engine`] is one round of one device: it takes an input and gives effects, and never does anything itself. What it
//! must know the next time is a [`Memory`], which is written together with what came of it; a round that is cut anywhere
//! is begun anew from there.

mod content;
mod deed;
mod difference;
mod engine;
mod item;
mod judging;
mod keyring;
mod meeting;
mod memory;
mod packing;
mod state;
mod strength;
mod view;

pub use content::{
    DEFAULT_SITE, SyncedConnection, SyncedSite, WORKER_TOKENS, bare, is_readable, synced_settings, taken_settings,
};
pub use deed::{SyncDeed, SyncTrouble};
pub use difference::{Difference, differences, name_of};
pub use engine::{Effect, Engine, Input, Keeping, LocalWrite, Outgoing, Summary};
pub use item::{Conflict, Item, ItemKey, ItemKind, Met, Reply};
pub use judging::{Judgement, judge, unfit, unfit_copy, unfit_keyring};
pub use keyring::{KEYRING_VERSION, Keyring, KeyringUnfit};
pub use meeting::{Meeting, Mine, Theirs, meet};
pub use memory::{ContentDigest, Known, Memory, digest};
pub use packing::{bound_to, named, packed, unpacked};
pub use state::{LastRound, Shard, SyncState, shard_of};
pub use strength::passphrase_remarks;
pub use view::{ConflictFacts, SyncFacts, SyncPhase, SyncView, SyncWork};
