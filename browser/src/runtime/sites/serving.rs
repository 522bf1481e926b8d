//! Each command goes to what carries it out.

use std::rc::Rc;

use domain::audit::Action;
use domain::id::SiteTokenId;
use domain::secret::Secret;
use domain::site::{Chosen, Pasted, RowDeed, SiteCommand, SiteRefusal};
use futures::StreamExt;
use futures::stream;

use super::super::{Inner, clipboard};
use super::using::Whose;

/// How many calls to many sites are under way at once.
const AT_ONCE: usize = 6;

impl Inner {
    pub(super) async fn serve_site(self: &Rc<Self>, command: SiteCommand) {
        match command {
            SiteCommand::Add { draft, test, done } => {
                let whose = Self::whose_draft(&draft);
                done(self.report_refusal(Action::TokenAdded, &whose, self.add_site(draft, test).await));
            }
            SiteCommand::Edit { id, draft, test, done } => {
                let whose = self.whose_token(&id);
                let is_rotation = !Pasted::mend(draft.token.expose()).token.is_empty();
                let action = if is_rotation { Action::TokenRotated } else { Action::TokenUpdated };
                done(self.report_refusal(action, &whose, self.edit_site(id, draft, test).await));
            }
            SiteCommand::Rotate { id, token, done } => {
                let whose = self.whose_token(&id);
                done(self.report_refusal(Action::TokenRotated, &whose, self.rotate_site(&id, &token).await));
            }
            SiteCommand::Refresh { id, done } => done(self.refresh_site(&id).await),
            SiteCommand::Remove { ids, done } => done(self.remove_sites(&ids).await),
            SiteCommand::Restore { ids, done } => done(self.restore_sites(&ids).await),
            SiteCommand::SetDefault { id, done } => done(self.set_default_site(id).await),
            SiteCommand::Choose(chosen) => self.choose_site(chosen).await,
            SiteCommand::KeepSetup(setup) => self.keep_site_setup(setup).await,
            SiteCommand::Import { rows, done } => {
                let count = rows.iter().filter(|row| row.deed != RowDeed::Skip).count();
                let whose = Whose::Many(u32::try_from(count).unwrap_or(u32::MAX));
                done(self.report_refusal(Action::TokenImported, &whose, self.import_sites(rows).await));
            }
            SiteCommand::PlanLegacy { done } => done(self.plan_legacy_sites().await),
            SiteCommand::TakeOverLegacy { plan, provider, done } => {
                let taken = self.take_over_legacy_sites(&plan, &provider).await;
                let whose = Whose::Many(u32::try_from(plan.items.len()).unwrap_or(u32::MAX));
                done(self.report_refusal(Action::TokenImported, &whose, taken));
            }
            SiteCommand::RollBackLegacy { done } => done(self.roll_back_legacy_sites().await),
            SiteCommand::Limit(limits) => self.limit_sites(limits).await,
            SiteCommand::LetGo(about) => self.let_askers_go(|waiting| *waiting == about),
            SiteCommand::Answer { prompt, answer } => self.answer_site_prompt(&prompt, answer).await,
            command => self.serve_site_call(command).await,
        }
    }

    /// Commands that read a token's text or go to an API.
    async fn serve_site_call(self: &Rc<Self>, command: SiteCommand) {
        match command {
            SiteCommand::Test { chosen, done } => done(self.test_site(&chosen).await),
            SiteCommand::TestDraft { provider, site, token, done } => {
                done(self.test_site_draft(provider, &site, &token).await);
            }
            SiteCommand::TestMany { ids, each, done } => {
                let tests = stream::iter(ids).for_each_concurrent(AT_ONCE, async |id| {
                    let report = self.test_site(&Chosen::Token(id.clone())).await;
                    each((id, report));
                });
                tests.await;
                done(());
            }
            SiteCommand::Reveal { id, done } => {
                let text = self.site_text(&id).await;
                if text.is_ok() {
                    self.report_site(Action::TokenShown, &id, None);
                }
                done(text);
            }
            SiteCommand::Copy { id, done } => done(self.copy_site(&id).await),
            SiteCommand::Call { call, done } => done(self.call_site(&call).await),
            SiteCommand::CallMany { calls, each, done } => {
                let calls = stream::iter(calls).for_each_concurrent(AT_ONCE, async |call| {
                    let outcome = self.call_site(&call).await;
                    each((call.site, outcome));
                });
                calls.await;
                done(());
            }
            _ => {}
        }
    }

    async fn site_text(&self, id: &SiteTokenId) -> Result<Secret, SiteRefusal> {
        let texts = self.site_vault()?.site_texts(id).await?.ok_or(SiteRefusal::Gone)?;
        Ok(texts.text)
    }

    async fn copy_site(self: &Rc<Self>, id: &SiteTokenId) -> Result<(), String> {
        let text = self.site_text(id).await.map_err(|refusal| refusal.to_string())?;
        clipboard::write(&text).await?;
        self.report_site(Action::TokenCopied, id, None);
        Ok(())
    }
}
