//! The key that signs tokens.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use domain::secret::Secret;
use domain::token::jwt;
use serde_json::{Map, Value, json};

use crate::random;

/// An RSA key of 2048 bits with an id.
pub(crate) struct SigningKey {
    id: String,
    pair: RsaKeyPair,
}

impl SigningKey {
    /// Makes a new key.
    pub(crate) fn generate() -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("an RSA key can be made wherever the library runs");
        Self { id: random::uuid(), pair }
    }

    /// The key that [`SigningKey::to_text`] wrote; `None` when the text is none.
    pub(crate) fn from_text(id: &str, text: &Secret) -> Option<Self> {
        let der = STANDARD.decode(text.expose()).ok()?;
        Some(Self { id: id.to_owned(), pair: RsaKeyPair::from_pkcs8(&der).ok()? })
    }

    /// The private key as base64 of its PKCS#8 DER.
    pub(crate) fn to_text(&self) -> Secret {
        let der = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&self.pair).expect("a key has a PKCS#8 form");
        Secret::new(STANDARD.encode(der.as_ref()))
    }

    /// The key's id, `kid`.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The public key as a JWK (RFC 7517 §4).
    pub(crate) fn public_jwk(&self) -> Value {
        let public = self.pair.public_key();
        let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id,
            "n": number(public.modulus().big_endian_without_leading_zero()),
            "e": number(public.exponent().big_endian_without_leading_zero()),
        })
    }

    /// The claims as a JWS with `typ: at+jwt` (RFC 7515 §7.1, RFC 9068 §2.1).
    pub(crate) fn sign(&self, claims: &Value) -> Secret {
        self.sign_as("at+jwt", claims)
    }

    /// The claims as a JWS of another type.
    pub(crate) fn sign_as(&self, kind: &str, claims: &Value) -> Secret {
        let header = json!({ "alg": "RS256", "typ": kind, "kid": self.id });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&header), part(claims));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature)
            .expect("a key that was loaded signs");
        Secret::new(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// The claims of a token this key signed; whether it has expired is not looked at.
    pub(crate) fn claims_of(&self, token: &str) -> Option<Map<String, Value>> {
        let jwt = jwt::decode(token).ok()?;
        let named = |name: &str| jwt.header.get(name).and_then(Value::as_str);
        if named("alg") != Some("RS256") || named("kid") != Some(&self.id) {
            return None;
        }
        let (message, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.pair.public_key());
        key.verify(message.as_bytes(), &signature).ok()?;
        Some(jwt.claims)
    }
}
