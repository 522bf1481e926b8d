//! What every store must hold to, whatever database it is over. [`suite`] runs it all against one.

use domain::api::account::Role;
use domain::api::users::UserChange;
use domain::id::{ProviderId, SessionId, TenantId, UserId};
use domain::provider::{AssertionAudience, Provider, ProviderKind, Region};
use domain::secret::Secret;
use domain::time::{Span, Timestamp};

use super::{
    AcceptError, Attempt, Begun, ChangeProviderError, ChangeUserError, Cutoffs, NewPerson, NewSession, Person, RunKey,
    Store, Trace,
};
use crate::digest::Digest;

const NOON: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// Writes one test for each rule; the argument makes a store and what must outlive it.
macro_rules! suite {
    ($make:ident) => {
        $crate::store::conformance::suite!($make:
            a_link_makes_one_person_once,
            a_taken_name_leaves_the_link_as_it_was,
            setup_is_for_the_first_admin_only,
            a_session_is_found_by_its_cookie_until_it_ends,
            a_new_password_keeps_one_session_under_a_new_cookie,
            the_last_active_admin_stays,
            provider_names_are_unlike_whatever_their_case,
            attempts_are_counted_one_after_the_other,
            a_key_is_held_then_answers_then_is_free,
            a_lease_that_ran_out_is_taken_over,
            results_end_with_their_session,
            the_sweep_removes_what_has_ended_and_nothing_else,
        );
    };
    ($make:ident: $($rule:ident,)*) => {
        $(#[tokio::test]
        async fn $rule() {
            let (_kept, store) = $make().await;
            $crate::store::conformance::$rule(&store).await;
        })*
    };
}
pub(crate) use suite;

fn new_person(name: &str) -> NewPerson {
    NewPerson {
        id: UserId::new(format!("id of {name}")),
        tenant: TenantId::new(format!("tenant of {name}")),
        username: name.to_owned(),
        password_hash: Secret::new("$hash"),
        at: NOON,
    }
}

fn trace(at: Timestamp) -> Trace {
    Trace { at, address: "192.0.2.1".to_owned(), user_agent: "Testfox".to_owned() }
}

fn provider(id: &str, name: &str) -> Provider {
    Provider {
        id: ProviderId::new(id),
        name: name.to_owned(),
        enabled: true,
        kind: ProviderKind::PingOne { regions: vec![Region::Eu], custom_domains: Vec::new() },
        assertion_audience: AssertionAudience::Exact("x".to_owned()),
    }
}

/// Makes the first admin.
pub(crate) async fn make_admin(store: &dyn Store) -> Person {
    let key = Digest::of_text("setup");
    assert!(store.renew_setup_link(&key, NOON).await.unwrap());
    store.complete_setup(&key, &new_person("ada")).await.unwrap()
}

async fn invite(store: &dyn Store, name: &str, role: Role) -> Person {
    let key = Digest::of_text(name);
    store.add_invitation(&key, role, NOON, NOON + Span::from_seconds(60)).await.unwrap();
    store.accept_invitation(&key, &new_person(name)).await.unwrap()
}

async fn open(store: &dyn Store, person: &Person, cookie: &str, at: Timestamp) -> SessionId {
    let (id, digest) = (SessionId::new(format!("id of {cookie}")), Digest::of_text(cookie));
    let session = NewSession { id: id.clone(), user: person.id.clone(), digest, trace: trace(at), replaces: None };
    store.open_session(&session).await.unwrap();
    id
}

pub(crate) async fn a_link_makes_one_person_once(store: &dyn Store) {
    let person = invite(store, "bob", Role::Auditor).await;
    assert_eq!((person.username.as_str(), person.role, person.disabled), ("bob", Role::Auditor, false));
    let again = store.accept_invitation(&Digest::of_text("bob"), &new_person("eve")).await;
    assert!(matches!(again, Err(AcceptError::Invalid)));
    let key = Digest::of_text("late");
    store.add_invitation(&key, Role::User, NOON, NOON).await.unwrap();
    assert!(!store.link_is_valid(&key, false, NOON).await.unwrap());
}

pub(crate) async fn a_taken_name_leaves_the_link_as_it_was(store: &dyn Store) {
    invite(store, "bob", Role::User).await;
    let key = Digest::of_text("another");
    store.add_invitation(&key, Role::User, NOON, NOON + Span::from_seconds(60)).await.unwrap();
    let taken = store.accept_invitation(&key, &new_person("bob")).await;
    assert!(matches!(taken, Err(AcceptError::NameTaken)));
    assert!(store.link_is_valid(&key, false, NOON).await.unwrap());
}

pub(crate) async fn setup_is_for_the_first_admin_only(store: &dyn Store) {
    assert!(!store.admin_exists().await.unwrap());
    make_admin(store).await;
    assert!(store.admin_exists().await.unwrap());
    assert!(!store.renew_setup_link(&Digest::of_text("late"), NOON).await.unwrap());
    let late = store.complete_setup(&Digest::of_text("late"), &new_person("eve")).await;
    assert!(matches!(late, Err(AcceptError::SetupDone)));
}

