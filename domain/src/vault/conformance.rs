//! What every place for records must do, as rules any implementation can run.
//!
//! Each rule is a function that takes a fresh, empty store and panics when the store breaks it. [`all`] runs them one
//! after the other, each with a store of its own.

use super::{Expected, RecordKey, RecordStore, SealedRecord, StoreError, StoreName, Write};

/// Runs every rule; `fresh` gives an empty store for the rule of that name.
///
/// # Panics
///
/// At the first rule that is broken.
pub async fn all<S: RecordStore>(fresh: impl AsyncFn(&'static str) -> S) {
    macro_rules! run {
        ($($rule:ident),* $(,)?) => { $($rule(&fresh(stringify!($rule)).await).await;)* };
    }
    run!(
        a_fresh_store_is_empty,
        a_record_comes_back_as_it_was_written,
        a_later_generation_replaces_the_earlier,
        a_writer_that_read_an_old_generation_loses,
        a_writer_that_saw_nothing_loses_to_what_is_there,
        removing_needs_the_generation_that_stands,
        removing_what_is_not_there_succeeds,
        a_removed_record_can_be_written_again_from_the_start,
        stores_are_apart,
        a_store_that_is_a_guest_of_another_is_listed_apart,
        a_list_is_in_id_order,
        several_records_are_read_in_the_order_asked_for_with_the_epoch,
        of_many_records_each_is_seen_as_it_is,
        odd_ids_are_ids_like_any_other,
        a_big_record_comes_back_whole,
        an_empty_record_comes_back_empty,
        a_batch_happens_whole,
        a_batch_with_one_loser_changes_nothing,
        an_empty_batch_is_fenced_too,
        the_epoch_only_moves_on,
        a_writer_from_before_a_sign_out_loses,
        signing_out_removes_no_record,
        clearing_removes_every_record_and_fences_old_writers,
    );
}

/// Nothing is there at first, and the epoch is 0.
pub async fn a_fresh_store_is_empty(store: &impl RecordStore) {
    for name in StoreName::ALL {
        assert_eq!(store.list(name).await, Ok(Vec::new()), "{name:?}");
        assert_eq!(store.get(&key(name, "a")).await, Ok(None), "{name:?}");
    }
    assert_eq!(store.epoch().await, Ok(0));
}

/// What `put` resolved for, `get` and `list` give back byte by byte.
pub async fn a_record_comes_back_as_it_was_written(store: &impl RecordStore) {
    put(store, "a", 0, &[0, 255, 1]).await.expect("the first record is taken");
    assert_eq!(store.get(&token("a")).await, Ok(Some(record(1, &[0, 255, 1]))));
    assert_eq!(store.list(StoreName::Tokens).await, Ok(vec![("a".to_owned(), record(1, &[0, 255, 1]))]));
}

/// Generation 2 replaces generation 1.
pub async fn a_later_generation_replaces_the_earlier(store: &impl RecordStore) {
    put(store, "a", 0, b"one").await.expect("the first generation is taken");
    put(store, "a", 1, b"two").await.expect("the second generation is taken");
    assert_eq!(store.get(&token("a")).await, Ok(Some(record(2, b"two"))));
    assert_eq!(store.list(StoreName::Tokens).await.map(|records| records.len()), Ok(1));
}

/// Of two writers that read the same generation the second loses, and is told which generation stands.
pub async fn a_writer_that_read_an_old_generation_loses(store: &impl RecordStore) {
    put(store, "a", 0, b"one").await.expect("the first generation is taken");
    put(store, "a", 1, b"winner").await.expect("the second generation is taken");
    assert_eq!(put(store, "a", 1, b"loser").await, Err(StoreError::Superseded { current: 2 }));
    assert_eq!(put(store, "a", 7, b"from nowhere").await, Err(StoreError::Superseded { current: 2 }));
    assert_eq!(store.get(&token("a")).await, Ok(Some(record(2, b"winner"))));
}

/// Who believes that nothing is there can't write over what is.
pub async fn a_writer_that_saw_nothing_loses_to_what_is_there(store: &impl RecordStore) {
    put(store, "a", 0, b"one").await.expect("the first generation is taken");
    assert_eq!(put(store, "a", 0, b"again").await, Err(StoreError::Superseded { current: 1 }));
    assert_eq!(put(store, "b", 3, b"b").await, Err(StoreError::Superseded { current: 0 }));
}

/// A record is removed only by who knows its newest generation.
pub async fn removing_needs_the_generation_that_stands(store: &impl RecordStore) {
    put(store, "a", 0, b"one").await.expect("the first generation is taken");
    put(store, "a", 1, b"two").await.expect("the second generation is taken");
    assert_eq!(remove(store, "a", 1).await, Err(StoreError::Superseded { current: 2 }));
    assert_eq!(remove(store, "a", 2).await, Ok(()));
    assert_eq!(store.get(&token("a")).await, Ok(None));
}

/// Removing twice is no error.
pub async fn removing_what_is_not_there_succeeds(store: &impl RecordStore) {
    assert_eq!(remove(store, "a", 0).await, Ok(()));
    assert_eq!(remove(store, "a", 5).await, Ok(()));
}

/// After a removal the record begins again at generation 1.
pub async fn a_removed_record_can_be_written_again_from_the_start(store: &impl RecordStore) {
    put(store, "a", 0, b"one").await.expect("the first generation is taken");
    remove(store, "a", 1).await.expect("it is removed");
    assert_eq!(put(store, "a", 1, b"late").await, Err(StoreError::Superseded { current: 0 }));
    assert_eq!(put(store, "a", 0, b"new").await, Ok(()));
    assert_eq!(store.get(&token("a")).await, Ok(Some(record(1, b"new"))));
}

/// The same id in two stores is two records.
pub async fn stores_are_apart(store: &impl RecordStore) {
    put(store, "a", 0, b"token").await.expect("the first record is taken");
    for name in StoreName::ALL.into_iter().filter(|name| *name != StoreName::Tokens) {
        assert_eq!(store.get(&key(name, "a")).await, Ok(None), "{name:?}");
        assert_eq!(store.list(name).await, Ok(Vec::new()), "{name:?}");
    }
}

/// Stores that share a place share no record, whatever their ids are.
pub async fn a_store_that_is_a_guest_of_another_is_listed_apart(store: &impl RecordStore) {
    let keys = [
        key(StoreName::Settings, "current"),
        key(StoreName::Sites, "a"),
        key(StoreName::Sites, "b/c"),
        key(StoreName::SiteTokens, "a"),
    ];
    let writes: Vec<Write> = keys.iter().map(|key| put_of(key.clone(), 0, key.id.as_bytes())).collect();
    store.apply(0, &writes).await.expect("all are taken");
    for key in &keys {
        assert_eq!(store.get(key).await, Ok(Some(record(1, key.id.as_bytes()))), "{key:?}");
    }
    for (name, ids) in [
        (StoreName::Settings, vec!["current"]),
        (StoreName::Sites, vec!["a", "b/c"]),
        (StoreName::SiteTokens, vec!["a"]),
    ] {
        let listed = store.list(name).await.expect("the list is read");
        let listed: Vec<&str> = listed.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(listed, ids, "{name:?}");
    }
    store.apply(0, &[Write::Remove { key: keys[1].clone(), replaces: 1 }]).await.expect("it is removed");
    assert_eq!(store.list(StoreName::Sites).await.map(|records| records.len()), Ok(1));
    assert_eq!(store.list(StoreName::SiteTokens).await.map(|records| records.len()), Ok(1));
}

/// `list` gives ids in the order of their characters, however they were written.
pub async fn a_list_is_in_id_order(store: &impl RecordStore) {
    for id in ["b", "a10", "c", "a2", "B", "a"] {
        put(store, id, 0, id.as_bytes()).await.expect("each id is taken");
    }
    let listed = store.list(StoreName::Tokens).await.expect("the list is read");
    let ids: Vec<&str> = listed.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["B", "a", "a10", "a2", "b", "c"]);
}

