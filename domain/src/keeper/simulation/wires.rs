//! News by the tabs' own protocol: a [`Line`] beside each keeper, and ways that delay, repeat, lose and fail.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use super::Flaw;
use super::browser::TabNumber;
use super::dice::Dice;
use super::happening::Happening;
use super::switchboard::Switchboard;
use super::world::World;
use crate::id::TabId;
use crate::keeper::{Event, Input, News};
use crate::tabs::{Instant, Line, LineEffect, LineInput, Message, Unread, Way, Ways};
use crate::time::{Span, Timestamp};

/// The most tabs a browser has from its start whose tabs speak by lines.
const MANY: u64 = 60;
/// How far the shared worker's clock may be ahead of the page's: both read the same one.
const AHEAD: Span = Span::from_millis(50);

/// What lies between the tabs of this world.
pub(super) struct Wires {
    pub dice: Dice,
    /// The ways this browser has; none where news go straight from keeper to keeper.
    pub available: Ways,
    /// The way that never fails and loses nothing, which all tabs have. Then no other way loses anything, either: it fails, or
    /// does what it should.
    pub ground: Option<Way>,
    /// Whether this browser tells a worker that a port was closed.
    pub says_closed: bool,
    /// Whether no worker can be started now.
    pub no_worker: bool,
    pub workers: BTreeMap<u64, Switchboard>,
    /// The worker that tabs connect to now.
    pub current: u64,
    /// The text that was posted last, and what it says.
    last: Option<Rc<Spoken>>,
}

/// A text, read once for all who hear it.
pub(super) struct Spoken {
    pub text: String,
    pub read: Result<Message, Unread>,
    /// Whether it went straight to the tabs as well.
    pub is_straight: bool,
}

/// A tab's end.
pub(super) struct Wire {
    pub line: Line,
    pub since: i64,
    pub ears: Ways,
    /// The worker and the number of its port.
    pub port: Option<(u64, u64)>,
    /// When the last text to the worker and from it is there: a port keeps the order.
    pub to_worker: i64,
    pub from_worker: i64,
    look_at: Timestamp,
    look: u64,
    /// When the keeper wants to be woken.
    wake_at: Option<Timestamp>,
    /// Whether the page is in the back-forward cache.
    pub away: bool,
    pub inbox: VecDeque<Fed>,
    busy: bool,
    /// The news it took, by sender and number.
    pub taken: BTreeSet<(TabNumber, u64)>,
    /// When it last heard that news may have been missed.
    pub missed_at: i64,
    /// The number of the newest news it told.
    pub told: u64,
    /// What it posted once all is smooth, news apart.
    pub smooth_posts: u64,
}

/// What a line is fed with.
pub(super) enum Fed {
    Input(LineInput),
    Text(Way, Rc<Spoken>),
}

impl Wires {
    /// Two browsers of five speak by lines. Those with very many tabs do not: where all are opened at once, everybody answers
    /// everybody, and everybody hears it.
    pub fn drawn(seed: u64, tabs: u64) -> Self {
        let mut dice = Dice::new(seed ^ 0x6c69_6e65);
        let by_lines = dice.chance(40) && tabs <= MANY;
        let ways = |names: &[Way]| names.iter().copied().collect::<Ways>();
        let all = ways(&[Way::Worker, Way::Channel, Way::Storage]);
        let no_channel = ways(&[Way::Worker, Way::Storage]);
        let no_worker = ways(&[Way::Channel, Way::Storage]);
        let only = dice.pick(&[Way::Worker, Way::Channel, Way::Storage]);
        let available = dice.pick(&[all, all, no_channel, no_channel, no_worker, ways(&[only])]);
        let below = available.without(Way::Worker);
        let lowest = if dice.chance(50) { below.best() } else { below.iter().last() };
        let is_sure = dice.chance(70);
        Self {
            available: if by_lines { available } else { Ways::NONE },
            ground: lowest.filter(|_| is_sure && by_lines),
            says_closed: dice.chance(50),
            no_worker: false,
            workers: BTreeMap::new(),
            current: 0,
            last: None,
            dice,
        }
    }

    /// Whether tabs speak by lines here.
    pub fn are_there(&self) -> bool {
        !self.available.is_empty()
    }

    /// Some milliseconds.
    pub fn delay(&mut self, low: u64, high: u64) -> i64 {
        i64::try_from(self.dice.between(low, high)).unwrap_or(0)
    }

    pub fn spoken(&mut self, text: String) -> Rc<Spoken> {
        if let Some(last) = self.last.as_ref().filter(|last| last.text == text) {
            return last.clone();
        }
        let (read, is_straight) = (Message::read(&text), text.contains("\"straight\":true"));
        let spoken = Rc::new(Spoken { text, read, is_straight });
        self.last = Some(spoken.clone());
        spoken
    }
}

impl World {
    /// A tab's end of the line, not open yet.
    pub fn wire(&self, number: TabNumber) -> Option<Box<Wire>> {
        self.wires.are_there().then(|| {
            Box::new(Wire {
                line: Line::new(TabId::new(format!("tab {number}")), self.clock()),
                since: self.now,
                ears: Ways::NONE,
                port: None,
                to_worker: 0,
                from_worker: 0,
                look_at: self.clock(),
                look: 0,
                wake_at: None,
                away: false,
                inbox: VecDeque::new(),
                busy: false,
                taken: BTreeSet::new(),
                missed_at: 0,
                told: 0,
                smooth_posts: 0,
            })
        })
    }

