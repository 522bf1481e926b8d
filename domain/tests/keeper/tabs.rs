use domain::keeper::{Effect, Event, Failure, News, Remedy};

use crate::rig::*;

fn heard(generation: u64) -> Event {
    Event::Heard(News::Token { connection: id(), generation })
}

#[test]
fn news_of_a_newer_token_are_looked_up_and_old_news_are_not() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(4, 0.0, 600.0)), None)]);
    assert_eq!(rig.event(heard(4)), []);
    assert_eq!(rig.event(heard(5)), [Effect::ReadToken(id())]);
}

#[test]
fn news_of_a_connection_that_is_not_known_yet_are_looked_up_whole() {
    let (mut rig, _) = Rig::open(Vec::new());
    assert_eq!(rig.event(heard(1)), [Effect::Read(id())]);
}

#[test]
fn callers_are_let_go_as_soon_as_the_token_they_heard_of_is_read() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(1, -60.0, 60.0)), None)]);
    rig.need(1);
    rig.event(heard(2));
    let effects = rig.event(Event::TokenRead { connection: id(), token: Some(token(2, 0.0, 60.0)) });
    assert_eq!(released(&effects), [(1, Some(2))]);
    assert!(effects.contains(&Effect::Unlock(id())), "{effects:?}");
}

#[test]
fn a_token_that_could_not_be_read_changes_nothing() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(4, 0.0, 60.0)), None)]);
    rig.event(Event::TokenRead { connection: id(), token: None });
    assert_eq!(released(&rig.need(1)), [(1, Some(4))]);
}

#[test]
fn callers_waiting_for_the_lock_are_let_go_as_soon_as_another_tabs_token_is_read() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    rig.need(1);
    let effects = rig.event(Event::Read { connection: id(), held: Some(held(Some(token(1, 0.0, 60.0)), None)) });
    assert_eq!(released(&effects), [(1, Some(1))]);
    assert!(effects.contains(&Effect::Unlock(id())), "the tab stands in the way of the next: {effects:?}");
}

#[test]
fn a_lock_that_comes_though_nobody_waits_for_it_any_more_is_given_back() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    rig.need(1);
    rig.event(Event::Read { connection: id(), held: Some(held(Some(token(1, 0.0, 60.0)), None)) });
    let effects = rig.locked(held(Some(token(1, 0.0, 60.0)), None));
    assert_eq!(effects[0], Effect::Unlock(id()));
}

#[test]
fn a_lock_that_is_still_needed_is_waited_for() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(1, 0.0, 60.0)), None)]);
    rig.second = 31.0;
    assert!(wants_lock(&rig.need(1)), "the token is due");
    let effects = rig.event(Event::Read { connection: id(), held: Some(held(Some(token(1, 0.0, 60.0)), None)) });
    assert!(!effects.contains(&Effect::Unlock(id())), "{effects:?}");
}

#[test]
fn a_late_read_never_brings_an_older_token_back() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(4, 0.0, 600.0)), None)]);
    rig.event(Event::Read { connection: id(), held: Some(held(Some(token(3, 0.0, 600.0)), None)) });
    assert_eq!(released(&rig.need(1)), [(1, Some(4))]);
}

#[test]
fn a_record_that_was_lost_is_counted_anew_once_it_was_looked_at_twice_under_the_lock() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(4, -100.0, 100.0)), None)]);
    rig.locked(held(None, None));
    assert!(wants_lock(&rig.wake(1.0)));
    assert_eq!(rig.ask(held(None, None)).generation, 1);
}

#[test]
fn a_record_read_as_it_stood_a_moment_ago_takes_no_tab_back() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(4, -100.0, 100.0)), None)]);
    assert!(asked(&rig.locked(held(Some(token(3, -200.0, 100.0)), None))).is_none());
    assert!(wants_lock(&rig.wake(1.0)));
    assert_eq!(rig.ask(held(Some(token(4, -100.0, 100.0)), None)).generation, 5);
}

#[test]
fn the_failure_another_tab_wrote_is_shown_here() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    let problem = domain::api::Problem::new(domain::api::Code::UpstreamTimeout);
    let failure = Failure { problem, at: at(0.0), remedy: Remedy::Retry { at: at(3.0), attempt: 2 } };
    let news = News::Failed { connection: id(), failure: failure.clone() };
    assert_eq!(rig.event(Event::Heard(news)), [Effect::Read(id())]);
    let read = Some(held(None, Some(intent(1, 0.0, Some(failure.clone())))));
    rig.event(Event::Read { connection: id(), held: read });
    assert_eq!(rig.failure(), Some(failure));
}

/// Seeds 149505 and 180270 of the simulation: a tab that had lost its lock committed the token while the next was writing down that it
/// was refused.
#[test]
fn a_refusal_of_a_generation_that_is_there_ends_no_credential() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(2, -60.0, 60.0)), None)]);
    let problem = domain::api::Problem::new(domain::api::Code::UpstreamRefused);
    let refusal = Failure { problem, at: at(0.0), remedy: Remedy::Person };
    let record = held(Some(token(3, 0.0, 60.0)), Some(intent(3, -1.0, Some(refusal))));
    rig.event(Event::Read { connection: id(), held: Some(record.clone()) });
    assert_eq!(rig.failure(), None);
    assert_eq!(released(&rig.need(1)), [(1, Some(3))]);
    assert!(wants_lock(&rig.wake(31.0)), "the next renewal waits for a person");
    let effects = rig.locked(record);
    assert_eq!(effects[0], Effect::EndIntent(id(), intent(3, -1.0, None).id));
    assert!(matches!(&effects[1], Effect::WriteIntent(_, intent) if intent.generation == 4), "{effects:?}");
}

#[test]
fn a_connection_another_tab_saved_appears_and_one_it_erased_goes() {
    let (mut rig, _) = Rig::open(vec![]);
    let news = Event::Heard(News::Connection { connection: id() });
    assert_eq!(rig.event(news), [Effect::Read(id())]);
    rig.event(Event::Read { connection: id(), held: Some(held(None, None)) });
    assert_eq!(rig.keeper.view().connections.len(), 1);
    rig.event(Event::Read { connection: id(), held: None });
    assert_eq!(rig.keeper.view().connections.len(), 0);
}
