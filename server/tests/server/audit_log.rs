//! What is recorded of what people do, and that nothing is done that can't be recorded.

use domain::api::account::{ChangePassword, EndSession, PasswordChange, Role, Sessions, SignOut, SignOutEverywhere};
use domain::api::org::{RevokeOrgKey, RotateOrgKey, RotateSigningKey, Rotation};
use domain::api::providers::{Providers, RemoveProvider};
use domain::api::tenants::{AddTenant, RemoveTenant, Tenants};
use domain::api::users::{ChangeUser, Invite, NewInvitation, UserChange, Users};
use domain::api::{Code, REQUEST_HEADER};
use domain::audit::{Action, Event, Filter, Outcome};
use domain::id::SessionId;
use domain::secret::Secret;
use domain::tenant::{AllowedSites, TenantForm};
use domain::time::Span;
use sea_orm::ConnectionTrait;

use crate::page::{ORIGIN, Page, org_key};
use crate::provider::{Scene, refusal, token};
use crate::rig::{PASSWORD, Rig, code};

/// All that was recorded, the oldest first.
pub async fn recorded(rig: &Rig) -> Vec<Event> {
    let mut events = rig.state.store.events(&Filter::default(), None, 10_000).await.unwrap();
    events.reverse();
    events
}

/// What was recorded last.
async fn last(rig: &Rig) -> Event {
    recorded(rig).await.pop().unwrap()
}

/// Action, outcome and reason of what was recorded last.
async fn said(rig: &Rig) -> (Action, Outcome, Option<String>) {
    let entry = last(rig).await.entry;
    (entry.action, entry.outcome, entry.reason.map(String::from))
}

fn done(action: Action) -> (Action, Outcome, Option<String>) {
    (action, Outcome::Done, None)
}

fn refused(action: Action, reason: &str) -> (Action, Outcome, Option<String>) {
    (action, Outcome::Refused, Some(reason.to_owned()))
}

/// No event can be written from now on.
async fn break_the_log(rig: &Rig) {
    let file = rig.state.settings.data.join("tokenkeep.db");
    let connection = sea_orm::Database::connect(format!("sqlite:{}", file.display())).await.unwrap();
    let trigger = "CREATE TRIGGER broken BEFORE INSERT ON audit_events BEGIN SELECT RAISE(ABORT, 'broken'); END";
    connection.execute_unprepared(trigger).await.unwrap();
}

#[tokio::test]
async fn an_event_says_who_when_from_where_and_in_which_request() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    rig.wait(Span::from_seconds(60));
    let headers = [("x-request-id", "the-request-id"), (REQUEST_HEADER, "1"), ("sec-fetch-site", "same-origin")];
    admin.send("DELETE", "/api/v1/session", &headers, "").await;
    let event = last(&rig).await;
    let ada = rig.state.store.user_by_name("ada").await.unwrap().unwrap();
    assert_eq!(event.entry.action, Action::SessionEnded);
    assert_eq!((event.entry.user, event.entry.username.as_deref()), (Some(ada.id), Some("ada")));
    assert_eq!(event.entry.at, rig.state.clock.now());
    assert_eq!((event.entry.address.as_str(), event.entry.request.unwrap().as_str()), ("192.0.2.1", "the-request-id"));
}

