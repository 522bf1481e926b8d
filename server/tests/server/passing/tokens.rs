//! Whose token goes out: the one of the call, or the operator's for its site.

use domain::api::Code;
use domain::api::account::Role;
use domain::api::default_token::ReadDefaultToken;
use domain::api::gateway::{TOKEN_SOURCE_HEADER, UPSTREAM_HEADER};
use domain::site::SiteId;
use server::gateway::DefaultTokenFile;
use server::settings::DefaultTokenSetting;
use std::sync::Arc;

use super::*;

pub(super) const OPERATORS: &str =
    "eyJhbGciOiJIUzI1NiJ9.eyJpZGVudGl0eSI6InNlc18wMDAxIiwiZXhwIjoxOTAwMDAwMDAwfQ.canary-of-the-operator";

/// A server whose operator gave a token for [`SITE`].
async fn stage(api: &MockServer) -> Stage {
    with_operators_token(Stage::at(&api.uri(), GatewayRules::default()).await)
}

/// The same server, whose operator gave a token for [`SITE`].
pub(super) fn with_operators_token(mut stage: Stage) -> Stage {
    let file = stage.rig.folder.path().join("default.token");
    std::fs::write(&file, format!("{OPERATORS}\n")).unwrap();
    let site = SiteId::parse(SITE).unwrap();
    let setting = DefaultTokenSetting { provider: stage.provider.clone(), site, name: "Omaha".to_owned(), file };
    stage.rig = stage.rig.change(|state| state.default_token = Some(Arc::new(DefaultTokenFile::new(setting))));
    stage.admin.router = stage.rig.router.clone();
    stage
}

#[tokio::test]
async fn the_operators_token_goes_out_for_its_own_site_and_for_no_other() {
    let api = api(json("{}")).await;
    let mut stage = stage(&api).await;
    let answer = stage.bare("GET", "sites/", &[(SITE_HEADER, SITE)], "").await;
    assert_eq!((answer.status.as_u16(), answer.header(TOKEN_SOURCE_HEADER)), (200, "default"));
    assert_eq!(received(&api).await[0].headers["authorization"], format!("Bearer {OPERATORS}"));
    let own = stage.get("sites/").await;
    assert_eq!(own.header(TOKEN_SOURCE_HEADER), "given");
    assert_eq!(received(&api).await[1].headers["authorization"], format!("Bearer {TOKEN}"));
    for (headers, words) in [(&[(SITE_HEADER, "ses_lincoln")][..], "for another site"), (&[], "without a site")] {
        let refused = stage.bare("GET", "sites/", headers, "").await.problem();
        assert_eq!(refused.code, Code::TokenMissing);
        assert!(refused.detail.contains(words), "{}", refused.detail);
    }
    assert_eq!(received(&api).await.len(), 2);
}

#[tokio::test]
async fn without_any_token_the_answer_names_what_was_tried() {
    let api = api(json("{}")).await;
    let mut stage = Stage::at(&api.uri(), GatewayRules::default()).await;
    let refused = stage.bare("GET", "sites/", &[(SITE_HEADER, SITE)], "").await.problem();
    assert!(
        refused.code == Code::TokenMissing && refused.detail.contains("set no default token"),
        "{}",
        refused.detail
    );
}

#[tokio::test]
async fn people_see_whose_the_operators_token_is_and_never_the_token() {
    let api = api(json("{}")).await;
    let mut stage = stage(&api).await;
    let shown = stage.admin.ask(ReadDefaultToken, ()).await.unwrap().token.unwrap();
    assert_eq!(
        (shown.site.as_str(), shown.name.as_str(), shown.identity.as_deref()),
        (SITE, "Omaha", Some("ses_0001"))
    );
    assert_eq!(shown.expires_at.unwrap().millis(), 1_900_000_000_000);
    let answer = stage.admin.get("/api/v1/default-token").await;
    assert!(!answer.body.contains("canary") && !format!("{:?}", answer.headers).contains("canary"));
    let mut auditor = stage.rig.person(&mut stage.admin, "eve", Role::Auditor).await;
    assert!(auditor.ask(ReadDefaultToken, ()).await.unwrap().token.is_some(), "auditors read, too");
    let mut nobody = Stage::at(&api.uri(), GatewayRules::default()).await;
    assert_eq!(nobody.admin.ask(ReadDefaultToken, ()).await.unwrap().token, None);
}

#[tokio::test]
async fn an_api_that_repeats_what_it_was_sent_does_not_give_the_operators_token_away() {
    let body = format!(r#"{{"headers":{{"authorization":"Bearer {OPERATORS}"}},"more":"{}"}}"#, "x".repeat(100));
    let api = api(json(&body)).await;
    let mut stage = stage(&api).await;
    let path = format!("/api/v1/gateway/{}/echo", stage.provider);
    let opened = stage.admin.open(&path, &[(SITE_HEADER, SITE)]).await;
    let error = axum::body::to_bytes(opened, 1_000_000).await.expect_err("the body is cut");
    assert!(error.to_string().contains("repeats a secret"), "{error}");
    let own = stage.get("echo").await;
    assert_eq!(own.status.as_u16(), 200);
    assert_ne!(own.header(UPSTREAM_HEADER), "");
}
