//! What a device keeps of a copy between rounds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Known;
use crate::id::{SyncCopyId, SyncItemId, SyncKeyId};
use crate::secret::Secret;
use crate::time::Timestamp;

/// A device's part in a copy. What is known of the items stands beside it, in [`Shard`]s.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncState {
    /// The copy.
    pub copy: SyncCopyId,
    /// The id of its key.
    pub key: SyncKeyId,
    /// The key: 32 bytes as base64.
    pub root: Secret,
    /// The number of the newest item that was read.
    pub cursor: u64,
    /// When this device began to take part.
    pub joined_at: Timestamp,
    /// The last round that came to its end.
    pub last: Option<LastRound>,
}

/// What a round came to, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastRound {
    /// When it ended.
    pub at: Timestamp,
    /// How many items came from other devices.
    pub pulled: u64,
    /// How many went out.
    pub pushed: u64,
    /// How many versions lost.
    pub conflicts: u64,
    /// How many items on the server this device can't open.
    pub unreadable: u64,
    /// How many items the copy has, removed ones included.
    pub items: u64,
    /// How many bytes these have on the server.
    pub bytes: u64,
}

/// A part of what is known of the items: a change of one item writes one part, not all.
pub type Shard = BTreeMap<SyncItemId, Known>;

/// The id of the part that holds what is known of an item: one of 64.
pub fn shard_of(item: &SyncItemId) -> String {
    let start = item.as_str().get(..2).and_then(|start| u8::from_str_radix(start, 16).ok()).unwrap_or_default();
    format!("known/{:02}", start >> 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_spread_over_sixty_four_parts_and_stay_in_theirs() {
        let ids = (0..256_u128).map(|number| SyncItemId::from_random(number << 120));
        let parts: std::collections::BTreeSet<String> = ids.map(|id| shard_of(&id)).collect();
        assert_eq!(parts.len(), 64);
        assert_eq!(shard_of(&SyncItemId::new("ff00")), "known/63");
        assert_eq!(shard_of(&SyncItemId::new("")), "known/00");
    }
}