#[tokio::test]
async fn setup_invitations_sign_ins_and_sessions_are_recorded() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let begun: Vec<_> = recorded(&rig).await.into_iter().map(|event| (event.seq, event.entry.action)).collect();
    assert_eq!(begun, [(1, Action::UserAdded), (2, Action::SessionOpened)]);
    admin.ask(Invite, NewInvitation { role: Role::Auditor }).await.unwrap();
    assert_eq!(said(&rig).await, (Action::UserInvited, Outcome::Done, Some("auditor".to_owned())));
    let mut bob = rig.person(&mut admin, "bob", Role::User).await;
    let mut elsewhere = rig.browser();
    elsewhere.sign_in("bob", PASSWORD).await.unwrap();
    assert_eq!(said(&rig).await, done(Action::SessionOpened));
    let sessions = bob.ask(Sessions, ()).await.unwrap();
    let other = sessions.iter().find(|session| !session.current).unwrap();
    bob.ask(EndSession { id: other.id.clone() }, ()).await.unwrap();
    let ended = last(&rig).await.entry;
    assert_eq!((ended.action, ended.subject.as_deref()), (Action::SessionEnded, Some(other.id.as_str())));
    let change = PasswordChange { current: Secret::new("wrong wrong wrong"), new: Secret::new("another long one") };
    bob.ask(ChangePassword, change.clone()).await.unwrap_err();
    assert_eq!(said(&rig).await, refused(Action::PasswordChanged, "wrong_password"));
    bob.ask(ChangePassword, PasswordChange { current: Secret::new(PASSWORD), ..change }).await.unwrap();
    assert_eq!(said(&rig).await, done(Action::PasswordChanged));
    bob.ask(SignOutEverywhere, ()).await.unwrap();
    assert_eq!((said(&rig).await, last(&rig).await.entry.count), (done(Action::SessionEnded), Some(1)));
}

#[tokio::test]
async fn a_failed_sign_in_is_recorded_with_the_person_and_never_with_what_was_typed() {
    let rig = Rig::new().await;
    rig.admin().await;
    let mut guesser = rig.browser();
    guesser.sign_in("ada", "a wrong password").await.unwrap_err();
    let entry = last(&rig).await.entry;
    assert_eq!(said(&rig).await, refused(Action::SessionOpened, "wrong_password"));
    assert_eq!((entry.user, entry.label.unwrap().as_str()), (None, "ada"));
    guesser.sign_in("my-secret-passphrase", "x").await.unwrap_err();
    assert_eq!(said(&rig).await, refused(Action::SessionOpened, "unknown_name"));
    assert!(!serde_json::to_string(&last(&rig).await).unwrap().contains("my-secret"));
}

#[tokio::test]
async fn what_admins_decide_is_recorded_with_what_it_is_about() {
    let scene = Scene::new().await;
    let (rig, mut admin) = (&scene.rig, scene.admin.clone());
    assert_eq!(last(rig).await.entry.label.unwrap().as_str(), "Auth");
    let mut bob = rig.person(&mut admin, "bob", Role::User).await;
    rig.browser().sign_in("bob", PASSWORD).await.unwrap();
    let id = admin.ask(Users, ()).await.unwrap().into_iter().find(|user| user.username == "bob").unwrap().id;
    let change = UserChange { role: Some(Role::Auditor), disabled: Some(true) };
    admin.ask(ChangeUser { id: id.clone() }, change).await.unwrap();
    let entry = last(rig).await.entry;
    assert_eq!((entry.action, entry.reason.unwrap().as_str()), (Action::UserChanged, "role_auditor_disabled"));
    assert_eq!((entry.subject.as_deref(), entry.count), (Some(id.as_str()), Some(2)), "two sessions ended with it");
    bob.sign_in("bob", PASSWORD).await.unwrap_err();
    assert_eq!(said(rig).await, refused(Action::SessionOpened, "disabled"));
    admin.ask(RemoveProvider { id: scene.provider.clone() }, ()).await.unwrap();
    let entry = last(rig).await.entry;
    assert_eq!((entry.action, entry.provider), (Action::ProviderRemoved, Some(scene.provider.clone())));
    assert_eq!(entry.label.unwrap().as_str(), "Auth");
    let org = org_key(&mut admin, "Example", ORIGIN).await;
    assert_eq!(said(rig).await, done(Action::OrgKeyAdded));
    admin.ask(RotateOrgKey { id: org.id.clone() }, Rotation { overlap_seconds: 0 }).await.unwrap();
    assert_eq!(said(rig).await, done(Action::OrgKeyRotated));
    admin.ask(RevokeOrgKey { id: org.id.clone() }, ()).await.unwrap();
    admin.ask(RevokeOrgKey { id: org.id.clone() }, ()).await.unwrap();
    let revoked = recorded(rig).await.into_iter().filter(|event| event.entry.action == Action::OrgKeyRevoked);
    assert_eq!(revoked.count(), 1, "what changed nothing is no event");
    admin.ask(RotateSigningKey, ()).await.unwrap();
    assert_eq!(
        (said(rig).await, last(rig).await.entry.username.as_deref()),
        (done(Action::SigningKeyRotated), Some("ada"))
    );
}

