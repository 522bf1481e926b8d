//! Checking a token's signature against the keys its provider publishes (RFC 7515 §5.2, RFC 7517).

use domain::api::token::{Verification, VerificationRequest};
use domain::api::{Code, Problem};
use domain::https_url::HttpsUrl;
use domain::provider::Provider;
use domain::token::jwt::{self, Jwt};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;
use std::sync::Arc;

use super::token::not_allowed;
use super::{Upstream, authority, text};

mod key;
mod key_cache;

pub(super) use key_cache::KeyCache;

/// The longest token that is looked at, in bytes.
const LONGEST_TOKEN: usize = 65_536;

/// How many keys are tried when the token names none.
const MOST_TRIED: usize = 20;

impl Upstream {
    pub(super) async fn check_signature(
        &self,
        provider: &Provider,
        request: &VerificationRequest,
    ) -> Result<Verification, Problem> {
        let target = provider.target(&request.place).map_err(|error| not_allowed(&error.to_string()))?;
        let token = match Signed::read(request.access_token.expose()) {
            Ok(token) => token,
            Err(reason) => return Ok(not_verified(reason)),
        };
        let Some(jwks_uri) = target.jwks_uri else {
            let name = &provider.name;
            return Ok(not_verified(format!("{name} has no known address for its keys. An admin can add one.")));
        };
        let keys = self.keys_for(&jwks_uri, token.key_id.as_deref()).await?;
        Ok(token.check(&keys, &jwks_uri))
    }

    /// The published keys; asked for again when they are old, or when they don't have the key a token names.
    async fn keys_for(&self, jwks_uri: &HttpsUrl, key_id: Option<&str>) -> Result<Arc<Vec<Jwk>>, Problem> {
        let now = self.clock.now();
        if let Some(keys) = self.keys.get(jwks_uri, key_id, now) {
            return Ok(keys);
        }
        let object = self.document(jwks_uri).await.map_err(|unread| unread.problem(jwks_uri, "keys"))?;
        let Some(list) = object.get("keys").and_then(Value::as_array) else {
            let detail = format!("{jwks_uri} gave no keys: the answer has no list of them.");
            return Err(Problem::new(Code::UpstreamUnreadable).with_detail(detail));
        };
        Ok(self.keys.put(jwks_uri, key::readable(list), now))
    }
}

/// A token that reads as a signed JWT.
struct Signed<'a> {
    message: &'a str,
    signature: &'a str,
    key_id: Option<String>,
    name: String,
    algorithm: Algorithm,
}

impl<'a> Signed<'a> {
    /// # Errors
    ///
    /// In words for a person, why it can't be checked.
    fn read(token: &'a str) -> Result<Self, String> {
        if token.len() > LONGEST_TOKEN {
            return Err("The token is longer than any we check.".to_owned());
        }
        let jwt = jwt::decode(token).map_err(|error| text::sentence(&error.to_string()))?;
        let name = jwt.header.get("alg").and_then(Value::as_str).unwrap_or("none").to_owned();
        let algorithm = algorithm(&name)?;
        if jwt.header.contains_key("crit") {
            return Err("The token demands extensions (crit) that are not known here.".to_owned());
        }
        let (message, signature) = token.rsplit_once('.').unwrap_or_default();
        Ok(Self { message, signature, key_id: key_id(&jwt), name, algorithm })
    }

    fn check(&self, keys: &[Jwk], jwks_uri: &HttpsUrl) -> Verification {
        let candidates = key::candidates(keys, self.key_id.as_deref(), self.algorithm);
        if candidates.is_empty() {
            return not_verified(self.no_key(&authority(jwks_uri)));
        }
        match candidates.into_iter().take(MOST_TRIED).find(|key| self.is_signed_with(key)) {
            Some(key) => Verification::Verified {
                key_id: key.common.key_id.clone(),
                algorithm: self.name.clone(),
                jwks_uri: jwks_uri.to_string(),
            },
            None => not_verified(
                "The signature does not match the provider's key: the token was changed, or another made it."
                    .to_owned(),
            ),
        }
    }

    fn is_signed_with(&self, key: &Jwk) -> bool {
        let Ok(decoding_key) = DecodingKey::from_jwk(key) else { return false };
        let message = self.message.as_bytes();
        jsonwebtoken::crypto::verify(self.signature, message, &decoding_key, self.algorithm).unwrap_or(false)
    }

    fn no_key(&self, host: &str) -> String {
        let key = self.key_id.as_deref().and_then(|id| text::shown(id, 100));
        match key {
            Some(id) => {
                format!("{host} publishes no {} key with the id {id}: another provider may have made it.", self.name)
            }
            None => format!("{host} publishes no {} key.", self.name),
        }
    }
}

/// Only public-key signatures: `none` proves nothing, and an HMAC can be made by whoever can check it.
fn algorithm(name: &str) -> Result<Algorithm, String> {
    if name.eq_ignore_ascii_case("none") {
        return Err("The token is not signed (alg none), so that anyone could have made it.".to_owned());
    }
    if name.starts_with("HS") {
        return Err("The token is signed with a shared secret, which published keys can't check.".to_owned());
    }
    name.parse().map_err(|_| {
        let name = text::shown(name, 40).unwrap_or_default();
        format!("The token's signature algorithm ({name}) is not one that is checked here.")
    })
}

fn key_id(jwt: &Jwt) -> Option<String> {
    jwt.header.get("kid").and_then(Value::as_str).map(str::to_owned)
}

fn not_verified(reason: String) -> Verification {
    Verification::NotVerified { reason }
}
