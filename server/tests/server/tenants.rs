//! Tenants: each person's own, and those they add; nobody reaches one of somebody else.

use domain::api::account::{CurrentSession, Role};
use domain::api::providers::{AddProvider, RemoveProvider};
use domain::api::tenants::{AddTenant, ChangeTenant, RemoveTenant, Tenants};
use domain::api::users::{ChangeUser, UserChange};
use domain::api::{Code, Problem};
use domain::id::{ProviderId, TenantId};
use domain::provider::GatewayRules;
use domain::site::SiteId;
use domain::tenant::{AllowedSites, OWN_NAME, TenantForm};

use crate::providers::pingone;
use crate::rig::{Browser, Rig, code};

fn form(name: &str) -> TenantForm {
    TenantForm { name: name.to_owned(), api: None, sites: AllowedSites::All, default_site: None }
}

async fn names(browser: &mut Browser) -> Vec<String> {
    browser.ask(Tenants, ()).await.unwrap().into_iter().map(|tenant| tenant.name).collect()
}

async fn own(browser: &mut Browser) -> TenantId {
    browser.ask(CurrentSession, ()).await.unwrap().tenant
}

/// Tries everything about a tenant; all of it must be refused, and in the same words.
async fn refusals(browser: &mut Browser, id: &TenantId) -> Vec<Problem> {
    let changed = browser.ask(ChangeTenant { id: id.clone() }, form("Mine now")).await.unwrap_err();
    let removed = browser.ask(RemoveTenant { id: id.clone() }, ()).await.unwrap_err();
    [changed, removed].into_iter().map(|problem| Problem { request_id: None, ..problem }).collect()
}

#[tokio::test]
async fn a_tenant_is_made_listed_changed_and_removed() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    assert_eq!(names(&mut ada).await, [OWN_NAME]);
    let made = ada.ask(AddTenant, form(" Clinics ")).await.unwrap();
    assert_eq!((made.name.as_str(), made.is_own), ("Clinics", false));
    let site = SiteId::parse("omaha").unwrap();
    let limited =
        TenantForm { sites: AllowedSites::Only(vec![site.clone()]), default_site: Some(site.clone()), ..form("Omaha") };
    let changed = ada.ask(ChangeTenant { id: made.id.clone() }, limited).await.unwrap();
    assert_eq!(changed.default_site, Some(site.clone()));
    let person = rig.state.store.user_by_name("ada").await.unwrap().unwrap();
    let seen = rig.state.tenant(&person, Some(&made.id)).await.unwrap();
    assert_eq!((seen.check_site(&site), seen.id == changed.id), (Ok(()), true));
    let other = seen.check_site(&SiteId::parse("lincoln").unwrap());
    assert_eq!(code(other), Some(Code::SiteNotAllowed));
    ada.ask(RemoveTenant { id: made.id.clone() }, ()).await.unwrap();
    assert_eq!(names(&mut ada).await, [OWN_NAME]);
    assert_eq!(code(rig.state.tenant(&person, Some(&made.id)).await), Some(Code::TenantUnknown));
    assert!(rig.state.tenant(&person, None).await.unwrap().is_own);
}

#[tokio::test]
async fn a_foreign_a_removed_and_an_unknown_tenant_are_refused_in_the_same_words() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let mut bob = rig.person(&mut ada, "bob", Role::User).await;
    let clinics = ada.ask(AddTenant, form("Clinics")).await.unwrap().id;
    let gone = bob.ask(AddTenant, form("Gone")).await.unwrap().id;
    bob.ask(RemoveTenant { id: gone.clone() }, ()).await.unwrap();
    let unknown = refusals(&mut bob, &TenantId::new("0123456789abcdef0123456789abcdef")).await;
    assert!(unknown.iter().all(|problem| problem.code == Code::TenantUnknown));
    for id in [clinics.clone(), own(&mut ada).await, gone, TenantId::new("%00"), TenantId::new("a%2Fb")] {
        assert_eq!(refusals(&mut bob, &id).await, unknown, "{id}");
    }
    let person = rig.state.store.user_by_name("bob").await.unwrap().unwrap();
    assert_eq!(code(rig.state.tenant(&person, Some(&clinics)).await), Some(Code::TenantUnknown));
    assert_eq!(names(&mut bob).await, [OWN_NAME]);
    assert_eq!(names(&mut ada).await, [OWN_NAME, "Clinics"]);
}

