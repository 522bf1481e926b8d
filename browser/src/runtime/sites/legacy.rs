//! Taking over what an earlier app of site tokens left: shown first, written sealed, read back, and only then removed there.

use std::rc::Rc;

use domain::audit::{Action, Report};
use domain::id::{ProviderId, SiteTokenId};
use domain::site::{
    Kept, LegacyDeed, LegacyPlan, LegacyTaken, LegacyText, LegacyUnreadable, LegacyWork, SiteRefusal, Source,
};
use domain::vault::{StorageLevel, StoreError};

use super::super::Inner;
use crate::clock;
use crate::legacy::sites;
use crate::locks::{self, Bounds};
use crate::vault::{LegacyBackup, SiteWrite, Vault, Versioned};

/// One tab does it; another that comes at the same time waits, and then finds nothing left to do.
const LOCK: &str = "tokenkeep:legacy-sites";
const BOUNDS: Bounds = Bounds { wait: 60_000, hold: 55_000 };

impl Inner {
    /// Counts what is there, if somebody looks. Most people have nothing.
    pub(super) async fn look_for_legacy_sites(self: &Rc<Self>) {
        if self.sites.on_view.borrow().is_none() {
            return;
        }
        let found = LegacyWork::plan(&self.legacy_texts().await, &self.sites.view.borrow()).found();
        self.show_sites(|view| view.legacy = found.map(Into::into));
    }

    pub(super) async fn plan_legacy_sites(&self) -> Result<LegacyPlan, SiteRefusal> {
        let backup = self.site_vault()?.legacy_backup().await?;
        let work = LegacyWork::plan(&self.legacy_texts().await, &self.sites.view.borrow());
        Ok(work.shown(backup.is_some()))
    }

    pub(super) async fn take_over_legacy_sites(
        self: &Rc<Self>,
        seen: &LegacyPlan,
        provider: &ProviderId,
    ) -> Result<LegacyTaken, SiteRefusal> {
        let vault = self.site_vault()?;
        let _lock = locks::acquire(LOCK, BOUNDS).await.map_err(|_| SiteRefusal::Changed)?;
        self.read_sites(false).await?;
        let texts = self.legacy_texts().await;
        let work = LegacyWork::plan(&texts, &self.sites.view.borrow());
        let removable: Vec<LegacyText> =
            work.removable(seen).into_iter().filter_map(|index| texts.get(index).cloned()).collect();
        let kept = self.kept_of_legacy(&work, seen, provider)?;
        let told = kept.iter().map(|kept| self.site_report(Action::TokenImported, &kept.token, None)).collect();
        let written = write(&vault, &kept, &removable, told).await?;
        let taken = written.len();
        self.wrote_sites(written, &[]);
        // Nothing is touched there before it was read back by a vault opened anew.
        self.read_back(&kept).await?;
        for text in &removable {
            sites::remove(text).await;
        }
        self.look_for_legacy_sites().await;
        Ok(LegacyTaken { taken, removed: removable.len(), left: left(&work) })
    }

    /// What earlier apps left belongs to the person, so it goes to no tenant but their own.
    async fn legacy_texts(&self) -> Vec<LegacyText> {
        let is_own = self.opening.borrow().as_ref().is_some_and(|opening| opening.tenant.is_own);
        if is_own { sites::texts().await } else { Vec::new() }
    }

    fn kept_of_legacy(
        &self,
        work: &LegacyWork,
        seen: &LegacyPlan,
        provider: &ProviderId,
    ) -> Result<Vec<Kept>, SiteRefusal> {
        let now = self.now();
        let kept = work.drafts(seen, provider).into_iter().map(|draft| {
            let place = draft.place().map_err(|_| SiteRefusal::Fields)?;
            Ok(Kept::new(SiteTokenId::from_random(clock::random()), place, &draft, Source::Legacy, now))
        });
        kept.collect()
    }

    async fn read_back(&self, kept: &[Kept]) -> Result<(), SiteRefusal> {
        let tenant = self.tenant().ok_or(SiteRefusal::NotOpen)?;
        let vault = Vault::open(&tenant, |_| {}, |_| {}).await?;
        let ids: Vec<SiteTokenId> = kept.iter().map(|kept| kept.token.id.clone()).collect();
        let there = vault.kept_sites(&ids).await?;
        let same = there
            .iter()
            .zip(kept)
            .all(|(there, kept)| there.as_ref().is_some_and(|(there, _)| there.texts.text == kept.texts.text));
        if same { Ok(()) } else { Err(not_kept()) }
    }

    /// Puts the texts back, then forgets the tokens made of them. A token that was replaced since stays.
    pub(super) async fn roll_back_legacy_sites(self: &Rc<Self>) -> Result<(), SiteRefusal> {
        let vault = self.site_vault()?;
        let _lock = locks::acquire(LOCK, BOUNDS).await.map_err(|_| SiteRefusal::Changed)?;
        let backup = vault.legacy_backup().await?.ok_or(SiteRefusal::Gone)?;
        if !backup.texts.iter().all(sites::put_back) {
            return Err(SiteRefusal::Changed);
        }
        let there = vault.kept_sites(&backup.tokens).await?.into_iter().flatten();
        let untouched = there.filter(|(kept, _)| kept.token.generation == 1);
        let (mut ids, mut erased, mut told) = (Vec::new(), Vec::new(), Vec::new());
        for (kept, read) in untouched {
            told.push(self.site_report(Action::TokenDeleted, &kept.token, None));
            ids.push(kept.token.id.clone());
            erased.push(SiteWrite::Erase(kept.token.id, read));
        }
        erased.push(SiteWrite::Told(told));
        vault.write_legacy(&erased, None).await?;
        self.wrote_sites(Vec::new(), &ids);
        self.look_for_legacy_sites().await;
        Ok(())
    }
}

/// It must lie in IndexedDB: what only this session or this tab keeps is not taken over.
async fn write(
    vault: &Vault,
    kept: &[Kept],
    texts: &[LegacyText],
    told: Vec<Report>,
) -> Result<Vec<Versioned>, SiteRefusal> {
    if vault.level() != StorageLevel::IndexedDb {
        return Err(not_kept());
    }
    if kept.is_empty() && texts.is_empty() {
        return Ok(Vec::new());
    }
    let tokens = kept.iter().map(|kept| kept.token.id.clone()).collect();
    let backup = LegacyBackup { texts: texts.to_vec(), tokens };
    let mut writes: Vec<SiteWrite> = kept.iter().cloned().map(SiteWrite::New).collect();
    writes.push(SiteWrite::Told(told));
    let written = vault.write_legacy(&writes, Some(&backup)).await?;
    if vault.level() == StorageLevel::IndexedDb { Ok(written) } else { Err(not_kept()) }
}

fn not_kept() -> SiteRefusal {
    SiteRefusal::NotStored(StoreError::Unavailable("what was written could not be read back".to_owned()))
}

fn left(work: &LegacyWork) -> Vec<LegacyUnreadable> {
    let left = work.tokens.iter().filter_map(|(item, ..)| match &item.deed {
        LegacyDeed::Leave(why) => Some(LegacyUnreadable { at: item.at.clone(), why: why.clone() }),
        LegacyDeed::Take | LegacyDeed::Known => None,
    });
    left.chain(work.unreadable.iter().cloned()).collect()
}
