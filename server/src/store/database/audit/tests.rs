//! The chain, in a real file that is then tampered with as somebody with the database in their hands would.

use std::path::Path;

use domain::audit::{Action, Entry, Filter, Group, Outcome};
use domain::id::{ReportId, UserId};
use domain::secret::Secret;
use domain::time::{Span, Timestamp};
use sea_orm::ConnectionTrait;

use super::*;
use crate::audit::ChainKey;
use crate::audit::verify::{Finding, Noted, Verdict, verify};
use crate::entropy::SeededEntropy;
use crate::secret_file::SecretFile;

const NOON: Timestamp = Timestamp::from_seconds(1_800_000_000);
const DAY: Span = Span::from_seconds(86_400);

async fn open(folder: &Path, seed: u64) -> Database {
    let secret = SecretFile::new(folder.join(format!("{seed}.secret")));
    Database::open(folder, &secret, &SeededEntropy::from_seed(seed)).await.unwrap()
}

fn entry(at: Timestamp, name: &str) -> Entry {
    let mut entry = Entry::by_server(Action::ProviderChanged, Outcome::Done, at).named(name);
    entry.username = Some("ada".to_owned());
    entry
}

/// A log of ten events, one a day.
async fn log() -> (tempfile::TempDir, Database) {
    let folder = tempfile::tempdir().unwrap();
    let database = open(folder.path(), 1).await;
    let mut at = NOON;
    for number in 1..=10 {
        database.record(&[entry(at, &format!("number {number}"))]).await.unwrap();
        at = at + DAY;
    }
    (folder, database)
}

/// Does what the database's own guards would stop.
async fn tamper(database: &Database, statements: &[&str]) {
    let connection = &database.connection;
    for guard in ["audit_events_stay_as_they_are", "audit_events_stay"] {
        connection.execute_unprepared(&format!("DROP TRIGGER IF EXISTS {guard}")).await.unwrap();
    }
    for statement in statements {
        connection.execute_unprepared(statement).await.unwrap();
    }
}

async fn verdict(database: &Database) -> Verdict {
    verify(database, vec![database.chain_key.clone()], None).await.unwrap()
}

async fn found_after(statements: &[&str]) -> Vec<Finding> {
    let (_folder, database) = log().await;
    tamper(&database, statements).await;
    verdict(&database).await.findings
}

#[tokio::test]
async fn a_log_nobody_touched_is_whole() {
    let (_folder, database) = log().await;
    let verdict = verdict(&database).await;
    assert_eq!((verdict.sound, verdict.first, verdict.findings.as_slice()), (10, 1, &[][..]));
    let chain = database.chain().await.unwrap();
    assert_eq!((verdict.head, chain.first, chain.last), (format!("10:{}", chain.head), 1, 10));
}

#[tokio::test]
async fn a_changed_event_is_found_whatever_was_changed() {
    for change in [
        "at = at + 1",
        "happened_at = 1",
        "action = 'provider:added'",
        "action = 'nonsense'",
        "outcome = 'refused'",
        "reason = 'x'",
        "source = 'browser'",
        "user_id = 'x'",
        "username = 'eve'",
        "username = NULL",
        "tenant_id = 'x'",
        "site_id = 'x'",
        "provider_id = 'x'",
        "connection_id = 'x'",
        "subject = 'x'",
        "label = 'x'",
        "count = 1",
        "address = 'x'",
        "request_id = 'x'",
        "report_id = 'x'",
    ] {
        let found = found_after(&[&format!("UPDATE audit_events SET {change} WHERE seq = 5")]).await;
        assert_eq!(found, [Finding::Changed { seq: 5 }], "{change}");
    }
}

#[tokio::test]
async fn a_changed_code_is_found_at_its_event_and_at_the_next() {
    let code = "0".repeat(64);
    let found = found_after(&[&format!("UPDATE audit_events SET code = '{code}' WHERE seq = 5")]).await;
    assert_eq!(found, [Finding::Changed { seq: 5 }, Finding::Changed { seq: 6 }]);
}

