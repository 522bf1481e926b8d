//! Introspection (RFC 7662) and revocation (RFC 7009), with providers good and bad.

use domain::api::Code;
use domain::api::introspection::{Introspection, Revocation, TokenQuestion};

use super::*;

const TOKEN: &str = "canary.access.token";

fn question(proof: ClientProof) -> TokenQuestion {
    TokenQuestion {
        provider: ProviderId::new("acme"),
        place: Place::default(),
        client_id: CLIENT.to_owned(),
        proof,
        token: Secret::new(TOKEN),
    }
}

impl Rig {
    async fn introspect(&self) -> Result<Introspection, Problem> {
        self.upstream.introspect(&self.provider(), &question(basic())).await
    }

    async fn revoke(&self) -> Result<Revocation, Problem> {
        self.upstream.revoke(&self.provider(), &question(post())).await
    }
}

#[tokio::test]
async fn the_token_travels_in_the_form_with_the_clients_proof() {
    let rig = Rig::answering(answer(200, &json!({ "active": true, "scope": "a" }))).await;
    let said = rig.introspect().await.unwrap();
    assert!(said.active && said.claims["scope"] == "a" && !said.claims.contains_key("active"));
    rig.revoke().await.unwrap();
    let received = rig.received().await;
    assert_eq!((received[0].url.path(), received[1].url.path()), ("/introspect", "/revoke"));
    assert!(received[0].headers["authorization"].to_str().unwrap().starts_with("Basic "));
    assert_eq!(field(&received[1], "client_secret").as_deref(), Some(SECRET));
    for request in &received {
        assert_eq!(field(request, "token").as_deref(), Some(TOKEN));
        assert_eq!(field(request, "token_type_hint").as_deref(), Some("access_token"));
        assert_eq!((field(request, "grant_type"), request.url.query()), (None, None));
    }
}

#[tokio::test]
async fn of_a_token_that_is_no_good_nothing_else_is_believed() {
    let said = Rig::answering(answer(200, &json!({ "active": false, "sub": "x" }))).await.introspect().await.unwrap();
    assert!(!said.active && said.claims.is_empty());
}

#[tokio::test]
async fn an_answer_that_is_no_introspection_is_named() {
    for template in [
        answer(200, &json!({})),
        answer(200, &json!({ "active": "true" })),
        answer(200, &json!([])),
        ResponseTemplate::new(200).set_body_raw("<html>", "text/html"),
        ResponseTemplate::new(302).insert_header("location", "https://a.example"),
    ] {
        let problem = Rig::answering(template).await.introspect().await.unwrap_err();
        assert_eq!(problem.code, Code::UpstreamUnreadable, "{problem:?}");
        assert!(problem.detail.contains("introspection URL"), "{}", problem.detail);
    }
}

#[tokio::test]
async fn a_revocation_succeeds_whatever_its_body_and_is_tried_again_when_it_may_pass() {
    let rig = Rig::new().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(503)).up_to_n_times(2).mount(&rig.server).await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_string("bye")).mount(&rig.server).await;
    assert_eq!(rig.revoke().await.unwrap().tries, 3);
}

#[tokio::test]
async fn a_refusal_says_what_it_means_here_and_repeats_neither_token_nor_secret() {
    let echo = format!("no {TOKEN} {SECRET}");
    for (error, status, words) in [
        ("unauthorized_client", 400, "may belong to another one"),
        ("unsupported_token_type", 400, "no revocation for tokens of this kind"),
        ("not_found", 404, "no revocation at this address"),
        ("invalid_client", 401, "does not accept this client"),
    ] {
        let body = json!({ "error": error, "error_description": echo });
        let problem = Rig::answering(answer(status, &body)).await.revoke().await.unwrap_err();
        assert_eq!(problem.code, Code::UpstreamRefused, "{problem:?}");
        assert!(problem.detail.contains(words), "{}", problem.detail);
        let text = serde_json::to_string(&problem).unwrap();
        assert!(!text.contains("canary"), "{text}");
    }
}

#[tokio::test]
async fn without_an_address_nothing_is_sent() {
    let rig = Rig::answering(answer(200, &json!({ "active": true }))).await;
    let mut provider = rig.provider();
    if let ProviderKind::OAuth { more, .. } = &mut provider.kind {
        *more = MoreEndpoints::default();
    }
    let problem = rig.upstream.introspect(&provider, &question(basic())).await.unwrap_err();
    assert_eq!(problem.code, Code::ProviderNotAllowed);
    assert!(problem.detail.contains("introspection URL"), "{}", problem.detail);
    assert!(rig.upstream.revoke(&provider, &question(basic())).await.is_err());
    assert!(rig.received().await.is_empty());
}

#[tokio::test]
async fn what_can_be_no_token_is_not_sent() {
    let rig = Rig::answering(answer(200, &json!({ "active": true }))).await;
    for token in ["", "a b", "t\u{f6}ken", &"x".repeat(16_385)] {
        let wrong = TokenQuestion { token: Secret::new(token), ..question(basic()) };
        let problem = rig.upstream.introspect(&rig.provider(), &wrong).await.unwrap_err();
        assert_eq!((problem.code, problem.errors[0].field.as_str()), (Code::InvalidFields, "token"));
    }
    assert!(rig.received().await.is_empty());
}
