use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{ContentDigest, digest};
use crate::id::SyncItemId;

/// What kinds of things are synced. What belongs together is one item, so that a mixture of two devices' halves never is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// A connection, with its client secret where that is kept.
    Connection,
    /// A site token, with its texts.
    Site,
    /// A setting that is the same on every device.
    Setting,
    /// A version that lost, to be looked at.
    Conflict,
}

impl ItemKind {
    /// All kinds.
    const ALL: [Self; 4] = [Self::Connection, Self::Site, Self::Setting, Self::Conflict];

    /// The kind of that name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The name in what an item's id is made of.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::Site => "site",
            Self::Setting => "setting",
            Self::Conflict => "conflict",
        }
    }
}

/// Which thing an item is about; only devices know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ItemKey {
    /// The kind.
    pub kind: ItemKind,
    /// Its id among those of the kind.
    pub id: String,
}

/// A thing as a device keeps it now.
#[derive(Clone, PartialEq, Eq)]
pub struct Item {
    /// What the server calls it.
    pub id: SyncItemId,
    /// What it is.
    pub key: ItemKey,
    /// Its content.
    pub value: Zeroizing<Vec<u8>>,
}

/// An item of the server's copy, opened by a device.
#[derive(Clone, PartialEq, Eq)]
pub struct Met {
    /// What the server calls it.
    pub id: SyncItemId,
    /// Its generation there.
    pub generation: u64,
    /// What it is.
    pub key: ItemKey,
    /// Its content; `None` when it was removed.
    pub value: Option<Zeroizing<Vec<u8>>>,
}

/// What the server said to a pushed item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It was taken.
    Taken,
    /// Another one stands.
    Stands(Met),
    /// Another one stands, and this device can't open it: it was damaged, or is no item of this copy. It is left alone.
    Unreadable,
}

/// A version that lost: what a person may look at, take instead, or let go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// What it is a version of.
    pub of: ItemKey,
    /// Its content, as JSON.
    pub value: serde_json::Value,
    /// Whether the other version was a removal. What was secret in this one is not in it any more then.
    pub removed: bool,
}

impl ItemKey {
    /// Of this kind and id.
    pub fn new(kind: ItemKind, id: impl Into<String>) -> Self {
        Self { kind, id: id.into() }
    }

    /// The conflict that keeps a content that lost to this generation: found twice, it is one.
    pub fn of_conflict(of: &Self, winner: u64, value: &[u8]) -> Self {
        let mut bytes = Vec::from(of.kind.name().as_bytes());
        bytes.extend_from_slice(&(of.id.len() as u64).to_be_bytes());
        bytes.extend_from_slice(of.id.as_bytes());
        bytes.extend_from_slice(&winner.to_be_bytes());
        bytes.extend_from_slice(value);
        let hex: String = digest(&bytes).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Self { kind: ItemKind::Conflict, id: hex }
    }
}

impl Item {
    /// The digest of its content.
    pub fn digest(&self) -> ContentDigest {
        digest(&self.value)
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Item").field("key", &self.key).finish_non_exhaustive()
    }
}

impl fmt::Debug for Met {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Met");
        shown.field("key", &self.key).field("generation", &self.generation);
        shown.field("removed", &self.value.is_none()).finish_non_exhaustive()
    }
}
