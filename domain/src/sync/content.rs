//! What of a thing is the same on every device, and how that is joined with what is a device's own.
//!
//! How much a token was used here, what an API said of it here, a reminder put off here, a private key: these stay where
//! they are. A thing a person removed is gone for other devices at once, though it can be brought back here for a while.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Conflict, ItemKey, ItemKind};
use crate::connection::Connection;
use crate::id::SiteTokenId;
use crate::secret::Secret;
use crate::settings::WorkerTokenSettings;
use crate::site::{Kept, Previous, SiteToken, TokenTexts, Used};

/// The setting that says how worker tokens behave.
pub const WORKER_TOKENS: &str = "worker_tokens";
/// The setting that names the token of the default site.
pub const DEFAULT_SITE: &str = "site_default";

/// A connection as devices share it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncedConnection {
    /// The connection, never a removed one.
    pub connection: Connection,
    /// Its client secret, where that is kept. A private key never leaves its browser.
    pub secret: Option<Secret>,
}

/// A site token as devices share it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncedSite {
    /// Its facts, without those that are a device's own.
    pub token: SiteToken,
    /// Its text; `None` in a version that lost against a removal.
    pub text: Option<Secret>,
}

impl SyncedConnection {
    /// Of a connection, and its secret if the vault keeps one; `None` for one that was removed.
    pub fn of(connection: &Connection, secret: Option<&Secret>) -> Option<Self> {
        connection.removed_at.is_none().then(|| Self { connection: connection.clone(), secret: secret.cloned() })
    }
}

impl SyncedSite {
    /// Of a token; `None` for one that was removed.
    pub fn of(kept: &Kept) -> Option<Self> {
        let token =
            SiteToken { used: Used::default(), verdict: None, previous: None, quiet_until: None, ..kept.token.clone() };
        token.removed_at.is_none().then(|| Self { token, text: Some(kept.texts.text.clone()) })
    }

    /// The token as this device keeps it from now on, where it had `here` before. A text that is replaced stays beside the
    /// new one until that has worked here. `None` without a text.
    pub fn onto(self, here: Option<&Kept>) -> Option<Kept> {
        let generation = self.token.generation;
        let mut kept = Kept { texts: TokenTexts { generation, text: self.text?, previous: None }, token: self.token };
        let Some(here) = here.filter(|here| here.token.removed_at.is_none()) else { return Some(kept) };
        kept.token.used = here.token.used;
        if kept.token.hash == here.token.hash {
            kept.token.verdict.clone_from(&here.token.verdict);
            kept.token.previous.clone_from(&here.token.previous);
            kept.token.quiet_until = here.token.quiet_until;
            kept.texts.previous.clone_from(&here.texts.previous);
        } else {
            let Kept { token, texts } = here;
            kept.token.previous = Some(Previous { hash: token.hash.clone(), claims: token.claims.clone() });
            kept.texts.previous = Some(texts.text.clone());
        }
        Some(kept)
    }
}

/// The settings as devices share them. Whether this browser notifies depends on what it was allowed, and is its own.
pub fn synced_settings(settings: WorkerTokenSettings) -> WorkerTokenSettings {
    WorkerTokenSettings { expiry_warnings: WorkerTokenSettings::default().expiry_warnings, ..settings }
}

/// Settings of another device as this one, which has `here`, follows them.
pub fn taken_settings(settings: WorkerTokenSettings, here: Option<WorkerTokenSettings>) -> WorkerTokenSettings {
    WorkerTokenSettings { expiry_warnings: here.unwrap_or_default().expiry_warnings, ..settings }
}

/// A content without what is secret in it: what is kept of a version that lost against a removal.
pub fn bare(key: &ItemKey, value: &[u8]) -> Vec<u8> {
    match key.kind {
        ItemKind::Connection => without(value, |synced: &mut SyncedConnection| synced.secret = None),
        ItemKind::Site => without(value, |synced: &mut SyncedSite| synced.text = None),
        ItemKind::Setting | ItemKind::Conflict => value.to_vec(),
    }
}

/// Whether this version can keep a content; one of a newer Tokenkeep is left alone.
pub fn is_readable(key: &ItemKey, value: &[u8]) -> bool {
    fn is<T: DeserializeOwned>(value: &[u8]) -> bool {
        serde_json::from_slice::<T>(value).is_ok()
    }
    match key.kind {
        ItemKind::Connection => is::<SyncedConnection>(value),
        ItemKind::Site => serde_json::from_slice::<SyncedSite>(value).is_ok_and(|synced| synced.text.is_some()),
        ItemKind::Setting if key.id == WORKER_TOKENS => is::<WorkerTokenSettings>(value),
        ItemKind::Setting if key.id == DEFAULT_SITE => is::<Option<SiteTokenId>>(value),
        ItemKind::Setting => false,
        ItemKind::Conflict => is::<Conflict>(value),
    }
}

