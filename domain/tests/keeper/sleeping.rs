//! A tab that slept reads the vault before it decides.

use domain::keeper::{Command, Effect, Event, Phase, WaiterId};
use domain::vault::StoreError;

use crate::rig::{Rig, at, held, id, token};

fn asleep_until(second: f64) -> Rig {
    let (mut rig, _) = Rig::open(vec![held(Some(token(1, 0.0, 60.0)), None)]);
    rig.second = second;
    rig
}

fn looked(generation: u64, received: f64) -> Event {
    Event::Looked { epoch: 0, held: vec![held(Some(token(generation, received, 60.0)), None)] }
}

#[test]
fn a_tab_that_wakes_reads_the_vault_and_begins_nothing_before() {
    let mut rig = asleep_until(50.0);
    let effects = rig.event(Event::Resumed);
    assert!(effects.contains(&Effect::Look) && effects.contains(&Effect::ReadSettings), "{effects:?}");
    assert!(!effects.contains(&Effect::Lock(id())));
    assert!(rig.event(looked(1, 0.0)).contains(&Effect::Lock(id())));
}

#[test]
fn a_token_renewed_meanwhile_by_another_tab_is_adopted_without_asking() {
    let mut rig = asleep_until(90.0);
    rig.event(Event::Resumed);
    assert!(!rig.event(looked(2, 85.0)).contains(&Effect::Lock(id())));
    assert_eq!(rig.keeper.view().connections[0].token.as_ref().map(|token| token.generation), Some(2));
}

#[test]
fn a_tab_that_slept_through_a_sign_out_locks_at_once() {
    let mut rig = asleep_until(20.0);
    rig.event(Event::Resumed);
    let held = vec![held(Some(token(1, 0.0, 60.0)), None)];
    assert!(rig.event(Event::Looked { epoch: 1, held }).contains(&Effect::Forget));
    assert_eq!(rig.keeper.view().phase, Phase::SignedOut);
    assert!(rig.keeper.view().connections.is_empty());
}

#[test]
fn a_caller_gets_nothing_until_the_vault_is_read() {
    let mut rig = asleep_until(20.0);
    rig.event(Event::Resumed);
    let waiter = WaiterId(1);
    assert!(
        rig.command(Command::Need { connection: id(), waiter }).is_empty(),
        "the token may be of before a sign-out"
    );
    assert!(rig.event(looked(1, 0.0)).contains(&Effect::Release { waiter, outcome: Ok(1) }));
}

#[test]
fn an_answer_from_before_the_tab_slept_again_decides_nothing() {
    let mut rig = asleep_until(50.0);
    rig.event(Event::Resumed);
    rig.event(Event::Resumed);
    assert!(!rig.event(looked(1, 0.0)).contains(&Effect::Lock(id())));
    assert!(rig.event(looked(1, 0.0)).contains(&Effect::Lock(id())));
}

#[test]
fn a_vault_that_can_not_be_read_holds_up_nobody() {
    let mut rig = asleep_until(50.0);
    rig.event(Event::Resumed);
    assert!(rig.event(Event::NotLooked(StoreError::QuotaExceeded)).contains(&Effect::Lock(id())));
}

#[test]
fn a_vault_that_does_not_answer_is_waited_for_five_seconds() {
    let mut rig = asleep_until(50.0);
    assert!(rig.event(Event::Resumed).contains(&Effect::WakeAt(at(55.0))));
    rig.second = 55.0;
    assert!(rig.event(Event::Woke).contains(&Effect::Lock(id())));
}

#[test]
fn a_tab_that_slept_while_the_vault_was_opened_reads_it_once_more() {
    let mut rig = Rig::new();
    rig.event(Event::Resumed);
    assert!(rig.opened(vec![held(Some(token(1, -50.0, 60.0)), None)]).contains(&Effect::Look));
    rig.event(Event::Looked { epoch: 1, held: Vec::new() });
    assert_eq!(rig.keeper.view().phase, Phase::SignedOut);
}

#[test]
fn an_alarm_that_rings_late_is_a_waking_and_one_in_time_is_none() {
    let mut rig = asleep_until(30.0);
    assert!(rig.event(Event::Woke).contains(&Effect::Lock(id())));
    let mut rig = asleep_until(37.0);
    let effects = rig.event(Event::Woke);
    assert!(effects.contains(&Effect::Look) && !effects.contains(&Effect::Lock(id())), "{effects:?}");
}

#[test]
fn a_connection_another_tab_removed_is_gone_and_one_it_made_is_there() {
    let mut rig = asleep_until(20.0);
    rig.event(Event::Resumed);
    rig.event(Event::Looked { epoch: 0, held: Vec::new() });
    assert!(rig.keeper.view().connections.is_empty());
    rig.event(Event::Resumed);
    rig.event(looked(3, 15.0));
    assert_eq!(rig.keeper.view().connections.len(), 1);
}
