//! Site tokens in the vault: their facts in one store, their texts in another, and what is kept about them among the settings.

use std::collections::{BTreeMap, BTreeSet};

use domain::audit::Report;
use domain::id::SiteTokenId;
use domain::site::{Kept, LegacyText, SiteToken, TokenTexts};
use domain::vault::{RecordKey, SealedRecord, StoreError, StoreName};
use futures::future::try_join_all;
use serde::{Deserialize, Serialize};

use super::Vault;
use super::records::Change;

mod settings;

pub use settings::SiteSettings;

use settings::DEFAULT;

/// The id of the record in [`StoreName::Settings`] with what was taken over.
const LEGACY: &str = "site_legacy";

/// How often a change is worked out anew because another tab wrote in between.
const TRIES: u32 = 4;

/// A token's facts with the version of the record they were read from.
pub type Versioned = (SiteToken, u64);

/// One token's part of a transaction.
#[derive(Clone, Debug)]
pub enum SiteWrite {
    /// A token nobody has yet.
    New(Kept),
    /// Facts and texts as they shall be, over what was read.
    Both(Kept, Read),
    /// The facts alone.
    Facts(SiteToken, Read),
    /// Nothing is left of it.
    Erase(SiteTokenId, Read),
    /// What the audit log is told of the others.
    Told(Vec<Report>),
}

/// The versions of the two records somebody read: a write over others is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    facts: u64,
    texts: u64,
}

/// What was taken over from an earlier app, so that it can be put back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LegacyBackup {
    /// The texts as they stood.
    pub texts: Vec<LegacyText>,
    /// The tokens made of them.
    pub tokens: Vec<SiteTokenId>,
}

