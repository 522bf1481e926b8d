use serde::{Deserialize, Serialize};

use super::{AssertionAudience, Host, Provider, ProviderKind, Region};
use crate::https_url::HttpsUrl;

/// Which part of a provider a connection asks: what PingOne-shaped systems need beyond their name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    /// The PingOne environment id, a UUID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment_id: Option<String>,
    /// The PingOne region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// A custom domain, whose token URL has no environment id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_domain: Option<Host>,
}

/// The exact endpoints of one place of one provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Where the token is asked for.
    pub token_endpoint: HttpsUrl,
    /// The issuer identifier, if the provider has a known one.
    pub issuer: Option<HttpsUrl>,
    /// Where the signing keys are, if known.
    pub jwks_uri: Option<HttpsUrl>,
    /// Where a token is introspected (RFC 7662), if known.
    pub introspection_endpoint: Option<HttpsUrl>,
    /// Where a token is revoked (RFC 7009), if known.
    pub revocation_endpoint: Option<HttpsUrl>,
    /// What a client assertion names as its only audience.
    pub assertion_audience: String,
}

/// Why a place can't be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// An admin has switched the provider off.
    #[error("{0} is switched off")]
    Disabled(String),
    /// The place names no region, and there is more than one to choose from.
    #[error("choose a region")]
    RegionMissing,
    /// The region is not among those an admin allowed.
    #[error("the region {0} is not allowed; an admin can allow it")]
    RegionNotAllowed(Region),
    /// The custom domain is not among those an admin allowed.
    #[error("the custom domain {0} is not allowed; an admin can allow it")]
    DomainNotAllowed(String),
    /// The environment id is missing or is no UUID.
    #[error("the environment id must be a UUID, such as 3fa85f64-5717-4562-b3fc-2c963f66afa6")]
    EnvironmentId,
    /// An assertion is to name the issuer, and none is known.
    #[error("the provider has no issuer; set one, or choose another assertion audience")]
    IssuerUnknown,
    /// The provider gives out no tokens.
    #[error("{0} gives out no tokens: they are site tokens, which people paste in")]
    SiteTokensOnly(String),
    /// The provider has no API base.
    #[error("{0} has no API address; an admin can set one")]
    ApiUnknown(String),
}

impl Provider {
    /// The endpoints of `place`, if this provider allows it.
    ///
    /// # Errors
    ///
    /// [`TargetError`] names what is missing or not allowed.
    pub fn target(&self, place: &Place) -> Result<Target, TargetError> {
        if !self.enabled {
            return Err(TargetError::Disabled(self.name.clone()));
        }
        match &self.kind {
            ProviderKind::PingOne { regions, custom_domains } => {
                let issuer = pingone_issuer(place, regions, custom_domains)?;
                self.pingone_shaped(issuer)
            }
            ProviderKind::Sandbox { origin } => {
                let environment = environment_id(place)?;
                self.pingone_shaped(format!("{}/{environment}/as", origin.origin()))
            }
            ProviderKind::OAuth { issuer, token_endpoint, jwks_uri, more, .. } => Ok(Target {
                introspection_endpoint: more.introspection_endpoint.clone(),
                revocation_endpoint: more.revocation_endpoint.clone(),
                token_endpoint: token_endpoint.clone(),
                issuer: issuer.clone(),
                jwks_uri: jwks_uri.clone(),
                assertion_audience: self.audience(issuer.as_ref(), token_endpoint),
            }),
            ProviderKind::SiteApi { .. } => Err(TargetError::SiteTokensOnly(self.name.clone())),
        }
    }

