//! Tabs that leave, or seem to: what each of these says was found by the simulation of many tabs, or on the way to it.

use domain::id::TabId;
use domain::tabs::{Body, LineInput, Way, Ways};
use domain::time::Span;

use crate::rig::{Browser, token};

const NO_CHANNEL: Ways = Ways::NONE.with(Way::Worker).with(Way::Storage);

/// Two tabs that know each other, by the worker and by storage.
fn two_without_a_channel() -> Browser {
    let mut browser = Browser::new();
    for _ in 0..2 {
        browser.opens(NO_CHANNEL);
        browser.delivers_all();
    }
    browser.passes(Span::from_seconds(4));
    browser
}

/// The second tab gives the worker up and does not try it again for a minute. What it says of that arrives.
fn second_gives_the_worker_up(browser: &mut Browser) {
    browser.tell(1, LineInput::Failed(Way::Worker));
    browser.posted.retain(|(way, ..)| *way != Way::Worker);
    browser.tell(1, LineInput::Failed(Way::Worker));
    browser.delivers_all();
    assert_eq!(browser.report(1).me.ways, Ways::up_to(Way::Storage));
}

#[test]
fn a_second_copy_that_comes_after_its_teller_left_is_not_taken_again() {
    let mut browser = Browser::with_tabs(2);
    browser.tells(0, 1);
    let late = browser.posted.pop_back().unwrap();
    assert_eq!(late.0, Way::Worker);
    browser.delivers_all();
    browser.tell(0, LineInput::Leave);
    browser.delivers_all();
    browser.tell(1, LineInput::Heard(Way::Worker, late.2));
    assert_eq!(browser.tabs[1].heard, [token(1)]);
    assert!(browser.report(1).others.is_empty(), "nobody is there again for that");
}

#[test]
fn a_tab_that_was_away_does_not_take_again_what_it_had_before() {
    let mut browser = Browser::with_tabs(2);
    browser.tells(0, 1);
    let again = browser.posted.pop_back().unwrap();
    browser.delivers_all();
    browser.tell(1, LineInput::Leave);
    browser.begins(1, Ways::up_to(Way::Worker));
    browser.delivers_all();
    browser.tell(1, LineInput::Heard(Way::Channel, again.2));
    assert_eq!(browser.tabs[1].heard, [token(1)]);
}

#[test]
fn where_there_is_only_the_worker_a_tab_that_is_back_is_told_who_is_there() {
    let mut browser = Browser::new();
    for _ in 0..2 {
        browser.opens(Ways::NONE.with(Way::Worker));
        browser.delivers_all();
    }
    browser.tell(1, LineInput::Leave);
    browser.delivers_all();
    browser.begins(1, Ways::NONE.with(Way::Worker));
    browser.delivers_all();
    assert_eq!(browser.report(1).others.len(), 1);
    assert_eq!(browser.report(0).others.len(), 1);
}

#[test]
fn what_a_tab_told_before_it_left_is_taken_though_it_comes_after_and_so_is_what_it_tells_once_it_is_back() {
    let mut browser = Browser::with_tabs(2);
    browser.tells(0, 1);
    let late = browser.posted.pop_back().unwrap();
    browser.posted.clear();
    browser.tell(0, LineInput::Leave);
    // Told again on the way out: nobody hears that, either.
    browser.posted.retain(|(.., text)| text.contains("bye"));
    browser.delivers_all();
    browser.tell(1, LineInput::Heard(Way::Worker, late.2));
    assert_eq!(browser.tabs[1].heard, [token(1)]);
    browser.begins(0, Ways::up_to(Way::Worker));
    browser.delivers_all();
    browser.tells(0, 2);
    browser.delivers_all();
    assert_eq!(browser.tabs[1].heard, [token(1), token(2)]);
    assert_eq!(browser.report(1).others.len(), 1);
}

