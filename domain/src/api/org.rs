//! Org keys and the keys that sign org tokens: for admins (and, reading, auditors).
//!
//! What an embedding page asks stands in [`super::widget`].

use serde::{Deserialize, Serialize};

use super::route;
use super::widget::WidgetConfig;
use crate::id::OrgId;
use crate::org::Origin;
use crate::time::Timestamp;

/// An organization with its key, as admins see it. The key stands in the source of every page that embeds the widget, so
/// it is no secret: it is shown as often as an admin looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrgKey {
    /// The organization's identifier, which never changes: the site id.
    pub id: OrgId,
    /// Its name, which the widget's pages are told.
    pub name: String,
    /// The key that works now: `org_` and 32 hexadecimal digits.
    pub key: String,
    /// Older keys that still work, until their time.
    pub retiring: Vec<RetiringKey>,
    /// The exact origins pages may have.
    pub origins: Vec<Origin>,
    /// How long an org token lives, in seconds.
    pub lifetime_seconds: u32,
    /// How the widget looks and behaves.
    pub widget: WidgetConfig,
    /// Moves by one with every change of the above.
    pub config_version: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked; nothing works with it since.
    pub revoked_at: Option<Timestamp>,
}

/// An older key of an organization that still works for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RetiringKey {
    /// The key.
    pub key: String,
    /// When it stops working.
    pub works_until: Timestamp,
}

/// What an admin enters for an org key; [`crate::org::findings`] checks it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrgKeyForm {
    /// The organization's name, 1 to 60 characters.
    pub name: String,
    /// 1 to 50 exact origins: `https://www.example.com`, or `http://` with a loopback host.
    pub origins: Vec<String>,
    /// How long an org token lives: 20 to 3,600 seconds; 300 unless there is a reason.
    pub lifetime_seconds: u32,
    /// How the widget looks and behaves.
    #[serde(default)]
    pub widget: WidgetConfig,
}

/// How an org key is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rotation {
    /// How long the old key still works, in seconds: 0 (it stops now) to 2,592,000 (30 days).
    pub overlap_seconds: u32,
}

/// The most a rotation's overlap may be, in seconds: 30 days.
pub const MOST_OVERLAP_SECONDS: u32 = 2_592_000;

/// A key that signs org tokens, as admins see it: never its private part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SigningKey {
    /// Its name in tokens and in the published key set (RFC 7517 §4.5).
    pub kid: String,
    /// The algorithm: `ES256` (RFC 7518 §3.4).
    pub algorithm: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stopped signing; `None` for the one that signs now.
    pub retired_at: Option<Timestamp>,
    /// Until when its public part stays published: as long as a token of its may live. `None` while it signs.
    pub published_until: Option<Timestamp>,
}

route!("All org keys, by name; revoked ones last.", OrgKeys, Get "/api/v1/org-keys", Auditing, () => Vec<OrgKey>);
route!("Makes an org key.", AddOrgKey, Post "/api/v1/org-keys", Admin, OrgKeyForm => OrgKey);
route!("Changes an org key's name, origins, lifetime and widget.", ChangeOrgKey { id: OrgId }, Put "/api/v1/org-keys/{id}", Admin, OrgKeyForm => OrgKey);
route!("Replaces an org key; the old one still works for the overlap.", RotateOrgKey { id: OrgId }, Post "/api/v1/org-keys/{id}/rotation", Admin, Rotation => OrgKey);
route!("Revokes an org key, its older ones and all tokens got with them, for good.", RevokeOrgKey { id: OrgId }, Delete "/api/v1/org-keys/{id}", Admin, () => ());
route!("The keys that sign org tokens, newest first.", SigningKeys, Get "/api/v1/signing-keys", Auditing, () => Vec<SigningKey>);
route!("Signs with a new key from now on; the old one stays published until its tokens have ended.", RotateSigningKey, Post "/api/v1/signing-keys/rotation", Admin, () => Vec<SigningKey>);
