use domain::api::Code;
use domain::keeper::{Command, Effect, Event, News, Renewal, WaiterId};
use domain::secret::Secret;
use domain::time::Span;

use crate::rig::*;

#[test]
fn a_first_token_goes_through_lock_intent_request_and_commit() {
    let (mut rig, effects) = Rig::open(vec![held(None, None)]);
    assert_eq!(effects, []);
    assert_eq!(rig.need(1), [Effect::Lock(id()), Effect::WakeAt(at(120.0))]);
    let intent = rig.ask(held(None, None));
    assert_eq!((intent.generation, intent.epoch, intent.attempt), (1, 0, 0));
    let effects = rig.answered(&intent, Ok(answer(0.0, Some(3_600))));
    let facts = committed(&effects).expect("the token is committed");
    assert_eq!((facts.generation, facts.lifetime()), (1, Span::from_seconds(3_600)));
    assert_eq!(released(&effects), [], "nobody is let go before the token is durable");
    let effects = rig.event(Event::Committed { connection: id(), generation: 1 });
    let expected = [
        Effect::Tell(News::Token { connection: id(), generation: 1 }),
        Effect::Unlock(id()),
        Effect::Release { waiter: WaiterId(1), outcome: Ok(1) },
        Effect::WakeAt(facts.renew_at),
    ];
    assert_eq!(effects, expected);
}

#[test]
fn callers_join_the_request_under_way_and_go_in_the_order_they_came() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    rig.need(3);
    rig.need(1);
    let intent = rig.ask(held(None, None));
    assert!(!wants_lock(&rig.need(2)));
    rig.command(Command::Cancel(WaiterId(1)));
    rig.answered(&intent, Ok(answer(0.0, Some(60))));
    let effects = rig.event(Event::Committed { connection: id(), generation: 1 });
    assert_eq!(released(&effects), [(3, Some(1)), (2, Some(1))]);
}

#[test]
fn a_fresh_token_is_given_at_once_and_asks_nobody() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(4, 0.0, 100.0)), None)]);
    assert_eq!(rig.need(1), [Effect::Release { waiter: WaiterId(1), outcome: Ok(4) }]);
}

/// A keeper whose token of 100 s is due since a moment, and whose renewal has begun.
fn renewing() -> Rig {
    let (mut rig, _) = Rig::open(vec![held(Some(token(4, 0.0, 100.0)), None)]);
    assert!(wants_lock(&rig.wake(51.0)));
    rig
}

#[test]
fn callers_of_a_due_token_wait_for_its_renewal_and_go_in_order_with_what_it_brings() {
    let mut rig = renewing();
    assert_eq!(released(&rig.need(2)), []);
    let intent = rig.ask(held(Some(token(4, 0.0, 100.0)), None));
    assert_eq!(released(&rig.need(1)), [], "it joins the one in flight");
    rig.answered(&intent, Ok(answer(0.0, Some(60))));
    let effects = rig.event(Event::Committed { connection: id(), generation: 5 });
    assert_eq!(released(&effects), [(2, Some(5)), (1, Some(5))]);
}

#[test]
fn a_due_token_is_given_after_all_when_its_renewal_takes_long() {
    let mut rig = renewing();
    assert_eq!(wake_at(&rig.need(1)), Some(at(56.0)));
    rig.ask(held(Some(token(4, 0.0, 100.0)), None));
    assert_eq!(released(&rig.wake(55.9)), []);
    assert_eq!(released(&rig.wake(56.0)), [(1, Some(4))]);
    rig.second = 92.0;
    assert_eq!(wake_at(&rig.need(2)), Some(at(94.0)), "well before it ends");
    assert_eq!(released(&rig.wake(94.0)), [(2, Some(4))]);
}

#[test]
fn a_due_token_is_given_at_once_while_no_renewal_is_to_be_waited_for() {
    let mut rig = renewing();
    rig.event(Event::NotLocked { connection: id(), reason: "aborted".to_owned() });
    assert_eq!(released(&rig.need(1)), [(1, Some(4))], "the next try waits");
    let mut nothing = held(Some(token(4, -60.0, 100.0)), None);
    nothing.has_credential = false;
    let (mut rig, _) = Rig::open(vec![nothing]);
    assert_eq!(released(&rig.need(1)), [(1, Some(4))], "there is none");
}

#[test]
fn an_expired_token_is_given_to_nobody() {
    let (mut rig, effects) = Rig::open(vec![held(Some(token(4, -200.0, 100.0)), None)]);
    assert!(wants_lock(&effects));
    assert_eq!(released(&rig.need(1)), []);
}

#[test]
fn a_keeper_wakes_at_the_renewal_point_kept_in_the_record() {
    let (_, effects) = Rig::open(vec![held(Some(token(4, 0.0, 100.0)), None)]);
    assert_eq!(effects, [Effect::WakeAt(at(50.0))]);
}

