//! What holds whatever happens, in whatever order.

use std::collections::{BTreeMap, BTreeSet};

use domain::api::{Code, Problem};
use domain::connection::Connection;
use domain::id::{ConnectionId, IntentId, TabId};
use domain::keeper::{Command, Effect, Event, Held, Input, Intent, Keeper, Moment, News, Phase, WaiterId};
use domain::time::{Span, Timestamp};
use domain::token::TokenFacts;
use domain::vault::{StorageLevel, StoreError};
use proptest::prelude::*;

use crate::rig;

/// One thing that happens: what, to which connection, with which detail, after how many milliseconds.
type Happening = (u8, u8, u8, u16);

/// Where a connection's lock is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Lock {
    #[default]
    Free,
    Wanted,
    Ours,
}

/// One connection as the world outside the keeper has it.
#[derive(Default)]
struct Outside {
    token: Option<TokenFacts>,
    intent: Option<Intent>,
    lock: Lock,
    asked: bool,
    shown: u64,
    /// The newest generation that was cleared: it shows as no token.
    cleared: u64,
}

/// A world that answers what the keeper wants, or lets it wait, or says what nobody asked.
struct World {
    keeper: Keeper,
    now: Timestamp,
    random: u128,
    outside: BTreeMap<ConnectionId, Outside>,
    open: Vec<Effect>,
    waiting: BTreeSet<WaiterId>,
    callers: u64,
    signed_out: bool,
    locked: bool,
}

fn id(which: u8) -> ConnectionId {
    ConnectionId::new(format!("c{}", which % 2))
}

fn connection(which: &ConnectionId) -> Connection {
    Connection { id: which.clone(), ..rig::connection("Work") }
}

impl World {
    fn new() -> Self {
        let keeper = Keeper::new(TabId::new("this"));
        let outside = [(id(0), Outside::default()), (id(1), Outside::default())].into();
        let (open, waiting) = (Vec::new(), BTreeSet::new());
        let (signed_out, locked) = (false, false);
        Self { keeper, now: rig::at(0.0), random: 1, outside, open, waiting, callers: 0, signed_out, locked }
    }

    fn held(&self, which: &ConnectionId) -> Held {
        let Outside { token, intent, .. } = &self.outside[which];
        let connection = connection(which);
        Held { connection, token: token.clone(), has_credential: true, intent: intent.clone() }
    }

    fn happen(&mut self, (what, which, detail, millis): Happening) {
        let which = id(which);
        self.now = self.now + Span::from_millis(u64::from(millis));
        match what % 32 {
            0..=15 => self.answer(detail),
            16..=18 => self.need(&which),
            19 if detail % 2 == 0 => self.event(Event::Resumed),
            19 => self.event(Event::Woke),
            20 => self.command(Command::Obtain(which)),
            21 => self.others_commit(&which, detail),
            22 => self.reject(&which),
            23 => self.event(Event::Network { online: detail % 2 == 0 }),
            24 => self.command(Command::Remove(which)),
            25 => self.command(Command::Restore(which)),
            26 => self.command(Command::Save {
                connection: connection(&which),
                credential: None,
                obtain: detail % 2 == 0,
            }),
            27 => self.now = self.now.shifted(i64::from(detail) * 60_000 - 7_200_000),
            28 => self.never_asked(&which, detail),
            29 => self.command(Command::Cancel(WaiterId(u64::from(detail)))),
            30 if detail < 16 => self.sign_out(detail),
            30 if detail < 128 => self.lock(detail),
            _ => self.opened(),
        }
    }

    fn opened(&mut self) {
        self.locked = false;
        let held = self.outside.keys().map(|which| self.held(which)).collect();
        let (storage, set_aside) = (StorageLevel::IndexedDb, Vec::new());
        self.event(Event::Opened {
            storage,
            epoch: 0,
            held,
            current: None,
            settings: Some(rig::settings()),
            set_aside,
        });
    }

    fn need(&mut self, which: &ConnectionId) {
        let waiter = self.caller();
        self.command(Command::Need { connection: which.clone(), waiter });
    }

    fn reject(&mut self, which: &ConnectionId) {
        let waiter = self.caller();
        let generation = self.outside[which].shown;
        self.event(Event::Rejected { connection: which.clone(), generation, waiter });
    }

    fn caller(&mut self) -> WaiterId {
        self.callers += 1;
        self.waiting.insert(WaiterId(self.callers));
        WaiterId(self.callers)
    }

