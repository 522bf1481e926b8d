//! What a person does about sync.

use std::rc::Rc;

use domain::api::sync::{BeginSync, ChangeSyncKeyring, DeleteSync, NewSyncCopy, SyncCopy, SyncKeyringChange};
use domain::api::{self, Code, Endpoint, Problem};
use domain::audit::{Action, Outcome, Report};
use domain::id::{ReportId, TenantId};
use domain::secret::Secret;
use domain::sync::{ItemKey, SyncDeed, SyncPhase, SyncState, SyncTrouble, SyncWork};
use domain::worker_token::Done;
use web_sys::SubtleCrypto;

use super::super::Inner;
use crate::sync::{Line, Opened, new_keyring, open_keyring, rewrapped};
use crate::vault::sealing::subtle;
use crate::{clock, http};

type Outcomes = Result<(), SyncTrouble>;

impl Inner {
    pub(super) async fn serve_sync(self: &Rc<Self>, deed: SyncDeed) {
        match deed {
            SyncDeed::Look => self.look_for_copy().await,
            SyncDeed::Now { done } => self.finish(done, self.sync_now().await),
            SyncDeed::Begin { passphrase, done } => {
                let outcome = self.begin_sync(&passphrase).await;
                self.joined(done, outcome).await;
            }
            SyncDeed::Join { passphrase, done } => {
                let outcome = self.join_sync(&passphrase).await;
                self.joined(done, outcome).await;
            }
            SyncDeed::Take { conflict, done } => self.finish(done, self.settle(&conflict, true).await),
            SyncDeed::LetGo { conflict, done } => self.finish(done, self.settle(&conflict, false).await),
            SyncDeed::ChangePassphrase { current, new, done } => {
                self.finish(done, self.change_sync_passphrase(&current, &new).await);
            }
            SyncDeed::Stop { done } => self.finish(done, self.stop_sync(false).await),
            SyncDeed::Delete { done } => self.finish(done, self.stop_sync(true).await),
        }
    }

    fn finish(&self, done: Done<Outcomes>, outcome: Outcomes) {
        if !self.syncing.running.get() {
            self.work_on_sync(None);
        }
        done(outcome);
    }

    /// Begins the first round when this device takes part now.
    async fn joined(self: &Rc<Self>, done: Done<Outcomes>, outcome: Outcomes) {
        let takes_part = outcome.is_ok();
        if takes_part {
            self.show_sync(|view| view.trouble = None);
            self.reread_sync().await;
            self.tell_of_sync();
        }
        let is_otherwise = outcome.as_ref().is_err_and(SyncTrouble::is_about_what_is_there);
        self.finish(done, outcome);
        if takes_part {
            // How it went is shown; nobody waits for it.
            drop(self.sync_now().await);
        } else if is_otherwise {
            self.look_for_copy().await;
        }
    }

    async fn look_for_copy(self: &Rc<Self>) {
        let Some(tenant) = self.tenant() else { return };
        let found = Line::copy(&tenant).await;
        self.show_sync(|view| {
            if let (SyncPhase::Off { copy }, Ok(found)) = (&mut view.phase, &found) {
                *copy = Some(found.is_some());
            }
        });
        if let Err(problem) = found {
            self.show_sync(|view| view.trouble = Some(problem.into()));
        } else {
            self.show_sync(|view| {
                if matches!(view.phase, SyncPhase::Off { .. }) {
                    view.trouble = None;
                }
            });
        }
    }

    async fn begin_sync(self: &Rc<Self>, passphrase: &Secret) -> Outcomes {
        let (tenant, subtle) = self.sync_place()?;
        let vault = self.lasting_vault()?;
        let _held = self.sync_lock(&tenant).await?;
        self.work_on_sync(Some(SyncWork::Deriving));
        let (opened, keyring) = new_keyring(&subtle, &self.deriver(), &tenant, passphrase).await?;
        let new = NewSyncCopy { key: opened.key.id().clone(), keyring };
        let copy = ask(&BeginSync { id: tenant.clone() }, &new).await?;
        // The server notes in the audit log that it was begun.
        vault.begin_sync(&taking_part(&copy, opened)).await?;
        Ok(())
    }

