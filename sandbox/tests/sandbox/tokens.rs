use domain::provider::ClientAuthentication::ClientSecretBasic;
use domain::token::jwt;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Value, json};

use crate::rig::{ORIGIN, Rig, START, is_refused};

#[tokio::test]
async fn a_token_has_pingones_claims_and_no_subject() {
    let rig = Rig::new();
    let client = rig.client(ClientSecretBasic).await;
    let answer: Value = rig.obtain(&client).await.json();
    let token = jwt::decode(answer["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(token.header["alg"], "RS256");
    assert_eq!(token.header["typ"], "at+jwt");
    assert_eq!(token.claims["client_id"], client.client_id);
    assert_eq!(token.claims["iss"], rig.issuer());
    assert_eq!(token.claims["aud"], json!([ORIGIN]));
    assert_eq!(token.claims["env"], client.environment_id);
    assert_eq!(token.lifetime_claims(), Some((START, START + 20)));
    assert!(
        token.claims["org"].is_string() && !token.claims.contains_key("sub") && !token.claims.contains_key("scope")
    );
}

#[tokio::test]
async fn the_answer_says_how_long_the_token_lives_and_is_not_stored() {
    let rig = Rig::new();
    let client = rig.client(ClientSecretBasic).await;
    let response = rig.obtain(&client).await;
    let answer: Value = response.json();
    assert_eq!((&answer["expires_in"], &answer["token_type"]), (&json!(20), &json!("Bearer")));
    response.assert_header("cache-control", "no-store");
}

#[tokio::test]
async fn a_token_is_signed_with_the_published_key() {
    let rig = Rig::new();
    let client = rig.client(ClientSecretBasic).await;
    let answer: Value = rig.obtain(&client).await.json();
    let token = answer["access_token"].as_str().unwrap();
    let keys: JwkSet = rig.server.get(&format!("/{}/as/jwks", client.environment_id)).await.json();
    let header = jwt::decode(token).unwrap().header;
    let key = DecodingKey::from_jwk(keys.find(header["kid"].as_str().unwrap()).unwrap()).unwrap();
    let (message, signature) = token.rsplit_once('.').unwrap();
    assert!(jsonwebtoken::crypto::verify(signature, message.as_bytes(), &key, Algorithm::RS256).unwrap());
}

#[tokio::test]
async fn two_tokens_of_one_second_differ() {
    let rig = Rig::new();
    let client = rig.client(ClientSecretBasic).await;
    let (first, second): (Value, Value) = (rig.obtain(&client).await.json(), rig.obtain(&client).await.json());
    assert_ne!(first["access_token"], second["access_token"]);
}

#[tokio::test]
async fn scopes_asked_for_are_in_answer_and_token() {
    let rig = Rig::new();
    let client = rig.client(ClientSecretBasic).await;
    let form = [("grant_type", "client_credentials"), ("scope", "p1:read:user p1:read:env")];
    let answer: Value = rig.basic(&client.client_id, client.client_secret.expose(), &form).await.json();
    assert_eq!(answer["scope"], "p1:read:user p1:read:env");
    let token = jwt::decode(answer["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(token.claims["scope"], "p1:read:user p1:read:env");
}

#[tokio::test]
async fn another_grant_or_a_broken_scope_is_refused() {
    let rig = Rig::new();
    let client = rig.client(ClientSecretBasic).await;
    let (id, secret) = (&client.client_id, client.client_secret.expose());
    let password = rig.basic(id, secret, &[("grant_type", "password")]).await;
    is_refused(&password, "unsupported_grant_type", "grant");
    is_refused(&rig.basic(id, secret, &[]).await, "invalid_request", "grant_type");
    let scope = rig.basic(id, secret, &[("grant_type", "client_credentials"), ("scope", "a\"b")]).await;
    is_refused(&scope, "invalid_scope", "character");
}

#[tokio::test]
async fn a_parameter_given_twice_is_refused() {
    let rig = Rig::new();
    let form = [("grant_type", "client_credentials"), ("grant_type", "client_credentials")];
    is_refused(&rig.post(&form).await, "invalid_request", "more than once");
}

#[tokio::test]
async fn another_environment_is_not_found() {
    let rig = Rig::new();
    let other = "/3fa85f64-5717-4562-b3fc-2c963f66afa6/as";
    let response = rig.server.post(&format!("{other}/token")).form(&[("grant_type", "client_credentials")]).await;
    assert_eq!(response.status_code(), 404);
    assert_eq!(response.json::<Value>()["code"], "NOT_FOUND");
    assert_eq!(rig.server.get(&format!("{other}/jwks")).await.status_code(), 404);
}

#[tokio::test]
async fn the_metadata_is_at_both_places_and_names_its_issuer() {
    let rig = Rig::new();
    let environment = rig.sandbox.environment_id();
    let openid = format!("/{environment}/as/.well-known/openid-configuration");
    let oauth = format!("/.well-known/oauth-authorization-server/{environment}/as");
    for path in [openid, oauth] {
        let metadata: Value = rig.server.get(&path).await.json();
        assert_eq!(metadata["issuer"], rig.issuer(), "{path}");
        assert_eq!(metadata["token_endpoint"], format!("{}/token", rig.issuer()));
        assert_eq!(metadata["token_endpoint_auth_methods_supported"].as_array().unwrap().len(), 4);
    }
}
