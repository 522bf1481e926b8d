//! A renewal that is only played.
//!
//! A browser compiles each part of a WASM program when it is first run. For a renewal that would be while callers wait, in every
//! tab at the same moment. So a tab plays one to itself while it has nothing to do.

use super::{Command, Effect, Event, Held, Input, Intent, Keeper, Moment, News, WaiterId};
use crate::api::token::TokenAnswer;
use crate::connection::Connection;
use crate::id::{ConnectionId, ProviderId, TabId};
use crate::provider::{ClientAuthentication, Place};
use crate::secret::Secret;
use crate::tabs::{Instant, Line, LineEffect, LineInput, Way, Ways};
use crate::time::Timestamp;
use crate::token::StoredToken;
use crate::vault::StorageLevel;

/// A token as many providers make them: a JWT with two times in it, unsigned (RFC 7519, section 6.1).
const TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJpYXQiOjAsImV4cCI6MX0.";

/// Plays two renewals through a keeper of its own, one made here and one heard of, and tells of them from one line to another. The
/// effects come back in their order and are not to be carried out: nothing in them is anybody's.
pub fn rehearse(now: Timestamp) -> Vec<Effect> {
    let mut play = Play { keeper: Keeper::new(TabId::new("rehearsal")), now, effects: Vec::new() };
    play.first_token();
    play.renewal();
    play.news();
    play.effects
}

struct Play {
    keeper: Keeper,
    now: Timestamp,
    effects: Vec<Effect>,
}

impl Play {
    fn first_token(&mut self) {
        let opened = Event::Opened {
            storage: StorageLevel::IndexedDb,
            epoch: 0,
            held: vec![self.held(None)],
            current: None,
            settings: None,
            set_aside: Vec::new(),
        };
        self.event(opened);
        self.event(Event::Network { online: true });
        self.input(Input::Command(Command::Need { connection: id(), waiter: WaiterId(0) }));
        self.attempt(None);
    }

    fn renewal(&mut self) {
        let token = self.committed();
        self.event(Event::Rejected { connection: id(), generation: 1, waiter: WaiterId(1) });
        self.attempt(token);
    }

    /// From the lock's grant to the commit.
    fn attempt(&mut self, token: Option<StoredToken>) {
        let held = Some(self.held(token));
        self.event(Event::Locked { connection: id(), held, epoch: 0 });
        let Some(intent) = self.intent() else { return };
        self.event(Event::IntentWritten(id(), intent.id.clone()));
        let answer = Ok(self.answer());
        self.event(Event::Answered { connection: id(), intent: intent.id, answer, clock: None });
        self.event(Event::Committed { connection: id(), generation: intent.generation });
    }

    fn news(&mut self) {
        let Some(token) = self.committed() else { return };
        let facts = crate::token::TokenFacts { generation: token.facts.generation + 1, ..token.facts };
        let Some(news) = self.told(News::Token { connection: id(), generation: facts.generation }) else { return };
        self.event(Event::Rejected { connection: id(), generation: 2, waiter: WaiterId(2) });
        self.event(Event::Heard(news));
        self.event(Event::TokenRead { connection: id(), token: Some(facts) });
    }

    /// What a tab hears when another tells this, after they met.
    fn told(&self, news: News) -> Option<News> {
        let instant = Instant { now: self.now, micros: 0 };
        let mut lines = ["rehearsal", "another"].map(|tab| Line::new(TabId::new(tab), self.now));
        let begin = || LineInput::Begin { available: Ways::up_to(Way::Channel), wanted: None, seen: true };
        let mut heard = None;
        for (from, input) in [(0, begin()), (1, begin()), (0, LineInput::Tell(news))] {
            for text in posted(lines[from].handle(input, instant)) {
                let effects = lines[1 - from].handle(LineInput::Heard(Way::Channel, text), instant);
                heard = effects.iter().find_map(news_in).or(heard);
            }
        }
        heard
    }

    fn event(&mut self, event: Event) {
        self.input(Input::Event(event));
    }

    fn input(&mut self, input: Input) {
        let moment = Moment { now: self.now, random: self.effects.len() as u128 };
        self.effects.extend(self.keeper.handle(input, moment));
        // What it would show is computed after each step.
        std::hint::black_box(self.keeper.view());
    }

    fn intent(&self) -> Option<Intent> {
        self.effects.iter().rev().find_map(|effect| match effect {
            Effect::WriteIntent(_, intent) => Some(intent.clone()),
            _ => None,
        })
    }

    fn committed(&self) -> Option<StoredToken> {
        self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Commit { token, .. } => Some(token.clone()),
            _ => None,
        })
    }

    fn held(&self, token: Option<StoredToken>) -> Held {
        let connection = Connection {
            id: id(),
            name: "Rehearsal".to_owned(),
            provider: ProviderId::new("rehearsal"),
            place: Place::default(),
            client_id: "rehearsal".to_owned(),
            scopes: Vec::new(),
            authentication: ClientAuthentication::ClientSecretBasic,
            keep_credential: true,
            created_at: self.now,
            removed_at: None,
        };
        Held { connection, token: token.map(|token| token.facts), has_credential: true, intent: None }
    }

    fn answer(&self) -> TokenAnswer {
        TokenAnswer {
            access_token: Secret::new(TOKEN),
            token_type: "Bearer".to_owned(),
            expires_in: Some(3_600),
            scope: None,
            received_at: self.now,
            host: "rehearsal".to_owned(),
            took_ms: 1,
            tries: 1,
        }
    }
}

/// The texts a line wants to send.
fn posted(effects: Vec<LineEffect>) -> Vec<String> {
    let text = |effect| match effect {
        LineEffect::Post(_, text) => Some(text),
        _ => None,
    };
    effects.into_iter().filter_map(text).collect()
}

fn news_in(effect: &LineEffect) -> Option<News> {
    match effect {
        LineEffect::Hear(news) => Some(news.clone()),
        _ => None,
    }
}

fn id() -> ConnectionId {
    ConnectionId::new("rehearsal")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rehearsal_goes_through_all_steps_of_a_renewal_and_of_its_news() {
        let steps = rehearse(Timestamp::from_seconds(1_800_000_000)).into_iter().filter_map(|effect| match effect {
            Effect::Lock(_) => Some("lock"),
            Effect::WriteIntent(..) => Some("intent"),
            Effect::Ask { .. } => Some("ask"),
            Effect::Commit { .. } => Some("commit"),
            Effect::Tell(_) => Some("tell"),
            Effect::Unlock(_) => Some("unlock"),
            Effect::ReadToken(_) => Some("read"),
            Effect::Release { outcome: Ok(generation), .. } => {
                Some(["", "first", "second", "third"][generation as usize])
            }
            _ => None,
        });
        let renewal = |released| ["lock", "intent", "ask", "commit", "tell", "unlock", released];
        let heard = ["lock", "read", "third", "unlock"];
        let expected: Vec<&str> = [renewal("first"), renewal("second")].concat().into_iter().chain(heard).collect();
        assert_eq!(steps.collect::<Vec<_>>(), expected);
    }
}
