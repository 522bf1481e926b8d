use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use wiremock::matchers::path;

use super::*;

enum Key {
    Rsa(Box<RsaKeyPair>),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl Key {
    fn rsa() -> Self {
        Self::Rsa(Box::new(RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap()))
    }

    fn ec() -> Self {
        Self::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    fn ed() -> Self {
        Self::Ed(Ed25519KeyPair::generate().unwrap())
    }

    fn jwk(&self, id: &str) -> Value {
        let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Rsa(pair) => {
                let key = pair.public_key();
                let n = number(key.modulus().big_endian_without_leading_zero());
                json!({ "kty": "RSA", "kid": id, "n": n, "e": number(key.exponent().big_endian_without_leading_zero()) })
            }
            Self::Ec(pair) => {
                let point = pair.public_key().as_ref();
                json!({ "kty": "EC", "crv": "P-256", "kid": id, "x": number(&point[1..33]), "y": number(&point[33..]) })
            }
            Self::Ed(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "kid": id, "x": number(pair.public_key().as_ref()) })
            }
        }
    }

    fn sign(&self, header: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(header), part(&json!({ "exp": 1 })));
        let random = SystemRandom::new();
        let signature = match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                let padding: &'static dyn aws_lc_rs::signature::RsaEncoding =
                    if header["alg"] == "PS256" { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                pair.sign(padding, &random, message.as_bytes(), &mut signature).unwrap();
                signature
            }
            Self::Ec(pair) => pair.sign(&random, message.as_bytes()).unwrap().as_ref().to_vec(),
            Self::Ed(pair) => pair.sign(message.as_bytes()).as_ref().to_vec(),
        };
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

async fn publishing(keys: &Value) -> Rig {
    let rig = Rig::new().await;
    publish(&rig, keys).await;
    rig
}

async fn publish(rig: &Rig, keys: &Value) {
    Mock::given(path("/jwks")).respond_with(answer(200, &json!({ "keys": keys }))).mount(&rig.server).await;
}

async fn verify(rig: &Rig, token: &str) -> Verification {
    try_verify(rig, token).await.unwrap()
}

async fn try_verify(rig: &Rig, token: &str) -> Result<Verification, Problem> {
    let request = VerificationRequest {
        provider: ProviderId::new("acme"),
        place: Place::default(),
        access_token: Secret::new(token),
    };
    rig.upstream.verify(&rig.provider(), &request).await
}

async fn refuses(rig: &Rig, token: &str, words: &str) {
    match verify(rig, token).await {
        Verification::NotVerified { reason } => {
            assert!(reason.contains(words), "{reason}");
            assert!(reason.ends_with('.'), "{reason}");
        }
        verified => panic!("{verified:?}"),
    }
}

#[tokio::test]
async fn tokens_of_every_kind_of_key_are_verified_though_they_expired() {
    for (key, algorithm) in [(Key::rsa(), "RS256"), (Key::rsa(), "PS256"), (Key::ec(), "ES256"), (Key::ed(), "EdDSA")] {
        let rig = publishing(&json!([Key::ec().jwk("other"), key.jwk("mine")])).await;
        let verified = verify(&rig, &key.sign(&json!({ "alg": algorithm, "kid": "mine" }))).await;
        let expected = Verification::Verified {
            key_id: Some("mine".to_owned()),
            algorithm: algorithm.to_owned(),
            jwks_uri: format!("{}/jwks", rig.server.uri()),
        };
        assert_eq!(verified, expected);
    }
}

#[tokio::test]
async fn a_token_that_names_no_key_is_tried_with_those_of_its_kind() {
    let key = Key::ec();
    let rig = publishing(&json!([Key::rsa().jwk("a"), Key::ec().jwk("b"), key.jwk("c")])).await;
    let verified = verify(&rig, &key.sign(&json!({ "alg": "ES256" }))).await;
    assert!(matches!(verified, Verification::Verified { key_id: Some(id), .. } if id == "c"));
}

