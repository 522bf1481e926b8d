use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use domain::api::providers::SandboxClient;
use domain::provider::ClientAuthentication::{ClientSecretJwt, PrivateKeyJwt};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::rig::{Rig, START, is_refused};

fn with_secret(client: &SandboxClient, claims: &Value) -> String {
    let key = EncodingKey::from_secret(client.client_secret.expose().as_bytes());
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &key).unwrap()
}

fn with_key(client: &SandboxClient, claims: &Value) -> String {
    let pem = client.private_key.as_ref().unwrap().expose();
    let der = STANDARD.decode(pem.lines().filter(|line| !line.starts_with('-')).collect::<String>()).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).unwrap();
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(&json!({ "alg": "ES256" })), part(claims));
    let signature = pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[tokio::test]
async fn an_assertion_signed_with_the_secret_gets_a_token() {
    let rig = Rig::new();
    let client = rig.client(ClientSecretJwt).await;
    rig.assert_with(&with_secret(&client, &rig.claims(&client, "1"))).await.assert_status_ok();
}

#[tokio::test]
async fn an_assertion_signed_with_the_key_made_for_the_client_gets_a_token() {
    let rig = Rig::new();
    let client = rig.client(PrivateKeyJwt).await;
    assert!(client.client_secret.is_empty());
    rig.assert_with(&with_key(&client, &rig.claims(&client, "1"))).await.assert_status_ok();
}

#[tokio::test]
async fn the_key_made_for_a_client_is_pkcs8_pem() {
    let rig = Rig::new();
    let client = rig.client(PrivateKeyJwt).await;
    let pem = client.private_key.unwrap();
    assert!(pem.expose().starts_with("-----BEGIN PRIVATE KEY-----\nMIG"));
    assert!(pem.expose().ends_with("\n-----END PRIVATE KEY-----\n"));
    assert!(EncodingKey::from_ec_pem(pem.expose().as_bytes()).is_ok());
}

#[tokio::test]
async fn an_assertion_is_taken_once() {
    let rig = Rig::new();
    let client = rig.client(ClientSecretJwt).await;
    let assertion = with_secret(&client, &rig.claims(&client, "once"));
    rig.assert_with(&assertion).await.assert_status_ok();
    is_refused(&rig.assert_with(&assertion).await, "invalid_client", "used before");
    rig.advance(59);
    is_refused(&rig.assert_with(&assertion).await, "invalid_client", "used before");
    rig.advance(1);
    is_refused(&rig.assert_with(&assertion).await, "invalid_client", "expired");
}

#[tokio::test]
async fn issuer_and_token_endpoint_are_the_only_audiences() {
    let rig = Rig::new();
    let client = rig.client(ClientSecretJwt).await;
    let issuer = rig.issuer();
    for (count, aud) in [json!(issuer), json!([issuer]), json!(format!("{issuer}/token"))].into_iter().enumerate() {
        let mut claims = rig.claims(&client, &count.to_string());
        claims["aud"] = aud;
        rig.assert_with(&with_secret(&client, &claims)).await.assert_status_ok();
    }
    let wrong =
        [json!("https://elsewhere.example"), json!([issuer, "https://elsewhere.example"]), json!(1), json!(null)];
    for aud in wrong {
        let mut claims = rig.claims(&client, "wrong");
        claims["aud"] = aud;
        is_refused(&rig.assert_with(&with_secret(&client, &claims)).await, "invalid_client", "aud");
    }
}

#[tokio::test]
async fn each_claim_is_checked() {
    let rig = Rig::new();
    let client = rig.client(ClientSecretJwt).await;
    let cases = [
        ("iss", json!("another"), "iss"),
        ("exp", json!(START), "expired"),
        ("exp", json!(START + 3_601), "one hour"),
        ("exp", json!(null), "exp"),
        ("nbf", json!(START + 61), "not valid yet"),
        ("jti", json!(null), "jti"),
        ("jti", json!(""), "jti"),
        ("sub", json!("another"), "credentials"),
    ];
    for (name, value, words) in cases {
        let mut claims = rig.claims(&client, "x");
        claims[name] = value;
        is_refused(&rig.assert_with(&with_secret(&client, &claims)).await, "invalid_client", words);
    }
}

#[tokio::test]
async fn a_signature_with_another_secret_or_none_is_refused() {
    let rig = Rig::new();
    let client = rig.client(ClientSecretJwt).await;
    let claims = rig.claims(&client, "x");
    let other = EncodingKey::from_secret(b"another secret");
    let forged = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &other).unwrap();
    is_refused(&rig.assert_with(&forged).await, "invalid_client", "signature");
    let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
    let unsigned = format!("{}.{claims}.AA", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#));
    is_refused(&rig.assert_with(&unsigned).await, "invalid_client", "alg");
    is_refused(&rig.assert_with("opaque").await, "invalid_client", "not a JWT");
}

#[tokio::test]
async fn a_public_key_is_no_hmac_secret() {
    let rig = Rig::new();
    let client = rig.client(PrivateKeyJwt).await;
    let key = EncodingKey::from_secret(b"");
    let claims = rig.claims(&client, "x");
    let confused = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap();
    is_refused(&rig.assert_with(&confused).await, "invalid_client", "does not fit");
}

#[tokio::test]
async fn the_assertion_type_must_be_named() {
    let rig = Rig::new();
    let client = rig.client(ClientSecretJwt).await;
    let assertion = with_secret(&client, &rig.claims(&client, "x"));
    let response = rig.post(&[("grant_type", "client_credentials"), ("client_assertion", &assertion)]).await;
    is_refused(&response, "invalid_request", "client_assertion_type");
}
