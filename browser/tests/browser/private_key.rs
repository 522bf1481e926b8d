//! Private keys come in, sign, and never get out.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use browser::private_key::{Algorithm, Assertion, KeyError, PrivateKey};
use browser::vault::sealing::subtle;
use browser::vault::{UsableCredential, Vault};
use domain::connection::Credential;
use domain::provider::ClientAuthentication;
use domain::secret::Secret;
use domain::time::Timestamp;
use domain::token::jwt;
use js_sys::{Array, Function, JSON, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::CryptoKey;

use crate::rig::{connection, fresh_tenant, id};

const RSA: &str =
    "{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }";
const SMALL_RSA: &str =
    "{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]) }";
const EC: &str = "{ name: 'ECDSA', namedCurve: 'P-256' }";
const OTHER_EC: &str = "{ name: 'ECDSA', namedCurve: 'P-384' }";

/// A key pair as others make them, with the private key's PKCS#8 and JWK.
struct Pair {
    public: CryptoKey,
    pem: String,
    jwk: Object,
}

async fn awaited(promise: Result<JsValue, JsValue>) -> JsValue {
    JsFuture::from(promise.unwrap().unchecked_into::<Promise>()).await.unwrap()
}

fn property(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap()
}

async fn pair(algorithm: &str) -> Pair {
    let script = format!(
        "return (async () => {{
             const pair = await crypto.subtle.generateKey({algorithm}, true, ['sign', 'verify']);
             const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey));
             return {{ public: pair.publicKey, pkcs8, jwk: await crypto.subtle.exportKey('jwk', pair.privateKey) }};
         }})();"
    );
    let made = awaited(Function::new_no_args(&script).call0(&JsValue::NULL)).await;
    let der = property(&made, "pkcs8").unchecked_into::<Uint8Array>().to_vec();
    Pair {
        public: property(&made, "public").unchecked_into(),
        pem: pem("PRIVATE KEY", &der),
        jwk: property(&made, "jwk").unchecked_into(),
    }
}

/// A new P-256 key as PKCS#8 PEM.
pub async fn p256_pem() -> String {
    pair(EC).await.pem
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\r\n{}\r\n-----END {label}-----\r\n", lines.join("\r\n"))
}

async fn import(text: &str) -> Result<PrivateKey, KeyError> {
    PrivateKey::import(&subtle().unwrap(), &Secret::new(text)).await
}

async fn refusal(text: &str) -> KeyError {
    import(text).await.expect_err("the key was taken")
}

async fn signed(key: &PrivateKey) -> String {
    let now = Timestamp::from_millis(1_700_000_000_999);
    let assertion = Assertion { client_id: "client-1", audience: "https://auth.example.com/as", now };
    key.sign(&subtle().unwrap(), assertion).await.unwrap().expose().to_owned()
}

/// Whether Web Crypto itself finds the signature to be that of the public key.
async fn is_signed_with(public: &CryptoKey, assertion: &str) -> bool {
    let (text, signature) = assertion.rsplit_once('.').unwrap();
    let signature = Uint8Array::from(URL_SAFE_NO_PAD.decode(signature).unwrap().as_slice());
    let verify = Function::new_with_args(
        "key, signature, text",
        "return crypto.subtle.verify({ name: key.algorithm.name, hash: 'SHA-256' }, key, signature, new TextEncoder().encode(text));",
    );
    let arguments = Array::of3(public, &signature, &text.into());
    awaited(verify.apply(&JsValue::NULL, &arguments)).await == JsValue::TRUE
}

#[wasm_bindgen_test]
async fn an_rsa_key_from_pem_signs_what_its_public_key_verifies() {
    let pair = pair(RSA).await;
    let key = import(&pair.pem).await.unwrap();
    assert_eq!(key.algorithm(), Algorithm::Rs256);
    assert!(is_signed_with(&pair.public, &signed(&key).await).await);
}

#[wasm_bindgen_test]
async fn a_p256_key_from_pem_signs_what_its_public_key_verifies() {
    let pair = pair(EC).await;
    let key = import(&pair.pem).await.unwrap();
    assert_eq!(key.algorithm(), Algorithm::Es256);
    assert!(is_signed_with(&pair.public, &signed(&key).await).await);
}

#[wasm_bindgen_test]
async fn a_jwk_signs_and_names_its_key_id() {
    for (algorithm, kind) in [(RSA, Algorithm::Rs256), (EC, Algorithm::Es256)] {
        let pair = pair(algorithm).await;
        Reflect::set(&pair.jwk, &"kid".into(), &"key-7".into()).unwrap();
        Reflect::set(&pair.jwk, &"use".into(), &"sig".into()).unwrap();
        Reflect::set(&pair.jwk, &"ext".into(), &JsValue::FALSE).unwrap();
        let text = JSON::stringify(&pair.jwk).unwrap().as_string().unwrap();
        let key = import(&text).await.unwrap();
        assert_eq!((key.algorithm(), key.key_id()), (kind, Some("key-7")));
        let assertion = signed(&key).await;
        assert!(is_signed_with(&pair.public, &assertion).await);
        assert_eq!(jwt::decode(&assertion).unwrap().header["kid"], "key-7");
    }
}