#[tokio::test]
async fn a_changed_token_is_not_verified() {
    let key = Key::ec();
    let rig = publishing(&json!([key.jwk("a")])).await;
    let token = key.sign(&json!({ "alg": "ES256", "kid": "a" }));
    let (head, rest) = token.split_once('.').unwrap();
    let (_, signature) = rest.split_once('.').unwrap();
    let changed = format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode(r#"{"exp":2}"#));
    refuses(&rig, &changed, "does not match").await;
}

#[tokio::test]
async fn unsigned_and_shared_secret_tokens_are_refused_without_asking() {
    let rig = publishing(&json!([])).await;
    let key = Key::ec();
    refuses(&rig, &key.sign(&json!({ "alg": "none" })), "not signed").await;
    refuses(&rig, &key.sign(&json!({ "alg": "NONE" })), "not signed").await;
    refuses(&rig, &key.sign(&json!({})), "not signed").await;
    refuses(&rig, &key.sign(&json!({ "alg": "HS256" })), "shared secret").await;
    refuses(&rig, &key.sign(&json!({ "alg": "ES512" })), "ES512").await;
    refuses(&rig, &key.sign(&json!({ "alg": "ES256", "crit": ["x"] })), "crit").await;
    refuses(&rig, "opaque", "opaque").await;
    refuses(&rig, &"x".repeat(70_000), "longer").await;
    assert!(rig.received().await.is_empty());
}

#[tokio::test]
async fn a_key_is_not_used_for_what_it_is_not_for() {
    let key = Key::ec();
    for (name, value) in [("use", "enc"), ("alg", "ES384"), ("alg", "RSA-OAEP"), ("crv", "P-384")] {
        let mut jwk = key.jwk("a");
        jwk[name] = value.into();
        let rig = publishing(&json!([jwk])).await;
        refuses(&rig, &key.sign(&json!({ "alg": "ES256", "kid": "a" })), "publishes no ES256 key").await;
    }
}

#[tokio::test]
async fn a_shared_secret_among_the_keys_verifies_nothing() {
    let key = Key::ec();
    let rig = publishing(&json!([{ "kty": "oct", "kid": "a", "k": "AAAA" }])).await;
    refuses(&rig, &key.sign(&json!({ "alg": "ES256", "kid": "a" })), "publishes no").await;
}

#[tokio::test]
async fn keys_that_can_not_be_read_do_no_harm_to_the_others() {
    let key = Key::ec();
    let rig = publishing(&json!([null, 7, {}, { "kty": "quantum" }, { "kty": "RSA" }, key.jwk("a")])).await;
    let verified = verify(&rig, &key.sign(&json!({ "alg": "ES256", "kid": "a" }))).await;
    assert!(matches!(verified, Verification::Verified { .. }));
}

#[tokio::test]
async fn keys_are_kept_for_five_minutes() {
    let key = Key::ec();
    let rig = publishing(&json!([key.jwk("a")])).await;
    let token = key.sign(&json!({ "alg": "ES256", "kid": "a" }));
    verify(&rig, &token).await;
    rig.clock.advance(Span::from_seconds(299));
    verify(&rig, &token).await;
    assert_eq!(rig.received().await.len(), 1);
    rig.clock.advance(Span::from_seconds(1));
    verify(&rig, &token).await;
    assert_eq!(rig.received().await.len(), 2);
}

#[tokio::test]
async fn a_new_key_is_found_after_a_rotation_and_made_up_names_do_not_make_us_ask() {
    let (old, new) = (Key::ec(), Key::ec());
    let rig = publishing(&json!([old.jwk("old")])).await;
    verify(&rig, &old.sign(&json!({ "alg": "ES256", "kid": "old" }))).await;
    rig.server.reset().await;
    publish(&rig, &json!([new.jwk("new")])).await;
    let token = new.sign(&json!({ "alg": "ES256", "kid": "new" }));
    rig.clock.advance(Span::from_seconds(29));
    refuses(&rig, &token, "id new").await;
    assert!(rig.received().await.is_empty());
    rig.clock.advance(Span::from_seconds(1));
    assert!(matches!(verify(&rig, &token).await, Verification::Verified { .. }));
}

#[tokio::test]
async fn a_provider_without_a_key_address_is_named() {
    let rig = Rig::new().await;
    let mut provider = rig.provider();
    if let ProviderKind::OAuth { jwks_uri, .. } = &mut provider.kind {
        *jwks_uri = None;
    }
    let access_token = Secret::new(Key::ec().sign(&json!({ "alg": "ES256" })));
    let request = VerificationRequest { provider: provider.id.clone(), place: Place::default(), access_token };
    let answer = rig.upstream.verify(&provider, &request).await.unwrap();
    assert!(matches!(answer, Verification::NotVerified { reason } if reason.contains("no known address")));
}

#[tokio::test]
async fn keys_that_can_not_be_fetched_are_a_problem_that_is_not_kept() {
    let key = Key::ec();
    let rig = Rig::new().await;
    let token = key.sign(&json!({ "alg": "ES256", "kid": "a" }));
    let problem = try_verify(&rig, &token).await.unwrap_err();
    assert!(problem.detail.contains("/jwks gave no keys: the answer has the status 404"), "{}", problem.detail);
    publish(&rig, &json!([key.jwk("a")])).await;
    assert!(matches!(verify(&rig, &token).await, Verification::Verified { .. }));
}

#[tokio::test]
async fn a_document_without_a_list_of_keys_is_a_problem() {
    let rig = Rig::answering(answer(200, &json!({ "keys": {} }))).await;
    let problem = try_verify(&rig, &Key::ec().sign(&json!({ "alg": "ES256" }))).await.unwrap_err();
    assert!(problem.detail.contains("no list"), "{}", problem.detail);
}
