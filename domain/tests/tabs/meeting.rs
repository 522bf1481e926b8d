use domain::keeper::News;
use domain::tabs::{LineEffect, LineInput, WakesBy, Way, Ways, Why};
use domain::time::Span;

use crate::rig::{Browser, token};

const ALL: Ways = Ways::NONE.with(Way::Worker).with(Way::Channel).with(Way::Storage);

#[test]
fn tabs_know_each_other_and_tell_news_straight_and_by_the_worker() {
    let mut browser = Browser::with_tabs(5);
    for index in 0..5 {
        assert_eq!(browser.report(index).others.len(), 4, "of tab {index}");
    }
    browser.tells(0, 1);
    assert_eq!(browser.posted.iter().map(|(way, ..)| *way).collect::<Vec<_>>(), [Way::Channel, Way::Worker]);
    assert!(browser.posted[1].2.contains(r#""straight":true"#), "the worker passes it on at once");
    browser.delivers_all();
    assert!(browser.tabs[1..].iter().all(|tab| tab.heard == [token(1)]), "each hears it once");
    assert!(browser.tabs[0].heard.is_empty(), "a tab hears itself");
}

#[test]
fn news_go_by_the_worker_alone_to_tabs_that_hear_on_no_channel() {
    let mut browser = Browser::new();
    for _ in 0..2 {
        browser.opens(ALL.without(Way::Channel));
        browser.delivers_all();
    }
    let all = browser.opens(ALL);
    browser.passes(Span::from_seconds(4));
    browser.tells(all, 1);
    assert_eq!(browser.posted.iter().map(|(way, ..)| *way).collect::<Vec<_>>(), [Way::Worker]);
    assert!(!browser.posted[0].2.contains("straight"), "the worker passes it on later");
}

#[test]
fn tabs_with_different_ways_hear_each_other_and_nothing_twice() {
    let mut browser = Browser::new();
    for best in Way::ALL {
        browser.opens(Ways::up_to(best));
    }
    browser.passes(Span::from_seconds(4));
    for teller in 0..3 {
        let generation = u64::try_from(teller).unwrap() + 1;
        browser.tells(teller, generation);
        browser.delivers_all();
        for (index, tab) in browser.tabs.iter().enumerate() {
            let times = tab.heard.iter().filter(|news| **news == token(generation)).count();
            assert_eq!(times, usize::from(index != teller), "tab {index} of what tab {teller} told");
        }
    }
}

#[test]
fn until_the_others_could_say_who_they_are_all_is_told_on_every_way() {
    let mut browser = Browser::new();
    browser.opens(Ways::up_to(Way::Channel));
    browser.posted.clear();
    browser.tells(0, 1);
    assert_eq!(browser.posted.iter().map(|(way, ..)| *way).collect::<Vec<_>>(), [Way::Channel, Way::Storage]);
    browser.posted.clear();
    browser.passes(Span::from_seconds(4));
    browser.tells(0, 2);
    assert_eq!(browser.posted.iter().map(|(way, ..)| *way).collect::<Vec<_>>(), [Way::Channel]);
}

#[test]
fn a_wanted_way_is_the_best_one_used() {
    let mut browser = Browser::new();
    let index = browser.opens(Ways::NONE);
    browser.tell(index, LineInput::Begin { available: ALL, wanted: Some(Way::Storage), seen: true });
    assert_eq!(browser.report(index).way, Some(Way::Storage));
    assert!(!browser.tabs[index].effects.contains(&LineEffect::Open(Way::Channel)));
}

#[test]
fn a_way_that_can_not_be_opened_is_stepped_down_from_until_none_is_left() {
    let mut browser = Browser::new();
    browser.broken = ALL.without(Way::Storage);
    let index = browser.opens(ALL);
    assert_eq!(browser.report(index).way, Some(Way::Storage));
    assert!(!browser.tabs[index].effects.contains(&LineEffect::Deaf));
    browser.tell(index, LineInput::Failed(Way::Storage));
    assert_eq!(browser.report(index).way, None);
    assert!(browser.tabs[index].effects.contains(&LineEffect::Deaf));
    assert_eq!(
        browser.report(index).steps.last().map(|step| (step.from, step.to, step.why)),
        Some((Some(Way::Storage), None, Why::Refused))
    );
}

#[test]
fn a_tab_that_leaves_is_forgotten_and_hears_nothing_until_it_is_back() {
    let mut browser = Browser::with_tabs(2);
    browser.tell(1, LineInput::Leave);
    browser.delivers_all();
    assert!(browser.report(0).others.is_empty());
    browser.tells(0, 4);
    browser.delivers_all();
    assert!(browser.tabs[1].heard.is_empty());
    browser.begins(1, ALL);
    browser.delivers_all();
    assert_eq!(browser.tabs[1].heard, [token(4)], "the worker tells the newest generation");
    assert_eq!(browser.report(0).others.len(), 1);
}

#[test]
fn a_sign_out_from_before_a_page_was_opened_is_no_news_to_it() {
    let mut browser = Browser::with_tabs(1);
    browser.tell(0, LineInput::Tell(News::SignedOut { epoch: 3 }));
    browser.delivers_all();
    let later = browser.opens(ALL);
    browser.passes(Span::from_seconds(1));
    assert!(browser.tabs[later].heard.is_empty());
}

#[test]
fn who_does_not_answer_the_roll_is_silent_and_after_a_quarter_of_an_hour_forgotten_unless_it_answers_then() {
    let mut browser = Browser::with_tabs(3);
    let frozen = browser.opens(Ways::NONE);
    browser.tells(frozen, 1);
    browser.tell(frozen, LineInput::Begin { available: Ways::up_to(Way::Storage), wanted: None, seen: false });
    browser.delivers_all();
    browser.passes(Span::from_seconds(5));
    browser.tell(0, LineInput::Call);
    // The frozen one hears nothing of it.
    while let Some((way, from, text)) = browser.posted.pop_front() {
        if way != Way::Storage && from != frozen {
            browser.delivers(way, from, &text);
        }
    }
    let called = browser.now;
    browser.passes(Span::from_seconds(4));
    let silent =
        |browser: &Browser| browser.report(0).others.iter().filter_map(|other| other.silent_since).collect::<Vec<_>>();
    assert_eq!(silent(&browser), [called]);
    let mut thawed = browser.clone();
    for browser in [&mut browser, &mut thawed] {
        browser.now = browser.now + Span::from_seconds(15 * 60);
        browser.tell(0, LineInput::Look);
        assert_eq!(browser.report(0).others.len(), 3, "it is asked once more");
    }
    // Seed 460244 of the simulation: its answer had been lost, and the clock was set ahead.
    thawed.passes(Span::from_seconds(4));
    assert_eq!((silent(&thawed).len(), thawed.report(0).others.len()), (0, 3));
    browser.posted.clear();
    browser.passes(Span::from_seconds(4));
    assert_eq!(browser.report(0).others.len(), 2);
}

#[test]
fn without_a_worker_the_oldest_tab_that_is_seen_wakes_first() {
    let mut browser = Browser::new();
    for _ in 0..3 {
        browser.opens(Ways::up_to(Way::Channel));
        browser.passes(Span::from_seconds(1));
    }
    let first = |browser: &Browser, of: usize| browser.report(of).wakes;
    let me = |browser: &Browser, index: usize| WakesBy::Tab(browser.report(index).me.id);
    assert_eq!(first(&browser, 2), me(&browser, 0));
    browser.tell(0, LineInput::Seen(false));
    browser.delivers_all();
    for of in 0..3 {
        assert_eq!(first(&browser, of), me(&browser, 1), "as tab {of} sees it");
    }
}

#[test]
fn the_way_to_the_others_and_back_is_measured() {
    let mut browser = Browser::with_tabs(4);
    browser.tell(0, LineInput::Ping);
    browser.now = browser.now + Span::from_millis(2);
    browser.delivers_all();
    let measured = browser.report(0).round_trip;
    assert_eq!(measured.count, 3);
    assert!((1_800..=2_300).contains(&measured.p95_us), "{measured:?}");
    assert_eq!(browser.report(1).round_trip.count, 0, "an answer is for who asked");
}

#[test]
fn the_log_tells_kind_subject_and_generation_of_the_last_messages() {
    let mut browser = Browser::with_tabs(2);
    (1..=60).for_each(|generation| browser.tells(0, generation));
    browser.delivers_all();
    let log = browser.report(1).log;
    assert_eq!(log.len(), 40);
    let last = log.last().unwrap();
    assert_eq!((last.kind, last.subject.as_deref(), last.generation), ("token", Some("c"), Some(60)));
    assert_eq!(last.from, Some(browser.report(0).me.id));
}
