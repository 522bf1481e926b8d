//! Opening the vault: the rung, the key, and all that is there.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use domain::connection::Connection;
use domain::connection::purpose::{WorkerTokens, id_of, is_filed_for};
use domain::id::{ConnectionId, TenantId};
use domain::keeper::{Held, Intent, News};
use domain::settings::WorkerTokenSettings;
use domain::token::StoredToken;
use domain::vault::{StorageLevel, StoreError, StoreName};
use serde_json::Value;
use wasm_bindgen::JsValue;
use web_sys::SubtleCrypto;

use super::Vault;
use super::indexed_db::Marks;
use super::kept_key::KeptKey;
use super::key::Key;
use super::ladder::Ladder;
use super::newer::Newer;
use super::place::Place;
use super::records::Change;
use super::sealing::{Sealer, new_key, subtle};
use super::session_key::SessionKey;
use crate::clock;

/// All that the vault holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Contents {
    /// The sign-out epoch.
    pub epoch: u64,
    /// All connections, removed ones included.
    pub held: Vec<Held>,
    /// The current connection.
    pub current: Option<ConnectionId>,
    /// How worker tokens behave; `None` for the defaults.
    pub settings: Option<WorkerTokenSettings>,
    /// Records that could not be opened and were set aside, as `store/id`.
    pub set_aside: Vec<String>,
}

impl Vault {
    /// Opens the tenant's vault on the best rung the browser offers, locked where its key is not to be had without a person or
    /// the server; `on_step` is told of each later change of rung,
    /// `on_written` what other tabs should know of settings written.
    ///
    /// # Errors
    ///
    /// [`StoreError::InsecureContext`] where the browser offers no Web Crypto, [`StoreError::Unavailable`] where no key can
    /// be made.
    pub async fn open(
        tenant: &TenantId,
        on_step: impl Fn(StorageLevel) + 'static,
        on_written: impl Fn(News) + 'static,
    ) -> Result<Rc<Self>, StoreError> {
        let subtle = subtle().ok_or(StoreError::InsecureContext)?;
        let (place, _) = Place::best(tenant).await;
        let (place, keyed) = keyed(&subtle, tenant, place).await?;
        let meter = Rc::default();
        let used_indexed_db = Cell::new(place.level() == StorageLevel::IndexedDb);
        let (kept, session_key) = match keyed {
            Keyed::Kept(kept, marks) => (Some((kept, marks)), None),
            Keyed::OfSession(key) => (None, Some(key)),
        };
        let sealer = session_key
            .as_ref()
            .map(|session_key| Rc::new(Sealer::new(subtle.clone(), session_key.key.clone(), tenant.clone())));
        let vault = Self {
            ladder: Ladder::new(tenant.clone(), place, Rc::clone(&meter), Box::new(on_step)),
            sealer: RefCell::new(sealer),
            key: Key::default(),
            subtle,
            tenant: tenant.clone(),
            used_indexed_db,
            cache: RefCell::default(),
            batch: RefCell::default(),
            flush_timer: RefCell::default(),
            meter,
            on_written: Box::new(on_written),
            epoch: Cell::new(0),
            in_memory: RefCell::default(),
            set_aside: RefCell::default(),
            newer: Newer::default(),
            intents: RefCell::default(),
            _session_key: session_key,
            on_synced_change: RefCell::default(),
            on_told: RefCell::default(),
        };
        if let Some((kept, marks)) = kept {
            vault.take_kept(kept, marks).await;
        }
        vault.epoch.set(vault.epoch().await?);
        Ok(Rc::new(vault))
    }

