//! Contract 1: `StorageMetrics`.

use domain::storage::{Meter, StorageMetrics};
use domain::vault::StorageLevel;

#[test]
fn before_anything_happened_no_share_is_made_up() {
    let metrics = StorageMetrics::default();
    assert_eq!((metrics.hit_rate(), metrics.io_saved(), metrics.retry_success_rate()), (None, None, None));
}

#[test]
fn what_was_asked_is_counted_apart_from_what_was_done_for_it() {
    let mut meter = Meter::default();
    (0..8).for_each(|_| meter.hit(10));
    (0..2).for_each(|_| meter.miss(1_000));
    meter.fresh(1_000);
    (0..9).for_each(|_| meter.written(2_000));
    (0..3).for_each(|_| meter.transaction());
    meter.batch();
    let metrics = meter.metrics();
    assert_eq!((metrics.total_operations, metrics.cache_hits, metrics.cache_misses), (20, 8, 2));
    assert_eq!((metrics.writes_asked, metrics.transactions, metrics.batch_operations), (9, 3, 1));
    assert_eq!(metrics.hit_rate(), Some(0.8));
    assert_eq!(metrics.io_saved(), Some(0.7), "6 of 20 reached a place");
    assert_eq!(metrics.response.mean_us, (8 * 10 + 3 * 1_000 + 9 * 2_000) / 20, "a true mean");
}

#[test]
fn layers_are_told_apart_and_summed_up() {
    let mut meter = Meter::default();
    meter.layer(StorageLevel::LocalStorage, 1, 0, true, 50);
    meter.layer(StorageLevel::IndexedDb, 3, 2, true, 300);
    meter.layer(StorageLevel::IndexedDb, 3, 3, false, 500);
    meter.trips(StorageLevel::IndexedDb, 1);
    meter.trips(StorageLevel::LocalStorage, 2);
    let metrics = meter.metrics();
    assert_eq!((metrics.retry_attempts, metrics.retry_successes), (4, 1));
    assert_eq!(metrics.retry_success_rate(), Some(0.5));
    assert_eq!(metrics.circuit_breaker_trips, 3);
    let [database, simple] = metrics.layers.as_slice() else { panic!("{:?}", metrics.layers) };
    assert_eq!(
        (database.layer, database.failures, database.retries, database.recovered),
        (StorageLevel::IndexedDb, 5, 4, 1)
    );
    assert_eq!(database.response.mean_us, 400);
    assert_eq!((simple.layer, simple.retries, simple.trips), (StorageLevel::LocalStorage, 0, 2));
}
