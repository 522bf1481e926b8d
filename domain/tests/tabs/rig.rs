//! A browser with tabs whose messages arrive when a test says so, and a switchboard that does what `public/switchboard.js`
//! does.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use domain::id::{ConnectionId, TabId};
use domain::keeper::News;
use domain::tabs::{Body, Instant, Line, LineEffect, LineInput, Message, TabsReport, Way, Ways};
use domain::time::{Span, Timestamp};

pub const START: Timestamp = Timestamp::from_seconds(1_000_000);

pub fn token(generation: u64) -> News {
    News::Token { connection: ConnectionId::new("c"), generation }
}

/// What a test does with the messages under way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Worker {
    /// It does what it should.
    Well,
    /// It takes everything and says nothing.
    Dead,
}

#[derive(Clone)]
pub struct Tab {
    pub line: Line,
    pub heard: Vec<News>,
    pub effects: Vec<LineEffect>,
    ears: Ways,
    look_at: Option<Timestamp>,
}

#[derive(Clone)]
pub struct Browser {
    pub now: Timestamp,
    pub worker: Worker,
    pub tabs: Vec<Tab>,
    /// Texts under way: the way, who sent it, and it.
    pub posted: VecDeque<(Way, usize, String)>,
    /// Who is connected to the switchboard, with the last hello.
    connected: BTreeMap<usize, Option<String>>,
    /// The lines of those who connected to a worker that is no more lead nowhere.
    cut: BTreeSet<usize>,
    newest: Option<(u64, String)>,
    pub wakes: BTreeMap<usize, Timestamp>,
    /// Ways that can't be opened.
    pub broken: Ways,
}

impl Browser {
    pub fn new() -> Self {
        Self {
            now: START,
            worker: Worker::Well,
            tabs: Vec::new(),
            posted: VecDeque::new(),
            connected: BTreeMap::new(),
            cut: BTreeSet::new(),
            newest: None,
            wakes: BTreeMap::new(),
            broken: Ways::NONE,
        }
    }

    /// Opens a tab that uses these ways, and gives its place.
    pub fn opens(&mut self, ways: Ways) -> usize {
        let index = self.tabs.len();
        let line = Line::new(TabId::new(format!("tab-{index}")), self.now);
        self.tabs.push(Tab { line, heard: Vec::new(), effects: Vec::new(), ears: Ways::NONE, look_at: None });
        self.begins(index, ways);
        index
    }

    pub fn begins(&mut self, index: usize, available: Ways) {
        self.tell(index, LineInput::Begin { available, wanted: None, seen: true });
    }

    /// Opens so many tabs with all ways, and lets them meet.
    pub fn with_tabs(count: usize) -> Self {
        let mut browser = Self::new();
        for _ in 0..count {
            browser.opens(Ways::up_to(Way::Worker));
            browser.delivers_all();
        }
        browser.passes(Span::from_seconds(4));
        browser
    }

    pub fn report(&self, index: usize) -> TabsReport {
        self.tabs[index].line.report()
    }

    pub fn tells(&mut self, index: usize, generation: u64) {
        self.tell(index, LineInput::Tell(token(generation)));
    }

    pub fn tell(&mut self, index: usize, input: LineInput) {
        let micros = u64::try_from(self.now.millis()).unwrap() * 1_000;
        let effects = self.tabs[index].line.handle(input, Instant { now: self.now, micros });
        for effect in effects {
            self.tabs[index].effects.push(effect.clone());
            self.carry_out(index, effect);
        }
    }

    fn carry_out(&mut self, index: usize, effect: LineEffect) {
        let tab = &mut self.tabs[index];
        match effect {
            LineEffect::Open(way) if self.broken.has(way) => self.tell(index, LineInput::Failed(way)),
            LineEffect::Open(way) => {
                tab.ears = tab.ears.with(way);
                if way == Way::Worker {
                    self.cut.remove(&index);
                }
            }
            LineEffect::Close(way) => {
                tab.ears = tab.ears.without(way);
                if way == Way::Worker {
                    self.connected.remove(&index);
                }
            }
            LineEffect::Post(way, text) => self.posted.push_back((way, index, text)),
            LineEffect::Hear(news) => tab.heard.push(news),
            LineEffect::LookAt(at) => tab.look_at = Some(at),
            LineEffect::Ring | LineEffect::Missed | LineEffect::Deaf => {}
        }
    }

