//! The server's half of a vault's key: for a session of the person it was made for, and for nobody else.

use domain::api::account::{CurrentSession, Role, SignOutEverywhere};
use domain::api::tenants::{AddTenant, RemoveTenant};
use domain::api::users::{ChangeUser, UserChange};
use domain::api::vault::{DropVaultHalf, GetVaultHalf, MakeVaultHalf, NewHalf, VaultHalf};
use domain::api::{Code, Problem};
use domain::audit::{Action, Entry, Filter, Outcome};
use domain::id::{HalfId, TenantId};
use domain::tenant::{AllowedSites, TenantForm};

use crate::rig::{Browser, PASSWORD, Rig, code};

async fn own(browser: &mut Browser) -> TenantId {
    browser.ask(CurrentSession, ()).await.unwrap().tenant
}

async fn made(browser: &mut Browser) -> VaultHalf {
    let tenant = own(browser).await;
    browser.ask(MakeVaultHalf, NewHalf { tenant }).await.unwrap()
}

async fn got(browser: &mut Browser, id: &HalfId) -> Result<VaultHalf, Problem> {
    browser.ask(GetVaultHalf { id: id.clone() }, ()).await
}

#[tokio::test]
async fn a_half_is_made_released_again_and_let_go() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let half = made(&mut ada).await;
    assert_eq!(half.half.expose().len(), 64);
    assert_eq!(got(&mut ada, &half.id).await.unwrap(), half);
    assert_ne!(made(&mut ada).await.half, half.half, "each browser has one of its own");
    ada.ask(DropVaultHalf { id: half.id.clone() }, ()).await.unwrap();
    assert_eq!(code(got(&mut ada, &half.id).await), Some(Code::VaultHalfUnknown));
    assert_eq!(code(ada.ask(DropVaultHalf { id: half.id }, ()).await), None, "letting it go again is no fault");
}

#[tokio::test]
async fn nobody_else_gets_or_drops_it_and_both_are_told_what_is_said_of_one_that_never_was() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let mut bob = rig.person(&mut ada, "bob", Role::User).await;
    let half = made(&mut bob).await;
    let plain = |problem: Problem| Problem { request_id: None, ..problem };
    let never = plain(got(&mut ada, &HalfId::new("0123456789abcdef0123456789abcdef")).await.unwrap_err());
    assert_eq!(plain(got(&mut ada, &half.id).await.unwrap_err()), never);
    ada.ask(DropVaultHalf { id: half.id.clone() }, ()).await.unwrap();
    assert_eq!(got(&mut bob, &half.id).await.unwrap(), half, "it is still there");
    let foreign = ada.ask(MakeVaultHalf, NewHalf { tenant: own(&mut bob).await }).await;
    assert_eq!(code(foreign), Some(Code::TenantUnknown));
}

#[tokio::test]
async fn after_signing_out_everywhere_a_copied_cookie_gets_nothing() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let half = made(&mut ada).await;
    let mut copied_profile = ada.clone();
    assert_eq!(got(&mut copied_profile, &half.id).await.unwrap(), half, "the copy works while the session does");
    ada.ask(SignOutEverywhere, ()).await.unwrap();
    assert_eq!(code(got(&mut copied_profile, &half.id).await), Some(Code::NotSignedIn));
    ada.sign_in("ada", PASSWORD).await.unwrap();
    assert_eq!(got(&mut ada, &half.id).await.unwrap(), half, "the person themselves goes on");
}

#[tokio::test]
async fn a_disabled_persons_half_is_released_to_nobody() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let mut bob = rig.person(&mut ada, "bob", Role::User).await;
    let half = made(&mut bob).await;
    let id = bob.ask(CurrentSession, ()).await.unwrap().user;
    let change = |disabled| UserChange { role: None, disabled: Some(disabled) };
    ada.ask(ChangeUser { id: id.clone() }, change(true)).await.unwrap();
    assert_eq!(code(got(&mut bob, &half.id).await), Some(Code::NotSignedIn));
    ada.ask(ChangeUser { id }, change(false)).await.unwrap();
    bob.sign_in("bob", PASSWORD).await.unwrap();
    assert_eq!(got(&mut bob, &half.id).await.unwrap(), half);
}

#[tokio::test]
async fn halves_of_a_tenant_go_with_it() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let form = TenantForm { name: "Clinics".to_owned(), api: None, sites: AllowedSites::All, default_site: None };
    let tenant = ada.ask(AddTenant, form).await.unwrap().id;
    let of_tenant = ada.ask(MakeVaultHalf, NewHalf { tenant: tenant.clone() }).await.unwrap();
    let of_own = made(&mut ada).await;
    ada.ask(RemoveTenant { id: tenant }, ()).await.unwrap();
    assert_eq!(code(got(&mut ada, &of_tenant.id).await), Some(Code::VaultHalfUnknown));
    assert_eq!(got(&mut ada, &of_own.id).await.unwrap(), of_own);
}

#[tokio::test]
async fn neither_the_database_nor_another_servers_secret_gives_it_away() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let half = made(&mut ada).await;
    let data = rig.folder.path().join("data");
    let files = std::fs::read_dir(&data).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    let bytes: Vec<u8> = files.flatten().collect();
    let text = half.half.expose().as_bytes();
    assert!(!bytes.windows(text.len()).any(|window| window == text));
    let (now, user) = (rig.state.clock.now(), ada.ask(CurrentSession, ()).await.unwrap().user);
    let note = Entry::by_server(Action::VaultHalfReleased, Outcome::Done, now);
    let mut record = rig.state.store.release_vault_half(&user, &half.id, now, &note).await.unwrap().unwrap();
    record.id = HalfId::new("moved");
    rig.state.store.add_vault_half(&record, &note).await.unwrap();
    let moved = got(&mut ada, &record.id).await;
    assert_eq!(code(moved), Some(Code::VaultHalfUnknown), "a half opens only under its own identifier");
}

#[tokio::test]
async fn making_releasing_and_letting_go_stand_in_the_audit_log_without_the_half() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let half = made(&mut ada).await;
    got(&mut ada, &half.id).await.unwrap();
    ada.ask(DropVaultHalf { id: half.id.clone() }, ()).await.unwrap();
    let events = rig.state.store.events(&Filter::default(), None, 3).await.unwrap();
    let actions: Vec<Action> = events.iter().map(|event| event.entry.action).collect();
    assert_eq!(actions, [Action::VaultHalfRemoved, Action::VaultHalfReleased, Action::VaultHalfSet]);
    for event in events {
        assert_eq!(event.entry.subject.as_deref(), Some(half.id.as_str()));
        assert_eq!(event.entry.username.as_deref(), Some("ada"));
        assert!(!format!("{event:?}").contains(half.half.expose()));
    }
}