    /// Where this provider's API begins, without a slash at the end. A region is needed where more than one is allowed;
    /// custom domains don't apply to the API's host.
    ///
    /// # Errors
    ///
    /// [`TargetError`] names what is missing or not allowed.
    pub fn api_base(&self, region: Option<Region>) -> Result<HttpsUrl, TargetError> {
        if !self.enabled {
            return Err(TargetError::Disabled(self.name.clone()));
        }
        let unknown = || TargetError::ApiUnknown(self.name.clone());
        let base = match &self.kind {
            ProviderKind::PingOne { regions, .. } => {
                let only = || if let [only] = regions.as_slice() { Some(*only) } else { None };
                let region = region.or_else(only).ok_or(TargetError::RegionMissing)?;
                if !regions.contains(&region) {
                    return Err(TargetError::RegionNotAllowed(region));
                }
                format!("https://api.pingone.{region}/v1")
            }
            ProviderKind::Sandbox { origin } => format!("{}/v1", origin.origin()),
            ProviderKind::OAuth { more, .. } => {
                return Ok(more.api_base.as_ref().ok_or_else(unknown)?.without_slashes());
            }
            ProviderKind::SiteApi { base, .. } => return Ok(base.without_slashes()),
        };
        HttpsUrl::parse(&base).map_err(|_| unknown())
    }

    fn pingone_shaped(&self, issuer: String) -> Result<Target, TargetError> {
        let url = |suffix: &str| HttpsUrl::parse(&format!("{issuer}{suffix}")).map_err(|_| TargetError::EnvironmentId);
        let (issuer_url, token_endpoint) = (url("")?, url("/token")?);
        Ok(Target {
            assertion_audience: self.audience(Some(&issuer_url), &token_endpoint),
            token_endpoint,
            jwks_uri: Some(url("/jwks")?),
            introspection_endpoint: Some(url("/introspect")?),
            revocation_endpoint: Some(url("/revoke")?),
            issuer: Some(issuer_url),
        })
    }

    /// Without a known issuer the audience is empty, which [`Target::checked_audience`] refuses.
    fn audience(&self, issuer: Option<&HttpsUrl>, token_endpoint: &HttpsUrl) -> String {
        match &self.assertion_audience {
            AssertionAudience::Issuer => issuer.map(ToString::to_string).unwrap_or_default(),
            AssertionAudience::TokenEndpoint => token_endpoint.to_string(),
            AssertionAudience::Exact(text) => text.clone(),
        }
    }
}

impl Target {
    /// The audience for a client assertion.
    ///
    /// # Errors
    ///
    /// [`TargetError::IssuerUnknown`] when the provider wants the issuer and has none.
    pub fn checked_audience(&self) -> Result<&str, TargetError> {
        if self.assertion_audience.is_empty() {
            return Err(TargetError::IssuerUnknown);
        }
        Ok(&self.assertion_audience)
    }
}

fn pingone_issuer(place: &Place, regions: &[Region], domains: &[Host]) -> Result<String, TargetError> {
    if let Some(domain) = &place.custom_domain {
        if !domains.contains(domain) {
            return Err(TargetError::DomainNotAllowed(domain.as_str().to_owned()));
        }
        return Ok(format!("https://{}/as", domain.as_str()));
    }
    let region = place.region.ok_or(TargetError::RegionMissing)?;
    if !regions.contains(&region) {
        return Err(TargetError::RegionNotAllowed(region));
    }
    Ok(format!("https://auth.pingone.{region}/{}/as", environment_id(place)?))
}

fn environment_id(place: &Place) -> Result<&str, TargetError> {
    place.environment_id.as_deref().filter(|id| is_uuid(id)).ok_or(TargetError::EnvironmentId)
}