#[test]
fn a_lock_with_nothing_left_to_do_is_given_back_at_once() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(4, -60.0, 100.0)), None)]);
    let effects = rig.locked(held(Some(token(5, -1.0, 100.0)), None));
    assert_eq!(effects, [Effect::Unlock(id()), Effect::WakeAt(at(49.0))]);
    assert_eq!(rig.keeper.view().connections[0].token.as_ref().map(|token| token.generation), Some(5));
}

#[test]
fn a_lock_nobody_waits_for_is_given_back_at_once() {
    let (mut rig, _) = Rig::open(vec![]);
    assert_eq!(rig.locked(held(None, None)), [Effect::Unlock(id())]);
}

#[test]
fn a_renewal_left_behind_is_resumed_under_its_own_id_without_writing_it_again() {
    let (mut rig, effects) = Rig::open(vec![held(None, Some(intent(1, -20.0, None)))]);
    assert!(wants_lock(&effects), "an opening page finds it");
    let effects = rig.locked(held(None, Some(intent(1, -20.0, None))));
    assert_eq!(asked(&effects).map(|intent| intent.id.to_string()), Some("left behind".to_owned()));
}

#[test]
fn an_old_intent_gives_way_to_a_new_one() {
    for started in [-80.0, -4_000.0, 60.0] {
        let (mut rig, _) = Rig::open(vec![held(None, None)]);
        rig.need(1);
        let asked_under = rig.ask(held(None, Some(intent(1, started, None))));
        assert_ne!(asked_under.id.as_str(), "left behind", "begun at {started}");
    }
}

#[test]
fn beside_a_request_that_may_still_run_no_other_is_made() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    rig.need(1);
    let unknown = || held(None, Some(intent(1, -50.0, None)));
    let effects = rig.locked(unknown());
    assert_eq!(effects, [Effect::Unlock(id()), Effect::WakeAt(at(30.0))]);
    assert_eq!(rig.wake(30.0)[0], Effect::Lock(id()));
    assert_ne!(rig.ask(unknown()).id.as_str(), "left behind");
}

#[test]
fn a_tab_that_lost_its_lock_asks_nothing_and_a_persons_wish_stands() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    rig.need(1);
    let refused = rig.ask(held(None, None));
    rig.refused(&refused, Code::UpstreamRefused);
    rig.event(Event::Read { connection: id(), held: Some(held(None, Some(refused.clone()))) });
    rig.event(Event::IntentWritten(id(), refused.id));
    assert_eq!(rig.command(Command::Obtain(id()))[0], Effect::Lock(id()));
    rig.locked(held(None, None));
    let effects = rig.event(Event::LockLost(id()));
    assert_eq!(effects, [Effect::Unlock(id()), Effect::Read(id()), Effect::Lock(id())]);
}

#[test]
fn a_repeated_answer_does_not_lengthen_the_tokens_life() {
    let (mut rig, _) = Rig::open(vec![held(None, Some(intent(1, -30.0, None)))]);
    let intent = rig.ask(held(None, Some(intent(1, -30.0, None))));
    let clock = Some(sample(0.0, 0.2, 5_000.0));
    rig.second = 0.2;
    let answer = Ok(answer(5_000.0 - 28.0, Some(60)));
    let effects = rig.event(Event::Answered { connection: id(), intent: intent.id, answer, clock });
    let facts = committed(&effects).expect("the token is committed");
    let early = at(-28.0).since(facts.received_at);
    assert!(facts.received_at <= at(-28.0) && early <= Span::from_millis(1_200), "{early:?} too early");
    assert_eq!(facts.lifetime(), Span::from_seconds(60));
}

#[test]
fn without_a_measured_clock_a_tokens_life_counts_from_when_it_was_asked_for() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    rig.need(1);
    let intent = rig.ask(held(None, None));
    rig.second = 9.0;
    let effects = rig.answered(&intent, Ok(answer(777_777.0, Some(60))));
    assert_eq!(committed(&effects).map(|facts| facts.expires_at), Some(at(60.0)));
}

