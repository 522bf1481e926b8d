//! What a line says, and on which ways.

use super::super::message::{Body, Hello, Message};
use super::super::report::{Direction, Logged, about};
use super::super::way::{Way, Ways};
use super::{Instant, Line, LineEffect};
use crate::id::TabId;
use crate::keeper::News;
use crate::time::Timestamp;

const WORKER: Ways = Ways::NONE.with(Way::Worker);

impl Line {
    /// The ways on which everybody hears.
    pub(super) fn reaching(&self, now: Timestamp) -> Ways {
        let mine = self.mine();
        if now < self.introduced_at {
            return mine;
        }
        let elders = (!self.elders.is_empty()).then_some(self.elders);
        mine.reaching(self.known.ways().chain(elders))
    }

    /// By the worker news take two steps, so they also go straight to those who hear on the channel: what comes second is
    /// dropped. The worker confirms them, and keeps the newest for tabs that come later; it passes them on a moment after, so
    /// that no tab is busy with a second copy while another has not got the first.
    fn telling(&self, now: Timestamp) -> Ways {
        let ways = self.reaching(now);
        let straight = self.open.has(Way::Channel) && self.known.ways().any(|theirs| theirs.has(Way::Channel));
        if straight { ways.with(Way::Channel) } else { ways }
    }

    pub(super) fn tell(&mut self, news: News, now: Timestamp) {
        let (kind, subject, generation) = about(&news);
        let ways = self.telling(now);
        self.post(ways, None, Body::News(news), now);
        let from = Some(self.me.clone());
        self.log.note(Logged { at: now, direction: Direction::Told, from, ways, kind, subject, generation });
    }

    /// What the worker did not confirm is told on the next way; who has it already drops it.
    pub(super) fn tell_again(&mut self, texts: &[String], now: Timestamp) {
        let ways = self.reaching(now);
        for text in texts {
            self.counts.told_again += 1;
            for way in ways.iter() {
                self.want(LineEffect::Post(way, text.clone()));
            }
        }
    }

    /// A tab says which ways it has, or had. What was told a moment ago on none of these, because it lost a way that this tab
    /// took for one of its, it is told again. What was told before it came, it reads in the vault.
    pub(super) fn make_up_for(&mut self, tab: &TabId, said: Ways, now: Timestamp) {
        let theirs = self.known.ways_of(tab).and(said);
        let (Some(way), Some(met_at)) = (self.mine().and(theirs).best(), self.known.met_at(tab)) else { return };
        for text in self.recent.unheard(theirs, met_at, way, now) {
            self.counts.told_again += 1;
            self.want(LineEffect::Post(way, text));
        }
    }

    /// The hello to the worker is answered by its welcome, so nothing waits for a confirmation.
    pub(super) fn open_worker(&mut self, now: Timestamp) {
        self.link.open(now);
        self.want(LineEffect::Open(Way::Worker));
        let hello = Hello { ways: self.open.with(Way::Worker), ..self.hello(false) };
        let text = self.message(None, Body::Hello(hello)).text();
        self.want(LineEffect::Post(Way::Worker, text));
    }

    pub(super) fn wake_at(&mut self, at: Timestamp, now: Timestamp) {
        self.wake_at = Some(at);
        self.ask_for_wake(now);
    }

    /// A page that is seen has timers of its own that keep their time; the worker is told when it is hidden.
    pub(super) fn ask_for_wake(&mut self, now: Timestamp) {
        if self.link.is_open() && self.wake_at.is_some() && !self.seen {
            self.post(WORKER, None, Body::Wake(self.wake_at), now);
        }
    }

    pub(super) fn beat(&mut self, now: Timestamp) {
        self.post(WORKER, None, Body::Beat, now);
    }

    pub(super) fn call(&mut self, now: Timestamp) {
        self.known.called(now);
        self.post(self.mine(), None, Body::Roll, now);
    }

    pub(super) fn ping(&mut self, instant: Instant) {
        self.post(self.reaching(instant.now), None, Body::Ping { at: instant.micros }, instant.now);
    }

    pub(super) fn say_hello(&mut self, ways: Ways, asks: bool, now: Timestamp) {
        let hello = self.said_hello(asks);
        self.post(ways, None, Body::Hello(hello), now);
    }

    /// Says to one tab what this one is.
    pub(super) fn answer_hello(&mut self, to: TabId, now: Timestamp) {
        let hello = self.said_hello(false);
        self.answer(to, Body::Hello(hello), now);
    }

    /// What was said of the ways before the worker's welcome is out of date with it.
    pub(super) fn correct_hello(&mut self, now: Timestamp) {
        if std::mem::take(&mut self.said_too_early) {
            self.say_hello(WORKER, false, now);
        }
    }

    fn said_hello(&mut self, asks: bool) -> Hello {
        self.said_too_early |= self.link.is_opening();
        self.hello(asks)
    }

    /// Says something to one tab, on the best way both have.
    pub(super) fn answer(&mut self, to: TabId, body: Body, now: Timestamp) {
        let ways = self.mine().and(self.known.ways_of(&to)).best().into_iter().collect();
        self.post(ways, Some(to), body, now);
    }

    pub(super) fn say_bye(&mut self, now: Timestamp) {
        self.post(self.mine(), None, Body::Bye, now);
    }

    fn hello(&self, asks: bool) -> Hello {
        Hello { ways: self.mine(), asks, since: self.since, seen: self.seen }
    }

    fn message(&mut self, to: Option<TabId>, body: Body) -> Message {
        self.numbers += 1;
        Message { from: Some(self.me.clone()), number: self.numbers, to, body }
    }

    fn post(&mut self, ways: Ways, to: Option<TabId>, body: Body, now: Timestamp) {
        if ways.is_empty() {
            return;
        }
        let is_for_tabs = !matches!(body, Body::Wake(_) | Body::Beat);
        let is_news = matches!(body, Body::News(_));
        let goes_straight = ways.has(Way::Channel) && is_news;
        self.counts.told += u64::from(is_for_tabs);
        let message = self.message(to, body);
        let text = message.text();
        if ways.has(Way::Worker) {
            self.link.posted(message.number, is_for_tabs.then(|| text.clone()), now);
        }
        if is_news {
            self.recent.note(text.clone(), ways, now);
        }
        for way in ways.swiftest_first() {
            let text = if goes_straight && way == Way::Worker { message.text_after() } else { text.clone() };
            self.want(LineEffect::Post(way, text));
        }
    }
}