    /// Opens a tab's line. A person may have set another way than the best.
    pub fn begin_line(&mut self, number: TabNumber) {
        if !self.wires.are_there() {
            return;
        }
        let wanted = self.wires.dice.pick(&[Way::Worker, Way::Channel, Way::Storage]);
        let is_set = self.wires.dice.chance(10) && self.wires.ground.is_none_or(|ground| ground <= wanted);
        let (available, wanted) = (self.wires.available, is_set.then_some(wanted));
        let seen = self.tabs.get(&number).is_some_and(|tab| !tab.hidden);
        self.line(number, LineInput::Begin { available, wanted, seen });
    }

    pub fn line(&mut self, number: TabNumber, input: LineInput) {
        self.feed(number, Fed::Input(input));
    }

    /// A text is there.
    pub fn overhear(&mut self, number: TabNumber, way: Way, port: u64, spoken: Rc<Spoken>) {
        let wire = self.tabs.get(&number).and_then(|tab| tab.wire.as_ref());
        let leads_here = |wire: &Wire| way != Way::Worker || wire.port.is_some_and(|(_, own)| own == port);
        if wire.is_some_and(|wire| leads_here(wire)) {
            self.report.heard += 1;
            self.feed(number, Fed::Text(way, spoken));
        }
    }

    /// What comes while a line's wishes are carried out waits for its turn.
    fn feed(&mut self, number: TabNumber, fed: Fed) {
        let Some(wire) = self.tabs.get_mut(&number).and_then(|tab| tab.wire.as_mut()) else { return };
        wire.inbox.push_back(fed);
        if std::mem::replace(&mut wire.busy, true) {
            return;
        }
        let now = self.clock();
        let instant = Instant { now, micros: u64::try_from(self.now * 1_000).unwrap_or(0) };
        loop {
            let Some(wire) = self.tabs.get_mut(&number).and_then(|tab| tab.wire.as_mut()) else { return };
            let Some(fed) = wire.inbox.pop_front() else {
                wire.busy = false;
                return;
            };
            let (effects, heard) = match fed {
                Fed::Input(input) => (wire.line.handle(input, instant), None),
                Fed::Text(way, spoken) => (wire.line.hear_read(way, &spoken.read, instant), Some(spoken)),
            };
            for effect in effects {
                self.carry_out_for_line(number, effect, heard.as_deref());
            }
        }
    }

    fn carry_out_for_line(&mut self, number: TabNumber, effect: LineEffect, heard: Option<&Spoken>) {
        match effect {
            LineEffect::Open(way) => self.open_way(number, way),
            LineEffect::Close(way) => self.close_way(number, way),
            LineEffect::Post(way, text) => self.post(number, way, text),
            LineEffect::Hear(news) => {
                self.check_taken_once(number, heard);
                self.take_news(number, news);
            }
            LineEffect::Ring => self.rings(number),
            LineEffect::Missed => {
                let now = self.now;
                self.wire_of(number).into_iter().for_each(|wire| wire.missed_at = now);
                self.resumes(number);
            }
            LineEffect::LookAt(at) => self.set_look(number, at),
            LineEffect::Deaf => self.note(number, || "is deaf".to_owned()),
        }
    }

    pub fn wire_of(&mut self, number: TabNumber) -> Option<&mut Wire> {
        self.tabs.get_mut(&number).and_then(|tab| tab.wire.as_deref_mut())
    }

    fn take_news(&mut self, number: TabNumber, news: News) {
        match news {
            News::VaultLocked { generation } => self.hear_lock(number, generation),
            news => self.tell(number, Input::Event(Event::Heard(news))),
        }
    }

    /// The keeper's alarm, rung by the worker.
    fn rings(&mut self, number: TabNumber) {
        let clock = self.clock();
        let Some(wire) = self.wire_of(number) else { return };
        if wire.wake_at.is_some_and(|at| clock + AHEAD >= at) {
            wire.wake_at = None;
            self.tell(number, Input::Event(Event::Woke));
        }
    }

    /// The keeper wants to be woken.
    pub fn wants_ring(&mut self, number: TabNumber, at: Timestamp) {
        if let Some(wire) = self.wire_of(number) {
            wire.wake_at = Some(at);
            self.line(number, LineInput::WakeAt(at));
        }
    }

    fn set_look(&mut self, number: TabNumber, at: Timestamp) {
        let (clock, look) = (self.clock(), self.number());
        let late = if self.tabs.get(&number).is_some_and(|tab| tab.hidden) { 60_000 } else { 20 };
        let wait = i64::try_from(at.since(clock).millis()).unwrap_or(0) + self.wires.delay(0, late);
        let Some(wire) = self.wire_of(number) else { return };
        (wire.look_at, wire.look) = (at, look);
        self.at(self.now + wait, Happening::Look(number, look));
    }

    /// A page's alarm looks at the clock when its timer comes, and goes on if that was set back.
    pub fn look(&mut self, number: TabNumber, look: u64) {
        let clock = self.clock();
        let Some(wire) = self.wire_of(number).filter(|wire| wire.look == look) else { return };
        let at = wire.look_at;
        if clock < at {
            self.set_look(number, at);
        } else if self.flaw != Flaw::SteppingDown {
            self.line(number, LineInput::Look);
        }
    }

    /// A page is seen, or no more: one that is seen has its timers at once.
    pub fn is_seen(&mut self, number: TabNumber, seen: bool) {
        self.line(number, LineInput::Seen(seen));
        let look_at = self.wire_of(number).filter(|wire| seen && wire.look > 0).map(|wire| wire.look_at);
        look_at.into_iter().for_each(|at| self.set_look(number, at));
    }
}
