//! People, their links and sessions, and the providers they may use.

use super::*;

pub(crate) async fn a_link_makes_one_person_once(store: &dyn Store) {
    let person = invite(store, "bob", Role::Auditor).await;
    assert_eq!((person.username.as_str(), person.role, person.disabled), ("bob", Role::Auditor, false));
    let again = store.accept_invitation(&Digest::of_text("bob"), &new_person("eve"), &note()).await;
    assert!(matches!(again, Err(AcceptError::Invalid)));
    let key = Digest::of_text("late");
    store.add_invitation(&key, Role::User, NOON, NOON, &note()).await.unwrap();
    assert!(!store.link_is_valid(&key, false, NOON).await.unwrap());
}

pub(crate) async fn a_taken_name_leaves_the_link_as_it_was(store: &dyn Store) {
    invite(store, "bob", Role::User).await;
    let key = Digest::of_text("another");
    store.add_invitation(&key, Role::User, NOON, NOON + Span::from_seconds(60), &note()).await.unwrap();
    let taken = store.accept_invitation(&key, &new_person("bob"), &note()).await;
    assert!(matches!(taken, Err(AcceptError::NameTaken)));
    assert!(store.link_is_valid(&key, false, NOON).await.unwrap());
}

pub(crate) async fn setup_is_for_the_first_admin_only(store: &dyn Store) {
    assert!(!store.admin_exists().await.unwrap());
    make_admin(store).await;
    assert!(store.admin_exists().await.unwrap());
    assert!(!store.renew_setup_link(&Digest::of_text("late"), NOON).await.unwrap());
    let late = store.complete_setup(&Digest::of_text("late"), &new_person("eve"), &note()).await;
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
    assert!(!store.end_session(&UserId::new("somebody else"), &one, &note()).await.unwrap());
    assert!(store.end_session(&ada.id, &one, &note()).await.unwrap());
    assert!(store.session(&Digest::of_text("one")).await.unwrap().is_none());
    assert_eq!(store.sessions(&ada.id).await.unwrap()[0].id, two);
    store.end_sessions(&ada.id, &note()).await.unwrap();
    assert!(store.sessions(&ada.id).await.unwrap().is_empty());
}

pub(crate) async fn a_new_password_keeps_one_session_under_a_new_cookie(store: &dyn Store) {
    let ada = make_admin(store).await;
    let kept = open(store, &ada, "one", NOON).await;
    open(store, &ada, "two", NOON).await;
    store.change_password(&ada.id, &Secret::new("$new"), &kept, &Digest::of_text("fresh"), &note()).await.unwrap();
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
    assert!(store.change_user(&bob.id, &disable, &note()).await.unwrap().disabled);
    assert!(store.sessions(&bob.id).await.unwrap().is_empty(), "disabling ends sessions");
    let demote = UserChange { role: Some(Role::User), disabled: None };
    assert!(matches!(store.change_user(&ada.id, &demote, &note()).await, Err(ChangeUserError::LastAdmin)));
    assert_eq!(store.user_by_name("ada").await.unwrap().unwrap().role, Role::Admin);
    let nobody = store.change_user(&UserId::new("nobody"), &demote, &note()).await;
    assert!(matches!(nobody, Err(ChangeUserError::Unknown)));
}

pub(crate) async fn provider_names_are_unlike_whatever_their_case(store: &dyn Store) {
    store.add_provider(&provider("1", "Ünique"), &note()).await.unwrap();
    let same = store.add_provider(&provider("2", "üNIQUE"), &note()).await;
    assert!(matches!(same, Err(ChangeProviderError::NameTaken)));
    let renamed = provider("1", "ünique");
    store.change_provider(&renamed, &note()).await.unwrap();
    assert_eq!(store.providers().await.unwrap(), std::slice::from_ref(&renamed));
    assert_eq!(store.provider(&renamed.id).await.unwrap(), Some(renamed.clone()));
    let unknown = store.change_provider(&provider("2", "Other"), &note()).await;
    assert!(matches!(unknown, Err(ChangeProviderError::Unknown)));
    assert!(
        store.remove_provider(&renamed.id, &note()).await.unwrap()
            && !store.remove_provider(&renamed.id, &note()).await.unwrap()
    );
}
