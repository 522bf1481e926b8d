//! Calls a minute, for each site, of a person in all sessions together.

use domain::api::Code;
use domain::api::account::Role;
use domain::api::gateway::{
    RATE_LIMIT_HEADER, RATE_REMAINING_HEADER, RATE_RESET_HEADER, TENANT_HEADER, UPSTREAM_HEADER,
};
use domain::api::tenants::AddTenant;
use domain::tenant::{AllowedSites, TenantForm};
use domain::time::Span;

use super::*;

fn window(answer: &Answer) -> [&str; 3] {
    [RATE_LIMIT_HEADER, RATE_REMAINING_HEADER, RATE_RESET_HEADER].map(|name| answer.header(name))
}

#[tokio::test]
async fn the_window_is_shared_by_all_sessions_of_a_person_and_slides() {
    let api = api(json("{}")).await;
    let rules = GatewayRules { per_minute: Some(3), ..GatewayRules::default() };
    let mut stage = Stage::at(&api.uri(), rules).await;
    assert_eq!(window(&stage.get("sites/").await), ["3", "2", "60"]);
    stage.rig.wait(Span::from_seconds(20));
    let mut elsewhere = stage.rig.browser();
    elsewhere.sign_in("ada", crate::rig::PASSWORD).await.unwrap();
    std::mem::swap(&mut elsewhere, &mut stage.admin);
    assert_eq!(window(&stage.get("sites/").await), ["3", "1", "40"]);
    assert_eq!(window(&stage.get("sites/").await), ["3", "0", "40"]);
    std::mem::swap(&mut elsewhere, &mut stage.admin);
    let refused = stage.get("sites/").await;
    assert_eq!((refused.problem().code, refused.header("retry-after")), (Code::TooManyRequests, "40"));
    assert_eq!((window(&refused), refused.header(UPSTREAM_HEADER)), (["3", "0", "40"], ""));
    assert!(refused.problem().detail.contains(SITE), "{}", refused.problem().detail);
    stage.rig.wait(Span::from_seconds(40));
    assert_eq!(window(&stage.get("sites/").await), ["3", "0", "20"]);
    assert_eq!(received(&api).await.len(), 4);
}

#[tokio::test]
async fn another_site_and_another_person_have_windows_of_their_own() {
    let api = api(json("{}")).await;
    let rules = GatewayRules { per_minute: Some(1), ..GatewayRules::default() };
    let mut stage = Stage::at(&api.uri(), rules).await;
    assert_eq!(stage.get("sites/").await.status.as_u16(), 200);
    let other = [(TOKEN_HEADER, TOKEN), (SITE_HEADER, "ses_lincoln")];
    assert_eq!(stage.bare("GET", "sites/", &other, "").await.status.as_u16(), 200);
    let mut bob = stage.rig.person(&mut stage.admin, "bob", Role::User).await;
    std::mem::swap(&mut bob, &mut stage.admin);
    assert_eq!(stage.get("sites/").await.status.as_u16(), 200);
    assert_eq!(stage.get("sites/").await.problem().code, Code::TooManyRequests);
}

#[tokio::test]
async fn calls_in_one_tenant_are_neither_counted_nor_told_in_another_of_the_same_person() {
    let api = api(json("{}")).await;
    let rules = GatewayRules { per_minute: Some(2), ..GatewayRules::default() };
    let mut stage = Stage::at(&api.uri(), rules).await;
    let clinics = TenantForm { name: "Clinics".to_owned(), api: None, sites: AllowedSites::All, default_site: None };
    let clinics = stage.admin.ask(AddTenant, clinics).await.unwrap().id;
    assert_eq!(window(&stage.get("sites/").await), ["2", "1", "60"]);
    assert_eq!(window(&stage.get("sites/").await), ["2", "0", "60"]);
    let there = [(TENANT_HEADER, clinics.as_str())];
    assert_eq!(window(&stage.send("GET", "sites/", &there, "").await), ["2", "1", "60"]);
    assert_eq!(stage.get("sites/").await.problem().code, Code::TooManyRequests);
    assert_eq!(window(&stage.send("GET", "sites/", &there, "").await), ["2", "0", "60"]);
}

#[tokio::test]
async fn a_site_has_a_hundred_calls_a_minute_unless_an_admin_says_otherwise() {
    let api = api(json("{}")).await;
    let mut stage = Stage::at(&api.uri(), GatewayRules::default()).await;
    for left in (0..100).rev() {
        assert_eq!(stage.get("sites/").await.header(RATE_REMAINING_HEADER), left.to_string());
    }
    assert_eq!(stage.get("sites/").await.problem().code, Code::TooManyRequests);
}
