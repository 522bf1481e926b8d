use std::fmt;

use super::Trial;
use super::browser::{Kind, TabNumber};
use super::callers::Waiting;
use super::world::{Tab, World};
use crate::id::{ConnectionId, IntentId};
use crate::keeper::entry::Entry;
use crate::keeper::outcome::Outcome;
use crate::keeper::{Event, Input, Intent, News, Phase, Remedy};

/// How long after an intent began a second token for its generation is no fault: our server may have forgotten the first.
const REPEATABLE: u64 = 50_000;
/// The longest a caller may wait, with some time for a timer to come late.
pub(super) const PATIENCE: i64 = 125_000;
/// How much later timers of a hidden page ring.
const HIDDEN: i64 = 60_000;
/// How soon a tab that was told of a token has read it.
const READ: i64 = 100;
/// How long the world needs to settle after the hostile part, in milliseconds.
pub(super) const SETTLING: i64 = 310_000;
/// How long everything must then run smoothly.
pub(super) const SMOOTH: i64 = 90_000;

/// A broken promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The seed of the run.
    pub seed: u64,
    /// What was promised, and how it was broken.
    pub promise: String,
    /// The last steps before, one a line: true milliseconds, tab, what it was told, what it wanted.
    pub trace: Vec<String>,
}

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "seed {}: {}", self.seed, self.promise)?;
        let from = self.trace.len().saturating_sub(120);
        self.trace[from..].iter().try_for_each(|line| writeln!(formatter, "  {line}"))
    }
}

impl World {
    /// No caller gets a token that has truly expired. After the clock was set back the true age of a token asked for before
    /// can't be known by every tab.
    pub fn check_valid(&mut self, tab: TabNumber, connection: &ConnectionId, generation: u64) {
        let number = self.committed.get(&(connection.clone(), generation));
        let Some(issued) = number.and_then(|number| self.provider.issued.get(*number)) else {
            return self.fail(format!("tab {tab} gives out generation {generation}, which nobody committed"));
        };
        let begun = self.begun.get(&issued.intent).map_or(issued.at, |(begun, _)| *begun);
        let set_back = self.clock_set.iter().any(|(at, by)| *at >= begun && *by < 0);
        if issued.expires_at <= self.now && !set_back {
            let late = self.now - issued.expires_at;
            self.fail(format!("tab {tab} gives out generation {generation}, which expired {late} ms ago"));
        }
    }

    /// A tab that slept through a sign-out gives nobody a token once it runs again.
    pub fn check_signed_in(&mut self, number: TabNumber) {
        let slept = |tab: &Tab| tab.keeper.surroundings.epoch < tab.resumed_in;
        if self.tabs.get(&number).is_some_and(slept) {
            self.fail(format!("tab {number} gives out a token though it ran again after a sign-out"));
        }
    }

    /// A tab that is locked gives nobody a token, and asks for none.
    pub fn check_unlocked(&mut self, number: TabNumber) {
        if self.tabs.get(&number).is_some_and(|tab| tab.keeper.phase == Phase::Locked) {
            self.fail(format!("tab {number} acts though its vault is locked"));
        }
    }

    /// One token for each generation, as long as our server remembers. Without locks it is best effort.
    pub fn check_single(&mut self, number: usize) {
        if self.browser.kind != Kind::Whole {
            return;
        }
        let this = &self.provider.issued[number];
        let begun = |intent: &IntentId| self.begun.get(intent).copied().unwrap_or_default();
        let (started, epoch) = begun(&this.intent);
        let twice = self.provider.issued[..number].iter().find(|other| {
            let same = other.generation == this.generation && other.connection == this.connection;
            let (first, first_epoch) = begun(&other.intent);
            let clock_set = self.clock_set.iter().any(|(at, _)| *at >= first.min(started) && *at <= this.at);
            same && started.abs_diff(first) < REPEATABLE && epoch == first_epoch && !clock_set
        });
        if let Some(other) = twice {
            let text = format!("generation {} was issued twice, at {} and {} ms", this.generation, other.at, this.at);
            self.fail(text);
        }
    }

    /// No tab asks before the wait is over that another wrote down, nor again for what was refused, unless a person wants it, or
    /// it read a moment too early.
    pub fn check_wait(&mut self, number: TabNumber, id: &ConnectionId) {
        if self.browser.kind != Kind::Whole {
            return;
        }
        let clock = self.clock();
        let since = self.refused.get(id).copied();
        let obtained = self.tabs.get_mut(&number).is_some_and(|tab| {
            let obtained = tab.obtained.remove(id);
            if obtained {
                tab.acting.insert(id.clone())
            } else {
                tab.acting.remove(id)
            };
            obtained
        });
        let clock_set = |since: i64| self.clock_set.iter().any(|(at, _)| *at >= since);
        if let Some(since) = since.filter(|since| !obtained && !clock_set(*since)) {
            let ago = self.now - since;
            self.fail(format!("tab {number} asks again for {id}, which the provider refused {ago} ms ago"));
        }
        let intent = self.browser.records.get(id).and_then(|record| record.intent.as_ref());
        let Some(failure) = intent.and_then(|intent| intent.failure.as_ref()).filter(|_| !obtained) else { return };
        let known = Outcome::of(failure.problem.code) == Outcome::Failed && failure.at <= clock;
        if let Remedy::Retry { at, .. } = failure.remedy
            && known
            && at > clock
        {
            let early = at.since(clock).millis();
            self.fail(format!("tab {number} asks for {id} {early} ms before the wait is over"));
        }
    }