    fn others_commit(&mut self, which: &ConnectionId, detail: u8) {
        let (now, outside) = (self.now, self.outside.get_mut(which).expect("both are there"));
        if outside.lock == Lock::Ours {
            return;
        }
        let generation = outside.token.as_ref().map_or(0, |token| token.generation) + 1;
        let life = Span::from_seconds(u64::from(detail));
        let (expires_at, renew_at) = (now + life, now + life.scaled(1, 2));
        outside.token = Some(TokenFacts { received_at: now, expires_at, renew_at, ..rig::token(generation, 0.0, 1.0) });
        if outside.token.as_ref().is_some_and(TokenFacts::is_cleared) {
            outside.cleared = generation;
        }
        outside.intent = None;
        let news = News::Token { connection: which.clone(), generation };
        self.event(Event::Heard(news));
    }

    fn sign_out(&mut self, detail: u8) {
        match detail % 2 {
            0 => self.command(Command::SignOut),
            _ => self.event(Event::Heard(News::SignedOut { epoch: 1 })),
        }
        self.signed_out = true;
    }

    /// Whatever was asked may still be answered.
    fn lock(&mut self, detail: u8) {
        match detail % 2 {
            0 => self.command(Command::Lock),
            _ => self.event(Event::VaultLocked),
        }
        self.locked = self.keeper.view().phase == Phase::Locked;
        self.outside.values_mut().for_each(|outside| outside.asked = false);
    }

    /// Answers to questions nobody asked.
    fn never_asked(&mut self, which: &ConnectionId, detail: u8) {
        let (connection, intent) = (which.clone(), IntentId::new("unknown"));
        let lock = self.outside[which].lock;
        self.event(match detail % 9 {
            0 if lock == Lock::Free => Event::Locked { connection, held: None, epoch: 0 },
            1 => Event::IntentWritten(connection, intent),
            2 => Event::Answered { connection, intent, answer: Ok(rig::answer(0.0, Some(60))), clock: None },
            3 => Event::Committed { connection, generation: 1_000 },
            4 => Event::Read { connection: ConnectionId::new("other"), held: None },
            5 => Event::Saved(connection),
            6 => Event::NotSaved(connection, StoreError::QuotaExceeded),
            7 => Event::Copied(connection, Err("no".to_owned())),
            _ => Event::NotOpened(StoreError::QuotaExceeded),
        });
    }

    /// Answers one of the effects that wait for an answer, well or badly.
    fn answer(&mut self, detail: u8) {
        if self.open.is_empty() {
            return;
        }
        let effect = self.open.remove(usize::from(detail) % self.open.len());
        let bad = detail.is_multiple_of(3);
        let event = match effect {
            Effect::Look if bad => Event::NotLooked(StoreError::QuotaExceeded),
            Effect::Look => {
                let held = self.outside.keys().map(|which| self.held(which)).collect();
                Event::Looked { epoch: 0, held }
            }
            Effect::ReadToken(which) => Event::TokenRead { token: self.held(&which).token, connection: which },
            Effect::Read(which) => Event::Read { held: Some(self.held(&which)), connection: which },
            Effect::WriteConnection { connection, .. } if bad => {
                Event::NotSaved(connection.id, StoreError::Superseded { current: 2 })
            }
            Effect::WriteConnection { connection, .. } => Event::Saved(connection.id),
            Effect::Lock(which) if bad => {
                self.outside(&which).lock = Lock::Free;
                Event::NotLocked { connection: which, reason: "aborted".to_owned() }
            }
            Effect::Lock(which) => {
                self.outside(&which).lock = Lock::Ours;
                Event::Locked { held: Some(self.held(&which)), connection: which, epoch: 0 }
            }
            Effect::WriteIntent(which, intent) if bad => {
                let _ = intent;
                Event::IntentNotWritten(which, StoreError::QuotaExceeded)
            }
            Effect::WriteIntent(which, intent) => {
                self.outside(&which).intent = Some(intent.clone());
                Event::IntentWritten(which, intent.id)
            }
            Effect::Ask { connection, intent } => {
                self.outside(&connection.id).asked = false;
                let code = Code::ALL[usize::from(detail) % Code::ALL.len()];
                let answer = if bad { Err(Problem::new(code)) } else { Ok(rig::answer(0.0, Some(u64::from(detail)))) };
                Event::Answered { connection: connection.id, intent: intent.id, answer, clock: None }
            }
            Effect::Commit { connection, .. } if bad => {
                Event::NotCommitted { connection, error: StoreError::QuotaExceeded }
            }
            Effect::Commit { connection, token, .. } => {
                let generation = token.facts.generation;
                let outside = self.outside(&connection);
                let current = outside.token.as_ref().map_or(0, |token| token.generation);
                // The vault takes no token over a later one, however late it is asked to.
                if current >= generation {
                    Event::NotCommitted { connection, error: StoreError::Superseded { current } }
                } else {
                    (outside.token, outside.intent) = (Some(token.facts), None);
                    Event::Committed { connection, generation }
                }
            }
            _ => return,
        };
        self.event(event);
    }

