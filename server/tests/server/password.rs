use domain::api::Code;
use domain::api::account::{ChangePassword, CurrentSession, PasswordChange};
use domain::secret::Secret;

use crate::rig::{Browser, PASSWORD, Rig, code};

const NEW: &str = "a new and longer password";

async fn change(browser: &mut Browser, current: &str, new: &str) -> Result<(), domain::api::Problem> {
    browser.ask(ChangePassword, PasswordChange { current: Secret::new(current), new: Secret::new(new) }).await
}

#[tokio::test]
async fn the_new_password_signs_in_and_the_old_one_no_longer_does() {
    let rig = Rig::new().await;
    change(&mut rig.admin().await, PASSWORD, NEW).await.unwrap();
    assert_eq!(code(rig.browser().sign_in("ada", PASSWORD).await), Some(Code::WrongCredentials));
    assert!(rig.browser().sign_in("ada", NEW).await.is_ok());
}

#[tokio::test]
async fn all_other_sessions_end_and_this_one_goes_on_under_a_new_cookie() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let mut phone = rig.browser();
    phone.sign_in("ada", PASSWORD).await.unwrap();
    let mut copy = admin.clone();
    change(&mut admin, PASSWORD, NEW).await.unwrap();
    assert!(admin.ask(CurrentSession, ()).await.is_ok());
    for browser in [&mut phone, &mut copy] {
        assert_eq!(code(browser.ask(CurrentSession, ()).await), Some(Code::NotSignedIn));
    }
}

#[tokio::test]
async fn a_wrong_current_password_is_named_and_slowed_down_like_a_sign_in() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    for _ in 0..3 {
        let problem = change(&mut admin, "wrong", NEW).await.unwrap_err();
        assert_eq!((problem.code, problem.errors[0].field.as_str()), (Code::InvalidFields, "current"));
    }
    assert_eq!(code(change(&mut admin, PASSWORD, NEW).await), Some(Code::TooManyRequests));
}

#[tokio::test]
async fn a_password_that_may_not_be_taken_changes_nothing() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let problem = change(&mut admin, PASSWORD, "short").await.unwrap_err();
    assert_eq!((problem.code, problem.errors[0].field.as_str()), (Code::InvalidFields, "new"));
    assert!(rig.browser().sign_in("ada", PASSWORD).await.is_ok());
}