/// Whether the text has a UUID's shape (RFC 9562 §4): 8-4-4-4-12 hexadecimal digits.
pub(crate) fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12] && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::gateway::ApiPath;
    use crate::id::ProviderId;
    use crate::provider::{GatewayRules, MoreEndpoints};

    const ENVIRONMENT: &str = "3fa85f64-5717-4562-b3fc-2c963f66afa6";

    fn pingone() -> Provider {
        Provider {
            id: ProviderId::new("pingone"),
            name: "PingOne".to_owned(),
            enabled: true,
            kind: ProviderKind::PingOne {
                regions: vec![Region::Eu],
                custom_domains: vec![Host::parse("login.example.com").unwrap()],
            },
            assertion_audience: AssertionAudience::Issuer,
            gateway: GatewayRules::default(),
        }
    }

    fn place(region: Option<Region>) -> Place {
        Place { environment_id: Some(ENVIRONMENT.to_owned()), region, custom_domain: None }
    }

    #[test]
    fn a_region_has_the_environment_in_its_token_url() {
        let target = pingone().target(&place(Some(Region::Eu))).unwrap();
        assert_eq!(target.token_endpoint.as_str(), format!("https://auth.pingone.eu/{ENVIRONMENT}/as/token"));
        assert_eq!(target.assertion_audience, format!("https://auth.pingone.eu/{ENVIRONMENT}/as"));
    }

    #[test]
    fn a_custom_domain_has_no_environment_in_its_token_url() {
        let domain = Host::parse("https://Login.Example.com/").unwrap();
        let target = pingone().target(&Place { custom_domain: Some(domain), ..Place::default() }).unwrap();
        assert_eq!(target.token_endpoint.as_str(), "https://login.example.com/as/token");
    }

    #[test]
    fn what_no_admin_allowed_is_refused() {
        assert_eq!(pingone().target(&place(Some(Region::Ca))), Err(TargetError::RegionNotAllowed(Region::Ca)));
        assert_eq!(pingone().target(&place(None)), Err(TargetError::RegionMissing));
        let foreign = Place { custom_domain: Some(Host::parse("evil.example").unwrap()), ..Place::default() };
        assert_eq!(pingone().target(&foreign), Err(TargetError::DomainNotAllowed("evil.example".to_owned())));
    }

    #[test]
    fn the_api_is_asked_in_an_allowed_region_whatever_the_custom_domain() {
        let mut provider = pingone();
        assert_eq!(provider.api_base(None).unwrap().as_str(), "https://api.pingone.eu/v1");
        assert_eq!(provider.api_base(Some(Region::Ca)), Err(TargetError::RegionNotAllowed(Region::Ca)));
        provider.kind = ProviderKind::PingOne { regions: vec![Region::Eu, Region::ComAu], custom_domains: Vec::new() };
        assert_eq!(provider.api_base(None), Err(TargetError::RegionMissing));
        assert_eq!(provider.api_base(Some(Region::ComAu)).unwrap().as_str(), "https://api.pingone.com.au/v1");
        provider.enabled = false;
        assert_eq!(provider.api_base(Some(Region::Eu)), Err(TargetError::Disabled("PingOne".to_owned())));
    }

    #[test]
    fn another_providers_api_is_where_an_admin_says() {
        let url = |text: &str| HttpsUrl::parse(text).unwrap();
        let kind = |api_base| ProviderKind::OAuth {
            issuer: None,
            token_endpoint: url("https://a.example/token"),
            jwks_uri: None,
            authentication_methods: Vec::new(),
            more: MoreEndpoints { api_base, ..MoreEndpoints::default() },
        };
        let with = |api_base| Provider { kind: kind(api_base), ..pingone() }.api_base(None);
        assert_eq!(with(Some(url("https://api.example/x/"))).unwrap().as_str(), "https://api.example/x");
        assert_eq!(with(None), Err(TargetError::ApiUnknown("PingOne".to_owned())));
    }

    #[test]
    fn a_site_api_has_a_base_and_gives_out_no_tokens() {
        let base = HttpsUrl::parse("https://flightdeck.example.com/api/").unwrap();
        let test_path = ApiPath::parse("sites/").unwrap();
        let provider = Provider { kind: ProviderKind::SiteApi { base, test_path, refresh_path: None }, ..pingone() };
        assert_eq!(provider.api_base(None).unwrap().as_str(), "https://flightdeck.example.com/api");
        assert_eq!(provider.target(&Place::default()), Err(TargetError::SiteTokensOnly("PingOne".to_owned())));
    }

    #[test]
    fn a_disabled_provider_has_no_target() {
        let provider = Provider { enabled: false, ..pingone() };
        assert_eq!(provider.target(&place(Some(Region::Eu))), Err(TargetError::Disabled("PingOne".to_owned())));
    }

    #[test]
    fn an_environment_id_is_a_uuid_and_nothing_else() {
        for id in ["", "x", "3fa85f64-5717-4562-b3fc-2c963f66afa6/../x", "3fa85f6457174562b3fc2c963f66afa6"] {
            let place = Place { environment_id: Some(id.to_owned()), ..place(Some(Region::Eu)) };
            assert_eq!(pingone().target(&place), Err(TargetError::EnvironmentId), "{id}");
        }
    }
}
