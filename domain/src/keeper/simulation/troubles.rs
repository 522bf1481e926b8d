//! What goes wrong between the tabs.

use super::browser::TabNumber;
use super::happening::Happening;
use super::world::World;
use crate::tabs::{LineInput, Way};

/// Texts that are nobody's, or a newer build's.
const NOISE: [&str; 5] = [
    "",
    "{\"v\":2,\"from\":\"tab 1\",\"n\":1,\"news\":{\"kind\":\"settings\"}}",
    "{\"v\":1,\"from\":\"a newer one\",\"n\":7,\"later\":true}",
    "{\"v\":1,\"from\":\"a newer one\",\"n\":8,\"news\":{\"kind\":\"a newer kind\"}}",
    "{\"v\":1,\"hello\":{}}",
];

impl World {
    /// Does one nasty thing to the ways, and comes back for the next.
    pub fn be_trouble(&mut self) {
        if self.is_calm() {
            return;
        }
        let tabs = self.running();
        let any = (!tabs.is_empty()).then(|| self.wires.dice.pick(&tabs));
        match (self.wires.dice.between(0, 100), any) {
            (0..20, _) => self.worker_dies(),
            (20..32, _) => self.worker_is_stuck(),
            (32..40, _) => self.another_worker(),
            (40..58, Some(tab)) => self.way_fails(tab),
            (58..68, Some(tab)) => self.make_noise(tab),
            (68..80, Some(tab)) => {
                self.line(tab, LineInput::Call);
                self.line(tab, LineInput::Ping);
            }
            (80..92, Some(tab)) => self.goes_away_and_comes_back(tab),
            (92..100, _) => self.wires.no_worker = !self.wires.no_worker,
            _ => {}
        }
        let pause = self.wires.delay(500, 20_000);
        self.at(self.now + pause, Happening::Trouble);
    }

    fn worker_dies(&mut self) {
        self.note(0, || "the shared worker dies".to_owned());
        self.report.workers += self.wires.workers.len() as u64;
        self.wires.workers.clear();
        self.wires.current = self.number();
    }

    fn worker_is_stuck(&mut self) {
        let until = self.now + self.wires.delay(100, 10_000);
        self.note(0, || format!("the shared worker is stuck until {until}"));
        self.wires.workers.values_mut().for_each(|worker| worker.is_stuck(until));
    }

    /// Whoever connects from now on has another worker than those who are connected.
    fn another_worker(&mut self) {
        self.note(0, || "there is another shared worker".to_owned());
        self.wires.current = self.number();
    }

    fn way_fails(&mut self, tab: TabNumber) {
        let way = self.wires.dice.pick(&[Way::Worker, Way::Channel, Way::Storage]);
        if self.wires.ground != Some(way) {
            self.note(tab, || format!("can't use {} any more", way.name()));
            self.line(tab, LineInput::Failed(way));
        }
    }

    fn make_noise(&mut self, tab: TabNumber) {
        let way = self.wires.dice.pick(&[Way::Worker, Way::Channel, Way::Storage]);
        let noise = self.wires.dice.pick(&NOISE);
        self.line(tab, LineInput::Heard(way, noise.to_owned()));
    }

    /// A page goes to the back-forward cache, with its ways closed, and comes back.
    fn goes_away_and_comes_back(&mut self, number: TabNumber) {
        self.line(number, LineInput::Leave);
        self.wire_of(number).into_iter().for_each(|wire| wire.away = true);
        self.freeze(number);
    }

    /// A page that runs again takes up its line.
    pub fn resume_line(&mut self, number: TabNumber) {
        let Some(wire) = self.wire_of(number) else { return self.resumes(number) };
        if std::mem::take(&mut wire.away) {
            self.begin_line(number);
        }
        // This says that news may have been missed, so the page wakes.
        self.line(number, LineInput::Resumed);
    }

    /// A page that is closed says so, unless its process is gone.
    pub fn leaves(&mut self, number: TabNumber) {
        let runs = self.tabs.get(&number).is_some_and(|tab| tab.frozen.is_none());
        if runs && self.wires.dice.chance(50) {
            self.line(number, LineInput::Leave);
        }
        self.close_port(number);
    }
}
