use domain::api::Code;
use domain::api::account::{CompleteSetup, CurrentSession, Role, Setup};
use domain::secret::Secret;
use server::start::setup_key;

use crate::rig::{Rig, acceptance, code};

#[tokio::test]
async fn the_setup_link_makes_the_first_admin_and_signs_them_in() {
    let rig = Rig::new().await;
    let mut browser = rig.browser();
    assert!(browser.ask(Setup, ()).await.unwrap().needed);
    let session = browser.ask(CompleteSetup, rig.acceptance(" Ada ")).await.unwrap();
    assert_eq!((session.username.as_str(), session.role), ("ada", Role::Admin));
    assert_eq!(browser.ask(CurrentSession, ()).await.unwrap().id, session.id);
    assert!(!browser.ask(Setup, ()).await.unwrap().needed);
}

#[tokio::test]
async fn setup_happens_once() {
    let rig = Rig::new().await;
    rig.admin().await;
    let again = rig.browser().ask(CompleteSetup, rig.acceptance("eve")).await;
    assert_eq!(code(again), Some(Code::SetupDone));
    assert!(setup_key(&rig.state).await.unwrap().is_none());
}

#[tokio::test]
async fn two_people_with_the_same_setup_link_make_one_admin() {
    let rig = Rig::new().await;
    let (mut one, mut two) = (rig.browser(), rig.browser());
    let both =
        tokio::join!(one.ask(CompleteSetup, rig.acceptance("ada")), two.ask(CompleteSetup, rig.acceptance("eve")));
    assert!(both.0.is_ok() != both.1.is_ok(), "{both:?}");
}

#[tokio::test]
async fn another_key_makes_nobody() {
    let rig = Rig::new().await;
    for key in ["", "x", &"0".repeat(64)] {
        let refused = rig.browser().ask(CompleteSetup, acceptance(key, "eve")).await;
        assert_eq!(code(refused), Some(Code::LinkInvalid), "{key}");
    }
}

#[tokio::test]
async fn a_new_start_before_setup_makes_a_new_link_and_ends_the_old_one() {
    let rig = Rig::new().await;
    let fresh = setup_key(&rig.state).await.unwrap().unwrap();
    let old = rig.browser().ask(CompleteSetup, rig.acceptance("ada")).await;
    assert_eq!(code(old), Some(Code::LinkInvalid));
    assert!(rig.browser().ask(CompleteSetup, acceptance(fresh.expose(), "ada")).await.is_ok());
}

#[tokio::test]
async fn wrong_fields_are_named_all_at_once_and_the_link_stays_valid() {
    let rig = Rig::new().await;
    let mut wrong = rig.acceptance("a b");
    wrong.password = Secret::new("short");
    let problem = rig.browser().ask(CompleteSetup, wrong).await.unwrap_err();
    let fields: Vec<_> = problem.errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!((problem.code, fields), (Code::InvalidFields, vec!["username", "password"]));
    rig.admin().await;
}
