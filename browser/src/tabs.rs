//! This tab's line to the other tabs of the same tenant. What is said to whom, and on which way, is decided in
//! `domain::tabs`; here the ways are opened, listened to and closed.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use domain::id::{TabId, TenantId};
use domain::keeper::News;
use domain::tabs::{Instant, Line, LineEffect, LineInput, TabsReport, Way, Ways};
use domain::time::Timestamp;

use crate::page::{self, Alarm};
use crate::{clock, js};

mod channel;
mod storage;
mod worker;

use channel::Channel;
use storage::StorageEvents;
use worker::Worker;

/// Where the shared worker's script lies on this server.
pub const SWITCHBOARD: &str = "/switchboard.js";

/// What a tab hears of the others.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// Another tab has news.
    News(News),
    /// The time asked for with [`Tabs::wake_at`] has come.
    Ring,
    /// News may have been missed.
    Missed,
    /// Nothing can be heard any more.
    Deaf,
}

/// How a line is opened.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The best way to be used; `None` for whichever this browser has.
    pub way: Option<Way>,
    /// The address of the shared worker's script.
    pub script: String,
}

impl Wanted {
    /// With the best way there is, unless a person wants another.
    pub fn at_best(way: Option<Way>) -> Self {
        Self { way, script: SWITCHBOARD.to_owned() }
    }
}

/// This tab's line. It does not hear itself. Dropping it leaves.
pub struct Tabs {
    inner: Rc<Inner>,
}

struct Inner {
    line: RefCell<Line>,
    /// What the line is told next.
    inbox: RefCell<VecDeque<LineInput>>,
    busy: Cell<bool>,
    /// What channel, item and worker are called.
    name: String,
    wanted: Wanted,
    worker: RefCell<Option<Worker>>,
    channel: RefCell<Option<Channel>>,
    storage: RefCell<Option<StorageEvents>>,
    alarm: Alarm,
    on_said: Box<dyn Fn(Said)>,
}

/// What a way hands over: texts that came, and that it failed.
#[derive(Clone)]
struct Ear {
    inner: Weak<Inner>,
    way: Way,
}

impl Ear {
    fn hear(&self, text: String) {
        with(&self.inner, |inner| inner.feed(LineInput::Heard(self.way, text)));
    }

    fn failed(&self) {
        with(&self.inner, |inner| inner.feed(LineInput::Failed(self.way)));
    }
}

impl Tabs {
    /// Opens the line; `on_said` hears what is said from now on.
    pub fn open(tab: TabId, tenant: &TenantId, wanted: Wanted, on_said: impl Fn(Said) + 'static) -> Self {
        let inner = Rc::new_cyclic(|weak: &Weak<Inner>| {
            let looking = weak.clone();
            Inner {
                line: RefCell::new(Line::new(tab, clock::now())),
                inbox: RefCell::default(),
                busy: Cell::default(),
                name: ["tokenkeep.news:", tenant.as_str()].concat(),
                wanted,
                worker: RefCell::default(),
                channel: RefCell::default(),
                storage: RefCell::default(),
                alarm: Alarm::new(move || with(&looking, |inner| inner.feed(LineInput::Look))),
                on_said: Box::new(on_said),
            }
        });
        let tabs = Self { inner };
        tabs.begin();
        tabs
    }

    /// Whether nothing told elsewhere can be heard here.
    pub fn is_deaf(&self) -> bool {
        self.inner.line.borrow().is_deaf()
    }

    /// Tells the others. News that get lost are made up for: every tab reads the vault when it acts.
    pub fn tell(&self, news: &News) {
        self.inner.feed(LineInput::Tell(news.clone()));
    }

    /// Asks to be rung at that time, and at no time asked for before. A page's own timers may come a minute late.
    pub fn wake_at(&self, time: Timestamp) {
        self.inner.feed(LineInput::WakeAt(time));
    }

    /// Whether a person can see the page.
    pub fn seen(&self, seen: bool) {
        self.inner.feed(LineInput::Seen(seen));
    }

    /// The page stood still, and runs again.
    pub fn resumed(&self) {
        self.inner.feed(LineInput::Resumed);
    }

