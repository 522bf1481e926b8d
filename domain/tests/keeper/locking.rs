//! A locked vault gives out nothing, and what was under way goes on after it is unlocked.

use domain::api::Code;
use domain::keeper::{Command, Effect, Event, News, Phase};

use crate::rig::{Rig, answer, asked, errors, held, id, released, token, wants_lock};

fn open() -> Rig {
    Rig::open(vec![held(Some(token(1, 0.0, 60.0)), None)]).0
}

#[test]
fn locking_forgets_everything_and_lets_the_key_go() {
    let mut rig = open();
    rig.command(Command::Reveal(id()));
    let effects = rig.command(Command::Lock);
    assert!(effects.contains(&Effect::LockVault), "{effects:?}");
    let view = rig.keeper.view();
    assert_eq!(view.phase, Phase::Locked);
    assert!(view.connections.is_empty() && view.current.is_none() && view.revealed.is_none());
}

#[test]
fn a_caller_that_comes_while_it_is_locked_gets_the_one_error() {
    let mut rig = open();
    rig.command(Command::Lock);
    assert_eq!(errors(&rig.need(1)), [Code::VaultLocked]);
}

#[test]
fn callers_that_wait_are_let_go_when_it_is_locked() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    rig.need(1);
    let effects = rig.event(Event::VaultLocked);
    assert_eq!((released(&effects), errors(&effects)), (vec![(1, None)], vec![Code::VaultLocked]));
    assert!(!effects.contains(&Effect::LockVault), "another tab has locked it already");
}

#[test]
fn callers_that_came_before_a_locked_vault_was_found_are_told() {
    let mut rig = Rig::new();
    rig.need(1);
    assert_eq!(errors(&rig.event(Event::VaultLocked)), [Code::VaultLocked]);
    assert_eq!(rig.keeper.view().phase, Phase::Locked);
}

#[test]
fn nothing_is_renewed_while_it_is_locked() {
    let mut rig = open();
    rig.command(Command::Lock);
    rig.second = 55.0;
    let effects = rig.event(Event::Woke);
    assert!(!wants_lock(&effects) && asked(&effects).is_none(), "{effects:?}");
    assert!(rig.command(Command::Obtain(id())).is_empty());
}

#[test]
fn an_answer_that_comes_after_the_lock_is_not_taken() {
    let mut rig = open();
    rig.wake(40.0);
    let intent = rig.ask(held(Some(token(1, 0.0, 60.0)), None));
    let effects = rig.command(Command::Lock);
    assert!(effects.contains(&Effect::Unlock(id())), "others may act: {effects:?}");
    assert_eq!(rig.answered(&intent, Ok(answer(41.0, Some(60)))), []);
}

#[test]
fn unlocking_goes_on_with_the_renewal_begun_before() {
    let mut rig = open();
    rig.wake(40.0);
    let intent = rig.ask(held(Some(token(1, 0.0, 60.0)), None));
    rig.command(Command::Lock);
    rig.second = 45.0;
    let left = held(Some(token(1, 0.0, 60.0)), Some(intent.clone()));
    assert!(wants_lock(&rig.opened(vec![left.clone()])));
    assert_eq!(rig.ask(left).id, intent.id, "the server answers a repeat with the same token");
}

#[test]
fn a_person_can_sign_out_while_it_is_locked() {
    let mut rig = open();
    rig.command(Command::Lock);
    assert!(rig.command(Command::SignOut).contains(&Effect::AdvanceEpoch));
    rig.event(Event::EpochAdvanced);
    assert_eq!(rig.keeper.view().phase, Phase::SignedOut);
}

#[test]
fn a_sign_out_elsewhere_ends_a_locked_tab_too_and_an_old_one_does_not() {
    let mut rig = open();
    rig.command(Command::Lock);
    rig.event(Event::Heard(News::SignedOut { epoch: 0 }));
    assert_eq!(rig.keeper.view().phase, Phase::Locked);
    rig.event(Event::Heard(News::SignedOut { epoch: 1 }));
    assert_eq!(rig.keeper.view().phase, Phase::SignedOut);
}

#[test]
fn a_lock_after_a_sign_out_changes_nothing() {
    let mut rig = open();
    rig.event(Event::Heard(News::SignedOut { epoch: 1 }));
    assert_eq!(rig.command(Command::Lock), []);
    assert_eq!(rig.event(Event::VaultLocked), []);
    assert_eq!(rig.keeper.view().phase, Phase::SignedOut);
}

#[test]
fn a_tab_that_wakes_while_it_is_unlocked_reads_the_vault_once_more() {
    let mut rig = open();
    rig.command(Command::Lock);
    rig.event(Event::Resumed);
    assert!(rig.opened(vec![held(Some(token(1, 0.0, 60.0)), None)]).contains(&Effect::Look));
}