#[tokio::test]
async fn a_tenant_is_recorded_from_its_beginning_to_its_end() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let form = TenantForm { name: "Clinics".to_owned(), api: None, sites: AllowedSites::All, default_site: None };
    let id = admin.ask(AddTenant, form).await.unwrap().id;
    admin.ask(RemoveTenant { id: id.clone() }, ()).await.unwrap();
    let events = recorded(&rig).await;
    let theirs = events.iter().filter(|event| event.entry.tenant.as_ref() == Some(&id)).map(|event| event.entry.action);
    assert_eq!(theirs.collect::<Vec<_>>(), [Action::TenantAdded, Action::TenantRemoved]);
}

#[tokio::test]
async fn a_grant_is_recorded_once_over_repeats_with_how_it_ended() {
    let scene = Scene::new().await;
    let (rig, mut admin) = (&scene.rig, scene.admin.clone());
    scene.answers(token("canary")).await;
    scene.obtain(&mut admin, "secret", "key-1").await.unwrap();
    scene.obtain(&mut admin, "secret", "key-1").await.unwrap();
    let grants = recorded(rig).await.into_iter().filter(|event| event.entry.action == Action::TokenGranted);
    assert_eq!(grants.count(), 1);
    let entry = last(rig).await.entry;
    assert_eq!((entry.provider.as_ref(), entry.label.unwrap().as_str()), (Some(&scene.provider), "client"));
    assert_eq!((entry.outcome, entry.tenant.is_some()), (Outcome::Done, true));
    scene.answers(refusal()).await;
    scene.obtain(&mut admin, "secret", "key-2").await.unwrap_err();
    assert_eq!(said(rig).await, refused(Action::TokenGranted, "invalid_client"));
    scene.answers(wiremock::ResponseTemplate::new(503)).await;
    scene.obtain(&mut admin, "secret", "key-3").await.unwrap_err();
    let failed = (Action::TokenGranted, Outcome::Failed, Some("upstream_unavailable".to_owned()));
    assert_eq!(said(rig).await, failed);
}

#[tokio::test]
async fn an_identifier_that_could_be_a_token_is_not_recorded() {
    let scene = Scene::new().await;
    let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJpZGVudGl0eSI6ImEifQ.c2lnbmF0dXJl";
    let mut request =
        scene.request(domain::api::token::ClientProof::ClientSecretPost { client_secret: Secret::new("s") });
    (request.provider, request.client_id) = (domain::id::ProviderId::new(jwt), jwt.to_owned());
    scene.admin.clone().ask(domain::api::token::ObtainToken, request).await.unwrap_err();
    let entry = last(&scene.rig).await.entry;
    assert_eq!(said(&scene.rig).await, refused(Action::TokenGranted, "provider_not_allowed"));
    assert_eq!((entry.provider, entry.label), (None, None));
    scene.admin.clone().ask(EndSession { id: SessionId::new(jwt) }, ()).await.unwrap_err();
    let entry = last(&scene.rig).await.entry;
    assert_eq!((entry.action, entry.subject), (Action::Refused, None));
}

#[tokio::test]
async fn a_wrong_role_a_foreign_session_and_another_sites_page_are_recorded() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let mut bob = rig.person(&mut admin, "bob", Role::User).await;
    assert_eq!(code(bob.ask(Users, ()).await), Some(Code::NotAllowed));
    let entry = last(&rig).await.entry;
    assert_eq!(said(&rig).await, refused(Action::Refused, "not_allowed"));
    assert_eq!((entry.username.as_deref(), entry.label.unwrap().as_str()), (Some("bob"), "GET /api/v1/users"));
    let foreign = admin.ask(Sessions, ()).await.unwrap().remove(0).id;
    assert_eq!(code(bob.ask(EndSession { id: foreign.clone() }, ()).await), Some(Code::NotFound));
    let entry = last(&rig).await.entry;
    assert_eq!((said(&rig).await, entry.subject), (refused(Action::Refused, "not_found"), Some(foreign.to_string())));
    bob.send("DELETE", "/api/v1/session", &[("sec-fetch-site", "cross-site")], "").await;
    assert_eq!(said(&rig).await, refused(Action::Refused, "cross_site"));
    rig.browser().ask(Tenants, ()).await.unwrap_err();
    assert_eq!(said(&rig).await, refused(Action::Refused, "not_signed_in"));
}

