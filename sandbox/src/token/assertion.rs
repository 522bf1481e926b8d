//! Client assertions (RFC 7523 §3, RFC 10070).

use domain::secret::Secret;
use domain::time::{Span, Timestamp};
use domain::token::jwt::{self, Jwt};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

use super::form::Form;
use crate::Sandbox;
use crate::client::ClientCredential;
use crate::oauth_error::OAuthError;

/// The only `client_assertion_type` there is for JWTs (RFC 7523 §2.2).
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The furthest expiry an assertion may have, in seconds, as at PingOne.
const LONGEST_LIFE: i64 = 3_600;

/// How far `nbf` may lie ahead, in seconds: clocks differ.
const LEEWAY: i64 = 60;

/// An assertion that reads as a JWT. Nothing of it was checked yet.
pub(super) struct Assertion {
    text: Secret,
    jwt: Jwt,
    client_id: String,
}

impl Assertion {
    /// Reads an assertion and the client it names.
    pub(super) fn read(text: &str, form: &Form) -> Result<Self, OAuthError> {
        if form.get("client_assertion_type") != Some(ASSERTION_TYPE) {
            return Err(OAuthError::invalid_request("client_assertion_type must name the JWT bearer profile"));
        }
        let jwt = jwt::decode(text).map_err(|_| denied("the client assertion is not a JWT"))?;
        let client_id = jwt.claims.get("sub").and_then(Value::as_str).unwrap_or_default().to_owned();
        if form.get("client_id").is_some_and(|named| named != client_id) {
            return Err(denied("client_id differs from the assertion's sub"));
        }
        Ok(Self { text: Secret::new(text), jwt, client_id })
    }

    /// The `sub` claim.
    pub(super) fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Checks signature, issuer, audience, time and first use, in this order.
    pub(super) fn check(&self, credential: &ClientCredential, sandbox: &Sandbox) -> Result<(), OAuthError> {
        self.check_signature(credential)?;
        if self.jwt.claims.get("iss").and_then(Value::as_str) != Some(&self.client_id) {
            return Err(denied("iss must be the client id"));
        }
        self.check_audience(sandbox)?;
        let expires_at = self.check_times(sandbox.now())?;
        let Some(jti) = self.jwt.claims.get("jti").and_then(Value::as_str).filter(|jti| (1..=255).contains(&jti.len()))
        else {
            return Err(denied("jti is required"));
        };
        if !sandbox.clients().is_first_use(&self.client_id, jti, expires_at, sandbox.now()) {
            return Err(denied("the client assertion was used before"));
        }
        Ok(())
    }

    fn check_signature(&self, credential: &ClientCredential) -> Result<(), OAuthError> {
        let name = self.jwt.header.get("alg").and_then(Value::as_str).unwrap_or_default();
        let algorithm: Algorithm = name.parse().map_err(|_| denied("the assertion's alg is not supported"))?;
        let key =
            decoding_key(credential, algorithm).ok_or_else(|| denied("the assertion's alg does not fit the client"))?;
        let (message, signature) = self.text.expose().rsplit_once('.').unwrap_or_default();
        match jsonwebtoken::crypto::verify(signature, message.as_bytes(), &key, algorithm) {
            Ok(true) => Ok(()),
            _ => Err(denied("the assertion's signature is wrong")),
        }
    }

    /// The issuer, or the token endpoint for old clients, as the only audience.
    fn check_audience(&self, sandbox: &Sandbox) -> Result<(), OAuthError> {
        let named = match self.jwt.claims.get("aud") {
            Some(Value::String(one)) => Some(one.as_str()),
            Some(Value::Array(list)) if list.len() == 1 => list[0].as_str(),
            _ => None,
        };
        let accepted = [sandbox.issuer(), sandbox.token_endpoint()];
        if named.is_some_and(|named| accepted.iter().any(|one| one == named)) {
            return Ok(());
        }
        Err(denied("aud must be the issuer"))
    }

    fn check_times(&self, now: Timestamp) -> Result<Timestamp, OAuthError> {
        let seconds = now.millis().div_euclid(1_000);
        let exp = self.jwt.numeric_date("exp").ok_or_else(|| denied("exp is required"))?;
        if exp <= seconds {
            return Err(denied("the client assertion has expired"));
        }
        if exp > seconds.saturating_add(LONGEST_LIFE) {
            return Err(denied("exp must be at most one hour ahead"));
        }
        if self.jwt.numeric_date("nbf").is_some_and(|nbf| nbf > seconds.saturating_add(LEEWAY)) {
            return Err(denied("the client assertion is not valid yet"));
        }
        Ok(Timestamp::from_seconds(exp) + Span::from_seconds(1))
    }
}

/// The key that checks `algorithm` for this client; `None` when its method does not go with it.
fn decoding_key(credential: &ClientCredential, algorithm: Algorithm) -> Option<DecodingKey> {
    let is_hmac = matches!(algorithm, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512);
    match credential {
        ClientCredential::ClientSecretJwt { client_secret } if is_hmac => {
            Some(DecodingKey::from_secret(client_secret.expose().as_bytes()))
        }
        ClientCredential::PrivateKeyJwt { public_jwk } if !is_hmac => {
            let jwk: Jwk = serde_json::from_str(public_jwk).ok()?;
            DecodingKey::from_jwk(&jwk).ok()
        }
        _ => None,
    }
}

fn denied(why: &str) -> OAuthError {
    OAuthError::invalid_client(&format!("Request denied: {why}"))
}