    async fn join_sync(self: &Rc<Self>, passphrase: &Secret) -> Outcomes {
        let (tenant, subtle) = self.sync_place()?;
        let vault = self.lasting_vault()?;
        let _held = self.sync_lock(&tenant).await?;
        let copy = Line::copy(&tenant).await?.ok_or(SyncTrouble::NoCopy)?;
        self.work_on_sync(Some(SyncWork::Deriving));
        let opened = open_keyring(&subtle, &self.deriver(), &tenant, &copy, passphrase).await?;
        vault.begin_sync(&taking_part(&copy, opened)).await?;
        self.report_sync(Action::SyncStarted, None);
        Ok(())
    }

    async fn change_sync_passphrase(self: &Rc<Self>, current: &Secret, new: &Secret) -> Outcomes {
        let (tenant, subtle) = self.sync_place()?;
        let state = self.vault()?.sync_state().await?.ok_or(SyncTrouble::Gone)?;
        let copy = Line::copy(&tenant).await?.ok_or(SyncTrouble::Gone)?;
        if (&copy.id, &copy.key) != (&state.copy, &state.key) {
            return Err(SyncTrouble::Replaced);
        }
        self.work_on_sync(Some(SyncWork::Deriving));
        let deriver = self.deriver();
        let opened = open_keyring(&subtle, &deriver, &tenant, &copy, current).await?;
        let keyring = rewrapped(&subtle, &deriver, &tenant, &opened, new).await?;
        let change = SyncKeyringChange { copy: copy.id, key: copy.key, replaces: copy.keyring, keyring };
        ask(&ChangeSyncKeyring { id: tenant }, &change).await?;
        Ok(())
    }

    async fn stop_sync(self: &Rc<Self>, delete: bool) -> Outcomes {
        let (tenant, _) = self.sync_place()?;
        let vault = self.vault()?;
        let _held = self.sync_lock(&tenant).await?;
        self.work_on_sync(Some(SyncWork::Deleting));
        if delete {
            ask(&DeleteSync { id: tenant }, &()).await?;
        }
        vault.end_sync().await?;
        self.syncing.timer.take();
        self.report_sync(Action::SyncStopped, None);
        self.show_sync(|view| {
            view.trouble = None;
            view.next = None;
            view.phase = SyncPhase::Off { copy: Some(!delete) };
        });
        self.reread_sync().await;
        self.tell_of_sync();
        Ok(())
    }

    async fn settle(self: &Rc<Self>, conflict: &ItemKey, take: bool) -> Outcomes {
        let vault = self.vault()?;
        let touched = vault.settle_conflict(conflict, take).await?;
        self.show_what_came(&vault, touched);
        self.reread_sync().await;
        self.tell_of_sync();
        Ok(())
    }

    fn sync_place(&self) -> Result<(TenantId, SubtleCrypto), SyncTrouble> {
        let tenant = self.tenant().ok_or(SyncTrouble::NothingStays)?;
        Ok((tenant, subtle().ok_or(SyncTrouble::NothingStays)?))
    }

    pub(super) fn report_sync(self: &Rc<Self>, action: Action, count: Option<u32>) {
        self.report(Report {
            id: ReportId::from_random(clock::random()),
            happened_at: clock::now(),
            action,
            outcome: Outcome::Done,
            reason: None,
            tenant: self.tenant(),
            site: None,
            provider: None,
            connection: None,
            label: None,
            count,
        });
    }
}

fn taking_part(copy: &SyncCopy, opened: Opened) -> SyncState {
    SyncState {
        copy: copy.id.clone(),
        key: copy.key.clone(),
        root: opened.root,
        cursor: 0,
        joined_at: clock::now(),
        last: None,
    }
}

async fn ask<E: Endpoint>(endpoint: &E, body: &E::Body) -> Result<E::Answer, Problem> {
    let answer = http::exchange(&api::request(endpoint, body)?).await.answer?;
    serde_json::from_value(answer).map_err(|_| Problem::new(Code::UnreadableAnswer))
}