impl Vault {
    /// What changed among the facts of all tokens, removed ones included, since the versions `known` were read: tokens with
    /// their versions, and those that are gone. No text is read, and only what changed is opened.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn sites_since(
        &self,
        known: &BTreeMap<SiteTokenId, u64>,
    ) -> Result<(Vec<Versioned>, Vec<SiteTokenId>), StoreError> {
        let records = self.ladder.list(StoreName::Sites).await?;
        let there: BTreeSet<SiteTokenId> = records.iter().map(|(id, _)| SiteTokenId::new(id.as_str())).collect();
        let gone = known.keys().filter(|id| !there.contains(id)).cloned().collect();
        let is_news = |(id, record): &(String, SealedRecord)| {
            known.get(&SiteTokenId::new(id.as_str())).is_none_or(|version| *version != record.generation)
        };
        let changed = records.into_iter().filter(is_news).collect();
        let (opened, _) = self.opened(StoreName::Sites, changed).await?;
        Ok((opened.into_iter().map(|(_, version, token)| (token, version)).collect(), gone))
    }

    /// How many records of site tokens had to be set aside since this was last asked.
    pub fn sites_set_aside(&self) -> usize {
        let mut all = self.set_aside.borrow_mut();
        let before = all.len();
        all.retain(|name| !name.starts_with("sites/") && !name.starts_with("site_tokens/"));
        before - all.len()
    }

    /// The texts of one token, as far as this tab has heard.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn site_texts(&self, id: &SiteTokenId) -> Result<Option<TokenTexts>, StoreError> {
        self.value(StoreName::SiteTokens, id.as_str()).await
    }

    /// Facts and texts as one moment has them now, with their versions; `None` for each of which either is gone.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn kept_sites(&self, ids: &[SiteTokenId]) -> Result<Vec<Option<(Kept, Read)>>, StoreError> {
        let stores = [StoreName::Sites, StoreName::SiteTokens];
        let keys: Vec<RecordKey> =
            ids.iter().flat_map(|id| stores.map(|store| Self::key_of(store, id.as_str()))).collect();
        let ticket = self.cache.borrow().begin();
        let (records, _) = self.ladder.read(&keys).await?;
        let pairs = keys.chunks(2).zip(records.chunks(2)).map(async |(keys, records)| {
            let version = |record: &Option<SealedRecord>| record.as_ref().map_or(0, |record| record.generation);
            let read = Read { facts: version(&records[0]), texts: version(&records[1]) };
            let token: Option<SiteToken> = self.taken(ticket, &keys[0], records[0].clone()).await?;
            let texts: Option<TokenTexts> = self.taken(ticket, &keys[1], records[1].clone()).await?;
            Ok(token.zip(texts).map(|(token, texts)| (Kept { token, texts }, read)))
        });
        try_join_all(pairs).await
    }

    /// Writes tokens, all in one transaction or none, and with them the default site if that changes. Gives the facts as they
    /// are now, with their versions.
    ///
    /// # Errors
    ///
    /// [`StoreError::Superseded`] when another tab wrote one of them in between; else as the place gives it.
    pub async fn write_sites(
        &self,
        writes: &[SiteWrite],
        default: Option<Option<&SiteTokenId>>,
    ) -> Result<Vec<Versioned>, StoreError> {
        let mut changes: Vec<Change> = writes.iter().flat_map(SiteWrite::changes).collect();
        changes.extend(default.map(|id| Change::put(StoreName::Settings, DEFAULT, &id)));
        self.change_telling(self.epoch.get(), changes, &[], &told(writes)).await?;
        Ok(writes.iter().filter_map(SiteWrite::written).collect())
    }

    /// Changes the facts of tokens by a rule, in one transaction, and works it out anew when another tab wrote in between.
    /// The rule gives `None` when there is nothing to change. Gives what was written.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn change_sites(
        &self,
        ids: &[SiteTokenId],
        rule: impl Fn(&SiteToken) -> Option<SiteToken>,
    ) -> Result<Vec<Versioned>, StoreError> {
        self.change_sites_telling(ids, rule, |_| None).await
    }

    /// As [`Vault::change_sites`]; what `tell` says of each changed token for the audit log is written in the same transaction.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn change_sites_telling(
        &self,
        ids: &[SiteTokenId],
        rule: impl Fn(&SiteToken) -> Option<SiteToken>,
        tell: impl Fn(&SiteToken) -> Option<Report>,
    ) -> Result<Vec<Versioned>, StoreError> {
        self.change_each(ids, |kept, read| Some(SiteWrite::Facts(rule(&kept.token)?, read)), tell).await
    }

    /// As [`Vault::change_sites`], for facts and texts of one token. Gives what was written; `None` when the token is gone, or
    /// nothing was to be changed.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn change_kept(
        &self,
        id: &SiteTokenId,
        rule: impl Fn(&Kept) -> Option<Kept>,
    ) -> Result<Option<Versioned>, StoreError> {
        self.change_kept_telling(id, rule, |_| None).await
    }

    /// As [`Vault::change_kept`]; what `tell` says of the changed token for the audit log is written in the same transaction.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn change_kept_telling(
        &self,
        id: &SiteTokenId,
        rule: impl Fn(&Kept) -> Option<Kept>,
        tell: impl Fn(&SiteToken) -> Option<Report>,
    ) -> Result<Option<Versioned>, StoreError> {
        let rule = |kept, read| Some(SiteWrite::Both(rule(&kept)?, read));
        Ok(self.change_each(std::slice::from_ref(id), rule, tell).await?.pop())
    }

    /// Erases those of the tokens that are still removed, in one transaction. Gives which.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn erase_sites(&self, ids: &[SiteTokenId]) -> Result<Vec<SiteTokenId>, StoreError> {
        let there = self.kept_sites(ids).await?.into_iter().flatten();
        let removed = there.filter(|(kept, _)| kept.token.removed_at.is_some());
        let (erased, writes): (Vec<SiteTokenId>, Vec<SiteWrite>) =
            removed.map(|(kept, read)| (kept.token.id.clone(), SiteWrite::Erase(kept.token.id, read))).unzip();
        if !writes.is_empty() {
            self.write_sites(&writes, None).await?;
        }
        Ok(erased)
    }

    async fn change_each(
        &self,
        ids: &[SiteTokenId],
        rule: impl Fn(Kept, Read) -> Option<SiteWrite>,
        tell: impl Fn(&SiteToken) -> Option<Report>,
    ) -> Result<Vec<Versioned>, StoreError> {
        let mut outcome = Ok(Vec::new());
        for _ in 0..TRIES {
            let kept = self.kept_sites(ids).await?.into_iter().flatten();
            let mut writes: Vec<SiteWrite> = kept.filter_map(|(kept, read)| rule(kept, read)).collect();
            if writes.is_empty() {
                return Ok(Vec::new());
            }
            let told = writes.iter().filter_map(SiteWrite::facts).filter_map(&tell).collect();
            writes.push(SiteWrite::Told(told));
            outcome = self.write_sites(&writes, None).await;
            if !matches!(outcome, Err(StoreError::Superseded { .. })) {
                break;
            }
        }
        outcome
    }

    /// What can be put back.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn legacy_backup(&self) -> Result<Option<LegacyBackup>, StoreError> {
        Ok(self.site_setting::<Option<LegacyBackup>>(LEGACY).await?.flatten())
    }

    /// Writes new tokens with what is needed to undo it, in one transaction; or, without `backup`, notes that it was undone
    /// while it erases them.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn write_legacy(
        &self,
        writes: &[SiteWrite],
        backup: Option<&LegacyBackup>,
    ) -> Result<Vec<Versioned>, StoreError> {
        let mut changes: Vec<Change> = writes.iter().flat_map(SiteWrite::changes).collect();
        changes.push(Change::put(StoreName::Settings, LEGACY, &backup).only_over(self.legacy_version().await?));
        self.change_telling(self.epoch.get(), changes, &[], &told(writes)).await?;
        Ok(writes.iter().filter_map(SiteWrite::written).collect())
    }

    async fn legacy_version(&self) -> Result<u64, StoreError> {
        let record = self.ladder.get(&Self::key_of(StoreName::Settings, LEGACY)).await?;
        Ok(record.map_or(0, |record| record.generation))
    }
}

