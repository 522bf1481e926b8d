//! The copy of a tenant's vault on the server, sealed end to end.
//!
//! The server sees of an item: an opaque id, its generation, ciphertext and its size, whether it was removed, and the order
//! in which items came. The keyring is a text to it: what brings the key back is in there, wrapped under a passphrase that
//! never leaves the browser.

use serde::{Deserialize, Serialize};

use super::{Access, Endpoint, Method, route};
use crate::id::{SyncCopyId, SyncItemId, SyncKeyId, TenantId};

/// How long a sealed item may be as base64, in bytes.
pub const MOST_ITEM_BYTES: usize = 64 * 1_024;
/// How long a keyring may be, in bytes.
pub const MOST_KEYRING_BYTES: usize = 8 * 1_024;
/// How many items one push may have.
pub const MOST_PUSHED: usize = 1_000;
/// How many items a copy may have, those that were removed included.
pub const MOST_ITEMS: u64 = 50_000;
/// How many bytes all copies of a person may have together.
pub const MOST_BYTES: u64 = 64 * 1_024 * 1_024;
/// How large the body of a push may be, in bytes.
pub const MOST_PUSH_BYTES: usize = 2 * 1_024 * 1_024;

/// A copy, without its items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SyncCopy {
    /// This copy: another one after it was deleted and begun anew.
    pub id: SyncCopyId,
    /// The key its items are sealed under.
    pub key: SyncKeyId,
    /// What brings the key back.
    pub keyring: String,
    /// The number of the newest item.
    pub sequence: u64,
    /// How many items there are, those that were removed included.
    pub items: u64,
    /// How many bytes they have.
    pub bytes: u64,
}

/// What begins a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewSyncCopy {
    /// The key its items will be sealed under: 32 hexadecimal digits.
    pub key: SyncKeyId,
    /// What brings the key back, at most 8 KiB.
    pub keyring: String,
}

/// Another keyring for a copy, such as after a change of its passphrase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SyncKeyringChange {
    /// The copy.
    pub copy: SyncCopyId,
    /// The key both keyrings bring back: the copy's.
    pub key: SyncKeyId,
    /// The keyring that is replaced; if another one stands, nothing is changed.
    pub replaces: String,
    /// The new one, at most 8 KiB.
    pub keyring: String,
}

/// An item as the server keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SealedItem {
    /// Which: 32 hexadecimal digits that say nothing to the server.
    pub id: SyncItemId,
    /// Its generation.
    pub generation: u64,
    /// Whether it was removed.
    pub removed: bool,
    /// Nonce and ciphertext, as base64.
    pub sealed: String,
    /// Its place in the order in which items came.
    pub sequence: u64,
}

/// Items in the order in which they came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SyncPage {
    /// The copy; `None` when there is none.
    pub copy: Option<SyncCopy>,
    /// Items after the number asked for.
    pub items: Vec<SealedItem>,
    /// Where to go on.
    pub through: u64,
    /// Whether more follow.
    pub more: bool,
}

/// An item on its way to the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PushedItem {
    /// Which.
    pub id: SyncItemId,
    /// The generation it replaces; 0 where the device knows of none.
    pub replaces: u64,
    /// Its own, above that.
    pub generation: u64,
    /// Whether it is removed.
    pub removed: bool,
    /// Nonce and ciphertext, as base64: at most 64 KiB.
    pub sealed: String,
}

/// Items on their way to the server, at most 1,000.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SyncPush {
    /// The copy they are for.
    pub copy: SyncCopyId,
    /// The key they are sealed under: items under another key than the copy's are refused.
    pub key: SyncKeyId,
    /// The items.
    pub items: Vec<PushedItem>,
}

/// What became of pushed items, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SyncAnswers {
    /// One for each.
    pub answers: Vec<SyncAnswer>,
}

/// What became of a pushed item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SyncAnswer {
    /// It was taken, or had been taken before.
    Taken,
    /// Another one stands.
    Stands(SealedItem),
}

route!("A page of a tenant's synced copy: items after the number in `since`.", ReadSync { id: TenantId }, Get "/api/v1/sync/{id}", Member, () => SyncPage);
route!("Begins a tenant's synced copy, if there is none.", BeginSync { id: TenantId }, Post "/api/v1/sync/{id}/copy", Member, NewSyncCopy => SyncCopy);
route!("Replaces the keyring of a tenant's synced copy, if the one that is named stands.", ChangeSyncKeyring { id: TenantId }, Put "/api/v1/sync/{id}/keyring", Member, SyncKeyringChange => SyncCopy);
route!("Deletes a tenant's synced copy, for good.", DeleteSync { id: TenantId }, Delete "/api/v1/sync/{id}", Member, () => ());

/// Writes sealed items, each only over the generation it replaces.
#[derive(Clone, Debug)]
pub struct PushSync {
    /// The tenant.
    pub id: TenantId,
}

impl Endpoint for PushSync {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/sync/{id}";
    const SUMMARY: &'static str = "Writes sealed items, each only over the generation it replaces.";
    const ACCESS: Access = Access::Member;
    const BODY_LIMIT: usize = MOST_PUSH_BYTES;
    type Body = SyncPush;
    type Answer = SyncAnswers;

    fn path(&self) -> String {
        Self::TEMPLATE.replace("{id}", self.id.as_str())
    }

    fn from_parameter(parameter: &str) -> Self {
        Self { id: TenantId::new(parameter) }
    }
}
