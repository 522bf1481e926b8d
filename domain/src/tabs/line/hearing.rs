//! What a line hears, and what it makes of it.

use super::super::message::{Body, Hello, Message, Unread};
use super::super::report::{Direction, Logged, Why, about};
use super::super::way::{Way, Ways};
use super::{Instant, Line, LineEffect};
use crate::id::TabId;
use crate::keeper::News;
use crate::time::Timestamp;

impl Line {
    pub(super) fn heard(&mut self, way: Way, text: &str, instant: Instant) {
        if !self.hears_on(way) {
            return;
        }
        match Message::read(text) {
            Ok(message) => self.take(way, &message, instant),
            Err(unread) => self.ignore(unread),
        }
    }

    /// As [`Line::handle`] with a text that is read already: where many hear the same one, it is read once.
    #[cfg(feature = "testing")]
    pub(crate) fn hear_read(&mut self, way: Way, read: &Result<Message, Unread>, instant: Instant) -> Vec<LineEffect> {
        self.watch_clock(instant.now);
        if self.hears_on(way) {
            match read {
                Ok(message) => self.take(way, message, instant),
                Err(unread) => self.ignore(*unread),
            }
        }
        self.finish()
    }

    fn hears_on(&self, way: Way) -> bool {
        if way == Way::Worker { !self.link.is_closed() } else { self.open.has(way) }
    }

    fn take(&mut self, way: Way, message: &Message, instant: Instant) {
        let Message { from, number, to, body } = message;
        let is_for_others = to.as_ref().is_some_and(|to| *to != self.me);
        match from {
            Some(from) if *from == self.me || is_for_others => {}
            Some(from) => {
                if self.known.heard(from, *number, way, instant.now) {
                    self.counts.heard += 1;
                    self.heard_of(from.clone(), way, *number, body.clone(), instant);
                } else {
                    self.counts.repeated += 1;
                }
            }
            None if way == Way::Worker => self.heard_of_worker(body.clone(), instant.now),
            None => self.heard_of_elder(way, body.clone(), instant.now),
        }
    }

    fn heard_of(&mut self, from: TabId, way: Way, number: u64, body: Body, instant: Instant) {
        let now = instant.now;
        match body {
            Body::News(news) => self.hear(Some(from), way, news, now),
            Body::Hello(hello) => self.greet(from, number, hello, now),
            Body::Bye => self.known.says_bye(&from, number),
            Body::Roll => self.answer_hello(from, now),
            Body::Ping { at } => self.answer(from, Body::Pong { at }, now),
            Body::Pong { at } => self.round_trip.note(instant.micros.saturating_sub(at)),
            // What only the worker says, or is told.
            _ => self.counts.noise += 1,
        }
    }

    fn greet(&mut self, from: TabId, number: u64, hello: Hello, now: Timestamp) {
        let (asks, ways) = (hello.asks, hello.ways);
        self.known.said(&from, number, hello);
        self.make_up_for(&from, ways, now);
        if asks {
            self.answer_hello(from, now);
        }
    }

    fn heard_of_worker(&mut self, body: Body, now: Timestamp) {
        match body {
            Body::Confirmed(number) => self.link.confirmed(number, now),
            Body::Welcome { tabs, news } => self.welcomed(&tabs, &news, now),
            Body::Ring => self.want(LineEffect::Ring),
            Body::Gone(tab) => {
                if self.known.closed(&tab, now) {
                    self.answer(tab, Body::Roll, now);
                }
            }
            _ => self.counts.noise += 1,
        }
    }

    /// An older build does not say who it is, and hears only what it says itself: news.
    fn heard_of_elder(&mut self, way: Way, body: Body, now: Timestamp) {
        match body {
            Body::News(news) => {
                self.counts.heard += 1;
                self.elders = self.elders.with(way);
                self.hear(None, way, news, now);
            }
            _ => self.counts.noise += 1,
        }
    }

    fn welcomed(&mut self, tabs: &[String], news: &[String], now: Timestamp) {
        if !self.link.is_opening() {
            return;
        }
        self.link.welcomed(now);
        self.introduced_at = self.introduced_at.min(now);
        self.note_step(Why::Opened, now);
        for Message { from, number, body, .. } in tabs.iter().filter_map(|text| Message::read(text).ok()) {
            if let (Some(from), Body::Hello(hello)) = (from, body)
                && from != self.me
            {
                self.known.is_there(&from, number, hello, now);
            }
        }
        for message in news.iter().filter_map(|text| Message::read(text).ok()) {
            // A sign-out is no news to a page opened since: the vault's epoch tells.
            if let Body::News(news @ (News::Token { .. } | News::Written { .. })) = message.body {
                self.want(LineEffect::Hear(news));
            }
        }
        self.correct_hello(now);
        self.ask_for_wake(now);
    }

    fn hear(&mut self, from: Option<TabId>, way: Way, news: News, now: Timestamp) {
        let (kind, subject, generation) = about(&news);
        let ways = Ways::NONE.with(way);
        self.log.note(Logged { at: now, direction: Direction::Heard, from, ways, kind, subject, generation });
        self.want(LineEffect::Hear(news));
    }

    fn ignore(&mut self, unread: Unread) {
        let count = match unread {
            Unread::Noise => &mut self.counts.noise,
            Unread::OtherVersion => &mut self.counts.other_version,
            Unread::Unknown => &mut self.counts.unknown,
        };
        *count += 1;
    }
}
