//! What an answer changes.

use super::super::answer;
use super::super::call::What;
use super::*;

/// After how many passing failures an entry is asked for alone.
const ALONE: u8 = 2;
/// The longest wait a provider that is away can ask for, in seconds; then it is tried again.
const LONGEST_WAIT: u64 = 600;
/// After how many an entry that is asked for alone counts as refused.
const GIVEN_UP: u8 = 3;

impl Job {
    /// Takes the answer to a call. One that belongs to no call is passed over.
    pub fn take(&mut self, ticket: Ticket, answer: Result<Value, Problem>, now: Timestamp) {
        let Some(call) = self.in_flight.remove(&ticket) else { return };
        for at in &call.entries {
            self.busy.remove(at);
            self.from = self.from.min(*at);
        }
        match answer {
            Ok(answer) => self.answered(&call, &answer),
            Err(problem) => self.refused(&call, problem, now),
        }
        self.pace.ends(now, self.counts.ended());
    }

    fn answered(&mut self, call: &Call, answer: &Value) {
        self.failures = 0;
        match &call.what {
            What::Several(_) => {
                self.shared_calls(call).0 = true;
                let entries: Vec<&Entry> = call.entries.iter().map(|at| &self.entries[*at]).collect();
                let outcomes = answer::shared(Page::<User>::read(answer, "users"), &entries);
                for (at, outcome) in call.entries.iter().zip(outcomes) {
                    match outcome {
                        Some(outcome) => self.settle(*at, outcome),
                        None => self.entries[*at].alone = true,
                    }
                }
            }
            What::One(ask) if ask.attribute == Attribute::Id => match User::read(answer) {
                Some(user) => self.settle(call.entries[0], Outcome::Found(user.into())),
                None => self.refuse(call, &Problem::new(Code::UpstreamUnreadable), false),
            },
            What::One(_) => {
                let page = Page::<User>::read(answer, "users");
                let more = page.next.is_some() || page.unread > 0;
                match answer::told(page.items, more) {
                    Outcome::NotFound => self.step(call.entries[0]),
                    outcome => self.settle(call.entries[0], outcome),
                }
            }
        }
    }

    /// Nobody has this attribute: the next one is asked for, if there is one.
    fn step(&mut self, at: usize) {
        let entry = &mut self.entries[at];
        entry.step += 1;
        if usize::from(entry.step) >= Identifier::of(&entry.text).attributes().len() {
            self.settle(at, Outcome::NotFound);
        }
    }

    fn refused(&mut self, call: &Call, problem: Problem, now: Timestamp) {
        match (Trouble::of(&problem), &call.what) {
            (Trouble::Absent, What::One(ask)) if ask.attribute == Attribute::Id => self.step(call.entries[0]),
            (Trouble::Unfit, What::Several(_)) => {
                self.shared_calls(call).1 += 1;
                for at in &call.entries {
                    self.entries[*at].alone = true;
                }
            }
            (Trouble::Unfit, What::One(_)) => self.refuse(call, &problem, false),
            (Trouble::Throttled(wait), _) => self.pause_for(Pause::Throttled { until: now + wait }),
            (Trouble::Offline, _) => self.pause_for(Pause::Offline { until: now + OFFLINE }),
            (Trouble::Passing, _) => self.passing(call, problem, now),
            (Trouble::Absent | Trouble::Barred, _) => {
                self.refuse(call, &problem, true);
                self.pause_for(Pause::Barred(Box::new(problem)));
            }
        }
    }

    /// The provider failed. One entry that makes it fail must not stop all others, and a provider that is away must not use
    /// up the tries of all entries.
    fn passing(&mut self, call: &Call, problem: Problem, now: Timestamp) {
        for at in &call.entries {
            let entry = &mut self.entries[*at];
            entry.failures = entry.failures.saturating_add(1);
            entry.alone |= entry.failures >= ALONE;
        }
        if !call.is_shared() && self.entries[call.entries[0]].failures >= GIVEN_UP {
            self.refuse(call, &problem, false);
        }
        // Calls that were under way together fail together: they count once.
        if self.phase == Phase::Running {
            self.failures += 1;
        }
        if self.failures >= TRIES {
            self.failures = 0;
            return self.pause_for(Pause::Barred(Box::new(problem)));
        }
        let wait = Span::from_seconds(2 << self.failures.min(5));
        let wait = problem.retry_after.map_or(wait, |seconds| Span::from_seconds(seconds.min(LONGEST_WAIT)));
        self.pause_for(Pause::Away { until: now + wait, problem: Box::new(problem) });
    }

    fn refuse(&mut self, call: &Call, problem: &Problem, barred: bool) {
        let said = problem.upstream.as_ref().and_then(|upstream| upstream.error_description.clone());
        let reason = said.unwrap_or_else(|| problem.title.clone());
        for at in &call.entries {
            self.settle(*at, Outcome::Refused { reason: reason.clone(), barred });
        }
    }

    /// Calls for several entries of the form of this one.
    fn shared_calls(&mut self, call: &Call) -> &mut (bool, u32) {
        let is_uuid = Identifier::of(&self.entries[call.entries[0]].text) == Identifier::Uuid;
        self.shared.entry(is_uuid).or_default()
    }
}
