//! Contract 1, scenario 3: Circuit Breaker.

use domain::storage::{Breaker, Permit, Shut};
use proptest::prelude::*;

use crate::at;

fn fail(breaker: &mut Breaker, times: u32, now: i64) {
    for _ in 0..times {
        let permit = breaker.admit(at(now)).unwrap();
        breaker.failed(permit, at(now));
    }
}

#[test]
fn five_failures_in_a_row_open_it_for_thirty_seconds() {
    let mut breaker = Breaker::default();
    fail(&mut breaker, 5, 0);
    assert_eq!(breaker.admit(at(0)), Err(Shut { until: at(30_000) }));
    assert_eq!(breaker.admit(at(29_999)), Err(Shut { until: at(30_000) }));
    assert_eq!(breaker.trips(), 1);
    assert!(!breaker.is_closed());
}

#[test]
fn a_success_in_between_begins_the_count_anew() {
    let mut breaker = Breaker::default();
    for _ in 0..10 {
        fail(&mut breaker, 4, 0);
        let permit = breaker.admit(at(0)).unwrap();
        breaker.succeeded(permit);
    }
    assert_eq!(breaker.trips(), 0);
}

#[test]
fn after_thirty_seconds_exactly_one_probe_goes_and_its_success_closes_it() {
    let mut breaker = Breaker::default();
    fail(&mut breaker, 5, 0);
    let probe = breaker.admit(at(30_000)).unwrap();
    assert!(probe.is_probe);
    assert!(breaker.admit(at(30_000)).is_err(), "a second probe went");
    assert!(breaker.admit(at(59_999)).is_err(), "a second probe went");
    breaker.succeeded(probe);
    assert!(breaker.admit(at(30_001)).is_ok_and(|permit| !permit.is_probe));
    fail(&mut breaker, 4, 30_002);
    assert!(breaker.is_closed(), "the failures from before were counted");
}

#[test]
fn a_probe_that_fails_opens_it_again() {
    let mut breaker = Breaker::default();
    fail(&mut breaker, 5, 0);
    let probe = breaker.admit(at(30_000)).unwrap();
    breaker.failed(probe, at(31_000));
    assert_eq!(breaker.admit(at(60_999)), Err(Shut { until: at(61_000) }));
    assert_eq!(breaker.trips(), 2);
    assert!(breaker.admit(at(61_000)).is_ok_and(|permit| permit.is_probe));
}

#[test]
fn a_probe_nobody_hears_of_again_is_followed_by_another() {
    let mut breaker = Breaker::default();
    fail(&mut breaker, 5, 0);
    let lost = breaker.admit(at(30_000)).unwrap();
    let second = breaker.admit(at(60_000)).unwrap();
    assert!(second.is_probe);
    breaker.failed(lost, at(60_001));
    breaker.succeeded(second);
    assert!(breaker.is_closed(), "the lost probe's end was heeded");
}

#[test]
fn calls_from_before_it_opened_change_nothing_when_they_end() {
    let mut breaker = Breaker::default();
    let (good, bad) = (breaker.admit(at(0)).unwrap(), breaker.admit(at(0)).unwrap());
    fail(&mut breaker, 5, 0);
    breaker.succeeded(good);
    breaker.failed(bad, at(20_000));
    assert_eq!(breaker.admit(at(20_001)), Err(Shut { until: at(30_000) }));
    let probe = breaker.admit(at(30_000)).unwrap();
    breaker.succeeded(good);
    assert!(!breaker.is_closed(), "an old success closed it");
    breaker.succeeded(probe);
    assert!(breaker.is_closed());
}

#[test]
fn a_layer_that_was_given_up_is_shut_at_once() {
    let mut breaker = Breaker::default();
    breaker.trip(at(0));
    assert_eq!(breaker.admit(at(1)), Err(Shut { until: at(30_000) }));
}

#[test]
fn a_clock_that_is_set_back_keeps_it_open_for_thirty_seconds_at_most() {
    let mut breaker = Breaker::default();
    fail(&mut breaker, 5, 3_600_000);
    assert_eq!(breaker.admit(at(0)), Err(Shut { until: at(30_000) }));
    assert!(breaker.admit(at(30_000)).is_ok_and(|permit| permit.is_probe));
    assert_eq!(breaker.admit(at(0)), Err(Shut { until: at(30_000) }));
}

#[derive(Clone, Debug)]
enum Step {
    Wait(i64),
    Admit,
    End(usize, bool),
}

proptest! {
    #[test]
    fn while_it_is_not_closed_one_call_at_most_gets_through_in_thirty_seconds(
        steps in prop::collection::vec(prop_oneof![
            2 => (0..20_000_i64).prop_map(Step::Wait),
            4 => Just(Step::Admit),
            4 => (0..8_usize, prop::bool::weighted(0.2)).prop_map(|(index, worked)| Step::End(index, worked)),
        ], 0..300),
    ) {
        let mut breaker = Breaker::default();
        // Calls under way; what began before the breaker last opened or closed says nothing any more.
        let (mut running, mut now): (Vec<(Permit, bool)>, i64) = (Vec::new(), 0);
        let (mut last_probe, mut in_a_row) = (None, 0);
        for step in steps {
            match step {
                Step::Wait(millis) => now += millis,
                Step::Admit => {
                    let was_closed = breaker.is_closed();
                    if let Ok(permit) = breaker.admit(at(now)) {
                        prop_assert_eq!(permit.is_probe, !was_closed);
                        if permit.is_probe {
                            prop_assert!(last_probe.is_none_or(|at| now >= at + 30_000), "two probes within 30 s");
                            last_probe = Some(now);
                        }
                        running.push((permit, true));
                    }
                }
                Step::End(index, worked) if index < running.len() => {
                    let ((permit, counts), was_closed) = (running.remove(index), breaker.is_closed());
                    match worked {
                        true => breaker.succeeded(permit),
                        false => breaker.failed(permit, at(now)),
                    }
                    if counts {
                        in_a_row = if worked { 0 } else { in_a_row + 1 };
                    }
                    let opened = was_closed && !breaker.is_closed();
                    prop_assert!(!opened || in_a_row >= 5, "opened after {in_a_row} failures");
                    if was_closed != breaker.is_closed() {
                        running.iter_mut().for_each(|(_, counts)| *counts = false);
                        in_a_row = 0;
                    }
                    if breaker.is_closed() {
                        last_probe = None;
                    }
                }
                Step::End(..) => {}
            }
        }
    }
}