    /// The page is left. Everything is closed, so that it may go to the back-forward cache.
    pub fn leave(&self) {
        self.inner.feed(LineInput::Leave);
    }

    /// The page is back from the back-forward cache.
    pub fn back(&self) {
        self.begin();
        self.resumed();
    }

    /// Asks who is there, and measures how long it takes to them and back.
    pub fn call(&self) {
        self.inner.feed(LineInput::Call);
        self.inner.feed(LineInput::Ping);
    }

    /// What there is to see.
    pub fn report(&self) -> TabsReport {
        self.inner.line.borrow().report()
    }

    fn begin(&self) {
        let (available, wanted) = (available(), self.inner.wanted.way);
        self.inner.feed(LineInput::Begin { available, wanted, seen: page::is_visible() });
    }
}

impl Drop for Tabs {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Inner {
    /// Gives the line one input, and carries out what it wants. What comes meanwhile waits for its turn.
    fn feed(self: &Rc<Self>, input: LineInput) {
        self.inbox.borrow_mut().push_back(input);
        if self.busy.replace(true) {
            return;
        }
        while let Some(input) = self.next_input() {
            let instant = Instant { now: clock::now(), micros: clock::micros() };
            let effects = self.line.borrow_mut().handle(input, instant);
            effects.into_iter().for_each(|effect| self.carry_out(effect));
        }
        self.busy.set(false);
    }

    fn next_input(&self) -> Option<LineInput> {
        self.inbox.borrow_mut().pop_front()
    }

    fn carry_out(self: &Rc<Self>, effect: LineEffect) {
        match effect {
            LineEffect::Open(way) => self.open(way),
            LineEffect::Close(way) => self.close(way),
            LineEffect::Post(way, text) => self.post(way, &text),
            LineEffect::Hear(news) => (self.on_said)(Said::News(news)),
            LineEffect::Ring => (self.on_said)(Said::Ring),
            LineEffect::Missed => (self.on_said)(Said::Missed),
            LineEffect::Deaf => (self.on_said)(Said::Deaf),
            LineEffect::LookAt(time) => self.alarm.set(time),
        }
    }

    fn open(self: &Rc<Self>, way: Way) {
        let ear = Ear { inner: Rc::downgrade(self), way };
        match way {
            Way::Worker => drop(self.worker.replace(Worker::open(&self.wanted.script, &self.name, ear))),
            Way::Channel => drop(self.channel.replace(Channel::open(&self.name, ear))),
            Way::Storage => drop(self.storage.replace(StorageEvents::open(&self.name, ear))),
        }
        let is_open = match way {
            Way::Worker => self.worker.borrow().is_some(),
            Way::Channel => self.channel.borrow().is_some(),
            Way::Storage => self.storage.borrow().is_some(),
        };
        if !is_open {
            self.inbox.borrow_mut().push_back(LineInput::Failed(way));
        }
    }

    fn close(&self, way: Way) {
        match way {
            Way::Worker => drop(self.worker.take()),
            Way::Channel => drop(self.channel.take()),
            Way::Storage => drop(self.storage.take()),
        }
    }

    fn post(&self, way: Way, text: &str) {
        let posted = match way {
            Way::Worker => self.worker.borrow().as_ref().is_none_or(|worker| worker.post(text)),
            Way::Channel => self.channel.borrow().as_ref().is_none_or(|channel| channel.post(text)),
            Way::Storage => self.storage.borrow().as_ref().is_none_or(|storage| storage.post(text)),
        };
        if !posted {
            self.inbox.borrow_mut().push_back(LineInput::Failed(way));
        }
    }
}

/// The ways this browser has.
fn available() -> Ways {
    let has = |name| js::property(&js_sys::global(), name).is_function();
    let worker = has("SharedWorker").then_some(Way::Worker);
    let channel = has("BroadcastChannel").then_some(Way::Channel);
    // Whether localStorage can be used is seen when it is opened.
    worker.into_iter().chain(channel).chain([Way::Storage]).collect()
}

fn with(weak: &Weak<Inner>, then: impl FnOnce(&Rc<Inner>)) {
    if let Some(inner) = weak.upgrade() {
        then(&inner);
    }
}
