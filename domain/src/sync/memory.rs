use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{ItemKey, Mine};
use crate::id::SyncItemId;

/// SHA-256 of an item's content.
pub type ContentDigest = [u8; 32];

/// The digest of a content.
pub fn digest(content: &[u8]) -> ContentDigest {
    Sha256::digest(content).into()
}

/// What a device remembers of a copy between rounds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// The number of the newest item that was read.
    pub cursor: u64,
    /// What is known of each item.
    pub known: BTreeMap<SyncItemId, Known>,
}

/// What a device remembers of one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// What it is.
    pub key: ItemKey,
    /// The generation on the server that the device last agreed with; 0 for none.
    pub base: u64,
    /// The content then; `None` when it was removed there, or never there.
    pub agreed: Option<ContentDigest>,
    /// The change that was last seen here and is not taken yet: its generation, and the content.
    pub change: Option<(u64, Option<ContentDigest>)>,
}

impl Known {
    /// An item the server never had.
    pub const fn new(key: ItemKey) -> Self {
        Self { key, base: 0, agreed: None, change: None }
    }

    /// Looks at what the device has now; a change that was not seen before is one generation more.
    pub fn see(&mut self, content: Option<ContentDigest>) -> Mine {
        // A change that was seen may be on its way: what is again as it was agreed is then a version of its own.
        let (is_agreed, is_seen) = (content == self.agreed, self.change.is_some_and(|(_, seen)| seen == content));
        let is_new = self.change.is_some() || !is_agreed;
        if !is_seen && is_new {
            let generation = self.change.map_or(self.base, |(generation, _)| generation) + 1;
            self.change = Some((generation, content));
        }
        let generation = self.change.map_or(self.base, |(generation, _)| generation);
        Mine { base: self.base, agreed: self.agreed, generation, content }
    }

    /// The device and the server agree on this.
    pub const fn agree(&mut self, generation: u64, content: Option<ContentDigest>) {
        (self.base, self.agreed, self.change) = (generation, content, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::ItemKind;

    #[test]
    fn each_change_that_is_seen_before_the_server_takes_one_is_a_generation_more() {
        let mut known = Known::new(ItemKey::new(ItemKind::Setting, "a"));
        known.agree(4, Some([1; 32]));
        let generations = [[1; 32], [2; 32], [2; 32], [3; 32]].map(|content| known.see(Some(content)).generation);
        assert_eq!(generations, [4, 5, 5, 6]);
        assert_eq!(known.see(None), Mine { base: 4, agreed: Some([1; 32]), generation: 7, content: None });
        assert_eq!(known.see(Some([1; 32])).generation, 8, "the change before may have reached the server");
    }
}
