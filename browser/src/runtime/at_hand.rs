//! Tokens at hand: who asks again for a token that is fresh gets it at once, without waiting in line.
//!
//! Whether one may be given out the keeper says each time ([`domain::keeper::Keeper::at_hand`]); here lie only the texts it
//! speaks of, each bound to its generation. Whatever may have changed one drops it, and the next caller waits in line.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use domain::id::ConnectionId;
use domain::keeper::{News, View};
use domain::token::StoredToken;

use super::{Inner, Runtime};
use crate::clock;

/// The tokens given out last, one for each connection.
#[derive(Default)]
pub struct AtHand {
    tokens: RefCell<BTreeMap<ConnectionId, Rc<StoredToken>>>,
    /// Counts what dropped any.
    turn: Cell<u64>,
    /// Nobody would say when one is outdated.
    is_blind: Cell<bool>,
}

/// Shows when a token began to be read.
#[derive(Clone, Copy)]
pub struct Ticket(u64);

impl AtHand {
    /// The text of this generation, if it is here.
    pub fn get(&self, id: &ConnectionId, generation: u64) -> Option<Rc<StoredToken>> {
        let tokens = self.tokens.borrow();
        tokens.get(id).filter(|token| token.facts.generation == generation).cloned()
    }

    /// To be had before a token is read, and given to [`AtHand::fill`] with it.
    pub fn begin(&self) -> Ticket {
        Ticket(self.turn.get())
    }

    /// Takes a token that was read, unless anything may have changed since.
    pub fn fill(&self, ticket: Ticket, id: &ConnectionId, token: &StoredToken) {
        if ticket.0 == self.turn.get() && !self.is_blind.get() {
            self.tokens.borrow_mut().insert(id.clone(), Rc::new(token.clone()));
        }
    }

    /// There is news, told here or elsewhere.
    pub fn hear(&self, news: &News) {
        match news {
            News::Token { connection, .. } | News::Connection { connection } => {
                self.keep_those(|id, _| id != connection);
            }
            News::SignedOut { .. } | News::VaultLocked { .. } | News::VaultKey { .. } | News::VaultCleared { .. } => {
                self.clear()
            }
            News::Failed { .. } | News::Settings | News::Written { .. } | News::Sites { .. } => {}
        }
    }

    /// Forgets all.
    pub fn clear(&self) {
        self.keep_those(|_, _| false);
    }

    /// Forgets all for good: no news can be heard.
    pub fn go_blind(&self) {
        self.is_blind.set(true);
        self.clear();
    }

    fn keep_those(&self, mut is_kept: impl FnMut(&ConnectionId, u64) -> bool) {
        self.turn.set(self.turn.get() + 1);
        self.tokens.borrow_mut().retain(|id, token| is_kept(id, token.facts.generation));
    }
}

impl Runtime {
    /// The connection's token, if it is fresh and this page has its text at hand. `None` means only that a caller has to ask
    /// for it by [`Runtime::token`].
    pub fn token_at_hand(&self, connection: &ConnectionId) -> Option<Rc<StoredToken>> {
        self.inner.token_at_hand(connection)
    }
}

impl Inner {
    fn token_at_hand(&self, id: &ConnectionId) -> Option<Rc<StoredToken>> {
        // What the keeper was not told yet may be a sign-out.
        if !self.inbox.borrow().is_empty() {
            return None;
        }
        let generation = self.keeper.try_borrow_mut().ok()?.at_hand(id, clock::now())?;
        self.at_hand.get(id, generation)
    }

    /// A text whose token is not the newest any more has no business in memory.
    pub(super) fn wipe_outdated(&self, view: &View) {
        if self.at_hand.tokens.borrow().is_empty() {
            return;
        }
        self.at_hand.keep_those(|id, generation| {
            let shown = view.connections.iter().find(|shown| shown.connection.id == *id);
            shown.and_then(|shown| shown.token.as_ref()).is_some_and(|token| token.generation == generation)
        });
    }

    /// Nor has one whose token is over.
    pub(super) fn wipe_expired(&self) {
        let now = clock::now();
        let is_over = |token: &Rc<StoredToken>| now >= token.facts.expires_at;
        if self.at_hand.tokens.borrow().values().any(is_over) {
            self.at_hand.tokens.borrow_mut().retain(|_, token| !is_over(token));
        }
    }
}
