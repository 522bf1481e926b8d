//! Contract 1, scenario 4: Retry Logic.

use domain::storage::RetryRules;
use domain::time::Span;
use domain::vault::{StorageLevel, StoreError};
use proptest::prelude::*;

fn lost() -> StoreError {
    StoreError::Unavailable("lost".to_owned())
}

#[test]
fn the_longest_pause_doubles_up_to_a_bound() {
    let rules = RetryRules { tries: 9, ..RetryRules::of(StorageLevel::IndexedDb) };
    let longest = |failed: u32| {
        let full = 100_u64.checked_shl(failed - 1).unwrap_or(u64::MAX).min(2_000);
        rules.pause(failed, &lost(), full)
    };
    let pauses: Vec<u64> = (1..9).map(|failed| longest(failed).unwrap().millis()).collect();
    assert_eq!(pauses, [100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000]);
}

#[test]
fn an_operation_is_tried_three_times_at_most_and_in_memory_once() {
    let tries = |layer| (1..=9).find(|failed| RetryRules::of(layer).pause(*failed, &lost(), 0).is_none());
    assert_eq!(tries(StorageLevel::IndexedDb), Some(3));
    assert_eq!(tries(StorageLevel::LocalStorage), Some(3));
    assert_eq!(tries(StorageLevel::Memory), Some(1));
}

#[test]
fn only_what_may_pass_is_tried_again() {
    let rules = RetryRules::of(StorageLevel::IndexedDb);
    for error in [
        StoreError::QuotaExceeded,
        StoreError::Superseded { current: 3 },
        StoreError::SignedOut { current: 1 },
        StoreError::KeyRefused("no key".to_owned()),
        StoreError::InsecureContext,
        StoreError::Newer,
    ] {
        assert_eq!(rules.pause(1, &error, 0), None, "{error:?}");
    }
    assert_eq!(rules.pause(1, &lost(), 0), Some(Span::ZERO));
}

proptest! {
    #[test]
    fn the_dice_choose_any_pause_up_to_the_longest(failed in 1..200_u32, random: u64) {
        let rules = RetryRules { tries: u32::MAX, ..RetryRules::of(StorageLevel::IndexedDb) };
        let pause = rules.pause(failed, &lost(), random).unwrap();
        prop_assert!(pause <= Span::from_seconds(2));
        prop_assert!(failed > 1 || pause <= Span::from_millis(100));
    }
}