    /// Delivers all that is under way, and what comes of it.
    pub fn delivers_all(&mut self) {
        while let Some((way, from, text)) = self.posted.pop_front() {
            self.delivers(way, from, &text);
        }
    }

    pub fn delivers(&mut self, way: Way, from: usize, text: &str) {
        if way == Way::Worker {
            return self.switches(from, text);
        }
        for index in 0..self.tabs.len() {
            if index != from && self.tabs[index].ears.has(way) {
                self.tell(index, LineInput::Heard(way, text.to_owned()));
            }
        }
    }

    pub fn says(&mut self, to: usize, body: Body) {
        let text = Message { from: None, number: 0, to: None, body }.text();
        if self.tabs[to].ears.has(Way::Worker) {
            self.tell(to, LineInput::Heard(Way::Worker, text));
        }
    }

    fn switches(&mut self, from: usize, text: &str) {
        if self.worker == Worker::Dead || self.cut.contains(&from) || !self.tabs[from].ears.has(Way::Worker) {
            return;
        }
        let message = Message::read(text).unwrap();
        let known = self.connected.entry(from).or_default().clone();
        self.says(from, Body::Confirmed(message.number));
        match &message.body {
            Body::Beat => return,
            Body::Wake(at) => {
                at.map(|at| self.wakes.insert(from, at));
                return;
            }
            Body::Hello(_) => {
                if known.is_none() {
                    let tabs = self.connected.values().flatten().cloned().collect();
                    let news = self.newest.iter().map(|(_, text)| text.clone()).collect();
                    self.says(from, Body::Welcome { tabs, news });
                }
                self.connected.insert(from, Some(text.to_owned()));
            }
            Body::News(News::Token { generation, .. })
                if self.newest.as_ref().is_none_or(|(newest, _)| newest <= generation) =>
            {
                self.newest = Some((*generation, text.to_owned()));
            }
            _ => {}
        }
        for to in self.connected.keys().copied().filter(|to| *to != from).collect::<Vec<_>>() {
            if self.tabs[to].ears.has(Way::Worker) {
                self.tell(to, LineInput::Heard(Way::Worker, text.to_owned()));
            }
        }
        if message.body == Body::Bye {
            self.connected.remove(&from);
        }
    }

    /// The worker is gone, with all it knew; whoever connects gets a new one.
    pub fn loses_worker(&mut self) {
        self.connected.clear();
        self.cut = (0..self.tabs.len()).collect();
        self.newest = None;
    }

    /// Time passes, with every look in its time and every message delivered at once.
    pub fn passes(&mut self, span: Span) {
        let end = self.now + span;
        loop {
            self.delivers_all();
            let next = self.tabs.iter().enumerate().filter_map(|(index, tab)| Some((tab.look_at?, index))).min();
            match next.filter(|(at, _)| *at <= end) {
                Some((at, index)) => {
                    self.now = self.now.max(at);
                    self.tabs[index].look_at = None;
                    self.tell(index, LineInput::Look);
                }
                None => break,
            }
        }
        self.now = end;
    }

    /// How many looks a tab makes in this time, if nothing happens.
    pub fn looks_within(&mut self, index: usize, span: Span) -> usize {
        let (end, mut looks) = (self.now + span, 0);
        while let Some(at) = self.tabs[index].look_at.filter(|at| *at <= end) {
            self.now = at;
            self.tabs[index].look_at = None;
            self.tell(index, LineInput::Look);
            self.delivers_all();
            looks += 1;
        }
        looks
    }
}
