use domain::api::{Code, Problem};
use domain::keeper::{Callers, Command, Effect, Event, Failure, News, Remedy, Renewal};
use domain::vault::StoreError;

use crate::rig::*;

/// A keeper that asked for its first token, with one caller waiting.
fn asking() -> (Rig, domain::keeper::Intent) {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    rig.need(1);
    let intent = rig.ask(held(None, None));
    (rig, intent)
}

fn written(effects: &[Effect]) -> Option<domain::keeper::Intent> {
    effects.iter().find_map(|effect| match effect {
        Effect::WriteIntent(_, intent) => Some(intent.clone()),
        _ => None,
    })
}

#[test]
fn a_provider_that_is_down_is_asked_again_with_backoff_and_callers_are_told() {
    let (mut rig, intent) = asking();
    let effects = rig.refused(&intent, Code::UpstreamUnavailable);
    assert_eq!(errors(&effects), [Code::UpstreamUnavailable]);
    let marked = written(&effects).expect("the failure is written for the other tabs");
    let Some(Failure { remedy: Remedy::Retry { at: next, attempt: 2 }, .. }) = marked.failure else {
        panic!("{marked:?}")
    };
    let effects = rig.event(Event::IntentWritten(id(), intent.id.clone()));
    assert_eq!(effects[0], Effect::Unlock(id()));
    assert!(matches!(effects[1], Effect::Tell(News::Failed { .. })));
    assert_eq!(rig.keeper.view().connections[0].renewal, Renewal::Retrying { at: next });
    assert!(next > at(0.5) && next <= at(1.0), "{next:?}");
}

#[test]
fn a_failed_renewal_keeps_the_token_that_is_still_good() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(4, -60.0, 100.0)), None)]);
    let intent = rig.ask(held(Some(token(4, -60.0, 100.0)), None));
    rig.refused(&intent, Code::UpstreamTimeout);
    rig.event(Event::IntentWritten(id(), intent.id));
    assert_eq!(released(&rig.need(1)), [(1, Some(4))]);
}

#[test]
fn callers_who_waited_for_a_renewal_that_fails_go_with_the_token_that_is_still_good() {
    for code in [Code::UpstreamTimeout, Code::UpstreamRefused, Code::NotSignedIn] {
        let good = || held(Some(token(4, -60.0, 100.0)), None);
        let (mut rig, _) = Rig::open(vec![good()]);
        assert_eq!(released(&rig.need(1)), []);
        let intent = rig.ask(good());
        let mut effects = rig.refused(&intent, code);
        effects.extend(rig.event(Event::Read { connection: id(), held: Some(good()) }));
        assert_eq!(released(&effects), [(1, Some(4))], "{code:?}");
        assert_eq!(released(&rig.need(2)), [(2, Some(4))], "{code:?}");
    }
}

#[test]
fn the_next_try_goes_under_the_same_id_only_when_nobody_knows_how_the_first_ended() {
    for (code, same) in [(Code::Unreachable, true), (Code::Internal, true), (Code::UpstreamUnavailable, false)] {
        let (mut rig, intent) = asking();
        let marked = written(&rig.refused(&intent, code)).expect("the failure is written");
        rig.event(Event::IntentWritten(id(), intent.id.clone()));
        rig.need(2);
        assert!(wants_lock(&rig.wake(1.0)), "{code:?}");
        let again = rig.ask(held(None, Some(marked)));
        assert_eq!(again.id == intent.id, same, "{code:?}");
        assert_eq!(again.generation, 1);
    }
}

#[test]
fn a_request_that_still_runs_is_repeated_while_callers_wait() {
    let (mut rig, intent) = asking();
    let effects = rig.refused(&intent, Code::StillRunning);
    assert_eq!(effects[..1], [Effect::Unlock(id())]);
    assert_eq!(released(&effects), []);
    assert!(wants_lock(&rig.wake(1.0)));
    assert_eq!(rig.ask(held(None, Some(intent.clone()))).id, intent.id);
}

