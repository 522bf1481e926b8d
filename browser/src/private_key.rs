//! Private keys for `private_key_jwt`: imported once, never to be exported again, signing here in the browser.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::secret::Secret;
use domain::time::{Span, Timestamp};
use js_sys::Uint8Array;
use serde_json::json;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CryptoKey, SubtleCrypto};

use crate::vault::sealing::{CryptoError, promised};
use crate::{clock, js};

mod import;

pub use import::KeyError;

/// How long an assertion is good: long enough for a slow server and a little skew.
const LIFETIME: Span = Span::from_seconds(90);

/// The algorithms we sign with (RFC 7518 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, keys of 2,048 bits and more.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
}

impl Algorithm {
    /// The `alg` value.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Rs256, Self::Es256].into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// What Web Crypto wants to know, for importing as for signing.
    fn parameters(self) -> js_sys::Object {
        match self {
            Self::Rs256 => js::object([("name", "RSASSA-PKCS1-v1_5".into()), ("hash", "SHA-256".into())]),
            Self::Es256 => {
                js::object([("name", "ECDSA".into()), ("namedCurve", "P-256".into()), ("hash", "SHA-256".into())])
            }
        }
    }
}

/// A private key the browser holds: it signs, and nobody reads it.
#[derive(Clone, Debug)]
pub struct PrivateKey {
    key: CryptoKey,
    algorithm: Algorithm,
    key_id: Option<String>,
}

/// What an assertion says (RFC 7523 §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assertion<'a> {
    /// Issuer and subject.
    pub client_id: &'a str,
    /// The only audience (RFC 10070).
    pub audience: &'a str,
    /// The server-corrected time.
    pub now: Timestamp,
}

impl PrivateKey {
    /// Imports a key from PKCS#8 PEM (RFC 7468 §10) or JWK text (RFC 7517): the algorithm follows from the key's kind.
    ///
    /// # Errors
    ///
    /// [`KeyError`] says what is wrong with the text, and what to do.
    pub async fn import(subtle: &SubtleCrypto, text: &Secret) -> Result<Self, KeyError> {
        import::import(subtle, text).await
    }

    /// The algorithm it signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The `kid` of the JWK it came from, if it had one.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// A signed assertion with a `jti` of its own, good for 90 s.
    ///
    /// # Errors
    ///
    /// [`CryptoError`] when the browser does not sign.
    pub async fn sign(&self, subtle: &SubtleCrypto, assertion: Assertion<'_>) -> Result<Secret, CryptoError> {
        let mut header = json!({ "alg": self.algorithm.name(), "typ": "JWT" });
        if let Some(key_id) = &self.key_id {
            header["kid"] = json!(key_id);
        }
        let claims = json!({
            "iss": assertion.client_id,
            "sub": assertion.client_id,
            "aud": assertion.audience,
            "jti": format!("{:032x}", clock::random()),
            "iat": assertion.now.millis().div_euclid(1_000),
            "exp": (assertion.now + LIFETIME).millis().div_euclid(1_000),
        });
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = [part(&header), part(&claims)].join(".");
        let parameters = self.algorithm.parameters();
        let promise = subtle.sign_with_object_and_u8_array(&parameters, &self.key, text.as_bytes());
        let signature = Uint8Array::new(&promised(promise).await?).to_vec();
        Ok(Secret::new([text, URL_SAFE_NO_PAD.encode(signature)].join(".")))
    }

    /// The entry for the key store; the key in it stays one that can't be exported.
    pub fn to_js(&self) -> JsValue {
        let key_id = self.key_id.as_deref().map_or(JsValue::UNDEFINED, JsValue::from_str);
        js::object([("key", self.key.clone().into()), ("algorithm", self.algorithm.name().into()), ("kid", key_id)])
            .into()
    }

    /// The key in an entry of the key store; `None` when it is not one.
    pub fn from_js(entry: &JsValue) -> Option<Self> {
        Some(Self {
            key: js::property(entry, "key").dyn_into().ok()?,
            algorithm: Algorithm::from_name(&js::property(entry, "algorithm").as_string()?)?,
            key_id: js::property(entry, "kid").as_string(),
        })
    }
}
