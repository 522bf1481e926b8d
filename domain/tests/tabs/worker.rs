use domain::tabs::{Body, LineEffect, LineInput, Message, WakesBy, Way, Ways, Why};
use domain::time::{Span, Timestamp};

use crate::rig::{Browser, Worker, token};

const ALL: Ways = Ways::NONE.with(Way::Worker).with(Way::Channel).with(Way::Storage);

fn ways_of(browser: &Browser, index: usize) -> Vec<Way> {
    browser.report(index).me.ways.iter().collect()
}

#[test]
fn what_a_dead_worker_did_not_pass_on_is_told_again_by_the_next_way() {
    let mut browser = Browser::new();
    for _ in 0..3 {
        browser.opens(ALL.without(Way::Channel));
        browser.delivers_all();
    }
    browser.passes(Span::from_seconds(4));
    browser.worker = Worker::Dead;
    browser.tells(0, 1);
    browser.tells(0, 2);
    browser.delivers_all();
    assert!(browser.tabs[1].heard.is_empty());
    browser.passes(Span::from_seconds(2));
    for index in 1..3 {
        assert_eq!(browser.tabs[index].heard, [token(1), token(2)], "tab {index}");
    }
    assert_eq!(browser.report(0).counts.told_again, 2);
}

#[test]
fn a_worker_that_died_holds_up_no_news() {
    let mut browser = Browser::with_tabs(3);
    browser.worker = Worker::Dead;
    browser.tells(0, 1);
    browser.delivers_all();
    assert!(browser.tabs[1..].iter().all(|tab| tab.heard == [token(1)]));
    browser.passes(Span::from_seconds(2));
    assert!(browser.tabs[1..].iter().all(|tab| tab.heard == [token(1)]), "told again, it is dropped");
    assert_eq!(browser.report(0).counts.told_again, 1);
}

#[test]
fn a_worker_that_died_is_opened_anew_at_once_and_all_meet_there_again() {
    let mut browser = Browser::with_tabs(3);
    browser.loses_worker();
    browser.worker = Worker::Dead;
    browser.tells(0, 1);
    browser.passes(Span::from_millis(1_600));
    browser.worker = Worker::Well;
    browser.passes(Span::from_seconds(130));
    for index in 0..3 {
        assert_eq!(browser.report(index).wakes, WakesBy::Worker, "tab {index}");
    }
    browser.tells(2, 2);
    assert_eq!(browser.posted.iter().map(|(way, ..)| *way).collect::<Vec<_>>(), [Way::Channel, Way::Worker]);
}

#[test]
fn who_loses_the_worker_looks_at_what_it_may_have_missed() {
    let mut browser = Browser::with_tabs(2);
    browser.tabs[1].effects.clear();
    browser.tell(1, LineInput::Failed(Way::Worker));
    assert!(browser.tabs[1].effects.contains(&LineEffect::Missed));
}

#[test]
fn who_loses_the_channel_looks_at_what_was_on_its_way() {
    let mut browser = Browser::with_tabs(2);
    browser.tabs[1].effects.clear();
    browser.tells(0, 1);
    browser.tell(1, LineInput::Failed(Way::Channel));
    assert!(browser.tabs[1].effects.contains(&LineEffect::Missed));
}

#[test]
fn a_tab_that_lost_the_worker_is_told_by_the_channel() {
    let mut browser = Browser::with_tabs(2);
    browser.broken = Ways::NONE.with(Way::Worker);
    browser.tell(1, LineInput::Failed(Way::Worker));
    browser.delivers_all();
    browser.tells(0, 1);
    browser.delivers_all();
    assert_eq!(browser.tabs[1].heard, [token(1)]);
}

#[test]
fn a_worker_that_does_not_welcome_is_left_and_tried_again_ever_more_rarely() {
    let mut browser = Browser::new();
    browser.worker = Worker::Dead;
    browser.opens(ALL);
    browser.passes(Span::from_seconds(4));
    assert_eq!(ways_of(&browser, 0), [Way::Channel, Way::Storage]);
    browser.tabs[0].effects.clear();
    browser.passes(Span::from_seconds(4 * 3_600));
    let tries = browser.tabs[0].effects.iter().filter(|it| **it == LineEffect::Open(Way::Worker)).count();
    assert!((5..=13).contains(&tries), "{tries} in four hours");
    browser.worker = Worker::Well;
    browser.passes(Span::from_seconds(40 * 60));
    assert_eq!(browser.report(0).way, Some(Way::Worker));
}

#[test]
fn an_idle_tab_looks_once_a_minute_at_most() {
    for ways in [ALL, Ways::up_to(Way::Channel), Ways::up_to(Way::Storage)] {
        let mut browser = Browser::new();
        browser.opens(ways);
        browser.passes(Span::from_seconds(10));
        let looks = browser.looks_within(0, Span::from_seconds(600));
        assert!(looks <= 10, "{looks} looks in ten minutes with {ways:?}");
    }
}

