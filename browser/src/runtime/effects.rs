//! Carrying out what the keeper wants done.

use std::rc::Rc;

use domain::audit::deed;
use domain::connection::{Connection, Credential};
use domain::id::{ConnectionId, TenantId};
use domain::keeper::{Effect, Event, Input, Intent, News};
use domain::tenant::Opening;
use domain::vault::StoreError;
use domain::worker_token::Request;
use futures::channel::oneshot;
use futures::future::abortable;
use wasm_bindgen_futures::spawn_local;

use super::Inner;
use crate::locks::{self, Bounds};
use crate::vault::Vault;

/// A tab that hangs holds a connection for 45 s at most, so whoever waits a little longer gets its turn.
pub(super) const LOCK: Bounds = Bounds { wait: 50_000, hold: 45_000 };

/// Who waits until a connection is written durably.
pub type Saver = oneshot::Sender<Result<(), StoreError>>;

/// What waits for its turn at the vault.
pub enum Job {
    /// The vault is to be opened; whatever is wanted meanwhile comes after.
    Open(Opening),
    /// Something the keeper wants done.
    Effect(Effect),
    /// A connection is to be written, and somebody waits until it is.
    Save(Effect, Option<Saver>),
    /// A request to the worker-token service, after all that was wanted before.
    Request(Request),
    /// The vault's key is there again.
    Unlocked,
    /// The vault's key goes, as another tab locked or replaced it.
    DropKey,
    /// A lock was granted: what it guards is read after all that was wanted before.
    Granted(ConnectionId, locks::Held),
}