impl SiteWrite {
    /// The facts it leaves.
    pub fn facts(&self) -> Option<&SiteToken> {
        match self {
            Self::New(kept) | Self::Both(kept, _) => Some(&kept.token),
            Self::Facts(token, _) => Some(token),
            Self::Erase(..) | Self::Told(_) => None,
        }
    }

    /// The facts it leaves, with the version they have then.
    fn written(&self) -> Option<Versioned> {
        let version = match self {
            Self::New(_) => 1,
            Self::Both(_, read) | Self::Facts(_, read) => read.facts + 1,
            Self::Erase(..) | Self::Told(_) => return None,
        };
        Some((self.facts()?.clone(), version))
    }

    fn changes(&self) -> Vec<Change> {
        let facts = |token: &SiteToken, over| Change::put(StoreName::Sites, token.id.as_str(), token).only_over(over);
        let texts =
            |kept: &Kept, over| Change::put(StoreName::SiteTokens, kept.token.id.as_str(), &kept.texts).only_over(over);
        match self {
            Self::New(kept) => vec![facts(&kept.token, 0), texts(kept, 0)],
            Self::Both(kept, read) => vec![facts(&kept.token, read.facts), texts(kept, read.texts)],
            Self::Facts(token, read) => vec![facts(token, read.facts)],
            Self::Erase(id, read) => vec![
                Change::remove(StoreName::Sites, id.as_str()).only_over(read.facts),
                Change::remove(StoreName::SiteTokens, id.as_str()).only_over(read.texts),
            ],
            Self::Told(_) => Vec::new(),
        }
    }
}

/// All that the audit log is told of these.
fn told(writes: &[SiteWrite]) -> Vec<Report> {
    let told = writes.iter().filter_map(|write| if let SiteWrite::Told(told) = write { Some(told) } else { None });
    told.flatten().cloned().collect()
}
