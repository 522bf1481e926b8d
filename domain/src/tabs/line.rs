use super::known::Known;
use super::link::Link;
use super::message::Body;
use super::report::{Counts, Last, Logged, Step, Why};
use super::way::{Way, Ways};
use crate::id::TabId;
use crate::keeper::News;
use crate::storage::Histogram;
use crate::time::{Span, Timestamp};

mod hearing;
mod recent;
mod showing;
mod telling;

use recent::Recent;

/// A look that comes later than asked for by more than this shows that the page stood still.
const LATE: Span = Span::from_millis(1_000);
/// A clock that goes back by more than this was set, and not only read twice.
const SET_BACK: Span = Span::from_millis(1_000);
/// How long the others have to say who they are.
const INTRODUCTION: Span = Span::from_seconds(3);

/// The clocks of one step, passed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Instant {
    /// This browser's clock.
    pub now: Timestamp,
    /// Microseconds of a clock that never goes back.
    pub micros: u64,
}

/// What a line is told.
#[derive(Clone, Debug, PartialEq)]
pub enum LineInput {
    /// The page was opened, or is back from the back-forward cache.
    Begin {
        /// The ways this browser has.
        available: Ways,
        /// The best one a person wants to be used; `None` for whichever is best.
        wanted: Option<Way>,
        /// Whether a person can see the page.
        seen: bool,
    },
    /// A way can't be used, or no more.
    Failed(Way),
    /// A text came this way.
    Heard(Way, String),
    /// The other tabs should hear this.
    Tell(News),
    /// This tab wants to be rung at that time of the browser's clock while it is hidden.
    WakeAt(Timestamp),
    /// A person can see the page, or no more.
    Seen(bool),
    /// Who is there?
    Call,
    /// How long does it take to the others and back?
    Ping,
    /// The time asked for with [`LineEffect::LookAt`] has come.
    Look,
    /// The page stood still and runs again: news may have been missed.
    Resumed,
    /// The page is left, for good or for the back-forward cache.
    Leave,
}

/// What a line wants done; in order.
#[derive(Clone, Debug, PartialEq)]
pub enum LineEffect {
    /// Open a way: answered by `Failed` if that can't be done.
    Open(Way),
    /// Close a way; nothing that came by it is of interest any more.
    Close(Way),
    /// Send a text that way: answered by `Failed` if that can't be done.
    Post(Way, String),
    /// Another tab has news.
    Hear(News),
    /// The time asked for with `WakeAt` has come.
    Ring,
    /// News may have been missed: the vault should be read.
    Missed,
    /// No way is left, so nothing can be heard any more.
    Deaf,
    /// Send `Look` at that time; replaces any earlier wish.
    LookAt(Timestamp),
}

/// This tab's line to the others.
#[derive(Clone, Debug)]
pub struct Line {
    me: TabId,
    since: Timestamp,
    seen: bool,
    wanted: Option<Way>,
    /// Opened, besides the worker.
    open: Ways,
    link: Link,
    /// From then on the others have had the chance to say who they are; before, everything is told on every way.
    introduced_at: Timestamp,
    known: Known,
    /// The ways on which an older build spoke, which does not say who it is.
    elders: Ways,
    wake_at: Option<Timestamp>,
    /// Whether somebody was told of the ways of this tab while that by the worker was being opened.
    said_too_early: bool,
    numbers: u64,
    recent: Recent,
    counts: Counts,
    round_trip: Histogram,
    log: Last<Logged>,
    steps: Last<Step>,
    /// The way told on when that was last noted.
    told_on: Option<Way>,
    look_at: Option<Timestamp>,
    /// This browser's clock at the last step.
    last: Timestamp,
    effects: Vec<LineEffect>,
}

impl Line {
    /// A line that is not open yet, of a page opened then.
    pub fn new(me: TabId, since: Timestamp) -> Self {
        Self {
            me,
            since,
            seen: false,
            wanted: None,
            open: Ways::NONE,
            link: Link::default(),
            introduced_at: since,
            known: Known::default(),
            elders: Ways::NONE,
            wake_at: None,
            said_too_early: false,
            numbers: 0,
            recent: Recent::default(),
            counts: Counts::default(),
            round_trip: Histogram::default(),
            log: Last::default(),
            steps: Last::default(),
            told_on: None,
            look_at: None,
            last: since,
            effects: Vec::new(),
        }
    }

    /// Takes one input and gives what is to be done, in order. Any input may come at any time.
    pub fn handle(&mut self, input: LineInput, instant: Instant) -> Vec<LineEffect> {
        let now = instant.now;
        self.watch_clock(now);
        match input {
            LineInput::Begin { available, wanted, seen } => self.begin(available, wanted, seen, now),
            LineInput::Failed(way) => self.failed(way, Why::Refused, now),
            LineInput::Heard(way, text) => self.heard(way, &text, instant),
            LineInput::Tell(news) => self.tell(news, now),
            LineInput::WakeAt(at) => self.wake_at(at, now),
            LineInput::Seen(seen) => self.is_seen(seen, now),
            LineInput::Call => self.call(now),
            LineInput::Ping => self.ping(instant),
            LineInput::Look => self.look(now),
            LineInput::Resumed => self.resumed(now),
            LineInput::Leave => self.leave(now),
        }
        self.finish()
    }

