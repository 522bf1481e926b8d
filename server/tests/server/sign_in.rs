use std::net::IpAddr;

use domain::api::Code;
use domain::api::account::{CurrentSession, Role};
use domain::api::users::{ChangeUser, UserChange};
use domain::time::Span;

use crate::rig::{Browser, PASSWORD, Rig, code};

/// A browser at its own address, so that only the account is slowed down.
fn elsewhere(rig: &Rig, last: u8) -> Browser {
    Browser { address: IpAddr::from([198, 51, 100, last]), ..rig.browser() }
}

#[tokio::test]
async fn name_and_password_sign_in_whatever_the_names_case() {
    let rig = Rig::new().await;
    rig.admin().await;
    let mut browser = rig.browser();
    assert_eq!(browser.sign_in("ADA ", PASSWORD).await.unwrap().username, "ada");
    assert!(browser.ask(CurrentSession, ()).await.is_ok());
}

#[tokio::test]
async fn an_unknown_name_a_wrong_password_and_a_disabled_person_get_the_same_answer() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let mut bob = rig.person(&mut admin, "bob", Role::User).await;
    let id = bob.ask(CurrentSession, ()).await.unwrap().user;
    admin.ask(ChangeUser { id }, UserChange { role: None, disabled: Some(true) }).await.unwrap();
    let mut answers = Vec::new();
    for (name, password) in [("nobody", PASSWORD), ("ada", "wrong password"), ("bob", PASSWORD), ("a b<>", "x")] {
        let mut problem = rig.browser().sign_in(name, password).await.unwrap_err();
        problem.request_id = None;
        answers.push(problem);
    }
    assert_eq!(answers[0].code, Code::WrongCredentials);
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
}

#[tokio::test]
async fn an_account_is_slowed_down_after_three_failures_and_freed_by_waiting() {
    let rig = Rig::new().await;
    rig.admin().await;
    for last in 1..=3 {
        assert_eq!(code(elsewhere(&rig, last).sign_in("ada", "wrong").await), Some(Code::WrongCredentials));
    }
    let problem = elsewhere(&rig, 4).sign_in("ada", PASSWORD).await.unwrap_err();
    assert_eq!((problem.code, problem.retry_after), (Code::TooManyRequests, Some(1)));
    rig.wait(Span::from_seconds(1));
    assert!(elsewhere(&rig, 5).sign_in("ada", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn an_account_nobody_has_is_slowed_down_just_the_same() {
    let rig = Rig::new().await;
    rig.admin().await;
    for last in 1..=3 {
        assert_eq!(code(elsewhere(&rig, last).sign_in("nobody", "wrong").await), Some(Code::WrongCredentials));
    }
    assert_eq!(code(elsewhere(&rig, 4).sign_in("nobody", "wrong").await), Some(Code::TooManyRequests));
}

#[tokio::test]
async fn a_success_forgets_the_failures_of_the_account() {
    let rig = Rig::new().await;
    rig.admin().await;
    for last in 1..=2 {
        elsewhere(&rig, last).sign_in("ada", "wrong").await.unwrap_err();
    }
    elsewhere(&rig, 3).sign_in("ada", PASSWORD).await.unwrap();
    for last in 4..=5 {
        assert_eq!(code(elsewhere(&rig, last).sign_in("ada", "wrong").await), Some(Code::WrongCredentials));
    }
}

#[tokio::test]
async fn an_address_is_stopped_after_seven_failures_on_any_accounts() {
    let rig = Rig::new().await;
    rig.admin().await;
    for guess in 0..7 {
        let refused = rig.browser().sign_in(&format!("guess{guess}"), "wrong").await;
        assert_eq!(code(refused), Some(Code::WrongCredentials));
    }
    let problem = rig.browser().sign_in("ada", PASSWORD).await.unwrap_err();
    assert_eq!((problem.code, problem.retry_after), (Code::TooManyRequests, Some(60)));
    assert!(
        elsewhere(&rig, 1).sign_in("ada", PASSWORD).await.is_ok(),
        "the person at another address may still come in"
    );
}

#[tokio::test]
async fn ones_own_account_does_not_clear_what_ones_address_did() {
    let rig = Rig::new().await;
    rig.admin().await;
    for guess in 0..7 {
        rig.browser().sign_in(&format!("guess{guess}"), "wrong").await.unwrap_err();
        if guess < 6 {
            rig.browser().sign_in("ada", PASSWORD).await.unwrap();
        }
    }
    assert_eq!(code(rig.browser().sign_in("ada", PASSWORD).await), Some(Code::TooManyRequests));
}

#[tokio::test]
async fn parallel_guesses_do_not_slip_through() {
    let rig = Rig::new().await;
    rig.admin().await;
    let mut browsers: Vec<_> = (0..20).map(|last| elsewhere(&rig, last)).collect();
    let guesses = browsers.iter_mut().map(|browser| browser.sign_in("ada", "wrong"));
    let looked_at = futures::future::join_all(guesses).await;
    let looked_at = looked_at
        .into_iter()
        .filter(|guess| guess.as_ref().is_err_and(|problem| problem.code == Code::WrongCredentials));
    assert_eq!(looked_at.count(), 3);
}

#[tokio::test]
async fn the_retry_after_header_says_what_the_problem_says() {
    let rig = Rig::new().await;
    rig.admin().await;
    for last in 1..=3 {
        elsewhere(&rig, last).sign_in("ada", "wrong").await.unwrap_err();
    }
    let headers =
        [("x-tokenkeep-request", "1"), ("sec-fetch-site", "same-origin"), ("content-type", "application/json")];
    let body = r#"{"username":"ada","password":"wrong"}"#;
    let answer = elsewhere(&rig, 9).send("POST", "/api/v1/session", &headers, body).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "1"));
}
