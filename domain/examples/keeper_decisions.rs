//! How many decisions a keeper makes in a second: prints `keeper_decisions_per_second <n>` on one line.
//!
//! One tab keeps one connection through whole renewals, each with four callers: nine inputs in all, each a decision.

use std::time::{Duration, Instant};

use domain::api::token::TokenAnswer;
use domain::connection::Connection;
use domain::id::{ConnectionId, ProviderId, TabId};
use domain::keeper::{Command, Effect, Event, Held, Input, Intent, Keeper, Moment, WaiterId};
use domain::provider::{ClientAuthentication, Place};
use domain::secret::Secret;
use domain::time::{Span, Timestamp};
use domain::token::TokenFacts;
use domain::vault::StorageLevel;

fn main() {
    let mut tab = Tab::open();
    // Code and caches grow warm first.
    (0..2_000).for_each(|_| tab.renew());
    let (begun, before) = (instant(), tab.decisions);
    while instant().duration_since(begun) < Duration::from_secs(1) {
        (0..100).for_each(|_| tab.renew());
    }
    let elapsed = instant().duration_since(begun).as_micros().max(1);
    let rate = u128::from(tab.decisions - before) * 1_000_000 / elapsed;
    println!("keeper_decisions_per_second {rate}");
}

/// A measurement reads the clock; nothing in the domain does.
#[allow(clippy::disallowed_methods)]
fn instant() -> Instant {
    Instant::now()
}

/// One tab with a vault that always works.
struct Tab {
    keeper: Keeper,
    now: Timestamp,
    connection: Connection,
    token: Option<TokenFacts>,
    decisions: u64,
}

impl Tab {
    fn open() -> Self {
        let connection = Connection {
            id: ConnectionId::new("measured"),
            name: "Measured".to_owned(),
            provider: ProviderId::new("none"),
            place: Place::default(),
            client_id: "client".to_owned(),
            scopes: Vec::new(),
            authentication: ClientAuthentication::ClientSecretBasic,
            keep_credential: true,
            created_at: Timestamp::from_seconds(0),
            removed_at: None,
        };
        let keeper = Keeper::new(TabId::new("tab"));
        let now = Timestamp::from_seconds(1_700_000_000);
        let mut tab = Self { keeper, now, connection, token: None, decisions: 0 };
        let (storage, held) = (StorageLevel::IndexedDb, vec![tab.held()]);
        tab.event(Event::Opened { storage, epoch: 0, held, current: None, settings: None, set_aside: Vec::new() });
        tab
    }

    fn held(&self) -> Held {
        let (connection, token) = (self.connection.clone(), self.token.clone());
        Held { connection, token, has_credential: true, intent: None }
    }

    /// The token expires, callers come, and the renewal runs through all its steps.
    fn renew(&mut self) {
        self.now = self.now + Span::from_seconds(7_200);
        self.event(Event::Woke);
        let connection = self.connection.id.clone();
        for _ in 0..4 {
            let waiter = WaiterId(self.decisions);
            self.input(Input::Command(Command::Need { connection: connection.clone(), waiter }));
        }
        let wanted = self.event(Event::Locked { connection: connection.clone(), held: Some(self.held()), epoch: 0 });
        let Some(intent) = wanted.into_iter().find_map(written) else { return };
        let id = intent.id;
        self.event(Event::IntentWritten(connection.clone(), id.clone()));
        let (answer, asked) = (Ok(self.answer()), connection.clone());
        let wanted = self.event(Event::Answered { connection: asked, intent: id, answer, clock: None });
        self.token = wanted.into_iter().find_map(committed);
        self.event(Event::Committed { connection, generation: intent.generation });
    }

    fn answer(&self) -> TokenAnswer {
        TokenAnswer {
            access_token: Secret::new("an-opaque-token-made-up-for-measuring"),
            token_type: "Bearer".to_owned(),
            expires_in: Some(3_600),
            scope: None,
            received_at: self.now,
            host: "auth.example.com".to_owned(),
            took_ms: 100,
            tries: 1,
        }
    }

    fn event(&mut self, event: Event) -> Vec<Effect> {
        self.input(Input::Event(event))
    }

    fn input(&mut self, input: Input) -> Vec<Effect> {
        self.decisions += 1;
        self.keeper.handle(input, Moment { now: self.now, random: u128::from(self.decisions) })
    }
}

fn written(effect: Effect) -> Option<Intent> {
    match effect {
        Effect::WriteIntent(_, intent) => Some(intent),
        _ => None,
    }
}

fn committed(effect: Effect) -> Option<TokenFacts> {
    match effect {
        Effect::Commit { token, .. } => Some(token.facts),
        _ => None,
    }
}