#[tokio::test]
async fn removed_events_are_found_in_the_middle_and_at_the_beginning() {
    let middle = found_after(&["DELETE FROM audit_events WHERE seq IN (4, 5)"]).await;
    assert_eq!(middle, [Finding::Removed { first: 4, last: 5 }]);
    let beginning = found_after(&["DELETE FROM audit_events WHERE seq = 1"]).await;
    assert_eq!(beginning, [Finding::Removed { first: 1, last: 1 }]);
}

#[tokio::test]
async fn a_removed_event_is_found_though_the_later_ones_moved_up() {
    let found = found_after(&[
        "DELETE FROM audit_events WHERE seq = 5",
        "UPDATE audit_events SET seq = -seq WHERE seq > 5",
        "UPDATE audit_events SET seq = -seq - 1 WHERE seq < 0",
    ])
    .await;
    assert!(found.contains(&Finding::Changed { seq: 5 }), "{found:?}");
    assert!(found.contains(&Finding::Cut { last: 9, expected: 10 }), "{found:?}");
}

#[tokio::test]
async fn events_in_another_order_are_found() {
    let found = found_after(&[
        "UPDATE audit_events SET seq = -1 WHERE seq = 5",
        "UPDATE audit_events SET seq = 5 WHERE seq = 6",
        "UPDATE audit_events SET seq = 6 WHERE seq = -1",
    ])
    .await;
    assert_eq!(found, [Finding::Changed { seq: 5 }, Finding::Changed { seq: 6 }, Finding::Changed { seq: 7 }]);
}

#[tokio::test]
async fn a_cut_end_is_found_also_when_the_end_was_moved_back() {
    let cut = found_after(&["DELETE FROM audit_events WHERE seq > 7"]).await;
    assert_eq!(cut, [Finding::Cut { last: 7, expected: 10 }]);
    let moved = found_after(&[
        "UPDATE audit_chain SET head_seq = 7, head_code = (SELECT code FROM audit_events WHERE seq = 7)",
        "DELETE FROM audit_events WHERE seq > 7",
    ])
    .await;
    assert_eq!(moved, [Finding::EndsChanged]);
}

#[tokio::test]
async fn a_log_that_was_emptied_is_found() {
    let emptied = found_after(&["DELETE FROM audit_events"]).await;
    assert_eq!(emptied, [Finding::Cut { last: 0, expected: 10 }]);
    let all = found_after(&["DELETE FROM audit_events", "DELETE FROM audit_chain"]).await;
    assert_eq!(all, [Finding::NoLog]);
    let chain = found_after(&["DELETE FROM audit_chain"]).await;
    assert_eq!(chain, [Finding::NoLog]);
}

#[tokio::test]
async fn a_beginning_moved_on_by_somebody_else_is_found() {
    let found = found_after(&[
        "UPDATE audit_chain SET base_seq = 3, base_code = (SELECT code FROM audit_events WHERE seq = 3)",
        "DELETE FROM audit_events WHERE seq <= 3",
    ])
    .await;
    assert_eq!(found, [Finding::EndsChanged]);
}

#[tokio::test]
async fn an_invented_event_is_found_at_the_end_and_before_the_beginning() {
    let invent = |seq: i64| {
        format!(
            "INSERT INTO audit_events (seq, at, action, outcome, source, address, key_name, code) \
             SELECT {seq}, at, action, outcome, source, address, key_name, code FROM audit_events WHERE seq = 10"
        )
    };
    assert_eq!(found_after(&[&invent(11)]).await, [Finding::Beyond { seq: 11 }]);
    assert_eq!(found_after(&[&invent(0)]).await, [Finding::Beyond { seq: 0 }]);
}