pub(crate) async fn a_session_is_found_by_its_cookie_until_it_ends(store: &dyn Store) {
    let ada = make_admin(store).await;
    let (one, two) = (open(store, &ada, "one", NOON).await, open(store, &ada, "two", NOON).await);
    let (found, person) = store.session(&Digest::of_text("one")).await.unwrap().unwrap();
    assert_eq!((&found.id, &person.id, person.last_sign_in_at), (&one, &ada.id, Some(NOON)));
    let later = trace(NOON + Span::from_seconds(60));
    store.touch_session(&one, &later).await.unwrap();
    assert_eq!(store.session(&Digest::of_text("one")).await.unwrap().unwrap().0.last, later);
    assert!(!store.end_session(&UserId::new("somebody else"), &one).await.unwrap());
    assert!(store.end_session(&ada.id, &one).await.unwrap());
    assert!(store.session(&Digest::of_text("one")).await.unwrap().is_none());
    assert_eq!(store.sessions(&ada.id).await.unwrap()[0].id, two);
    store.end_sessions(&ada.id).await.unwrap();
    assert!(store.sessions(&ada.id).await.unwrap().is_empty());
}

pub(crate) async fn a_new_password_keeps_one_session_under_a_new_cookie(store: &dyn Store) {
    let ada = make_admin(store).await;
    let kept = open(store, &ada, "one", NOON).await;
    open(store, &ada, "two", NOON).await;
    store.change_password(&ada.id, &Secret::new("$new"), &kept, &Digest::of_text("fresh")).await.unwrap();
    for gone in ["one", "two"] {
        assert!(store.session(&Digest::of_text(gone)).await.unwrap().is_none(), "{gone}");
    }
    let (found, person) = store.session(&Digest::of_text("fresh")).await.unwrap().unwrap();
    assert_eq!((found.id, person.password_hash), (kept, Secret::new("$new")));
}

pub(crate) async fn the_last_active_admin_stays(store: &dyn Store) {
    let (ada, bob) = (make_admin(store).await, invite(store, "bob", Role::Admin).await);
    open(store, &bob, "bob", NOON).await;
    let disable = UserChange { role: None, disabled: Some(true) };
    assert!(store.change_user(&bob.id, &disable).await.unwrap().disabled);
    assert!(store.sessions(&bob.id).await.unwrap().is_empty(), "disabling ends sessions");
    let demote = UserChange { role: Some(Role::User), disabled: None };
    assert!(matches!(store.change_user(&ada.id, &demote).await, Err(ChangeUserError::LastAdmin)));
    assert_eq!(store.user_by_name("ada").await.unwrap().unwrap().role, Role::Admin);
    let nobody = store.change_user(&UserId::new("nobody"), &demote).await;
    assert!(matches!(nobody, Err(ChangeUserError::Unknown)));
}

pub(crate) async fn provider_names_are_unlike_whatever_their_case(store: &dyn Store) {
    store.add_provider(&provider("1", "Ünique")).await.unwrap();
    let same = store.add_provider(&provider("2", "üNIQUE")).await;
    assert!(matches!(same, Err(ChangeProviderError::NameTaken)));
    let renamed = provider("1", "ünique");
    store.change_provider(&renamed).await.unwrap();
    assert_eq!(store.providers().await.unwrap(), std::slice::from_ref(&renamed));
    assert_eq!(store.provider(&renamed.id).await.unwrap(), Some(renamed.clone()));
    let unknown = store.change_provider(&provider("2", "Other")).await;
    assert!(matches!(unknown, Err(ChangeProviderError::Unknown)));
    assert!(store.remove_provider(&renamed.id).await.unwrap() && !store.remove_provider(&renamed.id).await.unwrap());
}

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
async fn run(store: &dyn Store) -> RunKey {
    let ada = make_admin(store).await;
    RunKey { session: open(store, &ada, "one", NOON).await, key: Digest::of_text("key") }
}

const MINUTE: Span = Span::from_seconds(60);

pub(crate) async fn a_key_is_held_then_answers_then_is_free(store: &dyn Store) {
    let (run, body, other) = (run(store).await, Digest::of_text("body"), Digest::of_text("other"));
    let begin = async |body: &Digest, now| store.begin_run(&run, body, now, now + MINUTE).await.unwrap();
    assert_eq!(begin(&body, NOON).await, Begun::First);
    assert_eq!(begin(&body, NOON).await, Begun::Running);
    assert_eq!(begin(&other, NOON).await, Begun::OtherBody);
    store.finish_run(&run, vec![1, 2], NOON + MINUTE).await.unwrap();
    assert_eq!(begin(&body, NOON).await, Begun::Done(vec![1, 2]));
    assert_eq!(begin(&other, NOON).await, Begun::OtherBody);
    assert_eq!(begin(&other, NOON + MINUTE).await, Begun::First);
    store.release_run(&run).await.unwrap();
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
    store.end_sessions(&UserId::new("id of ada")).await.unwrap();
    let person = store.user_by_name("ada").await.unwrap().unwrap();
    open(store, &person, "one", NOON).await;
    assert_eq!(store.begin_run(&run, &body, NOON, NOON + MINUTE).await.unwrap(), Begun::First);
}

pub(crate) async fn the_sweep_removes_what_has_ended_and_nothing_else(store: &dyn Store) {
    let ada = make_admin(store).await;
    open(store, &ada, "old", NOON).await;
    let living = open(store, &ada, "new", NOON + MINUTE).await;
    let key = Digest::of_text("invitation");
    store.add_invitation(&key, Role::User, NOON, NOON + MINUTE + MINUTE).await.unwrap();
    let now = NOON + MINUTE;
    store.sweep(Cutoffs { now, last_used: now, begun: NOON, attempts: NOON }).await.unwrap();
    let left: Vec<_> = store.sessions(&ada.id).await.unwrap().into_iter().map(|session| session.id).collect();
    assert_eq!(left, [living]);
    assert!(store.link_is_valid(&key, false, now).await.unwrap());
}
