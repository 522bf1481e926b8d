//! Which of the published keys may have signed.

use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use serde_json::Value;

/// How many keys are kept of one provider.
const MOST_KEYS: usize = 100;

/// The keys that can be read; others, of kinds not known here, do no harm beside them (RFC 7517 §5).
pub(super) fn readable(list: &[Value]) -> Vec<Jwk> {
    list.iter().take(MOST_KEYS).filter_map(|value| serde_json::from_value(value.clone()).ok()).collect()
}

/// The keys that go with the token's `kid` and `alg`.
pub(super) fn candidates<'a>(keys: &'a [Jwk], key_id: Option<&str>, algorithm: Algorithm) -> Vec<&'a Jwk> {
    let fits = |key: &&Jwk| has_id(key, key_id) && is_for(key, algorithm);
    keys.iter().filter(fits).collect()
}

/// Whether the key is the one named; without a name any may be.
pub(super) fn has_id(key: &Jwk, key_id: Option<&str>) -> bool {
    key_id.is_none_or(|id| key.common.key_id.as_deref() == Some(id))
}

/// A key's type, curve, `use` and `alg` must all allow the algorithm (RFC 8725 §3.1).
fn is_for(key: &Jwk, algorithm: Algorithm) -> bool {
    let signs = !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption));
    let named = key.common.key_algorithm.map(|named| named.to_string().parse::<Algorithm>());
    let agrees = named.is_none_or(|named| named.is_ok_and(|named| named == algorithm));
    signs && agrees && has_type_for(key, algorithm)
}

fn has_type_for(key: &Jwk, algorithm: Algorithm) -> bool {
    use Algorithm::{ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};
    match (&key.algorithm, algorithm) {
        (AlgorithmParameters::RSA(_), RS256 | RS384 | RS512 | PS256 | PS384 | PS512) => true,
        (AlgorithmParameters::EllipticCurve(key), ES256) => key.curve == EllipticCurve::P256,
        (AlgorithmParameters::EllipticCurve(key), ES384) => key.curve == EllipticCurve::P384,
        (AlgorithmParameters::OctetKeyPair(key), EdDSA) => key.curve == EllipticCurve::Ed25519,
        _ => false,
    }
}
