use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use domain::api::account::{CurrentSession, Role};
use domain::api::users::{ChangeUser, UserChange};
use domain::api::{Code, REQUEST_HEADER};
use domain::secret::Secret;
use domain::time::Span;
use server::sign_in::{Argon2id, Verify};

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

/// Notes the parameters of every hash it checks.
#[derive(Default)]
struct Counting(Mutex<Vec<String>>);

impl Verify for Counting {
    fn verify(&self, password: &Secret, hash: &Secret) -> bool {
        // `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`
        self.0.lock().unwrap().push(hash.expose().split('$').take(4).collect::<Vec<_>>().join("$"));
        Argon2id.verify(password, hash)
    }
}

/// What anyone can see of a refusal, but for its own id and date.
async fn seen(browser: &mut Browser, name: &str) -> (u16, Vec<(String, String)>, String) {
    let headers = [(REQUEST_HEADER, "1"), ("sec-fetch-site", "same-origin"), ("content-type", "application/json")];
    let body = format!(r#"{{"username":"{name}","password":"wrong password"}}"#);
    let answer = browser.send("POST", "/api/v1/session", &headers, &body).await;
    let id = answer.header("x-request-id").to_owned();
    let own = ["x-request-id", "date"];
    let headers = answer.headers.iter().filter(|(name, _)| !own.contains(&name.as_str()));
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    (answer.status.as_u16(), headers, answer.body.replace(&id, "(id)"))
}

#[tokio::test]
async fn an_unknown_name_and_a_wrong_password_cost_one_equal_check_and_get_one_equal_answer() {
    let counting = Arc::new(Counting::default());
    let verifier = Arc::clone(&counting);
    let rig = Rig::new().await.change(|state| state.passwords = state.passwords.clone().with_verifier(verifier));
    rig.admin().await;
    let mut answers = Vec::new();
    for (last, name) in ["ada", "nobody"].into_iter().enumerate() {
        counting.0.lock().unwrap().clear();
        let answer = seen(&mut elsewhere(&rig, u8::try_from(last).unwrap()), name).await;
        assert_eq!(*counting.0.lock().unwrap(), ["$argon2id$v=19$m=19456,t=2,p=1"], "{name}");
        answers.push(answer);
    }
    assert_eq!(answers[0].0, 401);
    assert_eq!(answers[0], answers[1]);
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
