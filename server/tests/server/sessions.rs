use domain::api::Code;
use domain::api::account::{CurrentSession, EndSession, Sessions, SignOut, SignOutEverywhere};
use domain::id::SessionId;
use domain::time::Span;

use crate::rig::{PASSWORD, Rig, code};

#[tokio::test]
async fn without_a_request_a_session_ends_after_its_idle_time() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    rig.wait(Span::from_seconds(12 * 3_600));
    assert_eq!(code(admin.ask(CurrentSession, ()).await), Some(Code::NotSignedIn));
}

#[tokio::test]
async fn use_keeps_a_session_alive_until_its_absolute_end() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    for _ in 0..15 {
        rig.wait(Span::from_seconds(11 * 3_600));
        assert!(admin.ask(CurrentSession, ()).await.is_ok());
    }
    rig.wait(Span::from_seconds(3 * 3_600));
    assert_eq!(code(admin.ask(CurrentSession, ()).await), Some(Code::NotSignedIn));
}

#[tokio::test]
async fn the_answer_says_when_the_session_ends() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let first = admin.ask(CurrentSession, ()).await.unwrap().expires_at;
    rig.wait(Span::from_seconds(60));
    let later = admin.ask(CurrentSession, ()).await.unwrap().expires_at;
    assert_eq!(later.since(first), Span::from_seconds(60));
}

#[tokio::test]
async fn signing_out_ends_the_session_for_whoever_has_the_cookie() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let mut copy = admin.clone();
    admin.ask(SignOut, ()).await.unwrap();
    assert_eq!(admin.cookie, None);
    assert_eq!(code(copy.ask(CurrentSession, ()).await), Some(Code::NotSignedIn));
}

#[tokio::test]
async fn signing_in_gives_a_new_cookie_and_ends_the_session_the_browser_had() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let mut before = admin.clone();
    admin.sign_in("ada", PASSWORD).await.unwrap();
    assert_ne!(admin.cookie, before.cookie);
    assert_eq!(code(before.ask(CurrentSession, ()).await), Some(Code::NotSignedIn));
}

#[tokio::test]
async fn a_cookie_somebody_made_up_is_never_taken_over() {
    let rig = Rig::new().await;
    rig.admin().await;
    let planted = format!("__Host-tokenkeep={}", "ab".repeat(32));
    let mut browser = rig.browser();
    browser.cookie = Some(planted.clone());
    browser.sign_in("ada", PASSWORD).await.unwrap();
    assert_ne!(browser.cookie, Some(planted));
}

#[tokio::test]
async fn the_list_shows_every_living_session_and_which_one_asks() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let mut phone = rig.browser();
    phone.user_agent = "Phone\u{7f}".to_owned() + &"x".repeat(500);
    phone.user_agent.retain(|character| !character.is_control());
    phone.sign_in("ada", PASSWORD).await.unwrap();
    let sessions = admin.ask(Sessions, ()).await.unwrap();
    assert_eq!(sessions.len(), 2);
    assert_eq!(sessions.iter().filter(|session| session.current).count(), 1);
    let phone = sessions.iter().find(|session| !session.current).unwrap();
    assert_eq!((phone.address.as_str(), phone.user_agent.chars().count()), ("192.0.2.1", 200));
}

#[tokio::test]
async fn one_session_can_be_ended_from_another() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let mut phone = rig.browser();
    let id = phone.sign_in("ada", PASSWORD).await.unwrap().id;
    admin.ask(EndSession { id: id.clone() }, ()).await.unwrap();
    assert_eq!(code(phone.ask(CurrentSession, ()).await), Some(Code::NotSignedIn));
    assert_eq!(code(admin.ask(EndSession { id }, ()).await), Some(Code::NotFound));
}

#[tokio::test]
async fn another_persons_session_can_not_be_ended() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let mut bob = rig.person(&mut admin, "bob", domain::api::account::Role::User).await;
    let id = admin.ask(CurrentSession, ()).await.unwrap().id;
    assert_eq!(code(bob.ask(EndSession { id }, ()).await), Some(Code::NotFound));
    assert_eq!(code(bob.ask(EndSession { id: SessionId::new("..") }, ()).await), Some(Code::NotFound));
    assert!(admin.ask(CurrentSession, ()).await.is_ok());
}

#[tokio::test]
async fn signing_out_everywhere_ends_all_of_a_persons_sessions_and_nobody_elses() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let mut bob = rig.person(&mut admin, "bob", domain::api::account::Role::User).await;
    let mut phone = rig.browser();
    phone.sign_in("ada", PASSWORD).await.unwrap();
    admin.ask(SignOutEverywhere, ()).await.unwrap();
    assert_eq!(code(phone.ask(CurrentSession, ()).await), Some(Code::NotSignedIn));
    assert_eq!(code(admin.ask(CurrentSession, ()).await), Some(Code::NotSignedIn));
    assert!(bob.ask(CurrentSession, ()).await.is_ok());
}

#[tokio::test]
async fn what_has_ended_is_swept_away() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let user = admin.ask(CurrentSession, ()).await.unwrap().user;
    rig.wait(Span::from_seconds(12 * 3_600 + 1));
    server::serve::sweep_once(&rig.state).await;
    assert!(rig.state.store.sessions(&user).await.unwrap().is_empty());
}