#[test]
fn a_request_that_runs_for_long_is_repeated_ever_more_seldom_and_spends_no_budget() {
    let (mut rig, intent) = asking();
    let mut repeats = Vec::new();
    for tick in 0..90 {
        let second = f64::from(tick) / 2.0;
        rig.refused(&intent, Code::StillRunning);
        if wants_lock(&rig.wake(second)) {
            repeats.push(second);
            assert_eq!(rig.ask(held(None, Some(intent.clone()))).id, intent.id);
        }
    }
    assert!((12..=25).contains(&repeats.len()), "{repeats:?}");
    assert_eq!(rig.failure(), None, "a dozen repeats are no dozen tokens");
}

#[test]
fn what_a_tab_could_not_write_down_is_not_forgotten_for_what_stands_there() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    let (mut other, _) = Rig::open(vec![held(None, None)]);
    other.need(1);
    let begun = other.ask(held(None, None));
    let old = written(&other.refused(&begun, Code::UpstreamUnavailable)).expect("the failure is written");
    rig.second = 100.0;
    rig.command(Command::Obtain(id()));
    rig.locked(held(None, Some(old.clone())));
    rig.event(Event::IntentNotWritten(id(), StoreError::QuotaExceeded));
    let next = rig.failure().expect("it failed");
    let effects = rig.event(Event::Read { connection: id(), held: Some(held(None, Some(old))) });
    assert!(!wants_lock(&effects), "another tab's news set off no try of our own");
    assert_eq!(rig.failure(), Some(next));
}

#[test]
fn the_wait_a_provider_asks_for_is_kept_even_by_tabs_that_did_not_hear_it() {
    let (mut rig, intent) = asking();
    let effects = rig.answered(&intent, Err(Problem::new(Code::UpstreamThrottled).with_retry_after(30)));
    let marked = written(&effects).expect("the failure is written");
    let (mut other, _) = Rig::open(vec![held(None, None)]);
    other.need(1);
    other.second = 5.0;
    let effects = other.locked(held(None, Some(marked.clone())));
    assert_eq!(effects[0], Effect::Unlock(id()));
    assert_eq!(errors(&effects), [Code::UpstreamThrottled]);
    assert!(!wants_lock(&other.wake(29.0)));
    other.command(Command::Obtain(id()));
    assert!(asked(&other.locked(held(None, Some(marked)))).is_none(), "a new id, written first");
}

#[test]
fn a_refusal_is_believed_only_after_the_record_was_read_again() {
    let (mut rig, intent) = asking();
    let effects = rig.refused(&intent, Code::UpstreamRefused);
    assert_eq!(effects, [Effect::Read(id()), Effect::WakeAt(at(5.0))]);
    let effects = rig.event(Event::Read { connection: id(), held: Some(held(None, Some(intent.clone()))) });
    assert_eq!(errors(&effects), [Code::UpstreamRefused]);
    let marked = written(&effects).expect("the refusal is written");
    assert_eq!(marked.failure.map(|failure| failure.remedy), Some(Remedy::Person));
    rig.event(Event::IntentWritten(id(), intent.id.clone()));
    assert_eq!(rig.keeper.view().connections[0].renewal, Renewal::Stopped);
    assert_eq!(errors(&rig.need_in_vain(2, held(None, Some(intent.clone())))), [Code::UpstreamRefused]);
    assert!(!wants_lock(&rig.wake(4_000.0)), "nothing is tried by itself");
    assert!(wants_lock(&rig.command(Command::Obtain(id()))), "a person may");
}

#[test]
fn a_person_in_a_hurry_does_not_make_a_full_disk_spin() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    rig.command(Command::Obtain(id()));
    rig.locked(held(None, None));
    let effects = rig.event(Event::IntentNotWritten(id(), StoreError::QuotaExceeded));
    assert!(effects.contains(&Effect::Unlock(id())) && !wants_lock(&effects));
    assert!(wants_lock(&rig.wake(1.0)));
}

#[test]
fn a_vault_that_can_not_be_read_again_holds_up_nobody() {
    let (mut rig, intent) = asking();
    let effects = rig.refused(&intent, Code::UpstreamRefused);
    assert_eq!(effects[..1], [Effect::Read(id())]);
    assert_eq!(released(&rig.wake(4.9)), []);
    let effects = rig.wake(5.0);
    assert_eq!(errors(&effects), [Code::UpstreamRefused]);
    assert!(written(&effects).is_some());
    rig.event(Event::IntentWritten(id(), intent.id));
    rig.need(2);
    assert_eq!(errors(&rig.wake(10.0)), [Code::UpstreamRefused]);
}

