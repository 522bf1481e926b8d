use std::sync::Arc;

use super::{Difference, ItemKey, LastRound, SyncTrouble};
use crate::time::Timestamp;

/// Sync as its page shows it; plain data.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SyncView {
    /// Whether this device takes part.
    pub phase: SyncPhase,
    /// What is being done.
    pub work: Option<SyncWork>,
    /// Why the last round, or what a person wanted, did not come to its end.
    pub trouble: Option<SyncTrouble>,
    /// When a round is next begun by itself, where one is planned.
    pub next: Option<Timestamp>,
    /// Versions that lost, the newest last.
    pub conflicts: Arc<Vec<ConflictFacts>>,
}

/// Whether a device takes part in the copy.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum SyncPhase {
    /// The vault is not open yet, or is locked.
    #[default]
    Opening,
    /// It does not.
    Off {
        /// Whether there is a copy of this tenant to join; `None` until the server was asked.
        copy: Option<bool>,
    },
    /// It does.
    On(SyncFacts),
}

/// What is known of a copy this device takes part in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncFacts {
    /// Since when.
    pub since: Timestamp,
    /// The last round that came to its end.
    pub last: Option<LastRound>,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncWork {
    /// A key is derived from the passphrase.
    Deriving,
    /// Another tab of this browser syncs.
    Waiting,
    /// What is here is read.
    Reading,
    /// What is new on the server is read.
    Pulling {
        /// How many items came so far.
        items: usize,
    },
    /// What is new here is sent.
    Pushing {
        /// How many items are sent.
        done: usize,
        /// Of how many.
        of: usize,
    },
    /// The copy is being deleted.
    Deleting,
}

/// A version that lost.
#[derive(Clone, Debug, PartialEq)]
pub struct ConflictFacts {
    /// By which it is taken or let go.
    pub key: ItemKey,
    /// What it is a version of.
    pub of: ItemKey,
    /// What a person calls that.
    pub name: String,
    /// Whether that was removed on the other side.
    pub removed: bool,
    /// Why it can't be taken; `None` when it can.
    pub not_to_be_taken: Option<String>,
    /// Where it differs from what stands now.
    pub differences: Vec<Difference>,
}
