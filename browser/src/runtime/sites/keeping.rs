//! Tokens are added, changed, replaced, removed and brought back.

use std::collections::BTreeSet;
use std::rc::Rc;

use domain::audit::Action;
use domain::id::SiteTokenId;
use domain::secret::Secret;
use domain::site::{
    Chosen, Draft, ImportRow, Kept, Pasted, RowDeed, Running, Setup, SitePlace, SiteRefusal, SiteToken, Source,
    TestOutcome, TestReport, TokenHash, UNDO, VerdictKind,
};
use gloo_timers::callback::Timeout;

use super::super::Inner;
use crate::clock;
use crate::vault::SiteWrite;

impl Inner {
    pub(super) async fn add_site(self: &Rc<Self>, draft: Draft, test: bool) -> Result<SiteTokenId, SiteRefusal> {
        let vault = self.site_vault()?;
        let (place, text) = self.checked(&draft, None)?;
        let text = text.ok_or(SiteRefusal::Fields)?;
        let report = if test { Some(self.passed((&place, &draft.name), &text).await?) } else { None };
        let id = SiteTokenId::from_random(clock::random());
        let mut kept = Kept::new(id.clone(), place, &draft, Source::Entered, self.now());
        if let Some(report) = &report {
            kept.token = judged(kept.token, 1, report);
        }
        let mut told = vec![self.site_report(Action::TokenAdded, &kept.token, None)];
        told.extend(draft.make_default.then(|| self.site_report(Action::DefaultSet, &kept.token, None)));
        let writes = [SiteWrite::New(kept), SiteWrite::Told(told)];
        let written = vault.write_sites(&writes, draft.make_default.then_some(Some(&id))).await?;
        if draft.make_default {
            self.sites.shelf.borrow_mut().default = Some(id.clone());
        }
        self.wrote_sites(written, &[]);
        Ok(id)
    }

    pub(super) async fn edit_site(
        self: &Rc<Self>,
        id: SiteTokenId,
        draft: Draft,
        test: bool,
    ) -> Result<(), SiteRefusal> {
        let vault = self.site_vault()?;
        let (place, text) = self.checked(&draft, Some(&id))?;
        let is_new = |hash: &TokenHash| text.as_ref().is_some_and(|text| TokenHash::of(text) != *hash);
        let before = self.site_facts(&id)?;
        let report = match &text {
            Some(text) if test && is_new(&before.hash) => Some(self.passed((&place, &draft.name), text).await?),
            _ => None,
        };
        let now = self.now();
        let rule = |kept: &Kept| {
            let token = kept.token.clone().edited(place.clone(), &draft);
            let changed = Kept { token, texts: kept.texts.clone() };
            let text = text.clone().filter(|_| is_new(&kept.token.hash));
            let changed = match text {
                Some(text) => with_report(changed.replaced(text, Source::Entered, now), report.as_ref()),
                None => changed,
            };
            (changed != *kept).then_some(changed)
        };
        let tell = |token: &SiteToken| {
            let has_new_text = token.generation != before.generation;
            let action = if has_new_text { Action::TokenRotated } else { Action::TokenUpdated };
            Some(self.site_report(action, token, None))
        };
        let written = vault.change_kept_telling(&id, rule, tell).await?;
        self.wrote_sites(written.into_iter().collect(), &[]);
        let is_default = self.sites.view.borrow().is_default(&id);
        if draft.make_default != is_default {
            self.set_default_site(draft.make_default.then(|| id.clone())).await?;
        }
        Ok(())
    }

    /// Tests a new text, and stores it beside the old one.
    pub(super) async fn rotate_site(
        self: &Rc<Self>,
        id: &SiteTokenId,
        token: &Secret,
    ) -> Result<TestReport, SiteRefusal> {
        self.while_running(id, Running::Refreshing, self.rotated_site(id, token)).await
    }

    async fn rotated_site(self: &Rc<Self>, id: &SiteTokenId, token: &Secret) -> Result<TestReport, SiteRefusal> {
        let pasted = Pasted::mend(token.expose());
        pasted.check()?;
        let facts = self.site_facts(id)?;
        if facts.hash == TokenHash::of(&pasted.token) {
            return Err(SiteRefusal::Duplicate(id.clone()));
        }
        let report = self.passed((&facts.place, &facts.name), &pasted.token).await?;
        self.replace_site(id, pasted.token, Source::Entered, &report).await?;
        Ok(report)
    }

    pub(super) async fn replace_site(
        self: &Rc<Self>,
        id: &SiteTokenId,
        text: Secret,
        source: Source,
        report: &TestReport,
    ) -> Result<(), SiteRefusal> {
        let now = self.now();
        let action = if source == Source::Refreshed { Action::TokenRefreshed } else { Action::TokenRotated };
        let rule = |kept: &Kept| Some(with_report(kept.clone().replaced(text.clone(), source, now), Some(report)));
        let tell = |token: &SiteToken| Some(self.site_report(action, token, None));
        let replaced = self.site_vault()?.change_kept_telling(id, rule, tell).await?;
        self.wrote_sites(vec![replaced.ok_or(SiteRefusal::Gone)?], &[]);
        Ok(())
    }