#[tokio::test]
async fn an_older_copy_of_the_whole_is_found_by_a_code_noted_elsewhere() {
    let (folder, database) = log().await;
    let noted: Noted = verdict(&database).await.head.parse().unwrap();
    database.record(&[entry(NOON, "later")]).await.unwrap();
    let keys = || vec![database.chain_key.clone()];
    assert_eq!(verify(&database, keys(), Some(noted)).await.unwrap().findings, []);
    // What a backup from before the tenth event looks like.
    let older = open(&folder.path().join("older"), 1).await;
    for number in 1..=9 {
        older.record(&[entry(NOON, &format!("number {number}"))]).await.unwrap();
    }
    let key = older.chain_key.clone();
    assert_eq!(verify(&older, vec![key.clone()], None).await.unwrap().findings, []);
    let found = verify(&older, vec![key.clone()], Some(noted)).await.unwrap().findings;
    assert_eq!(found, [Finding::Cut { last: 9, expected: 10 }]);
    older.record(&[entry(NOON, "another tenth")]).await.unwrap();
    let found = verify(&older, vec![key], Some(noted)).await.unwrap().findings;
    assert_eq!(found, [Finding::NotAsNoted { seq: 10 }]);
}

#[tokio::test]
async fn events_under_an_earlier_secret_are_checked_with_it_and_named_without() {
    let (folder, database) = log().await;
    let earlier = database.chain_key.clone();
    drop(database);
    let database = open(folder.path(), 2).await;
    database.record(&[entry(NOON, "later")]).await.unwrap();
    let event = &database.events(&Filter::default(), Some(12), 1).await.unwrap()[0];
    assert_eq!((event.seq, event.entry.action), (11, Action::AuditKeyChanged));
    assert_eq!(verdict(&database).await.findings, [Finding::OtherKey { first: 1, last: 10 }]);
    let keys = vec![database.chain_key.clone(), earlier];
    let verdict = verify(&database, keys, None).await.unwrap();
    assert_eq!((verdict.sound, verdict.findings.as_slice()), (12, &[][..]));
}

#[tokio::test]
async fn a_code_made_with_another_secret_is_found() {
    let (_folder, database) = log().await;
    let stored = database.stored_events(Some(9), 1).await.unwrap().remove(0);
    let before = database.stored_events(Some(8), 1).await.unwrap().remove(0);
    let mut event = stored.event.unwrap();
    event.entry.username = Some("eve".to_owned());
    let forged = ChainKey::of(&Secret::new("guessed")).event(&event, &before.code.unwrap());
    let code = crate::audit::hex(&forged);
    tamper(&database, &[&format!("UPDATE audit_events SET username = 'eve', code = '{code}' WHERE seq = 10")]).await;
    let found = verdict(&database).await.findings;
    assert_eq!(found, [Finding::Changed { seq: 10 }, Finding::EndsChanged]);
}

#[tokio::test]
async fn old_events_go_with_a_note_and_the_rest_is_still_whole() {
    let (_folder, database) = log().await;
    let note = Entry::by_server(Action::AuditTrimmed, Outcome::Done, NOON);
    let keep = |from, due| Keeping { from, due, most: 1_000 };
    let fourth = NOON + DAY + DAY + DAY;
    assert_eq!(database.trim_events(keep(fourth, NOON), &note).await.unwrap(), 0, "none is older than that yet");
    assert_eq!(database.trim_events(keep(fourth, NOON + DAY), &note).await.unwrap(), 3);
    let verdict = verdict(&database).await;
    assert_eq!((verdict.sound, verdict.first, verdict.findings.as_slice()), (8, 4, &[][..]));
    let newest = database.events(&Filter::default(), None, 1).await.unwrap().remove(0);
    assert_eq!((newest.entry.action, newest.entry.count), (Action::AuditTrimmed, Some(3)));
    tamper(&database, &["DELETE FROM audit_events WHERE seq = 4"]).await;
    assert_eq!(super::tests::verdict(&database).await.findings, [Finding::Removed { first: 4, last: 4 }]);
}

