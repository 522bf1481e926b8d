//! A token that was cleared is none, in every tab, and comes back only when somebody needs one.

use domain::keeper::{Command, Effect, Event, News, WaiterId};

use crate::rig::{Rig, at, held, id, token, wants_lock};

#[test]
fn a_cleared_token_is_shown_to_nobody_and_renewed_for_nobody() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(1, 0.0, 3_600.0)), None)]);
    rig.second = 10.0;
    let cleared = token(1, 0.0, 3_600.0).cleared(at(10.0));
    assert_eq!(rig.event(Event::Heard(News::Token { connection: id(), generation: 2 })), [Effect::ReadToken(id())]);
    rig.event(Event::TokenRead { connection: id(), token: Some(cleared) });
    assert_eq!(rig.keeper.view().connections[0].token, None);
    let wanted = rig.wake(9_000.0);
    assert!(!wants_lock(&wanted), "{wanted:?}");
}

#[test]
fn after_a_clearing_whoever_needs_a_token_gets_the_generation_after_it() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(1, 0.0, 3_600.0).cleared(at(0.0))), None)]);
    rig.second = 10.0;
    let wanted = rig.command(Command::Need { connection: id(), waiter: WaiterId(1) });
    assert!(wants_lock(&wanted), "{wanted:?}");
    let under_lock = held(Some(token(1, 0.0, 3_600.0).cleared(at(0.0))), None);
    let wanted = rig.event(Event::Locked { connection: id(), held: Some(under_lock), epoch: 0 });
    let begun = wanted.iter().find_map(|effect| match effect {
        Effect::WriteIntent(_, intent) => Some(intent.generation),
        _ => None,
    });
    assert_eq!(begun, Some(3));
}

#[test]
fn a_token_that_is_shown_when_it_is_cleared_is_shown_no_more() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(1, 0.0, 3_600.0)), None)]);
    rig.command(Command::Reveal(id()));
    rig.event(Event::Revealed(id(), "text".to_owned().into()));
    assert!(rig.keeper.view().revealed.is_some());
    let cleared = token(1, 0.0, 3_600.0).cleared(at(1.0));
    rig.event(Event::Read { connection: id(), held: Some(held(Some(cleared), None)) });
    assert_eq!(rig.keeper.view().revealed, None);
}

#[test]
fn an_invalid_token_is_said_so_with_what_to_do() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(1, 0.0, 3_600.0)), None)]);
    rig.event(Event::TokenInvalid(id()));
    let said = rig.keeper.view().notices;
    assert!(said[0].text.starts_with("Invalid worker token format"), "{said:?}");
}