    pub(super) async fn remove_sites(self: &Rc<Self>, ids: &[SiteTokenId]) -> Result<(), SiteRefusal> {
        let now = self.now();
        let removed = |token: &SiteToken| {
            token.removed_at.is_none().then(|| SiteToken { removed_at: Some(now), ..token.clone() })
        };
        let tell = |token: &SiteToken| Some(self.site_report(Action::TokenDeleted, token, None));
        let written = self.site_vault()?.change_sites_telling(ids, removed, tell).await?;
        let is_some_gone = !written.is_empty();
        self.wrote_sites(written, &[]);
        if is_some_gone && self.sites.view.borrow().tokens.is_empty() {
            self.tell_of_none();
        }
        self.plan_erasing();
        Ok(())
    }

    pub(super) async fn restore_sites(self: &Rc<Self>, ids: &[SiteTokenId]) -> Result<(), SiteRefusal> {
        let restored = |token: &SiteToken| token.removed_at.map(|_| SiteToken { removed_at: None, ..token.clone() });
        let tell = |token: &SiteToken| Some(self.site_report(Action::TokenAdded, token, None));
        let written = self.site_vault()?.change_sites_telling(ids, restored, tell).await?;
        if written.is_empty() {
            return Err(SiteRefusal::Gone);
        }
        self.wrote_sites(written, &[]);
        Ok(())
    }

    /// Erases for good what was removed long enough ago, and sets the time for what was not.
    pub(super) fn plan_erasing(self: &Rc<Self>) {
        let now = self.now();
        let due = self.sites.shelf.borrow().due_for_erasure(now);
        if !due.is_empty() {
            let inner = Rc::clone(self);
            wasm_bindgen_futures::spawn_local(async move { inner.erase_sites(due).await });
        }
        let next = self.sites.view.borrow().removed.iter().map(|(_, until)| until.since(now)).max();
        let Some(next) = next else { return };
        let weak = Rc::downgrade(self);
        let wait = u32::try_from(next.min(UNDO).millis()).unwrap_or(u32::MAX).saturating_add(50);
        let timer = Timeout::new(wait, move || {
            if let Some(inner) = weak.upgrade() {
                inner.plan_erasing();
            }
        });
        self.sites.erasing.replace(Some(timer));
    }

    async fn erase_sites(self: &Rc<Self>, ids: Vec<SiteTokenId>) {
        let Ok(vault) = self.site_vault() else { return };
        // What another tab brought back meanwhile stays. What can't be erased now is erased when the vault is next opened.
        if let Ok(erased) = vault.erase_sites(&ids).await {
            self.wrote_sites(Vec::new(), &erased);
        }
    }

    pub(super) async fn set_default_site(self: &Rc<Self>, id: Option<SiteTokenId>) -> Result<(), SiteRefusal> {
        let token = id.as_ref().and_then(|id| self.sites.shelf.borrow().get(id).cloned());
        let told = token.map(|token| self.site_report(Action::DefaultSet, &token, None));
        self.site_vault()?.write_default_site(id.as_ref(), told.as_slice()).await?;
        self.sites.shelf.borrow_mut().default.clone_from(&id);
        self.show_sites(|_| {});
        self.tell_sites(id.into_iter().collect());
        Ok(())
    }

    pub(super) async fn choose_site(self: &Rc<Self>, chosen: Chosen) {
        self.sites.shelf.borrow_mut().chosen = Some(chosen.clone());
        self.sites.prompts.borrow_mut().chose(&chosen);
        self.show_sites(|_| {});
        if let Ok(vault) = self.site_vault() {
            // It holds in this tab in any case; where it can't be written, the next page begins with the choice before.
            drop(vault.write_chosen_site(&chosen).await);
        }
    }

    pub(super) async fn keep_site_setup(self: &Rc<Self>, setup: Setup) {
        self.show_sites(|view| view.setup = setup.clone());
        if let Ok(vault) = self.site_vault() {
            // Where it can't be written, the setup begins anew after a reload.
            drop(vault.write_site_setup(&setup).await);
            self.tell_sites(Vec::new());
        }
    }

