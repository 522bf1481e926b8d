//! What tabs know together: the server's clock, and how often tokens were asked for.

use domain::api::Code;
use domain::keeper::{Effect, Event, Intent};
use domain::time::Timestamp;
use domain::token::{ClockOffset, Shared, TokenFacts};

use crate::rig::*;

fn clock(offset: i64, measured: f64) -> Shared {
    Shared { asked: Vec::new(), clock: Some(ClockOffset { offset, error: 600, at: at(measured) }) }
}

fn written(effects: &[Effect]) -> Option<Intent> {
    effects.iter().rev().find_map(|effect| match effect {
        Effect::WriteIntent(_, intent) => Some(intent.clone()),
        _ => None,
    })
}

fn offset(rig: &Rig) -> Option<i64> {
    rig.keeper.view().clock_offset
}

#[test]
fn a_tab_that_asked_nothing_knows_the_servers_clock_by_the_token_another_obtained() {
    let (mut first, _) = Rig::open(vec![held(None, None)]);
    first.need(1);
    first.event(Event::Read { connection: id(), held: Some(held(None, None)) });
    let intent = first.ask(held(None, None));
    first.second = 0.2;
    let clock = Some(sample(0.0, 0.2, 3_600.0));
    let answer = Ok(answer(3_600.0, Some(60)));
    let effects = first.event(Event::Answered { connection: id(), intent: intent.id, answer, clock });
    let token = committed(&effects).expect("a token");
    let known = offset(&first);
    assert!(known.is_some_and(|offset| offset.abs_diff(3_600_000) < 1_000), "{known:?}");

    let (opened, _) = Rig::open(vec![held(Some(token.clone()), None)]);
    assert_eq!(offset(&opened), known, "a tab that is opened");
    let (mut beside, _) = Rig::open(vec![held(None, None)]);
    beside.second = 0.3;
    beside.event(Event::TokenRead { connection: id(), token: Some(token) });
    assert_eq!(offset(&beside), known, "a tab that was told of it");
}

#[test]
fn a_tab_knows_the_servers_clock_by_a_request_of_another_that_failed() {
    let left = Intent { shared: clock(7_000, -1.0), ..intent(1, -1.0, None) };
    let (rig, _) = Rig::open(vec![held(None, Some(left))]);
    assert_eq!(offset(&rig), Some(7_000));
}

#[test]
fn a_clock_measured_before_this_browsers_was_set_back_is_not_taken_from_a_record_that_was_read_before() {
    let token = TokenFacts { shared: clock(7_000, -1.0), ..token(1, 0.0, 600.0) };
    let (mut rig, _) = Rig::open(vec![held(Some(token.clone()), None)]);
    rig.second = -30.0;
    rig.event(Event::Read { connection: id(), held: Some(held(Some(token.clone()), None)) });
    assert_eq!(offset(&rig), None, "its time is still to come");
    rig.second = 10.0;
    rig.event(Event::Read { connection: id(), held: Some(held(Some(token), None)) });
    assert_eq!(offset(&rig), None, "its time has come again");
}

#[test]
fn the_clock_this_tab_measures_itself_overrules_what_a_record_says_of_an_earlier_one() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    rig.second = 2.0;
    rig.event(Event::Clock(sample(1.0, 2.0, 0.0)));
    let own = offset(&rig);
    let token = TokenFacts { shared: clock(3_600_000, 1.5), ..token(1, 0.0, 600.0) };
    rig.event(Event::TokenRead { connection: id(), token: Some(token) });
    assert_eq!(offset(&rig), own);
}

#[test]
fn a_budget_that_several_tabs_spent_together_is_spent_for_all_also_by_requests_that_failed() {
    let mut tabs: Vec<Rig> = (0..3).map(|_| Rig::open(vec![held(None, None)]).0).collect();
    let mut record = None;
    for nth in 0..12_u32 {
        let rig = &mut tabs[nth as usize % 3];
        rig.second = f64::from(nth);
        rig.command(domain::keeper::Command::Obtain(id()));
        let intent = rig.ask(held(None, record.take()));
        record = written(&rig.refused(&intent, Code::UpstreamUnavailable));
        rig.event(Event::IntentWritten(id(), intent.id));
    }
    let asked = record.as_ref().map(|intent| intent.shared.asked.clone()).unwrap_or_default();
    assert_eq!(asked, (0..12).map(|second| at(f64::from(second))).collect::<Vec<Timestamp>>());

    tabs.push(Rig::open(vec![held(None, None)]).0);
    for (nth, mut rig) in tabs.into_iter().enumerate() {
        rig.second = 12.0;
        rig.command(domain::keeper::Command::Obtain(id()));
        let effects = rig.locked(held(None, record.clone()));
        assert_eq!((written(&effects), effects.contains(&Effect::Unlock(id()))), (None, true), "tab {nth}");
        let failure = rig.failure().expect("a reason");
        assert_eq!(failure.problem.code, Code::TooManyRequests, "tab {nth}");
    }
}

#[test]
fn requests_that_brought_tokens_are_counted_with_the_token() {
    let shared = Shared { asked: (0..12).map(|second| at(f64::from(second))).collect(), clock: None };
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    rig.second = 12.0;
    rig.command(domain::keeper::Command::Obtain(id()));
    let effects = rig.locked(held(Some(TokenFacts { shared, ..token(12, 11.0, 0.5) }), None));
    assert_eq!(written(&effects), None);
}

#[test]
fn records_of_a_build_that_shared_nothing_are_read_and_what_no_build_can_mean_costs_no_token() {
    let token = TokenFacts { shared: clock(7_000, 0.0), ..token(1, 0.0, 600.0) };
    let mut json = serde_json::to_value(&token).expect("a record");
    assert_eq!(serde_json::from_value::<TokenFacts>(json.clone()).ok(), Some(token.clone()));
    for odd in [
        serde_json::json!("what?"),
        serde_json::json!({ "asked": 7 }),
        serde_json::json!({ "clock": { "offset": "x" } }),
    ] {
        json["shared"] = odd;
        let read = serde_json::from_value::<TokenFacts>(json.clone()).expect("a token all the same");
        assert_eq!(read.shared, Shared::default());
    }
    json.as_object_mut().and_then(|record| record.remove("shared")).expect("what tabs share");
    let older = serde_json::from_value::<TokenFacts>(json.clone()).expect("an older record");
    assert_eq!(older, TokenFacts { shared: Shared::default(), ..token });
    assert_eq!(serde_json::to_value(&older).ok(), Some(json), "nothing is written where there is nothing to share");
}