    pub fn check_generations(&mut self, number: TabNumber) {
        let Some(tab) = self.tabs.get_mut(&number) else { return };
        let mut back = None;
        for (id, entry) in &tab.keeper.entries {
            let before = tab.shown.insert(id.clone(), entry.generation()).unwrap_or(0);
            if entry.generation() < before {
                back = Some(format!("tab {number} went back from generation {before} to {}", entry.generation()));
            }
        }
        back.into_iter().for_each(|text| self.fail(text));
    }

    /// A connection is marked for a person only when the provider refused it. What stands in the record is kept to from then on,
    /// unless a token stands there that is no older than what was refused: another tab committed it after this one had read the record
    /// again. Then the refusal is not one that was "seen again after re-reading the newest generation", and says nothing. Were the token
    /// committed a moment later it would take the mark away; which of the two writes is first must not decide whether a
    /// credential has ended. The next expiry costs its one request, as any.
    pub fn is_marked(&mut self, number: TabNumber, id: &ConnectionId, intent: &Intent) {
        let is_refusal = self.refusals.contains(&(number, intent.id.clone())) && intent.failure.is_some();
        let is_outdated = self.browser.generation(id) >= intent.generation;
        if is_refusal && !is_outdated {
            self.refused.insert(id.clone(), self.now);
        } else {
            self.refused.remove(id);
        }
        let is_final = intent.failure.as_ref().is_some_and(|failure| failure.remedy == Remedy::Person);
        if is_final && !is_refusal {
            self.fail(format!("tab {number} marks {id} as refused, which nobody refused"));
        }
    }

    /// Nobody asks under a lock that another holds.
    pub fn check_lock(&mut self, number: TabNumber, id: &ConnectionId) {
        let holds = self.browser.locks.get(id).is_some_and(|lock| lock.holders.contains(&number));
        if self.browser.kind == Kind::Whole && !holds {
            self.fail(format!("tab {number} asks for {id} under a lock that is another's"));
        }
    }

    /// No caller waits longer than promised; a page that stands still can let nobody go.
    pub fn check_waited(&mut self, number: TabNumber, waited: &Waiting) {
        let Some(tab) = self.tabs.get(&number) else { return };
        let set_back = self.clock_set.iter().any(|(at, by)| *at >= waited.since && *by < 0);
        let span = self.now - waited.since.max(tab.thawed_at);
        let patience = self.patience(waited.since) + if tab.hidden { HIDDEN } else { 0 };
        if span > patience && !set_back {
            self.fail(format!("tab {number} lets a caller wait {span} ms"));
        }
    }

    /// Callers are let go in the order they came.
    pub fn check_order(&mut self, number: TabNumber, first: &Waiting, generation: u64) {
        let Some(tab) = self.tabs.get(&number) else { return };
        let is_before = |other: &&Waiting| {
            let same = other.connection == first.connection && generation > other.after;
            same && other.joined.is_some_and(|place| first.joined.is_some_and(|joined| place < joined))
        };
        if let Some(other) = tab.waiting.values().find(is_before) {
            let text = format!("tab {number} lets {first:?} go before {other:?}");
            self.fail(text);
        }
    }

    /// A tab is told of a token.
    pub fn hears(&mut self, number: TabNumber, input: &Input) {
        let Input::Event(Event::Heard(News::Token { connection, generation })) = input else { return };
        let now = self.now;
        let Some(tab) = self.tabs.get_mut(&number) else { return };
        let known = tab.told.get(connection).map(|(generation, _)| *generation);
        if known.unwrap_or(0).max(tab.keeper.entries.get(connection).map_or(0, Entry::generation)) < *generation {
            tab.told.insert(connection.clone(), (*generation, now));
        }
    }