    /// Writes the rows of a file, all in one transaction or none.
    pub(super) async fn import_sites(self: &Rc<Self>, rows: Vec<ImportRow>) -> Result<usize, SiteRefusal> {
        let vault = self.site_vault()?;
        let now = self.now();
        let replaced: Vec<SiteTokenId> = rows
            .iter()
            .filter_map(|row| match &row.deed {
                RowDeed::Replace(id) => Some(id.clone()),
                RowDeed::Add | RowDeed::Skip => None,
            })
            .collect();
        let mut kept = vault.kept_sites(&replaced).await?.into_iter();
        let mut known: BTreeSet<(SitePlace, TokenHash)> = {
            let view = self.sites.view.borrow();
            view.tokens.iter().map(|token| (token.place.clone(), token.hash.clone())).collect()
        };
        let (mut writes, mut default) = (Vec::new(), None);
        for row in rows.iter().filter(|row| row.deed != RowDeed::Skip) {
            let pasted = Pasted::mend(row.draft.token.expose());
            pasted.check()?;
            let place = row.draft.place().map_err(|_| SiteRefusal::Fields)?;
            self.check_limits(&place)?;
            let is_news = known.insert((place.clone(), TokenHash::of(&pasted.token)));
            let id = match &row.deed {
                RowDeed::Replace(id) => {
                    let (before, read) = kept.next().flatten().ok_or(SiteRefusal::Gone)?;
                    writes.push(SiteWrite::Both(before.replaced(pasted.token, Source::Imported, now), read));
                    id.clone()
                }
                _ => {
                    let id = SiteTokenId::from_random(clock::random());
                    writes.push(SiteWrite::New(Kept::new(id.clone(), place, &row.draft, Source::Imported, now)));
                    id
                }
            };
            if !is_news {
                return Err(SiteRefusal::Changed);
            }
            if row.draft.make_default && default.is_none() {
                default = Some(id);
            }
        }
        let facts: Vec<&SiteToken> = writes.iter().filter_map(SiteWrite::facts).collect();
        let mut told: Vec<_> = facts.iter().map(|token| self.site_report(Action::TokenImported, token, None)).collect();
        let made_default = facts.iter().find(|token| default.as_ref() == Some(&token.id));
        told.extend(made_default.map(|token| self.site_report(Action::DefaultSet, token, None)));
        writes.push(SiteWrite::Told(told));
        let written = vault.write_sites(&writes, default.as_ref().map(Some)).await?;
        if default.is_some() {
            self.sites.shelf.borrow_mut().default = default;
        }
        let count = written.len();
        self.wrote_sites(written, &[]);
        Ok(count)
    }

    /// The place of a draft that can be kept, and its mended text, if it has one.
    fn checked(
        &self,
        draft: &Draft,
        editing: Option<&SiteTokenId>,
    ) -> Result<(SitePlace, Option<Secret>), SiteRefusal> {
        let findings = draft.findings(&self.sites.view.borrow(), editing);
        let pasted = Pasted::mend(draft.token.expose());
        if findings.token.is_some() {
            pasted.check()?;
        }
        if let Some(id) = findings.same {
            return Err(SiteRefusal::Duplicate(id));
        }
        let place = draft.place().map_err(|_| SiteRefusal::Fields)?;
        if !findings.is_fine() {
            self.check_limits(&place)?;
            return Err(SiteRefusal::Fields);
        }
        Ok((place, Some(pasted.token).filter(|text| !text.is_empty())))
    }

    /// A test's report, if the API took the text.
    async fn passed(self: &Rc<Self>, about: (&SitePlace, &str), text: &Secret) -> Result<TestReport, SiteRefusal> {
        let report = self.tested(about, Some(text)).await?;
        match report.outcome {
            TestOutcome::Works | TestOutcome::Forbidden => Ok(report),
            TestOutcome::Rejected | TestOutcome::Revoked | TestOutcome::Unknown => {
                Err(SiteRefusal::TestFailed(Box::new(report)))
            }
        }
    }

    /// A token's facts, unless it is gone or removed.
    pub(super) fn site_facts(&self, id: &SiteTokenId) -> Result<SiteToken, SiteRefusal> {
        let shelf = self.sites.shelf.borrow();
        let token = shelf.get(id).filter(|token| token.removed_at.is_none());
        token.map(|token| SiteToken::clone(token)).ok_or(SiteRefusal::Gone)
    }
}

/// With what a test found, which is no use in earnest: the text before it stays.
fn with_report(kept: Kept, report: Option<&TestReport>) -> Kept {
    match report {
        Some(report) => {
            let generation = kept.token.generation;
            Kept { token: judged(kept.token, generation, report), texts: kept.texts }
        }
        None => kept,
    }
}

/// What a test's outcome says of the token.
pub(super) const fn verdict(outcome: TestOutcome) -> Option<VerdictKind> {
    match outcome {
        TestOutcome::Works => Some(VerdictKind::Accepted),
        TestOutcome::Rejected => Some(VerdictKind::Rejected),
        TestOutcome::Revoked => Some(VerdictKind::Revoked),
        TestOutcome::Forbidden => Some(VerdictKind::Forbidden),
        TestOutcome::Unknown => None,
    }
}

fn judged(token: SiteToken, generation: u64, report: &TestReport) -> SiteToken {
    match verdict(report.outcome) {
        Some(kind) => token.judged(generation, kind, report.at),
        None => token,
    }
}