impl Inner {
    /// Begins an effect. Those that touch the vault happen one after the other, in the order the keeper gave them; those
    /// that wait for somebody else (a lock, the server, the clipboard) hold up nobody.
    pub(super) fn carry_out(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::WakeAt(time) => self.wake_at(time),
            Effect::Release { waiter, outcome } => self.callers.release(waiter, outcome),
            Effect::Lock(id) => self.lock(id),
            Effect::Unlock(id) if self.waits_no_more(&id) => {}
            Effect::Ask { connection, .. } if !self.holds(&connection.id) => {
                self.answer_with(async move |_| Event::LockLost(connection.id));
            }
            Effect::Ask { connection, intent } => {
                self.answer_with(async move |inner| inner.ask(&connection, &intent).await);
            }
            Effect::Copy(id) => self.answer_with(async move |inner| inner.copy(id).await),
            // The other tabs lock at once, and read at once what is durable, whatever this one's vault is busy with.
            Effect::Tell(news @ (News::SignedOut { .. } | News::Token { .. })) => self.tell(&news),
            effect => self.queue(Job::Effect(effect)),
        }
    }

    fn answer_with(self: &Rc<Self>, answer: impl AsyncFnOnce(&Rc<Self>) -> Event + 'static) {
        let inner = Rc::clone(self);
        spawn_local(async move {
            let event = answer(&inner).await;
            inner.feed(Input::Event(event));
        });
    }

    pub(super) fn queue(self: &Rc<Self>, job: Job) {
        self.outbox.borrow_mut().push_back(job);
        if self.working.replace(true) {
            return;
        }
        let inner = Rc::clone(self);
        spawn_local(async move {
            while let Some(job) = inner.next_job() {
                let mut saved = None;
                let event = match job {
                    Job::Open(opening) => {
                        let event = inner.open(opening).await;
                        inner.feed(Input::Event(event));
                        inner.begin_work();
                        None
                    }
                    Job::Unlocked => {
                        if let Ok(vault) = inner.vault() {
                            let event = inner.entered(&vault).await;
                            inner.feed(Input::Event(event));
                            inner.begin_work();
                        }
                        None
                    }
                    Job::DropKey => {
                        if let Ok(vault) = inner.vault() {
                            inner.drop_key(&vault).await;
                        }
                        None
                    }
                    Job::Effect(effect) => inner.perform(effect).await,
                    Job::Save(effect, saver) => {
                        let event = inner.perform(effect).await;
                        saved = saver.map(|saver| (saver, outcome(event.as_ref())));
                        event
                    }
                    Job::Request(request) => {
                        inner.serve(request);
                        None
                    }
                    Job::Granted(id, lock) => Some(inner.granted(id, lock).await),
                };
                if let Some(event) = event {
                    inner.feed(Input::Event(event));
                }
                inner.look_after_newer();
                if let Some((saver, outcome)) = saved {
                    // Who no longer waits does not hear of it.
                    let _ = saver.send(outcome);
                }
            }
            inner.working.set(false);
        });
    }

    /// What begins once the vault can be read.
    fn begin_work(self: &Rc<Self>) {
        if self.is_vault_locked() {
            return;
        }
        self.open_sites();
        self.open_sync();
        self.open_reports();
        let opening = self.opening.borrow().clone();
        if let Some(opening) = opening {
            self.take_over_legacy(&opening);
        }
        self.rehearse_when_idle();
    }

    fn next_job(&self) -> Option<Job> {
        self.outbox.borrow_mut().pop_front()
    }

    /// Does what touches the vault or must not overtake it; gives the event that answers it.
    pub(super) async fn perform(self: &Rc<Self>, effect: Effect) -> Option<Event> {
        match effect {
            Effect::Unlock(id) => {
                self.locks.borrow_mut().remove(&id);
                None
            }
            Effect::Tell(news) => {
                self.tell(&news);
                None
            }
            effect => match self.vault() {
                Ok(vault) => self.perform_in(&vault, effect).await,
                Err(error) => without_vault(effect, error),
            },
        }
    }

    async fn perform_in(self: &Rc<Self>, vault: &Rc<Vault>, effect: Effect) -> Option<Event> {
        match effect {
            Effect::Read(id) => read(vault, id).await,
            Effect::ReadToken(id) => {
                let token = vault.token_facts(&id).await.ok()?;
                Some(Event::TokenRead { connection: id, token })
            }
            Effect::Look => Some(look(vault).await),
            Effect::WriteConnection { connection, credential } => {
                Some(self.write_connection(vault, connection, credential).await)
            }
            Effect::WriteIntent(id, _) if !self.holds(&id) => Some(Event::LockLost(id)),
            Effect::WriteIntent(id, intent) => Some(self.write_intent(vault, id, intent).await),
            Effect::Commit { connection, token, epoch, intent } => {
                let generation = token.facts.generation;
                let told = deed::committed(generation).map(|action| self.token_report(action, &connection, None));
                Some(match vault.commit(&connection, &token, epoch, &intent, told.as_slice()).await {
                    Ok(()) => Event::Committed { connection, generation },
                    Err(error) => Event::NotCommitted { connection, error },
                })
            }
            Effect::WriteSettings(settings) => vault.write_settings(&settings).await.err().map(Event::SettingsNotSaved),
            // A place that fails now says nothing about the settings: those there go on.
            Effect::ReadSettings => vault.settings().await.ok().map(Event::Settings),
            Effect::AdvanceEpoch => {
                if let Ok(epoch) = vault.advance_epoch().await {
                    self.tell(&News::SignedOut { epoch });
                }
                Some(Event::EpochAdvanced)
            }
            Effect::Reveal(id) => {
                let token = vault.token(&id).await.ok().flatten()?;
                Some(Event::Revealed(id, token.access_token))
            }
            effect => {
                self.perform_unanswered(vault, effect).await;
                None
            }
        }
    }

    async fn write_intent(&self, vault: &Vault, id: ConnectionId, intent: Intent) -> Event {
        let (generation, told) = self.expiry(&id).unzip();
        match vault.write_intent(&id, &intent, told.as_slice()).await {
            Ok(()) => {
                generation.into_iter().for_each(|generation| self.told_of_expiry(&id, generation));
                Event::IntentWritten(id, intent.id)
            }
            Err(error) => Event::IntentNotWritten(id, error),
        }
    }

    async fn write_connection(&self, vault: &Vault, connection: Connection, credential: Option<Credential>) -> Event {
        // What can't be read now is told as if it were new; whether it is written is what counts.
        let before = vault.connection(&connection.id).await.ok().flatten();
        let action = deed::written(before.as_ref(), &connection, credential.is_some());
        let told = action.map(|action| self.about_connection(action, &connection));
        match vault.write_connection(&connection, credential.as_ref(), told.as_slice()).await {
            Ok(()) => Event::Saved(connection.id),
            Err(error) => Event::NotSaved(connection.id, error),
        }
    }

    /// Effects that need no answer: what fails here is found again and made up for at the next look.
    async fn perform_unanswered(self: &Rc<Self>, vault: &Rc<Vault>, effect: Effect) {
        match effect {
            Effect::Erase(id) => drop(vault.erase(&id).await),
            // A person's choice; a page left within the tenth of a second of a batch would lose it.
            Effect::WriteCurrent(id) => drop(vault.write_current(id.as_ref()).await),
            Effect::EndIntent(id, intent) => drop(vault.end_intent(&id, &intent).await),
            Effect::LockVault => self.lock_vault(vault).await,
            Effect::Forget => {
                vault.forget();
                self.shut_sites();
                self.shut_sync();
            }
            _ => {}
        }
    }

    pub(super) fn vault(&self) -> Result<Rc<Vault>, StoreError> {
        self.vault.borrow().clone().ok_or_else(|| StoreError::Unavailable("the vault is not open".to_owned()))
    }

    /// Waits for the lock; who else wants something does not wait along.
    pub(super) fn lock(self: &Rc<Self>, id: ConnectionId) {
        let waited_for = id.clone();
        let inner = Rc::clone(self);
        let (waits, gives_up) = abortable(async move {
            let tenant = inner.tenant();
            let name = ["tokenkeep:", tenant.as_ref().map_or("", TenantId::as_str), ":", id.as_str()].concat();
            match locks::acquire(&name, LOCK).await {
                Ok(lock) => {
                    inner.waiting.borrow_mut().remove(&id);
                    inner.queue(Job::Granted(id, lock));
                }
                Err(error) => {
                    inner.waiting.borrow_mut().remove(&id);
                    inner.feed(Input::Event(Event::NotLocked { connection: id, reason: error.to_string() }));
                }
            }
        });
        self.waiting.borrow_mut().insert(waited_for, gives_up);
        spawn_local(async move {
            let _ = waits.await;
        });
    }

    /// Gives up waiting for the lock, or a grant nobody looked at yet; gives whether that was all there was to give back.
    fn waits_no_more(&self, id: &ConnectionId) -> bool {
        let granted = |job: &Job| matches!(job, Job::Granted(of, _) if of == id);
        if let Some(waiting) = self.waiting.borrow_mut().remove(id) {
            waiting.abort();
            return true;
        }
        let mut outbox = self.outbox.borrow_mut();
        let jobs = outbox.len();
        outbox.retain(|job| !granted(job));
        outbox.len() < jobs
    }

    /// Whether the lock is still this tab's: one that stood still may have lost it.
    fn holds(&self, id: &ConnectionId) -> bool {
        self.locks.borrow().get(id).is_some_and(locks::Held::is_good)
    }

    /// Reads only after the grant: news of what another tab wrote under the lock may not have arrived.
    async fn granted(&self, id: ConnectionId, lock: locks::Held) -> Event {
        match self.read_locked(&id).await {
            Ok(event) => {
                self.locks.borrow_mut().insert(id, lock);
                event
            }
            Err(error) => Event::NotLocked { connection: id, reason: error.to_string() },
        }
    }

    async fn read_locked(&self, id: &ConnectionId) -> Result<Event, StoreError> {
        let vault = self.vault()?;
        let (held, epoch) = vault.held_in_epoch(id).await?;
        Ok(Event::Locked { connection: id.clone(), held, epoch })
    }
}

