//! One keeper, its clock, and short ways to tell it what happened.

use domain::api::token::TokenAnswer;
use domain::api::{Code, Problem};
use domain::connection::Connection;
use domain::id::{ConnectionId, IntentId, ProviderId, TabId};
use domain::keeper::{ClockSample, Command, Effect, Event, Failure, Held, Input, Intent, Keeper, Moment, WaiterId};
use domain::provider::{ClientAuthentication, Place};
use domain::secret::Secret;
use domain::settings::WorkerTokenSettings;
use domain::time::{Span, Timestamp};
use domain::token::{Shared, TokenFacts};
use domain::vault::{StorageLevel, StoreError};

/// When every test begins.
pub const START: i64 = 1_700_000_000;

pub struct Rig {
    pub keeper: Keeper,
    /// Seconds of this browser's clock since the start.
    pub second: f64,
    steps: u128,
}

/// The defaults, with the renewal so late that short lives have a beginning and an end.
pub fn settings() -> WorkerTokenSettings {
    WorkerTokenSettings { renewal_threshold: Span::from_seconds(15), ..WorkerTokenSettings::default() }
}

pub fn id() -> ConnectionId {
    ConnectionId::new("c")
}

pub fn at(second: f64) -> Timestamp {
    #[allow(clippy::cast_possible_truncation)]
    Timestamp::from_millis(START * 1_000 + (second * 1_000.0) as i64)
}

pub fn connection(name: &str) -> Connection {
    Connection {
        id: id(),
        name: name.to_owned(),
        provider: ProviderId::new("p"),
        place: Place::default(),
        client_id: "client".to_owned(),
        scopes: Vec::new(),
        authentication: ClientAuthentication::ClientSecretBasic,
        keep_credential: true,
        created_at: at(0.0),
        removed_at: None,
    }
}

pub fn held(token: Option<TokenFacts>, intent: Option<Intent>) -> Held {
    Held { connection: connection("Work"), token, has_credential: true, intent }
}

/// A token received at `received` that lives `life` seconds and is due after half of it.
pub fn token(generation: u64, received: f64, life: f64) -> TokenFacts {
    TokenFacts {
        generation,
        token_type: "Bearer".to_owned(),
        scope: None,
        received_at: at(received),
        expires_at: at(received + life),
        renew_at: at(received + life / 2.0),
        floor: Span::from_seconds(15),
        lifetime_known: true,
        host: "auth.example.com".to_owned(),
        took: Span::from_millis(100),
        tries: 1,
        shared: Shared::default(),
    }
}

pub fn intent(generation: u64, started: f64, failure: Option<Failure>) -> Intent {
    let (id, tab) = (IntentId::new("left behind"), TabId::new("another"));
    Intent { id, generation, epoch: 0, tab, started_at: at(started), attempt: 1, failure, shared: Shared::default() }
}

pub fn answer(second: f64, expires_in: Option<u64>) -> TokenAnswer {
    TokenAnswer {
        access_token: Secret::new("opaque-token-for-tests"),
        token_type: "Bearer".to_owned(),
        expires_in,
        scope: None,
        received_at: at(second),
        host: "auth.example.com".to_owned(),
        took_ms: 100,
        tries: 1,
    }
}

impl Rig {
    pub fn new() -> Self {
        Self { keeper: Keeper::new(TabId::new("this")), second: 0.0, steps: 0 }
    }

    /// A keeper whose vault is open and holds this.
    pub fn open(held: Vec<Held>) -> (Self, Vec<Effect>) {
        let mut rig = Self::new();
        let effects = rig.opened(held);
        (rig, effects)
    }

    pub fn opened(&mut self, held: Vec<Held>) -> Vec<Effect> {
        self.event(Event::Opened {
            storage: StorageLevel::IndexedDb,
            epoch: 0,
            held,
            current: Some(id()),
            settings: Some(settings()),
            set_aside: Vec::new(),
        })
    }

    pub fn event(&mut self, event: Event) -> Vec<Effect> {
        self.input(Input::Event(event))
    }

    pub fn command(&mut self, command: Command) -> Vec<Effect> {
        self.input(Input::Command(command))
    }

