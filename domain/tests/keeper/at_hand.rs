//! A fresh token is at hand for whoever asks; whatever stands against it sends the caller to wait in line.

use domain::id::ConnectionId;
use domain::keeper::{Command, Event, News};

use crate::rig::*;

/// A minute's token, due after half of it.
fn with_token() -> Rig {
    Rig::open(vec![held(Some(token(3, 0.0, 60.0)), None)]).0
}

fn at_hand(rig: &mut Rig) -> Option<u64> {
    rig.keeper.at_hand(&id(), at(rig.second))
}

#[test]
fn a_fresh_token_is_at_hand() {
    assert_eq!(at_hand(&mut with_token()), Some(3));
}

#[test]
fn a_token_that_is_due_or_over_is_not() {
    for second in [30.0, 61.0] {
        let mut rig = with_token();
        rig.second = second;
        assert_eq!(at_hand(&mut rig), None, "after {second} s");
    }
}

#[test]
fn nothing_is_at_hand_before_the_vault_is_open_nor_of_a_connection_that_is_not_there() {
    assert_eq!(at_hand(&mut Rig::new()), None);
    assert_eq!(with_token().keeper.at_hand(&ConnectionId::new("other"), at(0.0)), None);
}

#[test]
fn nothing_is_at_hand_after_a_sign_out_here_or_elsewhere() {
    let mut here = with_token();
    here.command(Command::SignOut);
    assert_eq!(at_hand(&mut here), None);
    let mut elsewhere = with_token();
    elsewhere.event(Event::Heard(News::SignedOut { epoch: 1 }));
    assert_eq!(at_hand(&mut elsewhere), None);
}

#[test]
fn a_removed_connections_token_is_not_at_hand() {
    let mut rig = with_token();
    rig.command(Command::Remove(id()));
    assert_eq!(at_hand(&mut rig), None);
    rig.command(Command::Restore(id()));
    assert_eq!(at_hand(&mut rig), Some(3));
}

#[test]
fn a_cleared_token_is_not_at_hand() {
    let mut rig = with_token();
    let cleared = token(3, 0.0, 60.0).cleared(at(1.0));
    rig.event(Event::Read { connection: id(), held: Some(held(Some(cleared), None)) });
    assert_eq!(at_hand(&mut rig), None);
}

#[test]
fn nothing_is_at_hand_until_a_tab_that_slept_has_read_the_vault() {
    let mut rig = with_token();
    rig.event(Event::Resumed);
    assert_eq!(at_hand(&mut rig), None);
    rig.event(Event::Looked { epoch: 0, held: vec![held(Some(token(3, 0.0, 60.0)), None)] });
    assert_eq!(at_hand(&mut rig), Some(3));
}

#[test]
fn a_token_is_at_hand_no_more_once_a_person_wants_it_renewed_earlier() {
    let mut rig = with_token();
    rig.second = 20.0;
    assert_eq!(at_hand(&mut rig), Some(3));
    rig.command(Command::Set(domain::settings::WorkerTokenSettings {
        renewal_threshold: domain::time::Span::from_seconds(120),
        ..settings()
    }));
    rig.second = 31.0;
    assert_eq!(at_hand(&mut rig), None);
}

#[test]
fn a_clock_that_is_set_back_after_a_token_was_taken_is_noticed_by_the_next_who_asks() {
    let mut rig = with_token();
    rig.second = 25.0;
    assert_eq!(at_hand(&mut rig), Some(3));
    rig.second = 10.0;
    assert_eq!(at_hand(&mut rig), None);
    let effects = rig.need(1);
    assert!(wants_lock(&effects), "by the clock as it ran before the token would end 15 s late");
    assert_eq!(released(&rig.wake(15.0)), [(1, Some(3))]);
}