/// What can't be read may hold anything, so that nothing of it is kept.
fn without<T: Serialize + DeserializeOwned>(value: &[u8], empty: impl FnOnce(&mut T)) -> Vec<u8> {
    let bared = serde_json::from_slice(value).ok().and_then(|mut synced| {
        empty(&mut synced);
        serde_json::to_vec(&synced).ok()
    });
    bared.unwrap_or_else(|| b"null".to_vec())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::id::{ConnectionId, ProviderId};
    use crate::provider::{ClientAuthentication, Place};
    use crate::site::{Source, VerdictKind, sample};
    use crate::time::Timestamp;

    pub(in super::super) fn connection() -> Connection {
        Connection {
            id: ConnectionId::new("c"),
            name: "Billing".to_owned(),
            provider: ProviderId::new("p"),
            place: Place::default(),
            client_id: "client".to_owned(),
            scopes: Vec::new(),
            authentication: ClientAuthentication::ClientSecretBasic,
            keep_credential: true,
            created_at: Timestamp::from_seconds(1),
            removed_at: None,
        }
    }

    pub(in super::super) fn kept(text: &str) -> Kept {
        let texts = TokenTexts { generation: 1, text: Secret::new("old"), previous: None };
        let kept = Kept { token: sample::token("a", Some(300)), texts };
        kept.replaced(Secret::new(text), Source::Entered, sample::NOW)
    }

    #[test]
    fn what_is_a_devices_own_is_not_shared() {
        let shared = SyncedSite::of(&kept("x")).unwrap();
        let own = Kept { token: kept("x").token.used_at(sample::NOW, 3), texts: kept("x").texts };
        let own = Kept { token: own.token.judged(2, VerdictKind::Accepted, sample::NOW), ..own };
        let quiet = Kept { token: SiteToken { quiet_until: Some(sample::NOW), ..own.token }, ..own };
        assert_eq!(SyncedSite::of(&quiet), Some(shared.clone()));
        assert!(!serde_json::to_string(&shared).unwrap().contains("\"old\""), "the text before stays here");
    }

    #[test]
    fn what_was_removed_is_gone_for_others_at_once() {
        let removed = Connection { removed_at: Some(sample::NOW), ..connection() };
        assert_eq!(SyncedConnection::of(&removed, None), None);
        let removed = Kept { token: SiteToken { removed_at: Some(sample::NOW), ..kept("x").token }, ..kept("x") };
        assert_eq!(SyncedSite::of(&removed), None);
    }

    #[test]
    fn a_token_that_comes_from_another_device_is_again_what_it_was() {
        let shared = SyncedSite::of(&kept("x")).unwrap();
        for here in [None, Some(kept("x")), Some(kept("y"))] {
            let taken = shared.clone().onto(here.as_ref()).unwrap();
            assert_eq!(SyncedSite::of(&taken), Some(shared.clone()), "from {here:?}");
            assert_eq!(taken.texts.generation, taken.token.generation);
        }
    }

    #[test]
    fn a_new_text_stands_beside_the_one_before_until_it_worked_here() {
        let here = Kept { token: kept("mine").token.used_at(sample::NOW, 3), ..kept("mine") };
        let taken = SyncedSite::of(&kept("theirs")).unwrap().onto(Some(&here)).unwrap();
        assert_eq!(taken.texts.previous, Some(Secret::new("mine")));
        assert_eq!(taken.token.previous.as_ref().map(|previous| &previous.hash), Some(&here.token.hash));
        assert_eq!(taken.token.used.count, 3);
        let same = SyncedSite::of(&kept("mine")).unwrap().onto(Some(&here)).unwrap();
        assert_eq!(same, here);
    }

    #[test]
    fn a_removed_version_keeps_nothing_secret() {
        let shared = SyncedConnection::of(&connection(), Some(&Secret::new("canary-secret"))).unwrap();
        let key = |kind| ItemKey::new(kind, "a");
        let bared = bare(&key(ItemKind::Connection), &serde_json::to_vec(&shared).unwrap());
        assert!(!String::from_utf8_lossy(&bared).contains("canary"));
        assert_eq!(serde_json::from_slice::<SyncedConnection>(&bared).unwrap().connection, connection());
        let site = serde_json::to_vec(&SyncedSite::of(&kept("canary-text")).unwrap()).unwrap();
        let bared = bare(&key(ItemKind::Site), &site);
        assert!(!String::from_utf8_lossy(&bared).contains("canary"));
        assert_eq!(serde_json::from_slice::<SyncedSite>(&bared).unwrap().onto(None), None);
        assert_eq!(bare(&key(ItemKind::Site), b"{\"canary\":1}"), b"null", "what can't be read is not kept");
    }

    #[test]
    fn what_a_newer_version_wrote_is_left_alone() {
        let setting = |id: &str| ItemKey::new(ItemKind::Setting, id);
        assert!(is_readable(&setting(WORKER_TOKENS), b"{}"));
        assert!(is_readable(&setting(DEFAULT_SITE), b"null"));
        assert!(!is_readable(&setting("something_new"), b"{}"));
        assert!(!is_readable(&ItemKey::new(ItemKind::Connection, "c"), b"{\"connection\":7}"));
        let site = serde_json::to_vec(&SyncedSite::of(&kept("x")).unwrap()).unwrap();
        let key = ItemKey::new(ItemKind::Site, "a");
        assert!(is_readable(&key, &site));
        assert!(!is_readable(&key, &bare(&key, &site)), "one without a text is none to be kept");
    }

    #[test]
    fn whether_a_browser_notifies_is_its_own() {
        let here = WorkerTokenSettings { expiry_warnings: true, ..WorkerTokenSettings::default() };
        assert_eq!(synced_settings(here), WorkerTokenSettings::default());
        assert!(taken_settings(WorkerTokenSettings::default(), Some(here)).expiry_warnings);
        assert!(!taken_settings(WorkerTokenSettings::default(), None).expiry_warnings);
    }
}
