//! What the tabs' protocol promises.

use super::browser::TabNumber;
use super::happening::Happening;
use super::promises::SETTLING;
use super::wires::{Spoken, Wire};
use super::world::{Tab, World};
use crate::id::TabId;
use crate::tabs::{Body, Message};

/// How soon a thing that was told is heard, in milliseconds: a worker is given up after 1.5 s, and a way takes a second.
const HEARD: i64 = 6_000;
/// How soon where the teller's page is hidden: its timers come a minute late, and one that comes late is forgiven once.
const HEARD_FROM_HIDDEN: i64 = 130_000;
/// How long two pages must have run to know of each other.
const INTRODUCED: i64 = 10_000;
/// What a line says at most of itself while nothing happens, in the smooth time: a beat a minute, and a worker that is tried.
const FEW: u64 = 24;

/// Something that was told.
pub(super) struct Told {
    pub from: TabNumber,
    pub number: u64,
    at: i64,
    /// Those who should hear it.
    hearers: Vec<TabNumber>,
}

impl World {
    /// A line posts something.
    pub fn notes_post(&mut self, from: TabNumber, spoken: &Spoken) {
        let (smooth, is_calm) = (self.now >= self.calm_from + SETTLING, self.is_calm());
        let Ok(Message { number, body, .. }) = &spoken.read else { return };
        let Some(wire) = self.wire_of(from) else { return };
        if !matches!(body, Body::News(_)) {
            wire.smooth_posts += u64::from(smooth && is_calm);
            return;
        }
        if wire.told < *number {
            wire.told = *number;
            self.is_told(from, *number);
        }
    }

    /// Where a way loses nothing, whoever runs and knows the teller hears it before long.
    fn is_told(&mut self, from: TabNumber, number: u64) {
        let (at, runs) = (self.now, |tab: &Tab| self.has_run(tab, self.now));
        let Some(teller) = self.tabs.get(&from).filter(|tab| self.wires.ground.is_some() && runs(tab)) else { return };
        let within = if teller.hidden { HEARD_FROM_HIDDEN } else { HEARD };
        let others = self.tabs.iter().filter(|(other, tab)| **other != from && runs(tab));
        let hearers: Vec<TabNumber> = others.map(|(other, _)| *other).collect();
        if !hearers.is_empty() {
            self.at(at + within, Happening::Heeded(Told { from, number, at, hearers }));
        }
    }

    /// Whether a tab has run without a break since it could know the others.
    fn has_run(&self, tab: &Tab, at: i64) -> bool {
        let since = tab.wire.as_ref().map_or(at, |wire| wire.since.max(tab.thawed_at));
        tab.frozen.is_none() && since <= at - INTRODUCED
    }

    /// By now everybody should have heard it.
    pub fn check_heard(&mut self, told: &Told) {
        let set = |(at, _): &(i64, i64)| *at >= told.at - INTRODUCED;
        let still = |tab: &&Tab| self.has_run(tab, told.at);
        if self.clock_set.iter().any(set) || self.tabs.get(&told.from).is_none_or(|tab| !still(&tab)) {
            return;
        }
        if self.tabs.get(&told.from).is_some_and(|tab| tab.hidden) && self.now < told.at + HEARD_FROM_HIDDEN {
            return;
        }
        let has = |wire: &Wire| wire.taken.contains(&(told.from, told.number)) || wire.missed_at >= told.at;
        let deaf = |number: &&TabNumber| {
            let tab = self.tabs.get(number).filter(still);
            tab.and_then(|tab| tab.wire.as_ref()).is_some_and(|wire| !has(wire))
        };
        if let Some(deaf) = told.hearers.iter().find(deaf) {
            let (from, number, ago) = (told.from, told.number, self.now - told.at);
            self.fail(format!("tab {deaf} has not heard message {number} of tab {from}, which was told {ago} ms ago"));
        }
    }

    /// A message is taken once, however often it comes and by whichever ways.
    pub fn check_taken_once(&mut self, number: TabNumber, heard: Option<&Spoken>) {
        let Some(Ok(Message { from: Some(from), number: message, .. })) = heard.map(|heard| &heard.read) else {
            return;
        };
        let message = *message & 0xf_ffff;
        let Some(from) = tab_number(from) else { return };
        let is_new = self.wire_of(number).is_none_or(|wire| wire.taken.insert((from, message)));
        if !is_new {
            self.fail(format!("tab {number} takes message {message} of tab {from} a second time"));
        }
    }

    /// While nothing happens hardly anything is said.
    pub fn check_silence(&mut self) {
        let posts = |tab: &Tab| tab.wire.as_ref().map_or(0, |wire| wire.smooth_posts);
        let most = self.tabs.iter().map(|(number, tab)| (posts(tab), *number)).max();
        if let Some((posts, number)) = most.filter(|(posts, _)| *posts > FEW) {
            self.fail(format!("tab {number} sent {posts} messages while nothing happened"));
        }
    }

    /// Whether a tab hears of everything, sooner or later.
    pub fn hears_all(&self, tab: &Tab) -> bool {
        tab.wire.is_none() || self.wires.ground.is_some()
    }

    /// How long news are on their way at most once all is well, in milliseconds; `None` where some may never be heard.
    pub fn longest_news(&self) -> Option<i64> {
        match (self.wires.are_there(), self.wires.ground) {
            (false, _) => Some(HEARD),
            (true, ground) => ground.map(|_| HEARD + 1_000),
        }
    }
}

fn tab_number(id: &TabId) -> Option<TabNumber> {
    id.as_str().strip_prefix("tab ")?.parse().ok()
}
