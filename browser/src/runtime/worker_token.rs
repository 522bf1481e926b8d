//! The worker-token service: what any page can ask of this tab's keeper and vault, answered by a callback.
//!
//! It decides nothing about renewals: whoever needs a token waits with the keeper. What it adds is the vault's side:
//! credentials come out only to who asks for them, a token of the wrong form is never given out, and when a token was last
//! used is noted in memory.

use std::rc::Rc;

use domain::audit::{Action, Report};
use domain::connection::{Connection, Credential};
use domain::id::ConnectionId;
use domain::keeper::{Command, Event, Input, News};
use domain::time::{Span, Timestamp};
use domain::token::{StoredToken, TokenFacts};
use domain::vault::StoreError;
use domain::worker_token::{Credentials, Form, GivenToken, LastUsed, Refusal, Request, Status, Whose, has_form};
use send_wrapper::SendWrapper;
use serde_json::Value;
use wasm_bindgen_futures::spawn_local;

use super::effects::Job;
use super::{Inner, Runtime};
use crate::vault::{UsableCredential, Vault};
use crate::{clock, page};

/// The setting that holds when tokens were last used.
const LAST_USED: &str = "last_used";
/// How often a write is begun anew because another tab wrote in between.
const TRIES: u32 = 4;
/// How soon the list of providers is asked for again when it could not be had.
const PROVIDERS_PAUSE: Span = Span::from_seconds(60);

impl Runtime {
    /// Takes a request to the worker-token service; returns at once. One that comes while the vault is being opened waits
    /// for that.
    pub fn ask(&self, request: Request) {
        self.inner.queue(Job::Request(request));
    }
}

impl Inner {
    /// Answers a request, however long that takes; nobody else waits along.
    pub(super) fn serve(self: &Rc<Self>, request: Request) {
        let runtime = Runtime { inner: SendWrapper::new(Rc::clone(self)) };
        spawn_local(async move { runtime.answer(request).await });
    }

    /// The page is hidden or left: what waits to be written is written now.
    pub(super) fn page_hidden(&self) {
        let Ok(vault) = self.vault() else { return };
        if self.used.borrow_mut().is_due(clock::now(), true) {
            drop(vault.write_setting(LAST_USED, &*self.used.borrow()));
        }
        vault.hurry();
    }
}

impl Runtime {
    async fn answer(&self, request: Request) {
        match request {
            Request::SaveCredentials { connection, credential, done } => {
                done(self.save_credentials(connection, credential).await);
            }
            Request::LoadCredentials { whose, done } => done(self.load_credentials(whose).await),
            Request::SaveToken { whose, token, done } => done(self.save_token(whose, token).await),
            Request::GetToken { whose, done } => done(self.get_token(whose).await),
            Request::GetWorkerToken { whose, done } => done(self.get_worker_token(whose).await),
            Request::GetStatus { whose, done } => done(self.status(whose).await),
            Request::ClearCredentials { whose, done } => done(self.clear_credentials(whose).await),
            Request::ClearToken { whose, done } => done(self.clear_token(whose).await),
            Request::Call { whose, call, done } => done(self.call(whose, call).await),
            Request::KeepWork { name, work, done } => done(self.keep_work(name, work).await),
            Request::RecallWork { name, done } => done(self.recall_work(name).await),
            Request::Introspect { whose, done } => done(self.introspect(whose).await),
            Request::Revoke { whose, done } => done(self.revoke(whose).await),
            Request::RecentCalls { done } => done(self.inner.calls.borrow().newest_first()),
            Request::GetMetrics { done } => done(self.metrics()),
            Request::GetTabs { call, done } => done(self.tabs(call)),
        }
    }

    async fn save_credentials(&self, connection: Connection, credential: Option<Credential>) -> Result<(), Refusal> {
        let saved = self.inner.feed_saving(Command::Save { connection, credential, obtain: false });
        Ok(saved.await?)
    }

