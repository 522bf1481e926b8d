use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::token::jwt;

use super::*;

#[tokio::test]
async fn the_answer_carries_the_token_and_how_it_came() {
    let mut body = token();
    body["scope"] = "read write".into();
    let rig = Rig::answering(answer(200, &body)).await;
    let granted = rig.obtain(basic()).await.unwrap();
    assert_eq!(granted.access_token.expose(), "abc.def.ghi");
    assert_eq!((granted.token_type.as_str(), granted.expires_in), ("Bearer", Some(3600)));
    assert_eq!(granted.scope.as_deref(), Some("read write"));
    assert_eq!((granted.received_at, granted.tries), (NOW, 1));
    assert_eq!(format!("http://{}", granted.host), rig.server.uri());
}

#[tokio::test]
async fn basic_encodes_id_and_secret_as_a_form_does_before_base64() {
    let rig = Rig::answering(answer(200, &token())).await;
    rig.obtain(basic()).await.unwrap();
    let requests = rig.received().await;
    let header = requests[0].headers["authorization"].to_str().unwrap();
    let pair = STANDARD.decode(header.strip_prefix("Basic ").unwrap()).unwrap();
    assert_eq!(String::from_utf8(pair).unwrap(), "worker+client:canary-s3cret%2F%2B+%3D%26%3A%25%C3%BC");
    assert_eq!(form(&requests[0]), [("grant_type".to_owned(), "client_credentials".to_owned())]);
}

#[tokio::test]
async fn post_puts_id_and_secret_in_the_form_and_nowhere_else() {
    let rig = Rig::answering(answer(200, &token())).await;
    rig.obtain(post()).await.unwrap();
    let requests = rig.received().await;
    assert_eq!(field(&requests[0], "client_id").as_deref(), Some(CLIENT));
    assert_eq!(field(&requests[0], "client_secret").as_deref(), Some(SECRET));
    assert!(!requests[0].headers.contains_key("authorization"));
}

#[tokio::test]
async fn a_secret_jwt_names_the_issuer_alone_and_lives_two_minutes() {
    let rig = Rig::answering(answer(200, &token())).await;
    rig.obtain(secret_jwt()).await.unwrap();
    let requests = rig.received().await;
    let assertion = jwt::decode(&field(&requests[0], "client_assertion").unwrap()).unwrap();
    let issuer = format!("{}/issuer", rig.server.uri());
    assert_eq!(assertion.header["alg"], "HS256");
    assert_eq!((&assertion.claims["iss"], &assertion.claims["sub"]), (&json!(CLIENT), &json!(CLIENT)));
    assert_eq!(assertion.claims["aud"], issuer);
    assert_eq!(assertion.lifetime_claims(), Some((1_800_000_000, 1_800_000_120)));
    assert_eq!(assertion.claims["jti"].as_str().unwrap().len(), 32);
    assert_eq!(field(&requests[0], "client_secret"), None);
}

#[tokio::test]
async fn a_secret_jwt_is_new_for_each_try() {
    let rig = Rig::answering(ResponseTemplate::new(503)).await;
    rig.obtain(secret_jwt()).await.unwrap_err();
    let mut assertions: Vec<_> =
        rig.received().await.iter().map(|request| field(request, "client_assertion")).collect();
    assertions.dedup();
    assert_eq!(assertions.len(), 3);
}

#[tokio::test]
async fn scopes_are_sent_only_when_there_are_some() {
    let rig = Rig::answering(answer(200, &token())).await;
    rig.obtain(basic()).await.unwrap();
    let mut with_scopes = request(basic());
    with_scopes.scopes = vec!["p1:read:user".to_owned(), "b".to_owned()];
    rig.upstream.obtain(&rig.provider(), &with_scopes).await.unwrap();
    let requests = rig.received().await;
    assert_eq!(field(&requests[0], "scope"), None);
    assert_eq!(field(&requests[1], "scope").as_deref(), Some("p1:read:user b"));
}

#[tokio::test]
async fn an_override_of_the_audience_is_used() {
    let rig = Rig::answering(answer(200, &token())).await;
    let mut provider = rig.provider();
    provider.assertion_audience = AssertionAudience::TokenEndpoint;
    rig.upstream.obtain(&provider, &request(secret_jwt())).await.unwrap();
    let requests = rig.received().await;
    let assertion = jwt::decode(&field(&requests[0], "client_assertion").unwrap()).unwrap();
    assert_eq!(assertion.claims["aud"], format!("{}/token", rig.server.uri()));
}

#[tokio::test]
async fn without_an_issuer_no_assertion_is_made() {
    let rig = Rig::answering(answer(200, &token())).await;
    let mut provider = rig.provider();
    if let ProviderKind::OAuth { issuer, .. } = &mut provider.kind {
        *issuer = None;
    }
    let problem = rig.upstream.obtain(&provider, &request(secret_jwt())).await.unwrap_err();
    assert_eq!(problem.code, domain::api::Code::ProviderNotAllowed);
    assert!(problem.detail.starts_with("The provider has no issuer"), "{}", problem.detail);
    assert!(rig.received().await.is_empty());
}

#[tokio::test]
async fn a_provider_that_is_switched_off_is_not_asked() {
    let rig = Rig::answering(answer(200, &token())).await;
    let provider = Provider { enabled: false, ..rig.provider() };
    let problem = rig.upstream.obtain(&provider, &request(basic())).await.unwrap_err();
    assert_eq!(
        (problem.code, problem.detail.as_str()),
        (domain::api::Code::ProviderNotAllowed, "Acme is switched off.")
    );
    assert!(rig.received().await.is_empty());
}

#[tokio::test]
async fn fields_that_can_not_be_right_are_named_before_anything_is_sent() {
    let rig = Rig::answering(answer(200, &token())).await;
    let empty = ClientProof::ClientSecretPost { client_secret: Secret::default() };
    let wrong = TokenRequest { client_id: String::new(), scopes: vec!["a b".to_owned()], ..request(empty) };
    let problem = rig.upstream.obtain(&rig.provider(), &wrong).await.unwrap_err();
    let fields: Vec<_> = problem.errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["client_id", "client_secret", "scopes"]);
    assert!(rig.received().await.is_empty());
}

#[tokio::test]
async fn huge_and_broken_fields_are_refused() {
    let rig = Rig::answering(answer(200, &token())).await;
    let huge = ClientProof::ClientSecretBasic { client_secret: Secret::new("x".repeat(5_000)) };
    let cases = [
        TokenRequest { client_id: "x".repeat(513), ..request(basic()) },
        TokenRequest { client_id: "a\r\nb".to_owned(), ..request(basic()) },
        TokenRequest { scopes: vec!["x".to_owned(); 5_000], ..request(basic()) },
        request(huge),
    ];
    for case in cases {
        let problem = rig.upstream.obtain(&rig.provider(), &case).await.unwrap_err();
        assert_eq!(problem.errors.len(), 1, "{problem:?}");
    }
    assert!(rig.received().await.is_empty());
}

#[tokio::test]
async fn a_method_the_provider_does_not_take_is_named() {
    let rig = Rig::answering(answer(200, &token())).await;
    let mut provider = rig.provider();
    if let ProviderKind::OAuth { authentication_methods, .. } = &mut provider.kind {
        authentication_methods.push(domain::provider::ClientAuthentication::ClientSecretPost);
    }
    let problem = rig.upstream.obtain(&provider, &request(basic())).await.unwrap_err();
    assert_eq!(problem.errors[0].message, "Acme takes only client_secret_post.");
    assert!(rig.upstream.obtain(&provider, &request(post())).await.is_ok());
}