/// `read` gives each record where it was asked for, also twice, and none where there is none.
pub async fn several_records_are_read_in_the_order_asked_for_with_the_epoch(store: &impl RecordStore) {
    assert_eq!(store.read(&[]).await, Ok((Vec::new(), 0)));
    put(store, "a", 0, b"a").await.expect("the first record is taken");
    let intent = key(StoreName::Intents, "a");
    store.apply(0, &[put_of(intent.clone(), 0, b"intent")]).await.expect("the second record is taken");
    store.advance_epoch().await.expect("the epoch moves on");
    let keys = [intent, token("none"), token("a"), token("a")];
    let a = Some(record(1, b"a"));
    assert_eq!(store.read(&keys).await, Ok((vec![Some(record(1, b"intent")), None, a.clone(), a], 1)));
}

/// Of hundreds of records every other one is there: reading and a batch see each as it is.
pub async fn of_many_records_each_is_seen_as_it_is(store: &impl RecordStore) {
    let keys: Vec<RecordKey> = (0..600).map(|number| token(&format!("é{number}"))).collect();
    let every_other: Vec<Write> = keys.iter().step_by(2).map(|key| put_of(key.clone(), 0, b"one")).collect();
    store.apply(0, &every_other).await.expect("a large batch is taken");
    let (found, _) = store.read(&keys).await.expect("many records are read");
    let seen: Vec<u64> = found.iter().map(|record| record.as_ref().map_or(0, |record| record.generation)).collect();
    assert_eq!(seen, [1, 0].repeat(300));
    let all = |over: [u64; 2]| -> Vec<Write> {
        keys.iter().zip(over.iter().cycle()).map(|(key, over)| put_of(key.clone(), *over, b"two")).collect()
    };
    assert_eq!(store.apply(0, &all([0, 0])).await, Err(StoreError::Superseded { current: 1 }));
    assert_eq!(store.apply(0, &all([1, 1])).await, Err(StoreError::Superseded { current: 0 }));
    store.apply(0, &all([1, 0])).await.expect("each is written over what stands");
    assert_eq!(store.list(StoreName::Tokens).await.map(|records| records.len()), Ok(keys.len()));
}