#[tokio::test]
async fn org_tokens_that_are_refused_are_recorded_and_expired_ones_are_not() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let org = org_key(&mut admin, "Example", ORIGIN).await;
    let mut page = Page::booted(&rig, &org).await;
    let good = page.token.clone();
    page.token = "forged".to_owned();
    page.begin("a-long-enough-key-1").await.unwrap_err();
    assert_eq!(said(&rig).await, refused(Action::OrgTokenRefused, "org_token_invalid"));
    let before = last(&rig).await.seq;
    page.token = good;
    rig.wait(Span::from_seconds(600));
    page.begin("a-long-enough-key-2").await.unwrap_err();
    assert_eq!(last(&rig).await.seq, before);
}

#[tokio::test]
async fn nobody_fills_the_log_with_refusals() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let count = async || recorded(&rig).await.into_iter().filter(|event| event.entry.action == Action::Refused).count();
    for _ in 0..30 {
        rig.browser().ask(Tenants, ()).await.unwrap_err();
    }
    assert_eq!(count().await, 10);
    let mut bob = rig.person(&mut admin, "bob", Role::User).await;
    for _ in 0..80 {
        bob.ask(Users, ()).await.unwrap_err();
    }
    assert_eq!(count().await, 70);
}

#[tokio::test]
async fn what_can_t_be_recorded_is_not_done() {
    let scene = Scene::new().await;
    let (rig, mut admin) = (&scene.rig, scene.admin.clone());
    let mut bob = rig.person(&mut admin, "bob", Role::User).await;
    let id = admin.ask(Users, ()).await.unwrap().into_iter().find(|user| user.username == "bob").unwrap().id;
    let org = org_key(&mut admin, "Example", ORIGIN).await;
    scene.answers(token("canary")).await;
    break_the_log(rig).await;
    let internal = Some(Code::Internal);
    let form = TenantForm { name: "Clinics".to_owned(), api: None, sites: AllowedSites::All, default_site: None };
    assert_eq!(code(rig.browser().sign_in("bob", PASSWORD).await), internal);
    assert_eq!(code(rig.browser().sign_in("bob", "a wrong password").await), internal);
    assert_eq!(code(bob.ask(SignOut, ()).await), internal);
    assert_eq!(code(bob.ask(SignOutEverywhere, ()).await), internal);
    assert_eq!(code(bob.ask(AddTenant, form).await), internal);
    assert_eq!(code(scene.obtain(&mut bob, "secret", "key").await), internal);
    assert_eq!(code(admin.ask(Invite, NewInvitation { role: Role::Admin }).await), internal);
    let disable = UserChange { role: None, disabled: Some(true) };
    assert_eq!(code(admin.ask(ChangeUser { id }, disable).await), internal);
    assert_eq!(code(admin.ask(RemoveProvider { id: scene.provider.clone() }, ()).await), internal);
    assert_eq!(code(admin.ask(RevokeOrgKey { id: org.id.clone() }, ()).await), internal);
    assert_eq!(code(admin.ask(RotateOrgKey { id: org.id.clone() }, Rotation { overlap_seconds: 0 }).await), internal);
    assert_eq!(code(admin.ask(RotateSigningKey, ()).await), internal);
    // Nothing of it was done.
    assert_eq!(bob.ask(Sessions, ()).await.unwrap().len(), 1);
    assert_eq!(bob.ask(Tenants, ()).await.unwrap().len(), 1);
    assert!(admin.ask(Users, ()).await.unwrap().iter().all(|user| !user.disabled));
    assert_eq!(admin.ask(Providers, ()).await.unwrap().len(), 1);
    let orgs = rig.state.store.orgs(rig.state.clock.now()).await.unwrap();
    assert_eq!((orgs[0].key.as_str(), orgs[0].revoked_at), (org.key.as_str(), None));
}
