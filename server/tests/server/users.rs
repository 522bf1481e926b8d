use domain::api::Code;
use domain::api::account::{AcceptInvitation, CurrentSession, Role};
use domain::api::users::{ChangeUser, Invite, UserChange, Users};
use domain::id::UserId;
use domain::time::Span;

use crate::rig::{Browser, PASSWORD, Rig, acceptance, code, invitation_key};

const DISABLE: UserChange = UserChange { role: None, disabled: Some(true) };

async fn id_of(browser: &mut Browser) -> UserId {
    browser.ask(CurrentSession, ()).await.unwrap().user
}

fn becomes(role: Role) -> UserChange {
    UserChange { role: Some(role), disabled: None }
}

#[tokio::test]
async fn an_invitation_makes_one_person_with_its_role_and_a_tenant_of_their_own() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let mut bob = rig.person(&mut admin, "bob", Role::Auditor).await;
    let (bob, ada) = (bob.ask(CurrentSession, ()).await.unwrap(), admin.ask(CurrentSession, ()).await.unwrap());
    assert_eq!((bob.username.as_str(), bob.role), ("bob", Role::Auditor));
    assert_ne!(bob.tenant, ada.tenant);
}

#[tokio::test]
async fn an_invitation_works_once() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let key = invitation_key(&mut admin, Role::User).await;
    rig.browser().ask(AcceptInvitation, acceptance(&key, "bob")).await.unwrap();
    let again = rig.browser().ask(AcceptInvitation, acceptance(&key, "eve")).await;
    assert_eq!(code(again), Some(Code::LinkInvalid));
}

#[tokio::test]
async fn two_people_with_one_invitation_become_one() {
    let rig = Rig::new().await;
    let key = invitation_key(&mut rig.admin().await, Role::User).await;
    let (mut one, mut two) = (rig.browser(), rig.browser());
    let both = tokio::join!(
        one.ask(AcceptInvitation, acceptance(&key, "bob")),
        two.ask(AcceptInvitation, acceptance(&key, "eve"))
    );
    assert!(both.0.is_ok() != both.1.is_ok(), "{both:?}");
}

#[tokio::test]
async fn an_invitation_ends_after_three_days() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let key = invitation_key(&mut admin, Role::User).await;
    rig.wait(Span::from_seconds(3 * 24 * 3_600));
    let late = rig.browser().ask(AcceptInvitation, acceptance(&key, "bob")).await;
    assert_eq!(code(late), Some(Code::LinkInvalid));
}

#[tokio::test]
async fn a_taken_name_is_named_and_the_invitation_stays_valid() {
    let rig = Rig::new().await;
    let key = invitation_key(&mut rig.admin().await, Role::User).await;
    let problem = rig.browser().ask(AcceptInvitation, acceptance(&key, "ADA")).await.unwrap_err();
    assert_eq!((problem.code, problem.errors[0].field.as_str()), (Code::InvalidFields, "username"));
    assert!(rig.browser().ask(AcceptInvitation, acceptance(&key, "bob")).await.is_ok());
}

#[tokio::test]
async fn a_setup_key_is_no_invitation_and_the_other_way_round() {
    let rig = Rig::new().await;
    let crossed = rig.browser().ask(AcceptInvitation, rig.acceptance("eve")).await;
    assert_eq!(code(crossed), Some(Code::LinkInvalid));
}

#[tokio::test]
async fn disabling_a_person_ends_their_sessions_at_once() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let mut bob = rig.person(&mut admin, "bob", Role::User).await;
    let id = id_of(&mut bob).await;
    assert!(admin.ask(ChangeUser { id: id.clone() }, DISABLE).await.unwrap().disabled);
    assert_eq!(code(bob.ask(CurrentSession, ()).await), Some(Code::NotSignedIn));
    let enable = UserChange { role: None, disabled: Some(false) };
    admin.ask(ChangeUser { id }, enable).await.unwrap();
    assert_eq!(code(bob.ask(CurrentSession, ()).await), Some(Code::NotSignedIn), "an ended session stays ended");
    assert!(bob.sign_in("bob", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_new_role_holds_from_the_next_request_on() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let mut bob = rig.person(&mut admin, "bob", Role::User).await;
    assert_eq!(code(bob.ask(Users, ()).await), Some(Code::NotAllowed));
    let id = id_of(&mut bob).await;
    admin.ask(ChangeUser { id }, becomes(Role::Auditor)).await.unwrap();
    assert_eq!(bob.ask(Users, ()).await.unwrap().len(), 2);
}

#[tokio::test]
async fn the_last_active_admin_stays_one() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let id = id_of(&mut admin).await;
    for change in [DISABLE, becomes(Role::User), becomes(Role::Auditor)] {
        assert_eq!(code(admin.ask(ChangeUser { id: id.clone() }, change).await), Some(Code::LastAdmin));
    }
    assert!(admin.ask(ChangeUser { id }, becomes(Role::Admin)).await.is_ok());
}

#[tokio::test]
async fn a_disabled_admin_does_not_count_as_another_one() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let mut bob = rig.person(&mut admin, "bob", Role::Admin).await;
    let (ada, bob) = (id_of(&mut admin).await, id_of(&mut bob).await);
    admin.ask(ChangeUser { id: bob }, DISABLE).await.unwrap();
    assert_eq!(code(admin.ask(ChangeUser { id: ada }, DISABLE).await), Some(Code::LastAdmin));
}

#[tokio::test]
async fn two_admins_who_disable_each_other_at_once_leave_one() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let mut bob = rig.person(&mut ada, "bob", Role::Admin).await;
    let (ada_id, bob_id) = (id_of(&mut ada).await, id_of(&mut bob).await);
    let _ = tokio::join!(ada.ask(ChangeUser { id: bob_id }, DISABLE), bob.ask(ChangeUser { id: ada_id }, DISABLE));
    let people = rig.state.store.users().await.unwrap();
    assert_eq!(people.iter().filter(|person| !person.disabled).count(), 1);
}

#[tokio::test]
async fn nobody_can_be_changed_who_is_not_there() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    for id in ["nobody", "%00", "a%2Fb"] {
        let refused = admin.ask(ChangeUser { id: UserId::new(id) }, DISABLE).await;
        assert_eq!(code(refused), Some(Code::NotFound), "{id}");
    }
}

#[tokio::test]
async fn an_invitation_says_when_it_ends_and_keeps_its_key_in_the_fragment() {
    let rig = Rig::new().await;
    let invitation =
        rig.admin().await.ask(Invite, domain::api::users::NewInvitation { role: Role::User }).await.unwrap();
    assert!(invitation.link.expose().starts_with("/invitation#key="));
    assert_eq!(invitation.expires_at.since(rig.state.clock.now()), Span::from_seconds(3 * 24 * 3_600));
}
