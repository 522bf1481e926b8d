//! Client assertions (RFC 7523 §3): signed here with a secret, or checked here when the browser signed.

use domain::api::{Code, Problem};
use domain::provider::Target;
use domain::secret::Secret;
use domain::time::Timestamp;
use domain::token::jwt::{self, Jwt};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::not_allowed;
use crate::upstream::Upstream;

/// How long an assertion signed here lives, in seconds.
const LIFE: i64 = 120;

/// The longest life of an assertion from the browser, in seconds: five minutes, and one for clocks that differ.
const LONGEST_LIFE: i64 = 360;

/// The longest assertion, in bytes.
const LONGEST: usize = 16_384;

/// An assertion signed with the secret (HS256), new each time.
///
/// # Errors
///
/// [`Code::ProviderNotAllowed`] when the provider has no audience to name.
pub(super) fn sign(upstream: &Upstream, id: &str, secret: &Secret, target: &Target) -> Result<Secret, Problem> {
    let audience = target.checked_audience().map_err(|error| not_allowed(&error.to_string()))?;
    let now = upstream.clock.now().millis().div_euclid(1_000);
    let jti = format!("{:032x}", upstream.entropy.bits());
    let claims = json!({ "iss": id, "sub": id, "aud": audience, "iat": now, "exp": now + LIFE, "jti": jti });
    let key = EncodingKey::from_secret(secret.expose().as_bytes());
    let signed = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key);
    signed.map(Secret::new).map_err(|_| Problem::new(Code::Internal))
}

/// Checks what the browser signed before it is passed on. The signature is the provider's to check.
///
/// # Errors
///
/// [`Code::InvalidFields`] with what is wrong with `client_assertion`.
pub(super) fn check(assertion: &Secret, id: &str, target: &Target, now: Timestamp) -> Result<(), Problem> {
    let audience = target.checked_audience().map_err(|error| not_allowed(&error.to_string()))?;
    match fault(assertion.expose(), id, audience, now.millis().div_euclid(1_000)) {
        Some(words) => Err(Problem::new(Code::InvalidFields).with_error("client_assertion", words)),
        None => Ok(()),
    }
}

fn fault(text: &str, id: &str, audience: &str, now: i64) -> Option<String> {
    let words = |words: &str| Some(words.to_owned());
    if text.len() > LONGEST {
        return words("The assertion is longer than 16384 bytes.");
    }
    let Ok(jwt) = jwt::decode(text) else { return words("The assertion is not a signed JWT.") };
    let claim = |name: &str| jwt.claims.get(name).and_then(Value::as_str);
    let algorithm = jwt.header.get("alg").and_then(Value::as_str).unwrap_or("none");
    if algorithm == "none" || algorithm.starts_with("HS") {
        return words("The assertion must be signed with a private key (RS, PS, ES or EdDSA).");
    }
    if claim("iss") != Some(id) || claim("sub") != Some(id) {
        return words("The assertion's iss and sub must both be the client id.");
    }
    if !names_only(&jwt, audience) {
        return Some(format!("The assertion's aud must be {audience} and nothing else."));
    }
    match jwt.numeric_date("exp") {
        None => words("The assertion has no exp."),
        Some(exp) if exp <= now => words("The assertion has expired. Check this device's clock."),
        Some(exp) if exp > now.saturating_add(LONGEST_LIFE) => words("The assertion may live five minutes at most."),
        Some(_) => None,
    }
}

/// RFC 10070: the audience alone, as a string or as the only one of a list.
fn names_only(jwt: &Jwt, audience: &str) -> bool {
    match jwt.claims.get("aud") {
        Some(Value::String(one)) => one == audience,
        Some(Value::Array(list)) => list.len() == 1 && list[0] == audience,
        _ => false,
    }
}