#[tokio::test]
async fn an_admin_reaches_no_tenant_of_a_user() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let mut bob = rig.person(&mut ada, "bob", Role::User).await;
    let clinics = bob.ask(AddTenant, form("Clinics")).await.unwrap().id;
    for problem in refusals(&mut ada, &clinics).await {
        assert_eq!(problem.code, Code::TenantUnknown);
    }
    assert_eq!(names(&mut ada).await, [OWN_NAME]);
}

#[tokio::test]
async fn a_disabled_person_and_an_auditor_reach_none_at_all() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let mut bob = rig.person(&mut ada, "bob", Role::User).await;
    let clinics = bob.ask(AddTenant, form("Clinics")).await.unwrap().id;
    let id = bob.ask(CurrentSession, ()).await.unwrap().user;
    let auditor = UserChange { role: Some(Role::Auditor), disabled: None };
    ada.ask(ChangeUser { id: id.clone() }, auditor).await.unwrap();
    assert_eq!(code(bob.ask(Tenants, ()).await), Some(Code::NotAllowed));
    assert!(refusals(&mut bob, &clinics).await.iter().all(|problem| problem.code == Code::NotAllowed));
    let disabled = UserChange { role: Some(Role::User), disabled: Some(true) };
    ada.ask(ChangeUser { id }, disabled).await.unwrap();
    assert_eq!(code(bob.ask(Tenants, ()).await), Some(Code::NotSignedIn));
    assert!(refusals(&mut bob, &clinics).await.iter().all(|problem| problem.code == Code::NotSignedIn));
}

#[tokio::test]
async fn ones_own_tenant_can_be_named_and_limited_and_stays() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let id = own(&mut ada).await;
    ada.ask(ChangeTenant { id: id.clone() }, form("Ada's")).await.unwrap();
    assert_eq!(code(ada.ask(RemoveTenant { id: id.clone() }, ()).await), Some(Code::OwnTenant));
    let all = ada.ask(Tenants, ()).await.unwrap();
    assert_eq!((all.len(), &all[0].id, all[0].name.as_str(), all[0].is_own), (1, &id, "Ada's", true));
}

#[tokio::test]
async fn a_form_that_can_t_be_kept_names_its_fields_and_a_wrong_site_is_no_site() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let site = SiteId::parse("omaha").unwrap();
    let wrong = TenantForm { sites: AllowedSites::Only(Vec::new()), default_site: Some(site), ..form("personal") };
    let problem = ada.ask(AddTenant, wrong).await.unwrap_err();
    let fields: Vec<_> = problem.errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!((problem.code, fields), (Code::InvalidFields, vec!["name", "default_site"]));
    let headers =
        [("x-tokenkeep-request", "1"), ("sec-fetch-site", "same-origin"), ("content-type", "application/json")];
    let answer = ada.send("POST", "/api/v1/tenants", &headers, r#"{"name":"a","sites":{"only":["a/b"]}}"#).await;
    assert_eq!(answer.problem().code, Code::InvalidBody);
    assert_eq!(names(&mut ada).await, [OWN_NAME]);
}

#[tokio::test]
async fn a_tenant_works_with_an_api_that_is_there_and_takes_site_tokens() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let tied = |id: &ProviderId| TenantForm { api: Some(id.clone()), ..form("Clinics") };
    let sites = ada.ask(AddProvider, crate::passing::form("https://a.example.com", GatewayRules::default())).await;
    let (sites, pingone) = (sites.unwrap().id, ada.ask(AddProvider, pingone("PingOne")).await.unwrap().id);
    for wrong in [pingone, ProviderId::new("nobody"), ProviderId::new(""), ProviderId::new("a%2Fb")] {
        let problem = ada.ask(AddTenant, tied(&wrong)).await.unwrap_err();
        let fields: Vec<_> = problem.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!((problem.code, fields), (Code::InvalidFields, vec!["api"]), "{wrong}");
    }
    let made = ada.ask(AddTenant, tied(&sites)).await.unwrap();
    assert_eq!(made.api.as_ref(), Some(&sites));
    ada.ask(RemoveProvider { id: sites.clone() }, ()).await.unwrap();
    let kept = ada.ask(Tenants, ()).await.unwrap().into_iter().find(|tenant| tenant.id == made.id).unwrap();
    assert_eq!(kept.api, made.api, "it calls nothing rather than everything");
    assert!(ada.ask(ChangeTenant { id: made.id.clone() }, tied(&sites)).await.is_err());
    let freed = ada.ask(ChangeTenant { id: made.id }, form("Clinics")).await.unwrap();
    assert_eq!(freed.api, None);
}