    fn finish(&mut self) -> Vec<LineEffect> {
        self.plan_look();
        std::mem::take(&mut self.effects)
    }

    /// Whether nothing can be heard.
    pub fn is_deaf(&self) -> bool {
        self.mine().is_empty() && !self.link.is_opening()
    }

    /// The ways in use.
    fn mine(&self) -> Ways {
        if self.link.is_open() { self.open.with(Way::Worker) } else { self.open }
    }

    fn begin(&mut self, available: Ways, wanted: Option<Way>, seen: bool, now: Timestamp) {
        (self.wanted, self.seen, self.introduced_at) = (wanted, seen, now + INTRODUCTION);
        let ways = wanted.map_or(available, |best| available.and(Ways::up_to(best)));
        self.open = ways.without(Way::Worker);
        for way in self.open.iter() {
            self.want(LineEffect::Open(way));
        }
        if ways.has(Way::Worker) {
            self.open_worker(now);
        } else if self.open.is_empty() {
            self.want(LineEffect::Deaf);
        }
        self.say_hello(self.open, true, now);
        self.note_step(Why::Opened, now);
    }

    fn failed(&mut self, way: Way, why: Why, now: Timestamp) {
        if way == Way::Worker {
            return self.worker_failed(why, now);
        }
        if self.open.has(way) {
            self.open = self.open.without(way);
            self.want(LineEffect::Close(way));
            self.stepped_down(why, now);
            // What was on its way here does not arrive.
            self.want(LineEffect::Missed);
        }
    }

    fn worker_failed(&mut self, why: Why, now: Timestamp) {
        let was_open = self.link.is_open();
        if !was_open && !self.link.is_opening() {
            return;
        }
        let unheard = self.link.lost(now);
        self.known.lost_worker();
        self.want(LineEffect::Close(Way::Worker));
        if !was_open {
            self.introduced_at = now + INTRODUCTION;
        }
        self.stepped_down(why, now);
        self.tell_again(&unheard, now);
        if was_open {
            // What others told on the worker meanwhile did not arrive here.
            self.want(LineEffect::Missed);
        }
        if self.link.wants_open(now) {
            self.open_worker(now);
        }
    }

    fn stepped_down(&mut self, why: Why, now: Timestamp) {
        self.note_step(why, now);
        if self.is_deaf() {
            self.want(LineEffect::Deaf);
        }
        self.say_hello(self.mine(), now < self.introduced_at, now);
    }

    fn is_seen(&mut self, seen: bool, now: Timestamp) {
        if std::mem::replace(&mut self.seen, seen) != seen {
            self.say_hello(self.reaching(now), false, now);
            self.ask_for_wake(now);
        }
    }

    fn look(&mut self, now: Timestamp) {
        if self.look_at.take().is_some_and(|planned| now.since(planned) > LATE) {
            self.link.forgive(now);
        }
        for tab in self.known.tidy(now) {
            self.answer(tab, Body::Roll, now);
        }
        if let Some(why) = self.link.failed(now) {
            self.worker_failed(why, now);
        } else if self.link.wants_beat(now) {
            self.beat(now);
        } else if self.link.wants_open(now) {
            self.open_worker(now);
        }
    }

    /// Every bound begins anew. The worker may have died meanwhile: it confirms the beat, or is opened anew. Others may have
    /// forgotten a tab that did not answer.
    fn resumed(&mut self, now: Timestamp) {
        self.link.begin_anew(now);
        self.say_hello(self.mine(), false, now);
        if self.link.is_open() {
            self.beat(now);
        }
        self.want(LineEffect::Missed);
    }

    fn leave(&mut self, now: Timestamp) {
        // There is no time left to wait for the worker.
        let unheard = self.link.unconfirmed();
        for (way, text) in self.open.iter().flat_map(|way| unheard.iter().map(move |text| (way, text))) {
            self.effects.push(LineEffect::Post(way, text.clone()));
        }
        self.say_bye(now);
        for way in self.open.iter() {
            self.want(LineEffect::Close(way));
        }
        if !self.link.is_closed() {
            self.want(LineEffect::Close(Way::Worker));
        }
        self.link.close();
        self.known.all_left();
        self.open = Ways::NONE;
        (self.look_at, self.told_on) = (None, None);
    }

    fn note_step(&mut self, why: Why, now: Timestamp) {
        let way = self.mine().best();
        if way != self.told_on {
            self.steps.note(Step { at: now, from: self.told_on, to: way, why });
            self.told_on = way;
        }
    }

    fn want(&mut self, effect: LineEffect) {
        self.effects.push(effect);
    }

    /// What was to happen by a clock that was set back since would happen too late: a worker that is dead would be believed in.
    fn watch_clock(&mut self, now: Timestamp) {
        if now + SET_BACK < std::mem::replace(&mut self.last, now) {
            self.link.begin_anew(now);
            self.known.clock_went_back(now);
            self.introduced_at = self.introduced_at.min(now + INTRODUCTION);
        }
    }

    fn plan_look(&mut self) {
        let wanted = [self.link.next(), self.known.next()].into_iter().flatten().min();
        if wanted != self.look_at {
            self.look_at = wanted;
            if let Some(at) = wanted {
                self.want(LineEffect::LookAt(at));
            }
        }
    }
}
