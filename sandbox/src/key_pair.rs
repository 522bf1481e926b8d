//! Key pairs made for clients that bring none.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use domain::secret::Secret;
use serde_json::json;

use crate::random;

/// A P-256 key pair for ES256.
pub(crate) struct ClientKeyPair {
    /// The private key as PKCS#8 PEM (RFC 7468 §10), shown once and never kept.
    pub(crate) private_key: Secret,
    /// The public key as JWK text.
    pub(crate) public_jwk: String,
}

impl ClientKeyPair {
    /// Makes a new pair.
    pub(crate) fn generate() -> Self {
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let der = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).expect("a P-256 key can be made");
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, der.as_ref()).expect("a key just made can be read");
        Self { private_key: pem(der.as_ref()), public_jwk: public_jwk(pair.public_key().as_ref()) }
    }
}

/// `point` is the uncompressed point: 0x04, then x and y with 32 bytes each (SEC 1 §2.3.3).
fn public_jwk(point: &[u8]) -> String {
    let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let (x, y) = (number(&point[1..33]), number(&point[33..65]));
    json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "sig", "alg": "ES256", "kid": random::uuid() })
        .to_string()
}

fn pem(der: &[u8]) -> Secret {
    let text = STANDARD.encode(der);
    let mut lines = vec!["-----BEGIN PRIVATE KEY-----"];
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, next) = rest.split_at(rest.len().min(64));
        lines.push(line);
        rest = next;
    }
    lines.push("-----END PRIVATE KEY-----\n");
    Secret::new(lines.join("\n"))
}