    fn input(&mut self, input: Input) -> Vec<Effect> {
        self.steps += 1;
        let random = self.steps.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        self.keeper.handle(input, Moment { now: at(self.second), random })
    }

    pub fn need(&mut self, waiter: u64) -> Vec<Effect> {
        self.command(Command::Need { connection: id(), waiter: WaiterId(waiter) })
    }

    /// A caller comes who can't be helped as far as this tab knows: the vault is asked first, and holds this.
    pub fn need_in_vain(&mut self, waiter: u64, held: Held) -> Vec<Effect> {
        let effects = self.need(waiter);
        assert_eq!((&effects[0], released(&effects)), (&Effect::Read(id()), vec![]));
        self.event(Event::Read { connection: id(), held: Some(held) })
    }

    /// Lets time pass and wakes the keeper.
    pub fn wake(&mut self, second: f64) -> Vec<Effect> {
        self.second = second;
        let mut effects = self.event(Event::Woke);
        if effects.contains(&Effect::Look) {
            // So late that it must have slept; what the vault holds is for each test to say.
            effects = self.event(Event::NotLooked(StoreError::QuotaExceeded));
        }
        effects
    }

    pub fn locked(&mut self, held: Held) -> Vec<Effect> {
        self.event(Event::Locked { connection: id(), held: Some(held), epoch: 0 })
    }

    /// Goes from the wish for a lock to the request, and gives the intent asked under.
    pub fn ask(&mut self, held: Held) -> Intent {
        let effects = self.locked(held);
        if let Some(intent) = asked(&effects) {
            return intent;
        }
        let Some(Effect::WriteIntent(_, intent)) = effects.first() else { panic!("no intent in {effects:?}") };
        let effects = self.event(Event::IntentWritten(id(), intent.id.clone()));
        asked(&effects).expect("after the intent is durable the server is asked")
    }

    pub fn answered(&mut self, intent: &Intent, answer: Result<TokenAnswer, Problem>) -> Vec<Effect> {
        let (connection, intent) = (id(), intent.id.clone());
        self.event(Event::Answered { connection, intent, answer, clock: None })
    }

    pub fn refused(&mut self, intent: &Intent, code: Code) -> Vec<Effect> {
        self.answered(intent, Err(Problem::new(code)))
    }

    pub fn failure(&self) -> Option<Failure> {
        self.keeper.view().connections[0].failure.clone()
    }
}

/// A look at a server's clock that runs `ahead` seconds ahead of this browser's.
pub fn sample(sent: f64, received: f64, ahead: f64) -> ClockSample {
    let middle = (sent + received) / 2.0 + ahead;
    ClockSample { sent_at: at(sent), received_at: at(received), server_date: at(middle.floor()) }
}

pub fn asked(effects: &[Effect]) -> Option<Intent> {
    effects.iter().find_map(|effect| match effect {
        Effect::Ask { intent, .. } => Some(intent.clone()),
        _ => None,
    })
}

pub fn committed(effects: &[Effect]) -> Option<TokenFacts> {
    effects.iter().find_map(|effect| match effect {
        Effect::Commit { token, .. } => Some(token.facts.clone()),
        _ => None,
    })
}

pub fn wants_lock(effects: &[Effect]) -> bool {
    effects.contains(&Effect::Lock(id()))
}

/// Who was let go, in order, and with which generation (`None`: with an error).
pub fn released(effects: &[Effect]) -> Vec<(u64, Option<u64>)> {
    let one = |effect: &Effect| match effect {
        Effect::Release { waiter, outcome } => Some((waiter.0, outcome.as_ref().ok().copied())),
        _ => None,
    };
    effects.iter().filter_map(one).collect()
}

/// Why those were let go who got no token.
pub fn errors(effects: &[Effect]) -> Vec<Code> {
    let one = |effect: &Effect| match effect {
        Effect::Release { outcome: Err(failure), .. } => Some(failure.problem.code),
        _ => None,
    };
    effects.iter().filter_map(one).collect()
}

pub fn wake_at(effects: &[Effect]) -> Option<Timestamp> {
    effects.iter().rev().find_map(|effect| match effect {
        Effect::WakeAt(at) => Some(*at),
        _ => None,
    })
}
