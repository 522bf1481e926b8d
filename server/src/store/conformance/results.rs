//! Attempts to sign in, and results of repeated requests.

use super::*;

pub(crate) async fn attempts_are_counted_one_after_the_other(store: &dyn Store) {
    let pace = |before: Option<Attempt>| {
        let failures = before.map_or(0, |before| before.failures) + 1;
        let attempt = Attempt { failures, last_at: NOON, blocked_until: NOON };
        if failures > 3 { Err(Span::from_seconds(7)) } else { Ok(attempt) }
    };
    let tries = (0..10).map(|_| store.begin_attempt("ada", &pace));
    let begun = futures::future::join_all(tries).await;
    let refused = begun.into_iter().filter(|begun| *begun.as_ref().unwrap() == Err(Span::from_seconds(7)));
    assert_eq!(refused.count(), 7);
    store.forgive_attempt("ada").await.unwrap();
    assert_eq!(store.begin_attempt("ada", &pace).await.unwrap(), Ok(()));
    store.forget_attempts("ada").await.unwrap();
    store.forgive_attempt("ada").await.unwrap();
    assert_eq!(store.begin_attempt("ada", &|before| before.ok_or(Span::ZERO)).await.unwrap(), Err(Span::ZERO));
}

/// A run of a session that exists.
pub(crate) async fn run(store: &dyn Store) -> RunKey {
    let ada = make_admin(store).await;
    RunKey { session: open(store, &ada, "one", NOON).await, key: Digest::of_text("key") }
}

pub(crate) async fn a_key_is_held_then_answers_then_is_free(store: &dyn Store) {
    let (run, body, other) = (run(store).await, Digest::of_text("body"), Digest::of_text("other"));
    let begin = async |body: &Digest, now| store.begin_run(&run, body, now, now + MINUTE).await.unwrap();
    assert_eq!(begin(&body, NOON).await, Begun::First);
    assert_eq!(begin(&body, NOON).await, Begun::Running);
    assert_eq!(begin(&other, NOON).await, Begun::OtherBody);
    store.finish_run(&run, vec![1, 2], NOON + MINUTE, &note()).await.unwrap();
    assert_eq!(begin(&body, NOON).await, Begun::Done(vec![1, 2]));
    assert_eq!(begin(&other, NOON).await, Begun::OtherBody);
    assert_eq!(begin(&other, NOON + MINUTE).await, Begun::First);
    store.release_run(&run, &note()).await.unwrap();
    assert_eq!(begin(&body, NOON).await, Begun::First);
}

pub(crate) async fn a_lease_that_ran_out_is_taken_over(store: &dyn Store) {
    let (run, body) = (run(store).await, Digest::of_text("body"));
    store.begin_run(&run, &body, NOON, NOON + MINUTE).await.unwrap();
    let later = NOON + MINUTE;
    assert_eq!(store.begin_run(&run, &body, later, later + MINUTE).await.unwrap(), Begun::First);
    assert_eq!(store.begin_run(&run, &body, later, later + MINUTE).await.unwrap(), Begun::Running);
}

pub(crate) async fn results_end_with_their_session(store: &dyn Store) {
    let (run, body) = (run(store).await, Digest::of_text("body"));
    store.begin_run(&run, &body, NOON, NOON + MINUTE).await.unwrap();
    store.end_sessions(&UserId::new("id of ada"), &note()).await.unwrap();
    let person = store.user_by_name("ada").await.unwrap().unwrap();
    open(store, &person, "one", NOON).await;
    assert_eq!(store.begin_run(&run, &body, NOON, NOON + MINUTE).await.unwrap(), Begun::First);
}

pub(crate) async fn the_sweep_removes_what_has_ended_and_nothing_else(store: &dyn Store) {
    let ada = make_admin(store).await;
    open(store, &ada, "old", NOON).await;
    let living = open(store, &ada, "new", NOON + MINUTE).await;
    let key = Digest::of_text("invitation");
    store.add_invitation(&key, Role::User, NOON, NOON + MINUTE + MINUTE, &note()).await.unwrap();
    let now = NOON + MINUTE;
    store.sweep(Cutoffs { now, last_used: now, begun: NOON, attempts: NOON, conversations: NOON }).await.unwrap();
    let left: Vec<_> = store.sessions(&ada.id).await.unwrap().into_iter().map(|session| session.id).collect();
    assert_eq!(left, [living]);
    assert!(store.link_is_valid(&key, false, now).await.unwrap());
}