#[test]
fn a_refusal_means_nothing_when_another_tab_has_a_newer_token() {
    let (mut rig, intent) = asking();
    rig.refused(&intent, Code::UpstreamRefused);
    let effects = rig.event(Event::Read { connection: id(), held: Some(held(Some(token(1, 0.0, 60.0)), None)) });
    assert_eq!(effects[0], Effect::Unlock(id()));
    assert_eq!(released(&effects), [(1, Some(1))]);
    assert_eq!(rig.failure(), None);
}

#[test]
fn a_refusal_from_before_is_known_when_the_page_opens() {
    let mark = Failure { problem: Problem::new(Code::UpstreamRefused), at: at(-9.0), remedy: Remedy::Person };
    let (mut rig, effects) = Rig::open(vec![held(Some(token(4, -200.0, 100.0)), Some(intent(5, -9.0, Some(mark))))]);
    assert!(!wants_lock(&effects));
    let marked = held(Some(token(4, -200.0, 100.0)), Some(intent(5, -9.0, rig.failure())));
    assert_eq!(errors(&rig.need_in_vain(1, marked)), [Code::UpstreamRefused]);
}

#[test]
fn a_refusal_another_tab_mended_unheard_is_no_refusal_any_more() {
    let mark = Failure { problem: Problem::new(Code::UpstreamRefused), at: at(-9.0), remedy: Remedy::Person };
    let stopped = held(Some(token(4, -200.0, 100.0)), Some(intent(5, -9.0, Some(mark))));
    let (mut rig, _) = Rig::open(vec![stopped.clone()]);
    let effects = rig.need_in_vain(1, held(Some(token(5, 0.0, 600.0)), None));
    assert_eq!(released(&effects), [(1, Some(5))]);
    let (mut rig, _) = Rig::open(vec![stopped]);
    assert!(!rig.wake(299.0).contains(&Effect::Read(id())));
    assert!(rig.wake(300.0).contains(&Effect::Read(id())), "it looks by itself now and then");
}

#[test]
fn without_a_network_the_next_try_waits_for_it() {
    let (mut rig, intent) = asking();
    rig.event(Event::Network { online: false });
    rig.refused(&intent, Code::Unreachable);
    let effects = rig.event(Event::IntentWritten(id(), intent.id));
    assert!(!wants_lock(&effects));
    assert_eq!(rig.failure().map(|failure| failure.remedy), Some(Remedy::WaitForNetwork));
    assert!(wants_lock(&rig.event(Event::Network { online: true })));
}

#[test]
fn a_network_that_is_back_ends_only_the_waits_from_before() {
    for (code, second, asks) in
        [(Code::Unreachable, 0.5, true), (Code::Unreachable, 2.0, false), (Code::UpstreamThrottled, 0.5, false)]
    {
        let (mut rig, first) = asking();
        rig.event(Event::Network { online: false });
        rig.refused(&first, Code::Unreachable);
        rig.event(Event::IntentWritten(id(), first.id));
        rig.second = 1.0;
        assert!(wants_lock(&rig.event(Event::Network { online: true })));
        rig.second = 2.5;
        let remedy = Remedy::Retry { at: at(30.0), attempt: 2 };
        let others = Failure { problem: Problem::new(code), at: at(second), remedy };
        let effects = rig.locked(held(None, Some(intent(1, 0.0, Some(others)))));
        assert_eq!(asked(&effects).is_some(), asks, "{code:?} at {second}");
    }
}

#[test]
fn an_ended_session_waits_for_a_sign_in() {
    let (mut rig, intent) = asking();
    let effects = rig.refused(&intent, Code::NotSignedIn);
    assert_eq!(errors(&effects), [Code::NotSignedIn]);
    assert!(effects.contains(&Effect::Unlock(id())));
    assert_eq!(rig.failure().map(|failure| failure.remedy), Some(Remedy::SignIn));
    assert!(!wants_lock(&rig.wake(4_000.0)));
}

