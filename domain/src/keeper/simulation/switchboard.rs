//! The shared worker between the tabs: what `public/switchboard.js` does.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::browser::TabNumber;
use super::happening::Happening;
use super::wires::Spoken;
use super::world::World;
use crate::id::TabId;
use crate::keeper::News;
use crate::tabs::{Body, Message, Way, about};
use crate::time::Timestamp;

/// How long the second copies of news that went straight to the tabs are held back, in milliseconds.
const LATER: i64 = 50;

/// A line to a worker: whose it is, and its number.
pub(super) type Port = (TabNumber, u64);

/// One worker; there is more than one where it was started anew while tabs still hold on to the old one.
#[derive(Default)]
pub(super) struct Switchboard {
    lines: BTreeMap<Port, PortLine>,
    newest: BTreeMap<(&'static str, Option<String>), (u64, String)>,
    /// Until then it takes nothing, and says nothing.
    stuck_until: i64,
    timer: u64,
}

struct PortLine {
    tab: TabId,
    hello: Option<String>,
    held: Vec<Rc<Spoken>>,
    /// What is confirmed with what is held.
    confirms: u64,
    wake_at: Option<Timestamp>,
}

impl Switchboard {
    /// It does nothing until then, in true milliseconds.
    pub fn is_stuck(&mut self, until: i64) {
        self.stuck_until = until;
    }

    fn greet(&mut self, port: Port, text: &str) -> Option<Body> {
        let line = self.lines.get_mut(&port)?;
        let known = line.hello.replace(text.to_owned());
        let others = self.lines.iter().filter(|(other, _)| **other != port);
        known.is_none().then(|| Body::Welcome {
            tabs: others.filter_map(|(_, line)| line.hello.clone()).collect(),
            news: self.newest.values().map(|(_, text)| text.clone()).collect(),
        })
    }

    fn remember(&mut self, news: &News, text: &str) {
        let (kind, subject, generation) = about(news);
        let Some(generation) = generation else { return };
        let known = self.newest.entry((kind, subject)).or_default();
        if known.0 <= generation {
            *known = (generation, text.to_owned());
        }
    }
}

impl World {
    /// A text is there at a worker.
    pub fn switch(&mut self, worker: u64, port: Port, spoken: &Rc<Spoken>) {
        let Ok(message) = &spoken.read else { return };
        let Some(board) = self.wires.workers.get_mut(&worker) else { return };
        if self.now < board.stuck_until {
            let until = board.stuck_until;
            return self.at(until, Happening::Switch(worker, port, spoken.clone()));
        }
        let tab = message.from.clone().unwrap_or_else(|| TabId::new(""));
        let new = |tab| PortLine { tab, hello: None, held: Vec::new(), confirms: 0, wake_at: None };
        board.lines.entry(port).or_insert_with(|| new(tab));
        let welcome = match &message.body {
            Body::Hello(_) => board.greet(port, &spoken.text),
            Body::News(news) => {
                board.remember(news, &spoken.text);
                None
            }
            _ => None,
        };
        let is_for_tabs = !matches!(message.body, Body::Beat | Body::Wake(_));
        match is_for_tabs {
            true if spoken.is_straight => self.holds_back(worker, port, spoken),
            true => self.pass_on_held(worker, port),
            false => {}
        }
        self.confirms(worker, port, message.number);
        welcome.into_iter().for_each(|welcome| self.says(port, welcome));
        match &message.body {
            Body::Wake(at) => self.wakes(worker, port, *at),
            _ if is_for_tabs && !spoken.is_straight => self.pass_on(worker, port, spoken),
            _ => {}
        }
        if message.body == Body::Bye {
            self.forget_port(worker, port);
        }
    }

    fn holds_back(&mut self, worker: u64, port: Port, spoken: &Rc<Spoken>) {
        let line = self.wires.workers.get_mut(&worker).and_then(|board| board.lines.get_mut(&port));
        let Some(line) = line else { return };
        line.held.push(spoken.clone());
        if line.held.len() == 1 {
            self.at(self.now + LATER, Happening::PassOn(worker, port));
        }
    }

    /// Confirms a message and all before it, once all before it are passed on.
    fn confirms(&mut self, worker: u64, port: Port, number: u64) {
        let line = self.wires.workers.get_mut(&worker).and_then(|board| board.lines.get_mut(&port));
        match line {
            Some(line) if !line.held.is_empty() => line.confirms = number,
            _ => self.says(port, Body::Confirmed(number)),
        }
    }

