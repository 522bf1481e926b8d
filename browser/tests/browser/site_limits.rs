//! A tenant that allows some sites only: no token of another one is kept, tested or sent.

use domain::api::Code;
use domain::id::{ProviderId, TenantId};
use domain::site::{
    CallFailure, Chosen, Draft, LegacyDeed, LegacyPlan, RowState, Site, SiteCommand, SiteId, SiteRefusal, TestReport,
    import,
};
use domain::tenant::{AllowedSites, Limit, Limits, Opening, Tenant};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{fresh_tenant, opening};
use crate::sites::{Tab, call, gateway, jwt, place, serving};

fn only(sites: &[&str]) -> AllowedSites {
    AllowedSites::Only(sites.iter().map(|site| SiteId::parse(site).unwrap()).collect())
}

fn limited(tenant: &TenantId, sites: &[&str]) -> Opening {
    let opening = opening(tenant);
    Opening { tenant: Tenant { sites: only(sites), ..opening.tenant }, ..opening }
}

#[wasm_bindgen_test]
async fn no_token_of_a_site_the_tenant_does_not_allow_is_added_moved_or_imported() {
    let server = serving("");
    let tab = Tab::open_as(limited(&fresh_tenant(), &["a"])).await;
    for test in [true, false] {
        assert_eq!(tab.add("b", &jwt("b", 300), test).await, Err(SiteRefusal::NotAllowed(Limit::Sites)));
    }
    let id = tab.add("a", &jwt("a", 300), false).await.unwrap();
    let moved = Draft { site: "b".to_owned(), ..Draft::of(&tab.view.borrow().tokens[0], false) };
    let edited: Result<(), _> = tab.ask(|done| SiteCommand::Edit { id, draft: moved, test: false, done }).await;
    assert_eq!(edited, Err(SiteRefusal::NotAllowed(Limit::Sites)));
    let file = format!("b,{}\nc,{}", jwt("b", 300).expose(), jwt("c", 300).expose());
    let providers = [ProviderId::new("ace")];
    let rows = import::read(file.as_bytes(), &tab.view.borrow(), &providers).unwrap();
    assert!(rows.iter().all(|row| matches!(&row.state, RowState::Bad(why) if why.contains("does not allow"))));
    // Rows read before the tenant was limited are refused all the same.
    let before = import::read(file.as_bytes(), &Default::default(), &providers).unwrap();
    let imported: Result<usize, _> = tab.ask(|done| SiteCommand::Import { rows: before, done }).await;
    assert_eq!(imported, Err(SiteRefusal::NotAllowed(Limit::Sites)));
    assert_eq!(tab.view.borrow().tokens.len(), 1);
    assert!(gateway(&server).is_empty());
}

#[wasm_bindgen_test]
async fn a_token_whose_site_is_allowed_no_more_stays_and_is_neither_tested_nor_sent_until_it_is_again() {
    let server = serving("");
    let tab = Tab::open(&fresh_tenant()).await;
    let id = tab.add("a", &jwt("a", 300), false).await.unwrap();
    tab.runtime.site(SiteCommand::Limit(Limits { api: None, sites: only(&["b"]) }));
    tab.until("it is limited", |view| !view.allows(&place("a"))).await;
    let chosen = || Chosen::Token(id.clone());
    let tested: Result<TestReport, _> = tab.ask(|done| SiteCommand::Test { chosen: chosen(), done }).await;
    assert_eq!(tested.unwrap_err(), SiteRefusal::NotAllowed(Limit::Sites));
    assert_eq!(tab.rotate(&id, &jwt("new", 300)).await.unwrap_err(), SiteRefusal::NotAllowed(Limit::Sites));
    let Err(CallFailure::Problem(problem)) = tab.call(call(Site::Of(id.clone()), true)).await else {
        panic!("it was sent")
    };
    assert_eq!(problem.code, Code::SiteNotAllowed);
    assert!(gateway(&server).is_empty());
    tab.runtime.site(SiteCommand::Limit(Limits::default()));
    let tested: Result<TestReport, _> = tab.ask(|done| SiteCommand::Test { chosen: chosen(), done }).await;
    assert!(tested.is_ok());
}

#[wasm_bindgen_test]
async fn a_tenant_with_an_api_of_its_own_keeps_tests_and_sends_no_token_of_another() {
    let server = serving("");
    let of = |api: &str| Limits { api: Some(ProviderId::new(api)), ..Limits::default() };
    let tab = Tab::open(&fresh_tenant()).await;
    let id = tab.add("a", &jwt("a", 300), false).await.unwrap();
    tab.runtime.site(SiteCommand::Limit(of("other")));
    tab.until("it is limited", |view| !view.allows(&place("a"))).await;
    let refused = SiteRefusal::NotAllowed(Limit::Api);
    assert_eq!(tab.add("b", &jwt("b", 300), false).await, Err(refused.clone()));
    assert_eq!(tab.rotate(&id, &jwt("new", 300)).await.unwrap_err(), refused);
    for site in [Site::Of(id), Site::At(place("a"))] {
        let Err(CallFailure::Problem(problem)) = tab.call(call(site, true)).await else { panic!("it was sent") };
        assert_eq!(problem.code, Code::ApiNotAllowed);
    }
    assert!(gateway(&server).is_empty());
    tab.runtime.site(SiteCommand::Limit(of("ace")));
    assert!(tab.add("b", &jwt("b", 300), false).await.is_ok());
}

#[wasm_bindgen_test]
async fn what_an_earlier_app_left_for_another_site_stays_where_it_is() {
    let _server = serving("");
    let storage = web_sys::window().unwrap().local_storage().unwrap().unwrap();
    storage.set_item("bv_token_fallback_b", jwt("b", 300).expose()).unwrap();
    let tab = Tab::open_as(limited(&fresh_tenant(), &["a"])).await;
    let plan: Result<LegacyPlan, SiteRefusal> = tab.ask(|done| SiteCommand::PlanLegacy { done }).await;
    storage.remove_item("bv_token_fallback_b").unwrap();
    let deeds: Vec<LegacyDeed> = plan.unwrap().items.into_iter().map(|item| item.deed).collect();
    assert_eq!(deeds, [LegacyDeed::Leave("This tenant does not allow the site.".to_owned())]);
}