#[test]
fn a_token_no_place_took_is_asked_for_again_under_the_same_id() {
    let (mut rig, intent) = asking();
    rig.answered(&intent, Ok(answer(0.0, Some(3_600))));
    let effects = rig.event(Event::NotCommitted { connection: id(), error: StoreError::QuotaExceeded });
    assert_eq!(errors(&effects), [Code::NotStored]);
    let marked = written(&effects).expect("the failure is written");
    rig.event(Event::IntentNotWritten(id(), StoreError::QuotaExceeded));
    rig.need(2);
    assert!(wants_lock(&rig.wake(1.0)));
    assert_eq!(rig.ask(held(None, Some(marked))).id, intent.id);
}

#[test]
fn a_commit_that_lost_a_race_looks_at_the_winner() {
    let (mut rig, intent) = asking();
    rig.answered(&intent, Ok(answer(0.0, Some(3_600))));
    let effects = rig.event(Event::NotCommitted { connection: id(), error: StoreError::Superseded { current: 1 } });
    assert_eq!(effects[..2], [Effect::Unlock(id()), Effect::Read(id())]);
    let effects = rig.event(Event::Read { connection: id(), held: Some(held(Some(token(1, 0.0, 60.0)), None)) });
    assert_eq!(released(&effects), [(1, Some(1))]);
}

#[test]
fn a_commit_from_before_a_sign_out_forgets_everything() {
    let (mut rig, intent) = asking();
    rig.answered(&intent, Ok(answer(0.0, Some(3_600))));
    let effects = rig.event(Event::NotCommitted { connection: id(), error: StoreError::SignedOut { current: 3 } });
    assert_eq!(errors(&effects), [Code::NotSignedIn]);
    assert!(effects.contains(&Effect::Forget) && effects.contains(&Effect::Unlock(id())));
    assert_eq!(rig.keeper.view().connections, []);
}

#[test]
fn a_lock_that_could_not_be_had_is_tried_again() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    rig.need(1);
    let effects = rig.event(Event::NotLocked { connection: id(), reason: "aborted".to_owned() });
    assert!(!wants_lock(&effects));
    assert!(wants_lock(&rig.wake(1.0)));
}

#[test]
fn a_caller_waits_two_minutes_at_most() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    rig.need(1);
    assert_eq!(released(&rig.wake(119.0)), []);
    assert_eq!(errors(&rig.wake(120.0)), [Code::Unavailable]);
}

#[test]
fn the_thousand_and_first_caller_is_turned_away() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    (0..1_000).for_each(|waiter| assert_eq!(released(&rig.need(waiter)), []));
    assert_eq!(errors(&rig.need(1_000)), [Code::TooManyRequests]);
}

#[test]
fn without_a_credential_callers_are_told_so() {
    let mut nothing = held(None, None);
    nothing.has_credential = false;
    let (mut rig, _) = Rig::open(vec![nothing.clone()]);
    assert_eq!(errors(&rig.need_in_vain(1, nothing)), [Code::NoCredential]);
    assert!(!wants_lock(&rig.command(Command::Obtain(id()))));
    assert_eq!(rig.keeper.view().notices[0].text, "Work: Enter the client secret or key again to obtain a token.");
}

#[test]
fn a_person_can_see_that_callers_wait_and_that_they_were_let_down_until_there_is_a_token() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    rig.second = 7.0;
    rig.need(1);
    assert_eq!(rig.keeper.view().callers, Callers { waiting_since: Some(at(7.0)), let_down_at: None });
    let intent = rig.ask(held(None, None));
    rig.second = 9.0;
    rig.refused(&intent, Code::UpstreamUnavailable);
    assert_eq!(rig.keeper.view().callers, Callers { waiting_since: None, let_down_at: Some(at(9.0)) });
    rig.event(Event::Read { connection: id(), held: Some(held(Some(token(1, 10.0, 600.0)), None)) });
    assert_eq!(rig.keeper.view().callers, Callers::default());
}

#[test]
fn a_refusal_nothing_is_retried_after_lets_no_one_down() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    rig.need(1);
    let intent = rig.ask(held(None, None));
    rig.refused(&intent, Code::NotSignedIn);
    assert_eq!(rig.keeper.view().callers, Callers::default());
}