    /// What a tab told before goes before what it tells now.
    pub fn pass_on_held(&mut self, worker: u64, port: Port) {
        let line = self.wires.workers.get_mut(&worker).and_then(|board| board.lines.get_mut(&port));
        let Some(line) = line.filter(|line| !line.held.is_empty()) else { return };
        let (held, number) = (std::mem::take(&mut line.held), line.confirms);
        held.iter().for_each(|spoken| self.pass_on(worker, port, spoken));
        self.says(port, Body::Confirmed(number));
    }

    fn pass_on(&mut self, worker: u64, port: Port, spoken: &Rc<Spoken>) {
        let Some(board) = self.wires.workers.get(&worker) else { return };
        let to = spoken.read.as_ref().ok().and_then(|message| message.to.as_ref());
        let is_meant = |other: &Port, tab: &TabId| *other != port && to.is_none_or(|to| to == tab);
        let others = board.lines.iter().filter(|(other, line)| is_meant(other, &line.tab));
        for other in others.map(|(other, _)| *other).collect::<Vec<_>>() {
            if !self.is_lost() {
                self.reaches(other, spoken.clone());
            }
        }
    }

    /// The browser says that a port was closed, where it does.
    pub fn port_closed(&mut self, worker: u64, port: Port) {
        self.pass_on_held(worker, port);
        if let Some(tab) = self.forget_port(worker, port) {
            let board = self.wires.workers.get(&worker);
            let others: Vec<Port> = board.map(|board| board.lines.keys().copied().collect()).unwrap_or_default();
            others.into_iter().for_each(|other| self.says(other, Body::Gone(tab.clone())));
        }
    }

    fn forget_port(&mut self, worker: u64, port: Port) -> Option<TabId> {
        let line = self.wires.workers.get_mut(&worker)?.lines.remove(&port)?;
        Some(line.tab)
    }

    fn says(&mut self, port: Port, body: Body) {
        let read = Ok(Message { from: None, number: 0, to: None, body });
        self.reaches(port, Rc::new(Spoken { text: String::new(), read, is_straight: false }));
    }

    /// A text goes from a worker to a tab, after all that went there before.
    fn reaches(&mut self, port: Port, spoken: Rc<Spoken>) {
        let at = self.now + self.wires.delay(0, 20);
        let Some(wire) = self.tabs.get_mut(&port.0).and_then(|tab| tab.wire.as_mut()) else { return };
        wire.from_worker = wire.from_worker.max(at);
        let at = wire.from_worker;
        self.at(at, Happening::Overhear(port.0, Way::Worker, port.1, spoken));
    }

    fn wakes(&mut self, worker: u64, port: Port, at: Option<Timestamp>) {
        let line = self.wires.workers.get_mut(&worker).and_then(|board| board.lines.get_mut(&port));
        line.into_iter().for_each(|line| line.wake_at = at);
        self.plan_ring(worker);
    }

    fn plan_ring(&mut self, worker: u64) {
        let (clock, timer) = (self.clock(), self.number());
        let Some(board) = self.wires.workers.get_mut(&worker) else { return };
        let Some(next) = board.lines.values().filter_map(|line| line.wake_at).min() else { return };
        board.timer = timer;
        // A timer may stand still while the machine sleeps, so none is set for longer than a minute.
        let wait = next.since(clock).millis().clamp(1, 60_000);
        let wait = i64::try_from(wait).unwrap_or(60_000);
        self.at(self.now + wait, Happening::RingAll(worker, timer));
    }

    /// A worker's timer comes in time: it rings whoever wished to be rung by now.
    pub fn ring_all(&mut self, worker: u64, timer: u64) {
        let clock = self.clock();
        let Some(board) = self.wires.workers.get_mut(&worker).filter(|board| board.timer == timer) else { return };
        let is_due = |line: &PortLine| line.wake_at.is_some_and(|at| at <= clock);
        let due: Vec<Port> = board.lines.iter().filter(|(_, line)| is_due(line)).map(|(port, _)| *port).collect();
        for port in due {
            let board = self.wires.workers.get_mut(&worker);
            let line = board.and_then(|board| board.lines.get_mut(&port));
            line.into_iter().for_each(|line| line.wake_at = None);
            self.says(port, Body::Ring);
        }
        self.plan_ring(worker);
    }
}