/// Empty, very long and foreign ids, and ids that look like keys or paths, are all told apart.
pub async fn odd_ids_are_ids_like_any_other(store: &impl RecordStore) {
    let long = "x".repeat(10_000);
    let ids =
        ["", " ", ".", "..", "tokens", "tokens/a", "a\0b", "a\nb", "é", "e\u{301}", "東京", "🗝️", "__proto__", &long];
    for id in ids {
        put(store, id, 0, id.as_bytes()).await.unwrap_or_else(|error| panic!("{id:?} is not taken: {error}"));
    }
    for id in ids {
        assert_eq!(store.get(&token(id)).await, Ok(Some(record(1, id.as_bytes()))), "{id:?}");
    }
    assert_eq!(store.list(StoreName::Tokens).await.map(|records| records.len()), Ok(ids.len()));
}

/// One mebibyte is no problem.
pub async fn a_big_record_comes_back_whole(store: &impl RecordStore) {
    let bytes: Vec<u8> = (0..1_u32 << 20).map(|index| index.to_le_bytes()[usize::from(index % 3 == 0)]).collect();
    put(store, "big", 0, &bytes).await.expect("a mebibyte is taken");
    let read = store.get(&token("big")).await.expect("it is read").expect("it is there");
    assert!(read.ciphertext == bytes, "the bytes of a big record changed");
}

/// A record may be empty.
pub async fn an_empty_record_comes_back_empty(store: &impl RecordStore) {
    let empty = SealedRecord { generation: 1, nonce: Vec::new(), ciphertext: Vec::new() };
    let expected = Expected { generation: 0, epoch: 0 };
    store.put(&token("a"), expected, empty.clone()).await.expect("an empty record is taken");
    assert_eq!(store.get(&token("a")).await, Ok(Some(empty)));
}

/// All writes of a batch happen, over several stores.
pub async fn a_batch_happens_whole(store: &impl RecordStore) {
    put(store, "old", 0, b"old").await.expect("the first record is taken");
    let writes = [
        put_of(token("new"), 0, b"new"),
        put_of(key(StoreName::Intents, "new"), 0, b"intent"),
        Write::Remove { key: token("old"), replaces: 1 },
    ];
    assert_eq!(store.apply(0, &writes).await, Ok(()));
    assert_eq!(store.get(&token("old")).await, Ok(None));
    assert_eq!(store.get(&token("new")).await, Ok(Some(record(1, b"new"))));
    assert_eq!(store.get(&key(StoreName::Intents, "new")).await, Ok(Some(record(1, b"intent"))));
}

