//! Assertions that the browser signed and that are passed on.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;

fn jwt(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.c2lnbmF0dXJl", part(header), part(claims))
}

fn proof(assertion: String) -> ClientProof {
    ClientProof::PrivateKeyJwt { client_assertion: Secret::new(assertion) }
}

fn claims(rig: &Rig) -> Value {
    let issuer = format!("{}/issuer", rig.server.uri());
    json!({ "iss": CLIENT, "sub": CLIENT, "aud": issuer, "exp": 1_800_000_060, "jti": "1" })
}

#[tokio::test]
async fn the_browsers_assertion_travels_as_it_is() {
    let rig = Rig::answering(answer(200, &token())).await;
    let assertion = jwt(&json!({ "alg": "ES256" }), &claims(&rig));
    rig.obtain(proof(assertion.clone())).await.unwrap();
    let requests = rig.received().await;
    assert_eq!(field(&requests[0], "client_assertion"), Some(assertion));
    let kind = field(&requests[0], "client_assertion_type").unwrap();
    assert_eq!(kind, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
}

#[tokio::test]
async fn a_claim_that_can_not_be_right_is_named_and_nothing_is_sent() {
    let rig = Rig::answering(answer(200, &token())).await;
    let cases = [
        ("iss", json!("another"), "iss and sub"),
        ("sub", json!(null), "iss and sub"),
        ("aud", json!("https://elsewhere.example"), "aud must be http"),
        ("aud", json!([format!("{}/issuer", rig.server.uri()), "https://elsewhere.example"]), "nothing else"),
        ("aud", json!([]), "nothing else"),
        ("exp", json!(1_800_000_000), "expired"),
        ("exp", json!(1_800_000_361), "five minutes"),
        ("exp", json!("soon"), "no exp"),
    ];
    for (name, value, words) in cases {
        let mut claims = claims(&rig);
        claims[name] = value;
        let problem = rig.obtain(proof(jwt(&json!({ "alg": "ES256" }), &claims))).await.unwrap_err();
        assert_eq!(problem.errors[0].field, "client_assertion");
        assert!(problem.errors[0].message.contains(words), "{:?}", problem.errors);
    }
    assert!(rig.received().await.is_empty());
}

#[tokio::test]
async fn what_no_private_key_signed_is_refused() {
    let rig = Rig::answering(answer(200, &token())).await;
    for header in [json!({ "alg": "none" }), json!({ "alg": "HS256" }), json!({})] {
        let problem = rig.obtain(proof(jwt(&header, &claims(&rig)))).await.unwrap_err();
        assert!(problem.errors[0].message.contains("private key"), "{header}");
    }
    for text in [String::new(), "opaque".to_owned(), "a.b.c".to_owned(), "x".repeat(20_000)] {
        assert_eq!(rig.obtain(proof(text)).await.unwrap_err().errors.len(), 1);
    }
    assert!(rig.received().await.is_empty());
}

/// The provider may have noted its `jti`: a repeat would look like a replay, which is a final refusal.
#[tokio::test]
async fn an_assertion_that_may_have_arrived_is_not_sent_again() {
    for status in [500, 503, 429] {
        let rig = Rig::answering(ResponseTemplate::new(status)).await;
        let assertion = jwt(&json!({ "alg": "RS256" }), &claims(&rig));
        let problem = rig.obtain(proof(assertion)).await.unwrap_err();
        assert_ne!(problem.code, domain::api::Code::UpstreamRefused);
        assert_eq!(rig.received().await.len(), 1, "{status}");
    }
}
