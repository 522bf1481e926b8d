//! Requests on their way to our server and back.

use super::browser::TabNumber;
use super::happening::{Happening, Request};
use super::promises::SETTLING;
use super::provider::{Arrival, Issued};
use super::world::World;
use crate::api::token::TokenAnswer;
use crate::api::{Code, Problem};
use crate::id::ConnectionId;
use crate::keeper::{ClockSample, Event, Input, Intent};
use crate::secret::Secret;
use crate::time::Timestamp;

/// How long a tab waits for an answer, in milliseconds.
const PATIENCE: i64 = 30_000;

impl World {
    pub fn ask(&mut self, tab: TabNumber, connection: ConnectionId, intent: Intent) {
        self.report.asks += 1;
        if self.now >= self.calm_from + SETTLING {
            *self.asks_when_smooth.entry(connection.clone()).or_default() += 1;
        }
        self.check_storm(&connection, &intent.id);
        let request = Request { tab, connection, intent, sent_at: self.clock(), number: self.number() };
        self.awaited.insert(request.number);
        let gives_up = Happening::Return(request.clone(), Err(Problem::new(Code::Unreachable)));
        self.at(self.now + PATIENCE, gives_up);
        if self.provider.is_unreachable() && self.dice.chance(50) {
            return self.later(10, 5_000, Happening::Return(request, Err(Problem::new(Code::Unreachable))));
        }
        self.later(5, 100, Happening::Arrive(request));
    }

    pub fn arrive(&mut self, request: Request) {
        match self.provider.arrive(&request.intent.id, self.now, self.flaw, &mut self.dice) {
            Arrival::Answer(result) => self.later(5, 100, Happening::Return(request, result)),
            Arrival::Asks(took) => self.at(self.now + took, Happening::Complete(request)),
        }
    }

    pub fn complete(&mut self, request: Request) {
        self.be_fickle();
        let Intent { id, generation, .. } = &request.intent;
        let result = self.provider.complete(&request.connection, *generation, id, self.now);
        if let Ok(number) = result {
            self.report.issued += 1;
            self.check_single(number);
        }
        let lost = self.provider.is_unreachable() && self.dice.chance(50);
        let result = if lost { Err(Problem::new(Code::Unreachable)) } else { result };
        self.later(5, 100, Happening::Return(request, result));
    }

    pub fn give_back(&mut self, request: Request, result: Result<usize, Problem>) {
        // A machine that sleeps hears nothing.
        if self.now < self.awake_from {
            return self.at(self.awake_from, Happening::Return(request, result));
        }
        if !self.awaited.remove(&request.number) {
            return;
        }
        let server_now = self.now + self.server_skew;
        let server_date = Timestamp::from_seconds(server_now.div_euclid(1_000));
        let clock = ClockSample { sent_at: request.sent_at, received_at: self.clock(), server_date };
        let refused = matches!(&result, Err(problem) if problem.code == Code::UpstreamRefused);
        // Under the same intent the next answer counts: the first may have come too late to be written down.
        let told = (request.tab, request.intent.id.clone());
        let _ = if refused { self.refusals.insert(told) } else { self.refusals.remove(&told) };
        let reached = !matches!(&result, Err(problem) if problem.code == Code::Unreachable);
        let answer = self.misjudged(result).map(|number| self.answer(number));
        let (connection, intent) = (request.connection, request.intent.id);
        let answered = Event::Answered {
            connection,
            intent,
            answer,
            clock: reached.then_some(clock).filter(|_| self.is_measured()),
        };
        self.tell(request.tab, Input::Event(answered));
    }

    pub fn answer(&self, number: usize) -> TokenAnswer {
        let Issued { at, expires_at, took, .. } = &self.provider.issued[number];
        TokenAnswer {
            access_token: Secret::new(number.to_string()),
            token_type: "Bearer".to_owned(),
            expires_in: u64::try_from((expires_at - at) / 1_000).ok(),
            scope: None,
            received_at: Timestamp::from_millis(at + self.server_skew),
            host: "simulated".to_owned(),
            took_ms: u64::try_from(*took).unwrap_or(0),
            tries: 1,
        }
    }
}
