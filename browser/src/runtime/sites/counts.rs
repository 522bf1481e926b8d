//! The server is told how many site tokens this browser keeps, in numbers: it sees none of them, and `/metrics` shows them
//! added up over everybody. A tab that can be seen tells, a few seconds after the vault was opened, a minute after a change at
//! the soonest, and once an hour, as what is told holds for a day. That there are none any more is told at once: nobody may be there
//! to tell it a minute later. A locked vault tells nothing, nor does a page that never found any.
//!
//! The server keeps a count of each browser that is signed in, by its session, and one of all that take part in a synced copy.

use std::cell::Cell;
use std::rc::Rc;

use domain::api::tenants::TellTokenCounts;
use domain::api::{self, Problem};
use domain::site::{SitesPhase, TokenCounts};
use domain::time::{Span, Timestamp};
use wasm_bindgen_futures::spawn_local;

use super::super::Inner;
use crate::http::{self, Reply};
use crate::{clock, page};

/// How long after the vault was opened they are told: what a page begins with comes first.
const SETTLE: Span = Span::from_seconds(5);
/// How long lies between two looks.
const APART: Span = Span::from_seconds(60);
/// How long the same counts are not told again.
const SAME: Span = Span::from_seconds(60 * 60);

/// What the server was told.
#[derive(Default)]
pub(super) struct Told {
    /// When to look again, by this browser's clock.
    next: Cell<Option<Timestamp>>,
    last: Cell<Option<(TokenCounts, Timestamp)>>,
    /// That the last one went is not known to be told.
    owes_none: Cell<bool>,
}

impl Told {
    /// Another vault may be opened next.
    pub(super) fn forget(&self) {
        self.next.take();
        self.last.take();
        self.owes_none.take();
    }
}

impl Inner {
    /// Called about once a second.
    pub(super) fn look_after_counts(self: &Rc<Self>) {
        if self.sites.view.borrow().phase != SitesPhase::Open || !page::is_visible() || !page::is_online() {
            return;
        }
        let (told, now) = (&self.sites.told, clock::now());
        let next = told.next.get().unwrap_or(now + SETTLE);
        told.next.set(Some(next));
        // A clock that was set back keeps nobody waiting.
        if now < next && next <= now + APART {
            return;
        }
        told.next.set(Some(now + APART));
        let counts = TokenCounts { synced: self.is_synced(), ..self.sites.view.borrow().metrics(self.now()).told() };
        let is_told = match told.last.get() {
            Some((last, at)) => last == counts && at <= now && now < at + SAME,
            // Most people keep none, and have nothing to tell. What another page told before goes within the day.
            None => counts.total() == 0 && !told.owes_none.get(),
        };
        if !is_told {
            self.tell_counts(counts, now);
        }
    }

    /// Whatever tokens there are are about to be cleared with all else. Other browsers keep what they sync.
    pub(in super::super) fn tell_of_clearing(self: &Rc<Self>) {
        if !self.sites.view.borrow().tokens.is_empty() {
            self.tell_none(false);
        }
    }

    /// The last token was removed, in every browser that syncs with this one.
    pub(super) fn tell_of_none(self: &Rc<Self>) {
        self.tell_none(self.is_synced());
    }

    fn tell_none(self: &Rc<Self>, synced: bool) {
        self.sites.told.owes_none.set(true);
        if page::is_online() {
            self.tell_counts(TokenCounts { synced, ..TokenCounts::default() }, clock::now());
        }
    }

    fn tell_counts(self: &Rc<Self>, counts: TokenCounts, now: Timestamp) {
        let Some(id) = self.tenant() else { return };
        let Ok(call) = api::request(&TellTokenCounts { id }, &counts) else { return };
        let (inner, turn) = (Rc::clone(self), self.sites.turn.get());
        spawn_local(async move {
            let reply = http::reply(&call).await;
            // What a server refuses for good is not said to it every minute.
            let is_done =
                !matches!(reply.as_ref().map(Reply::read), None | Some(Err(Problem { status: 401 | 429 | 500.., .. })));
            if is_done && inner.sites.turn.get() == turn {
                inner.sites.told.last.set(Some((counts, now)));
                inner.sites.told.owes_none.set(false);
            }
        });
    }
}
