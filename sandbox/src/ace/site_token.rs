//! Site tokens: made for people as a provider's support would send them, and checked.

use domain::api::providers::{NewSandboxSiteToken, SANDBOX_SITES_ID, SandboxSiteToken};
use domain::id::ProviderId;
use domain::secret::Secret;
use domain::site::SiteId;
use domain::time::{Span, Timestamp};
use serde_json::{Map, Value, json};

use super::places;
use crate::{Sandbox, random};

/// The longest life of a site token, in seconds: five years.
const LONGEST_LIFETIME: u32 = 157_680_000;

/// The lifetime asked for is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the lifetime must be 1 to 157680000 seconds")]
pub struct SiteTokenLifetime;

/// The claims of a site token that is good now.
#[derive(Clone, Debug)]
pub(crate) struct SiteClaims(Map<String, Value>);

impl Sandbox {
    /// Makes a site token.
    ///
    /// # Errors
    ///
    /// [`SiteTokenLifetime`] when the lifetime is out of range.
    pub fn add_site_token(&self, wish: &NewSandboxSiteToken) -> Result<SandboxSiteToken, SiteTokenLifetime> {
        if !(1..=LONGEST_LIFETIME).contains(&wish.lifetime_seconds) {
            return Err(SiteTokenLifetime);
        }
        Ok(self.site_token(&wish.site, wish.lifetime_seconds.into()))
    }

    /// Ends a site token before its time; whether it was a good one.
    pub fn revoke_site_token(&self, token: &Secret) -> bool {
        let Some((claims, _)) = self.good_site_claims(token.expose()) else { return false };
        self.revoke(&claims.0);
        true
    }

    /// Switches the place where a token is exchanged for a newer one on or off; it is on at the start.
    pub fn set_site_refresh(&self, works: bool) {
        self.clients().refreshes_site_tokens = works;
    }

    /// The claims of a site token of this sandbox that is good now, and its site.
    pub(crate) fn good_site_claims(&self, token: &str) -> Option<(SiteClaims, SiteId)> {
        let claims = self.signing_key().claims_of(token)?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let time = |name: &str| claims.get(name).and_then(Value::as_i64).map(Timestamp::from_seconds);
        let site = SiteId::parse(text("site")?).ok()?;
        let lives = time("nbf")? <= self.now() && self.now() < time("exp")?;
        let good = text("iss") == Some(&site_issuer(self)) && lives && !self.clients().is_revoked(text("jti")?);
        good.then_some((SiteClaims(claims), site))
    }

    /// A newer token with the life of the one it is given for, which stays good: its holder has not got the newer one yet.
    pub(crate) fn refreshed(&self, claims: &SiteClaims) -> Secret {
        let time = |name: &str| claims.0.get(name).and_then(Value::as_i64).unwrap_or(0);
        let lifetime = u64::try_from(time("exp") - time("iat")).unwrap_or(1).max(1);
        let site = claims.0.get("site").and_then(Value::as_str).and_then(|text| SiteId::parse(text).ok());
        site.map(|site| self.site_token(&site, lifetime).token).unwrap_or_default()
    }

    fn site_token(&self, site: &SiteId, lifetime: u64) -> SandboxSiteToken {
        let (now, identity) = (self.now(), format!("ses_0001_{site}"));
        let issued = now.millis().div_euclid(1_000);
        let expires = (now + Span::from_seconds(lifetime)).millis().div_euclid(1_000);
        let claims = json!({
            "identity": identity, "iat": issued, "nbf": issued, "exp": expires, "fresh": false, "type": "access",
            "iss": site_issuer(self), "site": site.as_str(), "jti": random::uuid(),
        });
        SandboxSiteToken {
            provider: ProviderId::new(SANDBOX_SITES_ID),
            site: site.clone(),
            name: places::name(site),
            token: self.signing_key().sign_as("JWT", &claims),
            identity,
            expires_at: Timestamp::from_seconds(expires),
        }
    }
}

/// Not the issuer of worker tokens: neither API takes the other's.
fn site_issuer(sandbox: &Sandbox) -> String {
    format!("{}/ace", sandbox.origin())
}