    async fn load_credentials(&self, whose: Whose) -> Result<Option<Credentials>, Refusal> {
        let Ok(id) = self.id(whose) else { return Ok(None) };
        let vault = self.inner.vault()?;
        let Some(connection) = vault.connection(&id).await? else { return Ok(None) };
        let credential = match vault.credential(&id).await? {
            Some(UsableCredential::ClientSecret(secret)) => Some(Credential::ClientSecret(secret)),
            Some(UsableCredential::PrivateKey(_)) | None => None,
        };
        Ok(Some(Credentials { connection, credential }))
    }

    async fn clear_credentials(&self, whose: Whose) -> Result<(), Refusal> {
        let id = self.id(whose)?;
        Ok(self.inner.feed_saving(Command::Remove(id)).await?)
    }

    async fn save_token(&self, whose: Whose, given: GivenToken) -> Result<TokenFacts, Refusal> {
        let id = self.id(whose)?;
        let (vault, form) = (self.inner.vault()?, self.form(&id).await);
        let policy = self.inner.shown.borrow().settings.policy();
        for _ in 0..TRIES {
            let held = vault.token_facts(&id).await?;
            let generation = held.map_or(0, |facts| facts.generation) + 1;
            // The jitter needs no more dice than half of them.
            #[allow(clippy::cast_possible_truncation)]
            let random = clock::random() as u64;
            let stored = given.clone().stored(form, generation, &policy, clock::now(), random);
            let stored = stored.map_err(Refusal::TokenRefused)?;
            let action = if generation == 1 { Action::TokenAdded } else { Action::TokenUpdated };
            match vault.write_token(&id, &stored, &[self.inner.token_report(action, &id, None)]).await {
                Ok(()) => {
                    self.inner.tell_token(&id, generation);
                    return Ok(stored.facts);
                }
                Err(StoreError::Superseded { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refusal::NotStored(StoreError::Unavailable("other tabs write the same token all the time".to_owned())))
    }

    async fn get_token(&self, whose: Whose) -> Result<Option<StoredToken>, Refusal> {
        let id = self.id(whose)?;
        let vault = self.inner.vault()?;
        let Some(token) = vault.token(&id).await? else { return self.none_there(&vault, &id).map(|()| None) };
        let token = self.checked(&vault, &id, token).await?;
        if clock::now() >= token.facts.expires_at {
            return Ok(None);
        }
        self.note_use(&vault, &id).await;
        Ok(Some(token))
    }

    async fn get_worker_token(&self, whose: Whose) -> Result<StoredToken, Refusal> {
        let id = self.id(whose)?;
        self.worker_token(&id, None).await
    }

    /// A valid token, or, after one of a generation was refused, a later one.
    pub(super) async fn worker_token(&self, id: &ConnectionId, refused: Option<u64>) -> Result<StoredToken, Refusal> {
        let token = match refused {
            None => self.token(id).await,
            Some(generation) => self.token_after(id, generation).await,
        };
        let token = token.map_err(Refusal::Failed)?;
        let vault = self.inner.vault()?;
        let Some(token) = token else {
            self.none_there(&vault, id)?;
            return Err(Refusal::NoCredentials);
        };
        let token = self.checked(&vault, id, token).await?;
        self.note_use(&vault, id).await;
        Ok(token)
    }

    async fn clear_token(&self, whose: Whose) -> Result<(), Refusal> {
        let id = self.id(whose)?;
        let vault = self.inner.vault()?;
        let told = self.inner.token_report(Action::TokenDeleted, &id, None);
        self.cleared(&vault, &id, &[told]).await
    }

    async fn keep_work(&self, name: &str, work: Option<Value>) -> Result<(), StoreError> {
        self.inner.vault()?.write_setting(&work_id(name), &work).await
    }

    async fn recall_work(&self, name: &str) -> Result<Option<Value>, StoreError> {
        // What was over is kept as `null`.
        let work = self.inner.vault()?.setting::<Value>(&work_id(name)).await?;
        Ok(work.filter(|work| !work.is_null()))
    }

    async fn status(&self, whose: Whose) -> Status {
        let Ok(id) = self.id(whose) else { return Status::default() };
        if let Ok(vault) = self.inner.vault() {
            self.load_used(&vault).await;
        }
        Status::of(&self.inner.shown.borrow(), &id, &self.inner.used.borrow(), clock::now())
    }

    /// The connection meant, if there is one.
    pub(super) fn id(&self, whose: Whose) -> Result<ConnectionId, Refusal> {
        let view = self.inner.shown.borrow();
        let id = match whose {
            Whose::Current => view.current.clone(),
            Whose::Of(id) => Some(id),
        };
        let is_there = |id: &ConnectionId| view.connections.iter().any(|shown| shown.connection.id == *id);
        id.filter(is_there).ok_or(Refusal::NoCredentials)
    }

    /// The token, if it has the form its provider issues; else it is cleared, and that is said.
    async fn checked(&self, vault: &Vault, id: &ConnectionId, token: StoredToken) -> Result<StoredToken, Refusal> {
        if has_form(&token.access_token, self.form(id).await) {
            return Ok(token);
        }
        self.cleared(vault, id, &[]).await?;
        self.inner.feed(Input::Event(Event::TokenInvalid(id.clone())));
        Err(Refusal::InvalidFormat)
    }

    /// There is no token to be read. One that was damaged is gone with its generation: the keeper gets the next one, and
    /// begins to count anew.
    fn none_there(&self, vault: &Vault, id: &ConnectionId) -> Result<(), Refusal> {
        if !vault.lost_token(id) {
            return Ok(());
        }
        self.inner.feed(Input::Event(Event::TokenInvalid(id.clone())));
        self.inner.feed(Input::Command(Command::Obtain(id.clone())));
        Err(Refusal::InvalidFormat)
    }

    /// Clears the token, if there is one; the audit log is `told` with it.
    async fn cleared(&self, vault: &Vault, id: &ConnectionId, told: &[Report]) -> Result<(), Refusal> {
        for _ in 0..TRIES {
            match vault.clear_token(id, clock::now(), told).await {
                Ok(Some(generation)) => {
                    self.inner.tell_token(id, generation);
                    return Ok(());
                }
                Ok(None) => return Ok(()),
                Err(StoreError::Superseded { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refusal::NotStored(StoreError::Unavailable("other tabs write the same token all the time".to_owned())))
    }

    /// The form of the connection's tokens; where its provider is not known just now, any.
    async fn form(&self, id: &ConnectionId) -> Form {
        let Some(connection) = self.connection(id) else { return Form::Opaque };
        let now = clock::now();
        let rested = |at: Timestamp| now >= at + PROVIDERS_PAUSE || now < at;
        let may_ask = self.inner.providers.borrow().is_empty() && page::is_online();
        if may_ask && self.inner.providers_asked_at.get().is_none_or(rested) {
            self.inner.providers_asked_at.set(Some(now));
            let _ = self.inner.fetch_providers().await;
        }
        self.inner.known_provider(&connection).map_or(Form::Opaque, |provider| provider.kind.token_form())
    }

    async fn note_use(&self, vault: &Rc<Vault>, id: &ConnectionId) {
        self.load_used(vault).await;
        let now = clock::now();
        let mut used = self.inner.used.borrow_mut();
        used.note(id, now);
        if used.is_due(now, false) {
            // It goes with the next batch, and nobody waits for it.
            drop(vault.write_setting(LAST_USED, &*used));
        }
    }

    async fn load_used(&self, vault: &Vault) {
        if !self.inner.used_loaded.replace(true)
            && let Ok(Some(kept)) = vault.setting::<LastUsed>(LAST_USED).await
        {
            self.inner.used.borrow_mut().merge(kept);
        }
    }
}

impl Inner {
    /// A token of that generation was written by the service: the keeper and the other tabs read it.
    pub(super) fn tell_token(self: &Rc<Self>, id: &ConnectionId, generation: u64) {
        let news = News::Token { connection: id.clone(), generation };
        self.at_hand.hear(&news);
        self.tell(&news);
        self.feed(Input::Event(Event::Heard(news)));
    }
}

/// The setting that holds the work of a page.
fn work_id(name: &str) -> String {
    ["work.", name].concat()
}