    /// No tab shows another token than the newest it was told of, as soon as it could read it. (Where the vault can't be read it
    /// is told nothing, and localStorage may show what stood there before.)
    pub fn check_told(&mut self, number: TabNumber) {
        let (now, whole) = (self.now, self.browser.kind != Kind::StaleReads);
        let Some(tab) = self.tabs.get_mut(&number) else { return };
        let (keeper, thawed_at) = (&tab.keeper, tab.thawed_at);
        tab.told.retain(|id, (generation, _)| {
            let entry = keeper.entries.get(id).filter(|_| keeper.phase == Phase::Open);
            entry.is_some_and(|entry| entry.generation() < *generation)
        });
        let late = tab.told.iter().find(|(_, (_, at))| whole && now - thawed_at.max(*at) > READ);
        let text = late.map(|(id, (generation, at))| {
            format!(
                "tab {number} does not show generation {generation} of {id}, which it was told of {} ms ago",
                now - at
            )
        });
        text.into_iter().for_each(|text| self.fail(text));
    }

    /// In the end all tabs show the token that stands, as soon as the news can be there.
    fn check_newest(&mut self) {
        let Some(longest) = self.longest_news() else { return };
        let mut found = Vec::new();
        for (number, tab) in self.tabs.iter().filter(|(_, tab)| tab.keeper.phase == Phase::Open) {
            for (id, entry) in &tab.keeper.entries {
                let (stands, since) = (self.browser.generation(id), self.committed_at.get(id).copied().unwrap_or(0));
                if entry.generation() != stands && since < self.now - longest {
                    found.push(format!(
                        "tab {number} ends with generation {} of {id}, not {stands}",
                        entry.generation()
                    ));
                }
            }
        }
        found.into_iter().for_each(|text| self.fail(text));
    }

    /// After all that every tab holds a good token, nobody waits, nothing failed, and renewals came one at a time.
    pub fn check_end(&mut self) {
        // Tokens of a second are over most of the time, and callers are told so.
        if self.trial == Some(Trial::BriefTokens) {
            return self.check_nobody_waits();
        }
        let life = self.provider.lifetime;
        for (id, asks) in self.asks_when_smooth.clone() {
            let most = SMOOTH / (life / 2 - 2_000).max(1) + 2;
            if asks > most && self.browser.kind == Kind::Whole {
                self.fail(format!("{asks} requests for {id} in {SMOOTH} ms, where {most} would do"));
            }
        }
        let mut found = Vec::new();
        for (number, tab) in &self.tabs {
            let known = tab.keeper.phase == Phase::Open && tab.keeper.surroundings.epoch == self.browser.epoch;
            for (id, entry) in tab.keeper.entries.iter().filter(|_| known) {
                // What a tab that hears nothing never had, it can't know of.
                let never_heard = !self.hears_all(tab) && entry.token.is_none() && entry.failure.is_none();
                if !never_heard && (entry.usable(self.clock()).is_none() || entry.failure.is_some()) {
                    let remedy = entry.failure.as_ref().map(|failure| (failure.problem.code, failure.remedy.clone()));
                    found.push(format!(
                        "tab {number} did not recover: {id} is at {:?}, {remedy:?}",
                        entry.stage(self.clock())
                    ));
                }
            }
        }
        found.into_iter().for_each(|text| self.fail(text));
        self.check_silence();
        if self.browser.kind != Kind::StaleReads {
            self.check_newest();
        }
        self.check_clock();
        self.check_nobody_waits();
    }

    /// In the end all tabs know the server's clock, also those that never asked for anything. (How far they may be off after the
    /// clock was set depends on who has asked since.) The measurement comes with a token: a tab whose ways lose what is told and
    /// that holds none can't have it.
    fn check_clock(&mut self) {
        let truth = self.server_skew - self.skew;
        let mut found = Vec::new();
        for (number, tab) in self.tabs.iter().filter(|(_, tab)| tab.keeper.phase == Phase::Open) {
            match tab.keeper.surroundings.clock.measured() {
                None if !self.hears_all(tab) && tab.keeper.entries.values().all(|entry| entry.token.is_none()) => {}
                None => found.push(format!("tab {number} does not know the server's clock")),
                Some(known) => {
                    let off = known.offset.abs_diff(truth);
                    // Half a round trip is rounded down.
                    if self.clock_set.is_empty() && self.is_measured() && off > known.error.unsigned_abs() + 1 {
                        found.push(format!("tab {number} is {off} ms off the server's clock: {known:?}"));
                    }
                }
            }
        }
        found.into_iter().for_each(|text| self.fail(text));
    }

    pub fn check_nobody_waits(&mut self) {
        let long_ago = self.now - PATIENCE;
        let late = |tab: &Tab| tab.waiting.values().any(|waiting| waiting.since.max(tab.thawed_at) < long_ago);
        let waits = self.tabs.iter().find(|(_, tab)| late(tab));
        let text = waits.map(|(number, tab)| format!("tab {number}: {:?} still wait", tab.waiting));
        text.into_iter().for_each(|text| self.fail(text));
    }

    pub fn fail(&mut self, promise: String) {
        self.broken.get_or_insert(promise);
    }
}