/// When one write of a batch is too late, none happens, wherever in the batch it stands.
pub async fn a_batch_with_one_loser_changes_nothing(store: &impl RecordStore) {
    put(store, "a", 0, b"one").await.expect("the first record is taken");
    let good = || [put_of(token("b"), 0, b"b"), Write::Remove { key: token("a"), replaces: 1 }];
    let bad = || put_of(key(StoreName::Intents, "c"), 4, b"late");
    for position in 0..=2 {
        let mut writes = good().to_vec();
        writes.insert(position, bad());
        let answer = store.apply(0, &writes).await;
        assert_eq!(answer, Err(StoreError::Superseded { current: 0 }), "loser at {position}");
        assert_eq!(store.get(&token("a")).await, Ok(Some(record(1, b"one"))), "loser at {position}");
        assert_eq!(store.get(&token("b")).await, Ok(None), "loser at {position}");
    }
}

/// Even a batch without writes is refused after a sign-out.
pub async fn an_empty_batch_is_fenced_too(store: &impl RecordStore) {
    assert_eq!(store.apply(0, &[]).await, Ok(()));
    assert_eq!(store.apply(1, &[]).await, Err(StoreError::SignedOut { current: 0 }));
}

/// Each sign-out gives the next epoch.
pub async fn the_epoch_only_moves_on(store: &impl RecordStore) {
    assert_eq!(store.advance_epoch().await, Ok(1));
    assert_eq!(store.advance_epoch().await, Ok(2));
    assert_eq!(store.epoch().await, Ok(2));
}

/// Who read before a sign-out can write and remove nothing; being signed out is said before being late.
pub async fn a_writer_from_before_a_sign_out_loses(store: &impl RecordStore) {
    put(store, "a", 0, b"one").await.expect("the first record is taken");
    store.advance_epoch().await.expect("the epoch moves on");
    let signed_out = Err(StoreError::SignedOut { current: 1 });
    assert_eq!(put(store, "a", 1, b"two").await, signed_out);
    assert_eq!(put(store, "a", 9, b"late").await, signed_out);
    assert_eq!(remove(store, "a", 1).await, signed_out);
    assert_eq!(remove(store, "not there", 0).await, signed_out);
    assert_eq!(store.get(&token("a")).await, Ok(Some(record(1, b"one"))));
    let now = Expected { generation: 1, epoch: 1 };
    assert_eq!(store.put(&token("a"), now, record(2, b"two")).await, Ok(()));
}

/// A sign-out leaves the sealed records where they are.
pub async fn signing_out_removes_no_record(store: &impl RecordStore) {
    put(store, "a", 0, b"one").await.expect("the first record is taken");
    store.advance_epoch().await.expect("the epoch moves on");
    assert_eq!(store.list(StoreName::Tokens).await.map(|records| records.len()), Ok(1));
}

/// `clear` leaves nothing in any store, and a writer from before can't bring anything back.
pub async fn clearing_removes_every_record_and_fences_old_writers(store: &impl RecordStore) {
    for name in StoreName::ALL {
        let expected = Expected { generation: 0, epoch: 0 };
        store.put(&key(name, "a"), expected, record(1, b"one")).await.expect("each store takes a record");
    }
    store.clear().await.expect("the store is cleared");
    for name in StoreName::ALL {
        assert_eq!(store.list(name).await, Ok(Vec::new()), "{name:?}");
    }
    assert_eq!(put(store, "a", 0, b"back").await, Err(StoreError::SignedOut { current: 1 }));
    assert_eq!(store.epoch().await, Ok(1));
}

fn key(store: StoreName, id: &str) -> RecordKey {
    RecordKey { store, id: id.to_owned() }
}

fn token(id: &str) -> RecordKey {
    key(StoreName::Tokens, id)
}

fn record(generation: u64, bytes: &[u8]) -> SealedRecord {
    SealedRecord { generation, nonce: vec![7; 12], ciphertext: bytes.to_vec() }
}

fn put_of(key: RecordKey, replaces: u64, bytes: &[u8]) -> Write {
    Write::Put { key, replaces, record: record(replaces + 1, bytes) }
}

async fn put(store: &impl RecordStore, id: &str, replaces: u64, bytes: &[u8]) -> Result<(), StoreError> {
    store.put(&token(id), Expected { generation: replaces, epoch: 0 }, record(replaces + 1, bytes)).await
}

async fn remove(store: &impl RecordStore, id: &str, replaces: u64) -> Result<(), StoreError> {
    store.remove(&token(id), Expected { generation: replaces, epoch: 0 }).await
}
