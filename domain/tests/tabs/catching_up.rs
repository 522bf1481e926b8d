//! Tabs that lose a way just before something is told on it: what each of these says was found by the simulation of many tabs.

use std::collections::VecDeque;

use domain::tabs::{LineInput, Way, Ways};
use domain::time::{Span, Timestamp};

use crate::rig::{Browser, token};

/// So many tabs that know each other, with these ways.
fn tabs_with(ways: Ways, count: usize) -> Browser {
    let mut browser = Browser::new();
    for _ in 0..count {
        browser.opens(ways);
        browser.delivers_all();
    }
    browser.passes(Span::from_seconds(4));
    browser
}

/// The second tab loses this way; what it says of that is on its way.
fn second_loses(browser: &mut Browser, way: Way) -> VecDeque<(Way, usize, String)> {
    browser.tell(1, LineInput::Failed(way));
    std::mem::take(&mut browser.posted)
}

/// Seeds 60504, 148020 and 160345 of the simulation, as they were when this was found.
#[test]
fn what_was_told_on_a_way_just_lost_is_told_again_once_that_is_known() {
    let mut browser = tabs_with(Ways::up_to(Way::Channel), 3);
    let hello = second_loses(&mut browser, Way::Channel);
    browser.tells(0, 1);
    browser.delivers_all();
    assert!(browser.tabs[1].heard.is_empty());
    browser.posted = hello;
    browser.delivers_all();
    assert_eq!(browser.tabs[1].heard, [token(1)]);
    assert_eq!(browser.tabs[2].heard, [token(1)], "who had it takes it no second time");
}

/// Seed 530353 of the simulation, as it was when this was found.
#[test]
fn it_is_told_again_though_the_clock_was_set_back_since_the_tabs_met() {
    let mut browser = tabs_with(Ways::up_to(Way::Channel), 2);
    browser.now = Timestamp::from_millis(browser.now.millis() - 3_600_000);
    browser.tell(0, LineInput::Call);
    browser.passes(Span::from_seconds(10));
    let hello = second_loses(&mut browser, Way::Channel);
    browser.tells(0, 1);
    browser.posted.clear();
    browser.posted = hello;
    browser.delivers_all();
    assert_eq!(browser.tabs[1].heard, [token(1)]);
}

#[test]
fn it_is_told_again_once_and_not_long_after() {
    let mut browser = tabs_with(Ways::up_to(Way::Channel), 3);
    browser.tells(0, 1);
    browser.passes(Span::from_seconds(11));
    let hello = second_loses(&mut browser, Way::Channel);
    browser.tells(0, 2);
    browser.posted.clear();
    browser.posted = hello;
    browser.delivers_all();
    browser.tell(1, LineInput::Seen(false));
    browser.delivers_all();
    assert_eq!(browser.report(0).counts.told_again, 1);
    assert_eq!(browser.tabs[1].heard, [token(1), token(2)]);
}

#[test]
fn what_a_tab_says_of_its_loss_counts_though_something_newer_came_before() {
    let mut browser = tabs_with(Ways::NONE.with(Way::Worker).with(Way::Storage), 2);
    let mut said = second_loses(&mut browser, Way::Worker);
    browser.tells(0, 1);
    browser.delivers_all();
    assert!(browser.tabs[1].heard.is_empty());
    // It is at the worker again before the word of its loss is there.
    said.make_contiguous().sort_by_key(|(way, ..)| *way != Way::Worker);
    browser.posted = said;
    browser.passes(Span::from_seconds(1));
    assert!(browser.tabs[1].heard.contains(&token(1)));
    assert_eq!(browser.report(0).counts.told_again, 1);
}

#[test]
fn a_tab_that_comes_is_told_nothing_from_before() {
    let mut browser = tabs_with(Ways::up_to(Way::Channel), 2);
    browser.tells(0, 1);
    browser.delivers_all();
    let later = browser.opens(Ways::up_to(Way::Storage));
    browser.delivers_all();
    assert!(browser.tabs[later].heard.is_empty());
    assert_eq!(browser.report(0).counts.told_again, 0);
}

/// Seed 81187 of the simulation, as it was when this was found.
#[test]
fn a_tab_that_is_back_is_not_forgotten_for_a_farewell_that_comes_late() {
    let mut browser = tabs_with(Ways::up_to(Way::Channel), 2);
    browser.tell(1, LineInput::Leave);
    let farewell = std::mem::take(&mut browser.posted);
    browser.begins(1, Ways::up_to(Way::Storage));
    browser.delivers_all();
    browser.posted = farewell;
    browser.delivers_all();
    assert_eq!(browser.report(0).others.len(), 1);
    browser.passes(Span::from_seconds(4));
    browser.tells(0, 1);
    browser.delivers_all();
    assert_eq!(browser.tabs[1].heard, [token(1)]);
}