#[test]
fn an_idle_tab_notices_within_two_minutes_that_the_worker_died() {
    let mut browser = Browser::with_tabs(1);
    browser.worker = Worker::Dead;
    browser.passes(Span::from_seconds(120));
    assert_ne!(browser.report(0).way, Some(Way::Worker));
    assert!(browser.report(0).steps.iter().any(|step| step.why == Why::NoAnswer));
}

#[test]
fn a_page_that_stood_still_gives_the_worker_its_time_once_more() {
    let mut browser = Browser::with_tabs(1);
    browser.tells(0, 1);
    let posted = std::mem::take(&mut browser.posted);
    // The page sleeps before it can take the confirmation, and its timer comes first.
    browser.now = browser.now + Span::from_seconds(3_600);
    browser.tell(0, LineInput::Look);
    assert_eq!(browser.report(0).way, Some(Way::Worker));
    browser.posted = posted;
    browser.passes(Span::from_seconds(10));
    assert_eq!(browser.report(0).way, Some(Way::Worker));
}

#[test]
fn a_worker_that_is_dead_is_found_out_in_a_page_whose_timers_are_always_late() {
    let mut browser = Browser::with_tabs(1);
    browser.worker = Worker::Dead;
    browser.tells(0, 1);
    browser.delivers_all();
    for _ in 0..3 {
        browser.now = browser.now + Span::from_seconds(60);
        browser.tell(0, LineInput::Look);
        browser.delivers_all();
    }
    assert_ne!(browser.report(0).way, Some(Way::Worker));
}

#[test]
fn the_time_to_wake_is_told_to_every_worker_that_comes() {
    let mut browser = Browser::with_tabs(1);
    let at = browser.now + Span::from_seconds(3_000);
    browser.tell(0, LineInput::Seen(false));
    browser.tell(0, LineInput::WakeAt(at));
    browser.delivers_all();
    assert_eq!(browser.wakes.get(&0), Some(&at));
    browser.wakes.clear();
    browser.loses_worker();
    browser.tell(0, LineInput::Failed(Way::Worker));
    browser.passes(Span::from_seconds(200));
    assert_eq!(browser.wakes.get(&0), Some(&at));
}

#[test]
fn a_page_that_is_seen_keeps_its_time_by_itself_and_tells_it_when_it_is_hidden() {
    let mut browser = Browser::with_tabs(1);
    let at = browser.now + Span::from_seconds(3_000);
    browser.tell(0, LineInput::WakeAt(at));
    browser.delivers_all();
    assert_eq!(browser.wakes.get(&0), None);
    browser.tell(0, LineInput::Seen(false));
    browser.delivers_all();
    assert_eq!(browser.wakes.get(&0), Some(&at));
}

#[test]
fn a_clock_that_is_set_back_stops_nothing() {
    let mut browser = Browser::with_tabs(2);
    browser.now = Timestamp::from_millis(browser.now.millis() - 3_600_000 * 24);
    browser.tells(0, 1);
    browser.passes(Span::from_seconds(5));
    assert_eq!(browser.tabs[1].heard, [token(1)]);
    browser.worker = Worker::Dead;
    browser.tells(0, 2);
    browser.passes(Span::from_seconds(5));
    assert_eq!(browser.tabs[1].heard, [token(1), token(2)]);
}

/// Seed 30643 of the simulation, as it was when this was found.
#[test]
fn a_dead_worker_is_found_out_in_time_though_the_clock_is_set_back_meanwhile() {
    let mut browser = Browser::with_tabs(1);
    browser.worker = Worker::Dead;
    browser.tells(0, 1);
    browser.now = Timestamp::from_millis(browser.now.millis() - 30_000);
    browser.tells(0, 2);
    browser.passes(Span::from_seconds(2));
    assert_ne!(browser.report(0).way, Some(Way::Worker));
}

#[test]
fn what_a_page_says_last_reaches_the_others_though_the_worker_is_dead() {
    let mut browser = Browser::with_tabs(2);
    browser.worker = Worker::Dead;
    browser.tells(0, 1);
    browser.tell(0, LineInput::Leave);
    browser.delivers_all();
    assert_eq!(browser.tabs[1].heard, [token(1)]);
}

#[test]
fn only_the_worker_speaks_for_the_worker() {
    let mut browser = Browser::with_tabs(2);
    let noise = browser.report(0).counts.noise;
    let ring = Message { from: None, number: 0, to: None, body: Body::Ring }.text();
    browser.tell(0, LineInput::Heard(Way::Channel, ring));
    assert!(!browser.tabs[0].effects.contains(&LineEffect::Ring));
    assert_eq!(browser.report(0).counts.noise, noise + 1);
}
