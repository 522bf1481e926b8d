//! Callers in this page that wait for a token.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use domain::id::ConnectionId;
use domain::keeper::{Command, Event, Failure, Input, WaiterId};
use domain::token::StoredToken;
use futures::channel::oneshot;

use super::{Inner, Runtime};

/// How a wait ended: with the generation that may be used, or with why there is none.
type Outcome = Result<u64, Box<Failure>>;

/// Those who wait, each with the way to wake it.
#[derive(Default)]
pub struct Callers {
    count: Cell<u64>,
    waiting: RefCell<BTreeMap<WaiterId, oneshot::Sender<Outcome>>>,
}

impl Callers {
    /// Lets one go. One that no longer waits is not there any more.
    pub fn release(&self, waiter: WaiterId, outcome: Outcome) {
        if let Some(caller) = self.waiting.borrow_mut().remove(&waiter) {
            let _ = caller.send(outcome);
        }
    }

    fn join(&self) -> (WaiterId, oneshot::Receiver<Outcome>) {
        let waiter = WaiterId(self.count.replace(self.count.get() + 1));
        let (sender, receiver) = oneshot::channel();
        self.waiting.borrow_mut().insert(waiter, sender);
        (waiter, receiver)
    }
}

/// Gives up waiting when the caller does.
struct Waiting<'a> {
    inner: &'a Rc<Inner>,
    waiter: WaiterId,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if self.inner.callers.waiting.borrow_mut().remove(&self.waiter).is_some() {
            self.inner.feed(Input::Command(Command::Cancel(self.waiter)));
        }
    }
}

impl Runtime {
    /// A valid token: at once if there is one, else after the renewal this starts or joins. `None` when it was removed
    /// or the person signed out while this waited.
    ///
    /// # Errors
    ///
    /// The one [`Failure`] all callers get, when there is no token to be had.
    pub async fn token(&self, connection: &ConnectionId) -> Result<Option<StoredToken>, Box<Failure>> {
        if let Some(token) = self.token_at_hand(connection) {
            return Ok(Some(StoredToken::clone(&token)));
        }
        self.wait(connection, |connection, waiter| Input::Command(Command::Need { connection, waiter })).await
    }

    /// As [`Runtime::token`], after an API refused the token of this generation: a later one, renewed only if nobody has
    /// done so yet.
    ///
    /// # Errors
    ///
    /// As [`Runtime::token`].
    pub async fn token_after(
        &self,
        connection: &ConnectionId,
        generation: u64,
    ) -> Result<Option<StoredToken>, Box<Failure>> {
        let rejected = |connection, waiter| Input::Event(Event::Rejected { connection, generation, waiter });
        self.wait(connection, rejected).await
    }

    async fn wait(
        &self,
        connection: &ConnectionId,
        begin: impl FnOnce(ConnectionId, WaiterId) -> Input,
    ) -> Result<Option<StoredToken>, Box<Failure>> {
        let (waiter, outcome) = self.inner.callers.join();
        let _waiting = Waiting { inner: &self.inner, waiter };
        self.inner.feed(begin(connection.clone(), waiter));
        let Ok(outcome) = outcome.await else { return Ok(None) };
        let generation = outcome?;
        // Of callers let go together the first reads the text, and the others find it at hand.
        if let Some(token) = self.inner.at_hand.get(connection, generation) {
            return Ok(Some(StoredToken::clone(&token)));
        }
        let Ok(vault) = self.inner.vault() else { return Ok(None) };
        let ticket = self.inner.at_hand.begin();
        let token = match vault.token(connection).await.ok().flatten() {
            Some(token) if token.facts.generation >= generation => Some(token),
            _ => vault.newest_token(connection).await.ok().flatten(),
        };
        token.iter().for_each(|token| self.inner.at_hand.fill(ticket, connection, token));
        Ok(token)
    }
}