    /// Reads everything once. What belongs to no connection any more is removed.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn contents(&self) -> Result<Contents, StoreError> {
        let held = self.all_held().await?;
        let current = self.current().await?;
        let settings = self.settings().await?;
        Ok(Contents { epoch: self.epoch.get(), held, current, settings, set_aside: self.set_aside.take() })
    }

    /// Reads everything anew, past the memory, then the sign-out epoch that stands. What had to be set aside is told to whoever
    /// asks for it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn look(&self) -> Result<(u64, Vec<Held>), StoreError> {
        let held = self.all_held().await?;
        Ok((self.epoch().await?, held))
    }

    async fn all_held(&self) -> Result<Vec<Held>, StoreError> {
        // Connections are read last: whatever another tab writes meanwhile, no token is taken for one without a connection.
        let (tokens, _) = self.readable::<StoredToken>(StoreName::Tokens).await?;
        let (intents, _) = self.readable::<Intent>(StoreName::Intents).await?;
        let (credentials, _) = self.readable::<Value>(StoreName::Credentials).await?;
        let (connections, newer) = self.readable::<Connection>(StoreName::Connections).await?;
        let mut held = Vec::new();
        for (id, connection) in &connections {
            held.push(Held {
                connection: connection.clone(),
                token: tokens.get(id).map(|token| token.facts.clone()),
                // One that only a newer build can use is there all the same, and a person is not to enter it again.
                has_credential: match self.has_credential(&connection.id).await {
                    Err(StoreError::Newer) => true,
                    found => found?,
                },
                intent: intents.get(id).cloned(),
            });
        }
        let files = credentials.into_keys().filter(|file| is_filed_for::<WorkerTokens>(file));
        let found = [
            (StoreName::Tokens, tokens.into_keys().collect::<Vec<_>>()),
            (StoreName::Intents, intents.into_keys().collect()),
            (StoreName::Credentials, files.collect()),
        ];
        self.remove_orphans(&found, connections.into_keys().chain(newer).collect()).await?;
        Ok(held)
    }

    /// Removes what is none of the `owners`' nor of a connection that was set aside.
    async fn remove_orphans(
        &self,
        found: &[(StoreName, Vec<String>)],
        mut owners: BTreeSet<String>,
    ) -> Result<(), StoreError> {
        let owner = |store: StoreName, id: &str| match store {
            StoreName::Credentials => id_of::<WorkerTokens>(id).unwrap_or_default().to_owned(),
            _ => id.to_owned(),
        };
        let all = found.iter().flat_map(|(store, ids)| ids.iter().map(|id| (*store, id, owner(*store, id))));
        let mut orphans: Vec<_> = all.filter(|(.., owner)| !owners.contains(owner)).collect();
        if orphans.is_empty() {
            return Ok(());
        }
        owners.extend(self.ladder.set_aside_ids(StoreName::Connections).await?);
        orphans.retain(|(.., owner)| !owners.contains(owner));
        for (store, id, _) in orphans {
            // What can't be removed now is seen again when the vault is next opened.
            let _ = self.change(self.epoch.get(), &[Change::remove(store, id)], &[]).await;
        }
        Ok(())
    }
}

/// Where the vault's key comes from.
enum Keyed {
    /// From this place, with its marks.
    Kept(KeptKey, Marks),
    /// It lives as long as the tabs do.
    OfSession(SessionKey),
}

/// The key for this place. Where IndexedDB works but keeps no key, it is of no use, and the next rung is taken.
async fn keyed(subtle: &SubtleCrypto, tenant: &TenantId, place: Place) -> Result<(Place, Keyed), StoreError> {
    let place = match &place {
        Place::IndexedDb(store) => {
            let candidate: JsValue = new_key(subtle).await?.into();
            let kept = match store.key_or_insert(&candidate, new_generation()).await {
                Ok((entry, marks)) => KeptKey::read(&entry)?.map(|kept| (kept, marks)),
                Err(_) => None,
            };
            match kept {
                Some((kept, marks)) => return Ok((place, Keyed::Kept(kept, marks))),
                None => place.next(tenant),
            }
        }
        Place::LocalStorage(_) | Place::Memory(_) => place,
    };
    let session_key = SessionKey::shared(subtle, tenant).await?;
    if let (Place::LocalStorage(store), false) = (&place, session_key.given) {
        store.forget_records()?;
    }
    Ok((place, Keyed::OfSession(session_key)))
}

/// A generation for a new key: 48 random bits, which JavaScript counts exactly; never 0.
pub(super) fn new_generation() -> u64 {
    let bits = u64::from_le_bytes(clock::random_bytes());
    (bits >> 16).max(1)
}
