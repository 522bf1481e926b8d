//! The ways themselves: opened, closed, and what is posted on them.

use std::rc::Rc;

use super::Flaw;
use super::browser::TabNumber;
use super::happening::Happening;
use super::switchboard::Port;
use super::wires::{Fed, Spoken};
use super::world::{Tab, World};
use crate::tabs::{Body, LineInput, Message, Way};

impl World {
    pub fn open_way(&mut self, number: TabNumber, way: Way) {
        let (port, current) = (self.number(), self.wires.current);
        let is_refused = self.wires.ground != Some(way) && !self.is_calm() && self.wires.dice.chance(3);
        let later = self.now + self.wires.delay(5, 300);
        if way == Way::Worker && (self.wires.no_worker || is_refused) {
            // That a script can't be loaded is told later.
            return self.at(later, Happening::Line(number, LineInput::Failed(way)));
        }
        let Some(wire) = self.wire_of(number) else { return };
        if is_refused {
            return wire.inbox.push_back(Fed::Input(LineInput::Failed(way)));
        }
        wire.ears = wire.ears.with(way);
        if way == Way::Worker {
            // What is posted before it has loaded waits.
            (wire.port, wire.to_worker) = (Some((current, port)), later);
            self.wires.workers.entry(current).or_default();
        }
    }

    pub fn close_way(&mut self, number: TabNumber, way: Way) {
        let Some(wire) = self.wire_of(number) else { return };
        wire.ears = wire.ears.without(way);
        if way == Way::Worker {
            self.close_port(number);
        }
    }

    /// A port is closed, by its tab or with it.
    pub fn close_port(&mut self, number: TabNumber) {
        let Some((worker, port)) = self.wire_of(number).and_then(|wire| wire.port.take()) else { return };
        let ports = self.tabs.values().filter_map(|tab| tab.wire.as_ref()?.port);
        if !ports.into_iter().any(|(other, _)| other == worker) {
            self.wires.workers.remove(&worker);
        } else if self.wires.says_closed {
            // What was posted before is there before.
            let posted = self.wire_of(number).map_or(0, |wire| wire.to_worker);
            let at = posted.max(self.now + self.wires.delay(0, 20));
            self.at(at, Happening::PortClosed(worker, (number, port)));
        }
    }

    pub fn post(&mut self, from: TabNumber, way: Way, text: String) {
        let spoken = self.wires.spoken(text);
        self.note(from, || format!("posts by {}: {}", way.name(), spoken.text));
        self.notes_post(from, &spoken);
        let (full, is_ground) = (self.storage_full, self.wires.ground == Some(way));
        let Some(wire) = self.wire_of(from).filter(|wire| wire.ears.has(way)) else { return };
        if way == Way::Worker {
            return self.post_to_worker(from, spoken);
        }
        if way == Way::Storage && full && !is_ground {
            return wire.inbox.push_back(Fed::Input(LineInput::Failed(way)));
        }
        let hears = |tab: &Tab| tab.wire.as_ref().is_some_and(|wire| wire.ears.has(way));
        let all = self.tabs.iter().filter(|(other, tab)| **other != from && hears(tab));
        for other in all.map(|(other, _)| *other).collect::<Vec<_>>() {
            if self.is_lost() {
                continue;
            }
            for _ in 0..=u64::from(self.wires.dice.chance(5)) {
                let slow = if self.wires.ground.is_some() { 1_000 } else { 5_000 };
                let slowest = if self.wires.dice.chance(10) { slow } else { 50 };
                let at = self.now + self.wires.delay(0, slowest);
                self.at(at, Happening::Overhear(other, way, 0, self.copy(&spoken)));
            }
        }
    }

    /// With [`Flaw::Copies`] each copy looks like a message of its own.
    fn copy(&self, spoken: &Rc<Spoken>) -> Rc<Spoken> {
        match &spoken.read {
            Ok(message) if self.flaw == Flaw::Copies && matches!(message.body, Body::News(_)) => {
                let message = Message { number: message.number + (self.numbers << 20), ..message.clone() };
                Rc::new(Spoken { text: spoken.text.clone(), read: Ok(message), is_straight: spoken.is_straight })
            }
            _ => spoken.clone(),
        }
    }

    fn post_to_worker(&mut self, from: TabNumber, spoken: Rc<Spoken>) {
        let at = self.now + self.wires.delay(0, 20);
        let Some(wire) = self.wire_of(from) else { return };
        let Some((worker, port)) = wire.port else { return };
        wire.to_worker = wire.to_worker.max(at);
        let at = wire.to_worker;
        self.at(at, Happening::Switch(worker, Port::from((from, port)), spoken));
    }

    /// Whether a text is lost on its way to somebody.
    pub fn is_lost(&mut self) -> bool {
        self.wires.ground.is_none() && !self.is_calm() && self.wires.dice.chance(self.lost)
    }
}
