//! What an org token says, and reading it back.

use domain::api::org::OrgKey;
use domain::id::OrgId;
use domain::org::Origin;
use domain::time::{Span, Timestamp};
use domain::token::jwt;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The longest token that is looked at, in bytes.
const LONGEST: usize = 4_096;

/// How long after its end a token is still taken, for nodes whose clocks differ a little.
const LEEWAY: Span = Span::from_seconds(2);

/// The claims (RFC 7519 §4.1); times are whole seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// This server's address.
    pub iss: String,
    /// The organization.
    pub sub: OrgId,
    /// The widget's routes of this server.
    pub aud: String,
    /// When it was issued.
    pub iat: i64,
    /// When it ends.
    pub exp: i64,
    /// Its own name.
    pub jti: String,
    /// The origin of the pages it works from; without one, only without `Origin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

impl Claims {
    /// The claims of a new token.
    pub(super) fn new(issuer: &str, org: &OrgKey, origin: Option<&Origin>, now: Timestamp, random: u128) -> Self {
        let iat = now.millis().div_euclid(1_000);
        Self {
            iss: issuer.to_owned(),
            sub: org.id.clone(),
            aud: audience(issuer),
            iat,
            exp: iat + i64::from(org.lifetime_seconds),
            jti: format!("{random:032x}"),
            origin: origin.cloned(),
        }
    }

    /// Whether the token has ended, with a small leeway.
    pub(super) fn has_ended(&self, now: Timestamp) -> bool {
        now >= Timestamp::from_seconds(self.exp) + LEEWAY
    }
}

fn audience(issuer: &str) -> String {
    format!("{issuer}/api/v1/widget")
}

/// The key a token names, if it is a token as ours are: ES256, a key, no extensions that must be understood (RFC 7515
/// §4.1.11).
pub(super) fn key_id(token: &str) -> Option<String> {
    if token.len() > LONGEST {
        return None;
    }
    let header = jwt::decode(token).ok()?.header;
    let text = |name| header.get(name).and_then(Value::as_str);
    let ours = text("alg") == Some("ES256") && !header.contains_key("crit");
    text("kid").filter(|_| ours).map(ToOwned::to_owned)
}

/// The claims, if signature, issuer and audience are right. Whether it has ended is for the caller, who has the clock.
pub(super) fn read(token: &str, key: &DecodingKey, issuer: &str) -> Option<Claims> {
    let mut validation = Validation::new(Algorithm::ES256);
    validation.validate_exp = false;
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[audience(issuer)]);
    validation.set_required_spec_claims(&["iss", "sub", "aud", "exp"]);
    jsonwebtoken::decode::<Claims>(token, key, &validation).ok().map(|token| token.claims)
}
