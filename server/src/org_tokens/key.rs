//! One key pair: made, sealed, published, used.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use domain::secret::Secret;
use domain::time::Timestamp;
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::json;
use zeroize::Zeroizing;

use crate::entropy::Entropy;
use crate::seal::Sealer;
use crate::store::SigningKeyRecord;

/// Makes a P-256 key pair, its private part sealed under its own name.
pub(super) fn generate(sealer: &Sealer, entropy: &dyn Entropy, now: Timestamp) -> SigningKeyRecord {
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let der = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).expect("a P-256 key can be made");
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, der.as_ref()).expect("a key just made can be read");
    let kid = format!("{:032x}", entropy.bits());
    let private = Secret::new(STANDARD.encode(der.as_ref()));
    SigningKeyRecord {
        public_jwk: jwk(pair.public_key().as_ref(), &kid),
        sealed: sealer.seal(&private, &kid, entropy),
        kid,
        created_at: now,
        retired_at: None,
        published_until: None,
    }
}

/// The public part as a JSON Web Key. `point` is uncompressed: 0x04, then x and y with 32 bytes each (SEC 1 §2.3.3).
fn jwk(point: &[u8], kid: &str) -> String {
    let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let (x, y) = (number(&point[1..33]), number(&point[33..65]));
    json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "sig", "alg": "ES256", "kid": kid }).to_string()
}

/// The private part, as it was sealed: PKCS#8 in base64.
pub(super) fn private(text: &Secret) -> Option<EncodingKey> {
    let der = Zeroizing::new(STANDARD.decode(text.expose()).ok()?);
    Some(EncodingKey::from_ec_der(&der))
}

/// The public part.
pub(super) fn public(jwk: &str) -> Option<DecodingKey> {
    DecodingKey::from_jwk(&serde_json::from_str(jwk).ok()?).ok()
}
