//! From what devices share of a thing to the records it consists of here, and back.

use domain::connection::{Connection, Credential};
use domain::id::{ConnectionId, SiteTokenId};
use domain::settings::WorkerTokenSettings;
use domain::site::{Kept, SiteToken, TokenTexts};
use domain::sync::{
    Conflict, DEFAULT_SITE, ItemKey, ItemKind, LocalWrite, SyncedConnection, SyncedSite, WORKER_TOKENS,
    synced_settings, taken_settings,
};
use domain::vault::{RecordKey, StoreError, StoreName};
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::super::credentials::{no_key, worker_file};
use super::super::records::{Change, json};
use super::super::{KeptCredential, Vault};
use super::keeping::{Moment, Together};
use super::records_of;

impl Vault {
    async fn kept_at(&self, moment: &Moment, id: &str) -> Result<Option<Kept>, StoreError> {
        let token: Option<SiteToken> = self.at(moment, StoreName::Sites, id).await?;
        let texts: Option<TokenTexts> = self.at(moment, StoreName::SiteTokens, id).await?;
        Ok(token.zip(texts).map(|(token, texts)| Kept { token, texts }))
    }

    async fn connection_at(&self, moment: &Moment, id: &str) -> Result<Option<SyncedConnection>, StoreError> {
        let connection: Option<Connection> = self.at(moment, StoreName::Connections, id).await?;
        let file = worker_file(&ConnectionId::new(id));
        let kept: Option<KeptCredential> = self.at(moment, StoreName::Credentials, &file).await?;
        let secret = kept.and_then(KeptCredential::client_secret);
        Ok(connection.and_then(|connection| SyncedConnection::of(&connection, secret.as_ref())))
    }

    /// What other devices should have of a thing, as that moment had it.
    pub(super) async fn content(
        &self,
        moment: &Moment,
        key: &ItemKey,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let id = key.id.as_str();
        Ok(match key.kind {
            ItemKind::Connection => self.connection_at(moment, id).await?.map(|synced| json(&synced)),
            ItemKind::Site => self.kept_at(moment, id).await?.as_ref().and_then(SyncedSite::of).map(|it| json(&it)),
            ItemKind::Conflict => {
                self.at::<Conflict>(moment, StoreName::SyncConflicts, id).await?.map(|conflict| json(&conflict))
            }
            ItemKind::Setting if id == WORKER_TOKENS => {
                let settings = self.at::<WorkerTokenSettings>(moment, StoreName::Settings, id).await?;
                settings.map(|settings| json(&synced_settings(settings)))
            }
            ItemKind::Setting => {
                self.at::<Option<SiteTokenId>>(moment, StoreName::Settings, id).await?.map(|default| json(&default))
            }
        })
    }

    pub(super) async fn plan_write(
        &self,
        moment: &Moment,
        write: &LocalWrite,
        to: &mut Together,
    ) -> Result<(), StoreError> {
        let (id, value) = (write.key.id.as_str(), write.value.as_ref().map(|value| value.as_slice()));
        match write.key.kind {
            ItemKind::Connection => self.plan_connection(moment, id, value, to).await,
            ItemKind::Site => self.plan_site(moment, id, value, to).await,
            ItemKind::Setting => self.plan_setting(moment, id, value, to).await,
            ItemKind::Conflict => {
                to.touched.conflicts = true;
                to.changes.push(match value {
                    Some(value) => Change::put(StoreName::SyncConflicts, id, &read::<Conflict>(value)?),
                    None => Change::remove(StoreName::SyncConflicts, id),
                });
                Ok(())
            }
        }
    }

    async fn plan_connection(
        &self,
        moment: &Moment,
        id: &str,
        value: Option<&[u8]>,
        to: &mut Together,
    ) -> Result<(), StoreError> {
        let here = self.connection_at(moment, id).await?;
        let id = ConnectionId::new(id);
        let Some(value) = value else {
            to.changes.extend(records_of(&ItemKey::new(ItemKind::Connection, id.as_str())).iter().map(removed));
            to.keys.push(no_key(&id));
            to.touched.connections.push((id.clone(), false));
            to.in_memory.push((id, None));
            return Ok(());
        };
        let SyncedConnection { connection, secret } = read(value)?;
        let is_other_way = here.is_some_and(|here| {
            let renamed = Connection { name: connection.name.clone(), ..here.connection };
            renamed != connection || (secret.is_some() && here.secret != secret)
        });
        let plan = self.plan(&connection, secret.map(Credential::ClientSecret).as_ref()).await?;
        to.changes.push(Change::put(StoreName::Connections, id.as_str(), &connection));
        to.changes.extend(plan.change);
        to.keys.extend(plan.keys);
        to.touched.connections.push((id.clone(), is_other_way));
        to.in_memory.push((id, plan.in_memory));
        Ok(())
    }

    async fn plan_site(
        &self,
        moment: &Moment,
        id: &str,
        value: Option<&[u8]>,
        to: &mut Together,
    ) -> Result<(), StoreError> {
        to.touched.sites.push(SiteTokenId::new(id));
        let Some(value) = value else {
            to.changes.extend(records_of(&ItemKey::new(ItemKind::Site, id)).iter().map(removed));
            return Ok(());
        };
        let here = self.kept_at(moment, id).await?;
        let kept = read::<SyncedSite>(value)?.onto(here.as_ref()).ok_or_else(unreadable)?;
        to.changes.push(Change::put(StoreName::Sites, id, &kept.token));
        to.changes.push(Change::put(StoreName::SiteTokens, id, &kept.texts));
        Ok(())
    }

    async fn plan_setting(
        &self,
        moment: &Moment,
        id: &str,
        value: Option<&[u8]>,
        to: &mut Together,
    ) -> Result<(), StoreError> {
        to.touched.settings |= id == WORKER_TOKENS;
        to.touched.default_site |= id == DEFAULT_SITE;
        to.changes.push(match value {
            None => Change::remove(StoreName::Settings, id),
            Some(value) if id == WORKER_TOKENS => {
                let here = self.at(moment, StoreName::Settings, id).await?;
                Change::put(StoreName::Settings, id, &taken_settings(read(value)?, here))
            }
            Some(value) => Change::put(StoreName::Settings, id, &read::<Option<SiteTokenId>>(value)?),
        });
        Ok(())
    }
}

fn removed(key: &RecordKey) -> Change {
    Change::remove(key.store, &key.id)
}

fn read<T: DeserializeOwned>(value: &[u8]) -> Result<T, StoreError> {
    crate::js::from_json(value).ok_or_else(unreadable)
}

fn unreadable() -> StoreError {
    StoreError::Unavailable("a synced item is not what it should be".to_owned())
}