#[wasm_bindgen_test]
async fn an_assertion_names_client_audience_and_a_short_life_and_is_unlike_any_other() {
    let key = import(&pair(EC).await.pem).await.unwrap();
    let (first, second) = (jwt::decode(&signed(&key).await).unwrap(), jwt::decode(&signed(&key).await).unwrap());
    let claims = first.claims;
    assert_eq!((claims["iss"].as_str(), claims["sub"].as_str()), (Some("client-1"), Some("client-1")));
    assert_eq!(claims["aud"], "https://auth.example.com/as");
    assert_eq!((claims["iat"].as_i64(), claims["exp"].as_i64()), (Some(1_700_000_000), Some(1_700_000_090)));
    assert_eq!(first.header["alg"], "ES256");
    assert_ne!(claims["jti"], second.claims["jti"]);
}

#[wasm_bindgen_test]
async fn an_imported_key_can_not_be_exported_and_stays_so_in_the_vault() {
    let (tenant, pair) = (fresh_tenant(), pair(RSA).await);
    let mut connection = connection(true);
    connection.authentication = ClientAuthentication::PrivateKeyJwt;
    let vault = Vault::open(&tenant, |_| {}, |_| {}).await.unwrap();
    let credential = Credential::PrivateKey(Secret::new(pair.pem.clone()));
    vault.write_connection(&connection, Some(&credential), &[]).await.unwrap();
    drop(vault);
    let again = Vault::open(&tenant, |_| {}, |_| {}).await.unwrap();
    let Some(UsableCredential::PrivateKey(key)) = again.credential(&id()).await.unwrap() else { panic!("no key") };
    assert!(is_signed_with(&pair.public, &signed(&key).await).await);
    let held: CryptoKey = property(&key.to_js(), "key").unchecked_into();
    for format in ["pkcs8", "jwk"] {
        let promise: Promise = subtle().unwrap().export_key(format, &held).unwrap().unchecked_into();
        assert!(JsFuture::from(promise).await.is_err(), "{format}");
    }
}

#[wasm_bindgen_test]
async fn a_key_in_another_form_is_refused_with_the_way_out() {
    for (label, error) in [
        ("ENCRYPTED PRIVATE KEY", KeyError::Encrypted),
        ("RSA PRIVATE KEY", KeyError::OldForm("PKCS#1")),
        ("EC PRIVATE KEY", KeyError::OldForm("SEC 1")),
        ("OPENSSH PRIVATE KEY", KeyError::OpenSsh),
        ("PUBLIC KEY", KeyError::Public),
        ("CERTIFICATE", KeyError::Public),
        ("SOMETHING", KeyError::Unknown),
    ] {
        assert_eq!(refusal(&pem(label, &[1; 100])).await, error, "{label}");
    }
}

#[wasm_bindgen_test]
async fn a_key_that_is_small_or_of_another_kind_is_refused() {
    assert_eq!(refusal(&pair(SMALL_RSA).await.pem).await, KeyError::TooSmall(1_024));
    assert!(matches!(refusal(&pair(OTHER_EC).await.pem).await, KeyError::Kind(_)));
    for (jwk, error) in [
        (r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#, KeyError::Public),
        (r#"{"kty":"EC","crv":"P-521","d":"AQAB"}"#, KeyError::Kind("EC P-521".to_owned())),
        (r#"{"kty":"RSA","alg":"PS256","d":"AQAB"}"#, KeyError::Kind("PS256".to_owned())),
        (r#"{"keys":[]}"#, KeyError::Unknown),
    ] {
        assert_eq!(refusal(jwk).await, error, "{jwk}");
    }
}

#[wasm_bindgen_test]
async fn a_damaged_key_is_refused_and_never_taken_for_another() {
    let whole = pair(RSA).await.pem;
    let without_end = whole.split_once("-----END").unwrap().0;
    let cut = pem("PRIVATE KEY", &STANDARD.decode(without_end.lines().skip(1).collect::<String>()).unwrap()[..600]);
    let huge = "A".repeat(5_000_000);
    for text in [without_end, &cut, &whole.replace("MII", "M-I"), "{", r#"{"kty":"RSA","d":"x","n":"x","e":"x"}"#] {
        assert_eq!(refusal(text).await, KeyError::Damaged, "{}", &text[..text.len().min(40)]);
    }
    for text in ["", "hello", &huge] {
        assert_eq!(refusal(text).await, KeyError::Unknown);
    }
}
