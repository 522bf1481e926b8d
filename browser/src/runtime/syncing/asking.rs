//! A call has no token of its own: what other devices have is asked for, within bounds.

use std::rc::Rc;

use domain::site::{SitePlace, WhyNot};
use domain::sync::{SyncDeed, SyncPhase, SyncTrouble};
use domain::time::Span;
use futures::channel::oneshot;
use gloo_timers::future::TimeoutFuture;

use super::super::Inner;
use crate::{js, page};

/// How long a call waits for it, in milliseconds.
const PATIENCE: u32 = 5_000;
/// How often it is looked whether a round that runs has ended, in milliseconds.
const LOOK: u32 = 50;
/// How long what was found for a place holds: a page of many calls makes no round for each.
const HOLDS: Span = Span::from_seconds(60);

impl Inner {
    /// Has a round made for a place without a token, and gives why there is none of it; [`WhyNot::None`] once it is over, when
    /// what it brought stands in the vault.
    pub(in super::super) async fn ask_sync(self: &Rc<Self>, place: &SitePlace) -> WhyNot {
        let now = self.now();
        let found = self.syncing.asked.borrow().get(place).copied();
        if let Some((_, why)) = found.filter(|(at, _)| *at <= now && now < *at + HOLDS) {
            return why;
        }
        let why = js::within(PATIENCE, self.synced_for_call()).await.unwrap_or(WhyNot::Unreachable);
        if matches!(why, WhyNot::None | WhyNot::Unreachable) {
            self.syncing.asked.borrow_mut().insert(place.clone(), (now, why));
        }
        why
    }

    async fn synced_for_call(self: &Rc<Self>) -> WhyNot {
        while self.syncing.view.borrow().phase == SyncPhase::Opening {
            TimeoutFuture::new(LOOK).await;
        }
        if !self.takes_part() {
            let view = self.syncing.view.borrow();
            return if matches!(view.phase, SyncPhase::On(_)) { WhyNot::Locked } else { WhyNot::Off };
        }
        if !page::is_online() {
            return WhyNot::Unreachable;
        }
        let (sender, ended) = oneshot::channel();
        // It goes on by itself when the call waits no longer.
        self.take_sync(SyncDeed::Now { done: Box::new(move |outcome| drop(sender.send(outcome))) });
        let outcome = ended.await;
        while self.syncing.running.get() {
            TimeoutFuture::new(LOOK).await;
        }
        match (outcome, &self.syncing.view.borrow().trouble) {
            (_, Some(trouble)) if SyncTrouble::is_final(trouble) => WhyNot::Locked,
            (Ok(Ok(())), None) => WhyNot::None,
            _ => WhyNot::Unreachable,
        }
    }
}