/// A place that fails now tells nothing about the connection, so the keeper is not told that it is gone.
async fn read(vault: &Vault, id: ConnectionId) -> Option<Event> {
    let held = vault.held(&id).await.ok()?;
    Some(Event::Read { connection: id, held })
}

async fn look(vault: &Vault) -> Event {
    match vault.look().await {
        Ok((epoch, held)) => Event::Looked { epoch, held },
        Err(error) => Event::NotLooked(error),
    }
}

fn without_vault(effect: Effect, error: StoreError) -> Option<Event> {
    match effect {
        Effect::WriteConnection { connection, .. } => Some(Event::NotSaved(connection.id, error)),
        Effect::WriteIntent(id, _) => Some(Event::IntentNotWritten(id, error)),
        Effect::Commit { connection, .. } => Some(Event::NotCommitted { connection, error }),
        Effect::WriteSettings(_) => Some(Event::SettingsNotSaved(error)),
        Effect::AdvanceEpoch => Some(Event::EpochAdvanced),
        Effect::Look => Some(Event::NotLooked(error)),
        _ => None,
    }
}

fn outcome(event: Option<&Event>) -> Result<(), StoreError> {
    match event {
        Some(Event::NotSaved(_, error)) => Err(error.clone()),
        _ => Ok(()),
    }
}