#[test]
fn a_tab_whose_line_to_the_worker_is_closed_but_which_is_there_hears_what_is_told() {
    let mut browser = two_without_a_channel();
    second_gives_the_worker_up(&mut browser);
    browser.says(0, Body::Gone(TabId::new("tab-1")));
    browser.delivers_all();
    browser.tells(0, 1);
    browser.passes(Span::from_seconds(10));
    assert_eq!(browser.tabs[1].heard, [token(1)]);
    assert_eq!(browser.report(0).others.len(), 1);
}

#[test]
fn a_tab_whose_page_is_no_more_is_forgotten_when_it_does_not_answer() {
    let mut browser = two_without_a_channel();
    browser.says(0, Body::Gone(TabId::new("tab-1")));
    browser.posted.clear();
    browser.passes(Span::from_seconds(4));
    assert!(browser.report(0).others.is_empty());
}

#[test]
fn a_tab_that_came_back_to_another_worker_is_told_on_a_way_it_hears() {
    let mut browser = two_without_a_channel();
    browser.tell(1, LineInput::Failed(Way::Worker));
    // The worker it opens anew is another than the first tab's, and knows nobody.
    browser.posted.retain(|(way, ..)| *way != Way::Worker);
    browser.says(1, Body::Welcome { tabs: Vec::new(), news: Vec::new() });
    browser.posted.retain(|(way, ..)| *way != Way::Worker);
    browser.delivers_all();
    browser.tell(1, LineInput::Seen(false));
    browser.posted.retain(|(way, ..)| *way != Way::Worker);
    browser.delivers_all();
    assert_eq!(browser.report(1).me.ways, NO_CHANNEL);
    browser.tells(0, 1);
    browser.delivers_all();
    assert_eq!(browser.tabs[1].heard, [token(1)]);
}

#[test]
fn that_a_tab_gave_the_worker_up_counts_though_it_is_heard_after_what_it_said_later() {
    let mut browser = two_without_a_channel();
    browser.tell(1, LineInput::Failed(Way::Worker));
    browser.posted.retain(|(way, ..)| *way != Way::Worker);
    let late = std::mem::take(&mut browser.posted);
    // The worker it opens anew is another than the first tab's.
    browser.says(1, Body::Welcome { tabs: Vec::new(), news: Vec::new() });
    browser.tell(1, LineInput::Seen(false));
    browser.posted.retain(|(way, ..)| *way != Way::Worker);
    browser.delivers_all();
    browser.posted = late;
    browser.delivers_all();
    browser.tells(0, 1);
    browser.delivers_all();
    assert_eq!(browser.tabs[1].heard, [token(1)]);
    assert_eq!(browser.report(0).counts.told_again, 0);
}

#[test]
fn a_tab_that_was_forgotten_while_it_stood_still_is_known_again_once_it_runs() {
    let mut browser = two_without_a_channel();
    for _ in 0..3 {
        browser.tell(0, LineInput::Call);
        browser.posted.clear();
        browser.now = browser.now + Span::from_seconds(16 * 60);
    }
    assert!(browser.report(0).others.is_empty());
    browser.tell(1, LineInput::Resumed);
    browser.delivers_all();
    assert_eq!(browser.report(0).others.len(), 1);
}

/// Seed 108470 of the simulation, as it was when this was found.
#[test]
fn what_one_that_was_forgotten_for_its_silence_tells_again_is_not_taken_again() {
    let mut browser = Browser::with_tabs(2);
    browser.tells(1, 1);
    let again = browser.posted.pop_back().unwrap();
    browser.delivers_all();
    for _ in 0..4 {
        browser.tell(0, LineInput::Call);
        browser.posted.clear();
        browser.now = browser.now + Span::from_seconds(16 * 60);
    }
    assert!(browser.report(0).others.is_empty());
    browser.tell(0, LineInput::Heard(Way::Channel, again.2));
    assert_eq!(browser.tabs[0].heard, [token(1)]);
}
