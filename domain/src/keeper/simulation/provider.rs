use std::collections::BTreeMap;

use super::Flaw;
use super::dice::Dice;
use crate::api::{Code, Problem};
use crate::id::{ConnectionId, IntentId};

/// How long our server remembers an answer, in milliseconds from the request's arrival.
const REMEMBERED: i64 = 60_000;

/// How the provider behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mood {
    Well,
    Slow,
    /// Our server gives up on it after a long while; no token comes of it.
    Stuck,
    /// Not reached, or reached and the answer is lost on the way back to the tab.
    Unreachable,
    Down,
    Throttling,
    Refusing,
}

/// A token as the provider issued it.
#[derive(Clone, Debug)]
pub(super) struct Issued {
    pub connection: ConnectionId,
    pub generation: u64,
    pub intent: IntentId,
    /// True time, in milliseconds.
    pub at: i64,
    /// How long the provider took, in milliseconds.
    pub took: i64,
    pub expires_at: i64,
}

/// Our server's memory of one idempotency key.
#[derive(Clone)]
enum Remembered {
    Running,
    Done(Result<usize, Problem>),
}

/// Our server with the provider behind it.
pub(super) struct Provider {
    pub mood: Mood,
    pub issued: Vec<Issued>,
    /// How long its tokens live, in milliseconds.
    pub lifetime: i64,
    /// How long it takes when it is well, if that is other than usual: least and most, in milliseconds.
    pub pace: Option<(u64, u64)>,
    keys: BTreeMap<IntentId, (i64, Remembered)>,
}

/// What our server does with a request.
pub(super) enum Arrival {
    /// Answers at once.
    Answer(Result<usize, Problem>),
    /// Asks the provider, which takes so many milliseconds.
    Asks(i64),
}

impl Provider {
    /// Whether requests or answers are lost between our server and the tabs.
    pub fn is_unreachable(&self) -> bool {
        self.mood == Mood::Unreachable
    }

    pub fn new(lifetime: i64) -> Self {
        Self { mood: Mood::Well, issued: Vec::new(), lifetime, pace: None, keys: BTreeMap::new() }
    }

    /// A request is there.
    pub fn arrive(&mut self, key: &IntentId, now: i64, flaw: Flaw, dice: &mut Dice) -> Arrival {
        self.keys.retain(|_, (since, _)| now < *since + REMEMBERED && flaw != Flaw::IdempotencyKeys);
        match self.keys.get(key) {
            Some((_, Remembered::Running)) => return Arrival::Answer(Err(Problem::new(Code::StillRunning))),
            Some((_, Remembered::Done(result))) => return Arrival::Answer(result.clone()),
            None => {}
        }
        self.keys.insert(key.clone(), (now, Remembered::Running));
        let took = match self.mood {
            Mood::Well => {
                let (least, most) = self.pace.unwrap_or((20, 400));
                dice.between(least, most)
            }
            Mood::Slow => dice.between(2_000, 20_000),
            Mood::Stuck => dice.between(20_000, 28_000),
            _ => dice.between(20, 400),
        };
        Arrival::Asks(i64::try_from(took).unwrap_or(20))
    }

    /// The provider has answered; gives what our server says, a token by its number in `issued`.
    pub fn complete(
        &mut self,
        connection: &ConnectionId,
        generation: u64,
        key: &IntentId,
        now: i64,
    ) -> Result<usize, Problem> {
        let result = match self.mood {
            Mood::Well | Mood::Slow | Mood::Unreachable => {
                let (connection, intent) = (connection.clone(), key.clone());
                let took = self.keys.get(key).map_or(0, |(arrived, _)| now - arrived);
                let expires_at = now + self.lifetime;
                self.issued.push(Issued { connection, generation, intent, at: now, took, expires_at });
                Ok(self.issued.len() - 1)
            }
            Mood::Stuck => Err(Problem::new(Code::UpstreamTimeout)),
            Mood::Down => Err(Problem::new(Code::UpstreamUnavailable)),
            Mood::Throttling => Err(Problem::new(Code::UpstreamThrottled).with_retry_after(20)),
            Mood::Refusing => Err(Problem::new(Code::UpstreamRefused)),
        };
        if let Some((_, remembered)) = self.keys.get_mut(key) {
            *remembered = Remembered::Done(result.clone());
        }
        result
    }
}