    fn outside(&mut self, which: &ConnectionId) -> &mut Outside {
        self.outside.entry(which.clone()).or_default()
    }

    fn command(&mut self, command: Command) {
        if let Command::Cancel(waiter) = &command {
            self.waiting.remove(waiter);
        }
        self.input(Input::Command(command));
    }

    fn event(&mut self, event: Event) {
        self.input(Input::Event(event));
    }

    fn input(&mut self, input: Input) {
        self.random = self.random.wrapping_mul(0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645).wrapping_add(1);
        let lock_was_given = matches!(input, Input::Event(Event::Locked { .. }));
        let effects = self.keeper.handle(input, Moment { now: self.now, random: self.random });
        for effect in effects {
            self.check(&effect);
            self.open.push(effect);
        }
        self.check_generations(lock_was_given);
    }

    fn check(&mut self, effect: &Effect) {
        let acts = matches!(effect, Effect::Lock(_) | Effect::Ask { .. } | Effect::Release { outcome: Ok(_), .. });
        assert!(!(acts && self.locked), "{effect:?} while locked");
        match effect {
            Effect::Lock(which) => {
                assert_eq!(self.outside(which).lock, Lock::Free, "a lock is wanted twice");
                self.outside(which).lock = Lock::Wanted;
            }
            Effect::Unlock(which) => {
                self.outside(which).lock = Lock::Free;
                // Whoever waits no more is not answered.
                self.open.retain(|waits| !matches!(waits, Effect::Lock(other) if other == which));
            }
            Effect::Ask { connection, .. } => {
                assert!(!self.signed_out, "asked after a sign-out");
                let outside = self.outside(&connection.id);
                assert!(!outside.asked, "asked twice without an answer");
                assert_eq!(outside.lock, Lock::Ours, "asked without the lock");
                outside.asked = true;
            }
            Effect::Commit { connection, .. } => {
                assert!(!self.signed_out, "committed after a sign-out");
                assert_eq!(self.outside(connection).lock, Lock::Ours, "committed without the lock");
            }
            Effect::Release { waiter, outcome } => {
                assert!(self.waiting.remove(waiter), "{waiter:?} does not wait: {outcome:?}");
            }
            Effect::Erase(which) => {
                let erased = self.outside(which);
                (erased.token, erased.intent, erased.shown) = (None, None, 0);
            }
            Effect::WakeAt(at) => assert!(*at > self.now, "a wake in the past"),
            _ => {}
        }
    }

    fn check_generations(&mut self, lock_was_given: bool) {
        for shown in self.keeper.view().connections {
            let outside = self.outside(&shown.connection.id);
            if shown.token.is_none() && outside.cleared > outside.shown {
                continue;
            }
            let generation = shown.token.map_or(0, |token| token.generation);
            let before = std::mem::replace(&mut outside.shown, generation);
            assert!(generation >= before || lock_was_given, "went back from {before} to {generation}");
        }
        if matches!(self.keeper.view().phase, Phase::Leaving | Phase::SignedOut) {
            self.outside.values_mut().for_each(|outside| outside.shown = 0);
        }
    }

    /// Nothing is answered any more; the keeper is only woken when it wants to be.
    fn wait_in_vain(&mut self) {
        let since = self.now;
        self.open.clear();
        for _ in 0..200 {
            self.event(Event::Woke);
            let mut wishes = self.open.drain(..).filter_map(|effect| match effect {
                Effect::WakeAt(at) => Some(at),
                _ => None,
            });
            let Some(at) = wishes.next_back() else { break };
            if at > since + Span::from_seconds(300) {
                break;
            }
            self.now = at;
        }
        assert!(self.waiting.is_empty(), "{:?} wait for ever", self.waiting);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, max_shrink_iters: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_requests_are_single_and_callers_are_let_go_once(
        happenings in prop::collection::vec((any::<u8>(), any::<u8>(), any::<u8>(), 0_u16..20_000), 0..150),
    ) {
        let mut world = World::new();
        world.opened();
        happenings.into_iter().for_each(|happening| world.happen(happening));
        world.wait_in_vain();
    }

    #[test]
    fn before_the_vault_is_open_nothing_is_asked(
        happenings in prop::collection::vec((16_u8..30, any::<u8>(), any::<u8>(), 0_u16..20_000), 0..50),
    ) {
        let mut world = World::new();
        for happening in happenings {
            world.happen(happening);
            let asks = |effect: &Effect| matches!(effect, Effect::Lock(_) | Effect::Ask { .. });
            prop_assert!(!world.open.iter().any(asks), "asked while closed");
        }
        world.wait_in_vain();
    }
}
