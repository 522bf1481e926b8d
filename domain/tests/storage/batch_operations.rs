//! Contract 1, scenario 1: Batch Operations.

use std::collections::{BTreeMap, BTreeSet};

use domain::storage::Batch;
use proptest::prelude::*;

use crate::at;

type Plain = Batch<&'static str, u32, u32>;

#[test]
fn many_saves_become_one_transaction_after_a_hundred_quiet_milliseconds() {
    let mut batch = Plain::default();
    for index in 0..5 {
        batch.put(["theme", "last used"][usize::from(index % 2 == 0)], index, index, at(i64::from(index) * 20));
    }
    assert_eq!(batch.due(at(80)), Some(at(180)), "100 ms after the last");
    assert_eq!(batch.begin(at(179)), None);
    assert_eq!(batch.begin(at(180)), Some(vec![("last used", 4), ("theme", 3)]), "the newest of each key");
    assert_eq!(batch.done().len(), 5, "everyone who asked is told");
    assert!(batch.is_empty());
    assert_eq!(batch.due(at(1_000)), None);
}

#[test]
fn a_stream_of_saves_waits_for_a_second_at_most() {
    let mut batch = Plain::default();
    for index in 0..30 {
        batch.put("theme", index, index, at(i64::from(index) * 50));
    }
    assert_eq!(batch.due(at(1_450)), Some(at(1_000)));
}

#[test]
fn a_save_is_answered_only_when_a_value_as_new_is_durable() {
    let mut batch = Plain::default();
    batch.put("theme", 1, 1, at(0));
    assert!(batch.begin(at(100)).is_some());
    batch.put("theme", 2, 2, at(110));
    assert_eq!(batch.done(), [1], "the second is not on disk yet");
    assert_eq!(batch.begin(at(210)), Some(vec![("theme", 2)]));
    assert_eq!(batch.done(), [2]);
}

#[test]
fn a_failed_flush_keeps_the_newest_value_and_is_tried_again_after_a_growing_pause() {
    let mut batch = Plain::default();
    batch.put("theme", 1, 1, at(0));
    batch.put("current", 7, 7, at(0));
    assert!(batch.begin(at(100)).is_some());
    batch.put("theme", 2, 2, at(110));
    batch.failed(at(120), 0);
    assert_eq!(batch.due(at(120)), Some(at(1_120)), "one second later");
    assert_eq!(
        batch.begin(at(1_120)),
        Some(vec![("current", 7), ("theme", 2)]),
        "the value that failed came back over the newer"
    );
    batch.failed(at(1_200), 499);
    assert_eq!(batch.due(at(1_200)), Some(at(1_200 + 2_000 - 998)), "two seconds later, less the dice");
    assert!(batch.begin(at(2_202)).is_some());
    let mut told = batch.done();
    told.sort_unstable();
    assert_eq!(told, [1, 2, 7]);
}

#[test]
fn one_flush_runs_at_a_time() {
    let mut batch = Plain::default();
    batch.put("theme", 1, 1, at(0));
    assert!(batch.begin(at(100)).is_some());
    batch.put("theme", 2, 2, at(100));
    assert_eq!((batch.due(at(900)), batch.begin(at(900))), (None, None));
    assert_eq!(batch.newest(&"theme"), Some(&2));
}

#[test]
fn a_page_that_is_hidden_writes_at_once_even_during_a_pause() {
    let mut batch = Plain::default();
    batch.hurry();
    assert_eq!(batch.due(at(0)), None, "there is nothing to hurry");
    batch.put("theme", 1, 1, at(0));
    assert_eq!(batch.due(at(0)), Some(at(100)), "a hurry is over with the page's return");
    batch.hurry();
    assert!(batch.begin(at(0)).is_some());
    batch.failed(at(5), 0);
    batch.hurry();
    assert_eq!(batch.due(at(6)), Some(at(6)));
}

#[test]
fn after_a_sign_out_nothing_is_written_and_everyone_is_told() {
    let mut batch = Plain::default();
    batch.put("theme", 1, 1, at(0));
    assert!(batch.begin(at(100)).is_some());
    batch.put("current", 2, 2, at(110));
    assert_eq!(batch.abandon(), [1, 2]);
    assert!(batch.is_empty());
    assert_eq!(batch.begin(at(9_000)), None);
}

#[test]
fn a_clock_that_is_set_back_makes_nothing_wait_longer() {
    let mut batch = Plain::default();
    batch.put("theme", 1, 1, at(3_600_000));
    assert_eq!(batch.due(at(0)), Some(at(100)));
    assert!(batch.begin(at(3_600_100)).is_some());
    batch.failed(at(3_600_100), 0);
    assert_eq!(batch.due(at(0)), Some(at(60_000)));
}

#[derive(Clone, Debug)]
enum Step {
    Put(u8),
    Wait(i64),
    Flush,
    Done,
    Fail(u64),
    Hide,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        5 => (0..4_u8).prop_map(Step::Put),
        4 => (0..2_000_i64).prop_map(Step::Wait),
        4 => Just(Step::Flush),
        3 => Just(Step::Done),
        2 => any::<u64>().prop_map(Step::Fail),
        1 => Just(Step::Hide),
    ];
    prop::collection::vec(step, 0..200)
}

proptest! {
    /// A disk stands beside the batch. Whatever happens, whoever is told that a value is durable finds it, or a newer one,
    /// on the disk; nobody is told twice; and in the end, when flushes work again, the newest values are there.
    #[test]
    fn nothing_asked_for_is_lost_and_nobody_is_told_too_early(steps in steps()) {
        let mut batch: Batch<u8, u32, (u8, u32)> = Batch::default();
        let (mut disk, mut newest) = (BTreeMap::new(), BTreeMap::new());
        let (mut told, mut asked) = (BTreeSet::new(), 0_u32);
        let (mut flying, mut now) = (None, 0_i64);
        let mut check = |answered: Vec<(u8, u32)>, disk: &BTreeMap<u8, u32>| {
            for (key, value) in answered {
                assert!(disk[&key] >= value, "{value} is not durable, {} is", disk[&key]);
                assert!(told.insert(value), "{value} was answered twice");
            }
            told.len()
        };
        for step in steps {
            match step {
                Step::Put(key) => {
                    asked += 1;
                    newest.insert(key, asked);
                    batch.put(key, asked, (key, asked), at(now));
                }
                Step::Wait(millis) => now += millis,
                Step::Flush => flying = batch.begin(at(now)).or(flying),
                Step::Done => if let Some(values) = flying.take() {
                    disk.extend(values);
                    check(batch.done(), &disk);
                },
                Step::Fail(random) => if flying.take().is_some() {
                    batch.failed(at(now), random);
                },
                Step::Hide => batch.hurry(),
            }
            for (key, value) in &newest {
                let shown = batch.newest(key).or_else(|| disk.get(key));
                prop_assert_eq!(shown, Some(value), "a reader would see an older value");
            }
        }
        if let Some(values) = flying {
            disk.extend(values);
            check(batch.done(), &disk);
        }
        if let Some(due) = batch.due(at(now)) {
            prop_assert!(due <= at(now + 60_000), "it waits for {due:?}");
            disk.extend(batch.begin(due).unwrap());
            check(batch.done(), &disk);
        }
        prop_assert!(batch.is_empty());
        prop_assert_eq!(&disk, &newest);
        prop_assert_eq!(check(Vec::new(), &disk), asked as usize);
    }
}