#[tokio::test]
async fn too_many_events_go_down_to_nineteen_of_twenty_and_the_newest_stays() {
    let (_folder, database) = log().await;
    let note = Entry::by_server(Action::AuditTrimmed, Outcome::Done, NOON);
    let keep = |most| Keeping { from: NOON, due: NOON, most };
    assert_eq!(database.trim_events(keep(10), &note).await.unwrap(), 0);
    assert_eq!(database.trim_events(keep(6), &note).await.unwrap(), 5);
    let all = Keeping { from: NOON + DAY.scaled(99, 1), due: NOON + DAY.scaled(99, 1), most: 1 };
    assert_eq!(database.trim_events(all, &note).await.unwrap(), 5);
    assert_eq!(database.chain().await.unwrap().first, 11);
    assert_eq!(verdict(&database).await.findings, []);
}

#[tokio::test]
async fn the_database_itself_lets_no_event_be_changed_or_removed() {
    let (_folder, database) = log().await;
    for statement in [
        "UPDATE audit_events SET username = 'eve' WHERE seq = 5",
        "DELETE FROM audit_events WHERE seq = 10",
        "DELETE FROM audit_events",
    ] {
        assert!(database.connection.execute_unprepared(statement).await.is_err(), "{statement}");
    }
    assert_eq!(verdict(&database).await.sound, 10);
}

#[tokio::test]
async fn what_is_written_at_once_gets_one_place_each() {
    let (_folder, database) = log().await;
    let writing = (0..20).map(|_| async { database.record(&[entry(NOON, "one of many")]).await.unwrap() });
    futures::future::join_all(writing).await;
    let verdict = verdict(&database).await;
    assert_eq!((verdict.sound, verdict.findings.as_slice()), (30, &[][..]));
}

#[tokio::test]
async fn a_report_sent_twice_is_one_event() {
    let (_folder, database) = log().await;
    let report = |user: &str, id: u128| {
        let mut entry = entry(NOON, "reported");
        (entry.user, entry.report) = (Some(UserId::new(user)), Some(ReportId::from_random(id)));
        entry
    };
    let batch = [report("ada", 1), report("ada", 2), report("ada", 1)];
    assert_eq!(database.record_reports(&batch).await.unwrap(), 2);
    assert_eq!(database.record_reports(&batch).await.unwrap(), 0);
    // Another person's browser may have drawn the same number.
    assert_eq!(database.record_reports(&[report("bob", 1)]).await.unwrap(), 1);
    assert_eq!(database.chain().await.unwrap().last, 13);
}

#[tokio::test]
async fn events_are_found_by_what_they_say() {
    let (_folder, database) = log().await;
    let mut other =
        Entry::by_server(Action::SessionOpened, Outcome::Refused, NOON).ended(Outcome::Refused, "wrong_credentials");
    other.address = "198.51.100.7".to_owned();
    database.record(&[other.named("100%_ÄB")]).await.unwrap();
    let found = async |filter: Filter| {
        let events = database.events(&filter, None, 100).await.unwrap();
        assert_eq!(database.count_events(&filter).await.unwrap(), events.len() as u64);
        events.iter().map(|event| event.seq).collect::<Vec<_>>()
    };
    let text = |text: &str| Filter { text: Some(text.to_owned()), ..Filter::default() };
    assert_eq!(found(text("NUMBER 1")).await, [10, 1]);
    assert_eq!(found(text("0%_")).await, [11]);
    assert_eq!(found(text("%")).await, [11]);
    assert_eq!(found(text("_")).await, [11], "an underscore stands in a reason and in a label only");
    assert_eq!(found(text("51.100")).await, [11]);
    assert_eq!(found(Filter { group: Some(Group::Access), ..Filter::default() }).await, [11]);
    assert_eq!(found(Filter { outcome: Some(Outcome::Refused), ..Filter::default() }).await, [11]);
    let range = Filter { from: Some(NOON + DAY), until: Some(NOON + DAY + DAY), ..Filter::default() };
    assert_eq!(found(range).await, [2]);
    let page = database.events(&Filter::default(), Some(4), 2).await.unwrap();
    assert_eq!(page.iter().map(|event| event.seq).collect::<Vec<_>>(), [3, 2]);
}