#[test]
fn a_lifetime_nobody_named_is_read_from_the_claims_or_taken_to_be_short() {
    // {"alg":"none"} . {"iat":100,"exp":1000} . sig
    let claims = "eyJhbGciOiJub25lIn0.eyJpYXQiOjEwMCwiZXhwIjoxMDAwfQ.c2ln";
    let no_life = "eyJhbGciOiJub25lIn0.eyJpYXQiOjEwMDAsImV4cCI6MTAwfQ.c2ln";
    for (text, expires_in, known, seconds) in [
        (claims, None, true, 900),
        (claims, Some(60), true, 60),
        (claims, Some(0), true, 900),
        (no_life, None, false, 300),
        ("opaque", None, false, 300),
        ("opaque", Some(0), false, 300),
        ("opaque", Some(u64::MAX), true, 366 * 86_400),
    ] {
        let (mut rig, _) = Rig::open(vec![held(None, None)]);
        rig.need(1);
        let intent = rig.ask(held(None, None));
        let mut given = answer(0.0, expires_in);
        given.access_token = Secret::new(text);
        let facts = committed(&rig.answered(&intent, Ok(given))).expect("the token is committed");
        assert_eq!((facts.lifetime_known, facts.lifetime().seconds()), (known, seconds), "{text} {expires_in:?}");
    }
}

#[test]
fn obtaining_replaces_a_good_token_and_says_so() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(4, 0.0, 100.0)), None)]);
    assert!(wants_lock(&rig.command(Command::Obtain(id()))));
    assert!(matches!(rig.keeper.view().connections[0].renewal, Renewal::Running { .. }));
    let intent = rig.ask(held(Some(token(4, 0.0, 100.0)), None));
    rig.answered(&intent, Ok(answer(0.0, Some(3_600))));
    rig.event(Event::Committed { connection: id(), generation: 5 });
    let view = rig.keeper.view();
    assert_eq!(view.connections[0].renewal, Renewal::Idle);
    assert_eq!(view.notices[0].text, "New token for Work. It is valid for 1 h.");
}

#[test]
fn a_rejected_token_is_renewed_once_if_it_is_still_the_newest() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(4, 0.0, 100.0)), None)]);
    let rejected = |generation, waiter| Event::Rejected { connection: id(), generation, waiter: WaiterId(waiter) };
    assert_eq!(released(&rig.event(rejected(3, 1))), [(1, Some(4))], "an older one was renewed already");
    let effects = rig.event(rejected(4, 2));
    assert!(wants_lock(&effects) && released(&effects).is_empty());
    assert!(!wants_lock(&rig.event(rejected(4, 3))));
    assert_eq!(released(&rig.need(4)), [(4, Some(4))], "others may still use it");
    let intent = rig.ask(held(Some(token(4, 0.0, 100.0)), None));
    rig.answered(&intent, Ok(answer(0.0, Some(60))));
    let effects = rig.event(Event::Committed { connection: id(), generation: 5 });
    assert_eq!(released(&effects), [(2, Some(5)), (3, Some(5))]);
}

#[test]
fn a_clock_set_back_by_an_hour_costs_one_renewal_and_keeps_the_tokens_true_age() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(4, 0.0, 7_200.0)), None)]);
    rig.wake(3_000.0);
    assert!(wants_lock(&rig.wake(-600.0)), "it is renewed into the new clock");
    assert_eq!(released(&rig.need(1)), []);
    assert_eq!(released(&rig.wake(-595.0)), [(1, Some(4))], "50 minutes old, it is still good");
    let effects = rig.locked(held(Some(token(5, -605.0, 7_200.0)), None));
    assert_eq!(effects.first(), Some(&Effect::Unlock(id())));
    assert!(!wants_lock(&rig.wake(-500.0)), "once is enough");
}

#[test]
fn a_token_from_the_future_is_given_to_nobody_and_renewed() {
    let (mut rig, effects) = Rig::open(vec![held(Some(token(4, 3_600.0, 7_200.0)), None)]);
    assert!(wants_lock(&effects));
    assert_eq!(released(&rig.need(1)), []);
}

#[test]
fn a_clock_set_forward_costs_one_renewal() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(4, 0.0, 7_200.0)), None)]);
    assert!(wants_lock(&rig.wake(7_300.0)));
    let intent = rig.ask(held(Some(token(4, 0.0, 7_200.0)), None));
    rig.answered(&intent, Ok(answer(7_300.0, Some(7_200))));
    rig.event(Event::Committed { connection: id(), generation: 5 });
    assert!(!wants_lock(&rig.wake(7_301.0)));
}

#[test]
fn a_token_that_lives_a_second_is_asked_for_twelve_times_a_minute_at_most() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    rig.command(Command::Obtain(id()));
    let mut asks = 0;
    let mut newest = None;
    for tenth in 0..599 {
        if wants_lock(&rig.wake(f64::from(tenth) / 10.0)) || tenth == 0 {
            let effects = rig.locked(held(newest.clone(), None));
            let Some(Effect::WriteIntent(_, intent)) = effects.first() else { continue };
            let intent = asked(&rig.event(Event::IntentWritten(id(), intent.id.clone()))).expect("asked");
            asks += 1;
            newest = committed(&rig.answered(&intent, Ok(answer(rig.second, Some(1)))));
            rig.event(Event::Committed { connection: id(), generation: intent.generation });
        }
    }
    assert_eq!(asks, 12);
}
