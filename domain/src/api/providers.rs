//! Providers: which upstream systems may be asked.

use serde::{Deserialize, Serialize};

use super::route;
use crate::https_url::HttpsUrl;
use crate::id::ProviderId;
use crate::provider::{AssertionAudience, ClientAuthentication, GatewayRules, Provider, ProviderKind};
use crate::secret::Secret;
use crate::site::SiteId;
use crate::time::Timestamp;

/// A provider as an admin writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProviderForm {
    /// The name people see, 1 to 80 characters, unlike all others.
    pub name: String,
    /// Whether it may be asked now.
    pub enabled: bool,
    /// What kind of system it is; a sandbox can't be written.
    pub kind: ProviderKind,
    /// What client assertions name as their audience.
    #[serde(default)]
    pub assertion_audience: AssertionAudience,
    /// How its API is called.
    #[serde(default)]
    pub gateway: GatewayRules,
}

/// An issuer to look up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IssuerLookup {
    /// The issuer identifier.
    pub issuer: HttpsUrl,
}

/// What an issuer's metadata says (RFC 8414 §2, OpenID Connect Discovery §3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IssuerMetadata {
    /// The issuer, equal to the one asked for (RFC 8414 §3.3).
    pub issuer: HttpsUrl,
    /// The token endpoint.
    pub token_endpoint: HttpsUrl,
    /// Where the signing keys are.
    pub jwks_uri: Option<HttpsUrl>,
    /// The introspection endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introspection_endpoint: Option<HttpsUrl>,
    /// The revocation endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation_endpoint: Option<HttpsUrl>,
    /// The authentication methods it takes, of those we know.
    pub authentication_methods: Vec<ClientAuthentication>,
    /// The scopes it names.
    pub scopes: Vec<String>,
    /// The document it was read from.
    pub read_from: HttpsUrl,
}

/// What a client made for trying the sandbox is like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewSandboxClient {
    /// How it proves who it is.
    pub authentication: ClientAuthentication,
    /// How long its tokens live, 1 to 86,400 seconds.
    pub lifetime_seconds: u32,
    /// The public key for `private_key_jwt`, as JWK text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_jwk: Option<String>,
    /// The roles it has; all of them unless named. Without any, the sandbox's management API refuses it everything.
    #[serde(default = "SandboxRole::all")]
    pub roles: Vec<SandboxRole>,
}

/// A role of a client in the sandbox: what its management API lets the client read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SandboxRole {
    /// Users, groups and populations.
    IdentityDataReadOnly,
    /// The environment, its metrics and its audit log.
    EnvironmentAdmin,
    /// The organization and its licences.
    OrganizationAdmin,
}

impl SandboxRole {
    /// Every role there is.
    pub fn all() -> Vec<Self> {
        vec![Self::IdentityDataReadOnly, Self::EnvironmentAdmin, Self::OrganizationAdmin]
    }
}

/// A client of the sandbox, ready to be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SandboxClient {
    /// The environment it belongs to.
    pub environment_id: String,
    /// Its client id.
    pub client_id: String,
    /// Its secret; empty for `private_key_jwt`.
    pub client_secret: Secret,
    /// A private key made for it, as PKCS#8 PEM, when `private_key_jwt` was asked for without a public key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_key: Option<Secret>,
}

/// The id of the sandbox as a provider of site tokens.
pub const SANDBOX_SITES_ID: &str = "sandbox-sites";

/// What a site token made for trying the sandbox is like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewSandboxSiteToken {
    /// The site it reaches; the sandbox knows a few by name and makes up any other.
    pub site: SiteId,
    /// How long it lives, 1 to 157,680,000 seconds (five years); a year as at ACE unless set.
    #[serde(default = "NewSandboxSiteToken::usual_lifetime")]
    pub lifetime_seconds: u32,
}

impl NewSandboxSiteToken {
    /// The life of ACE's tokens: a year of 365 days.
    pub const fn usual_lifetime() -> u32 {
        31_536_000
    }
}

/// A site token of the sandbox, as its provider would send it to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SandboxSiteToken {
    /// The provider whose API it is for: [`SANDBOX_SITES_ID`].
    pub provider: ProviderId,
    /// The site it reaches.
    pub site: SiteId,
    /// The site's name.
    pub name: String,
    /// The token, a JWT with `identity`, `iat`, `nbf` and `exp`.
    pub token: Secret,
    /// Its `identity`.
    pub identity: String,
    /// Its `exp`.
    pub expires_at: Timestamp,
}

route!("All providers.", Providers, Get "/api/v1/providers", SignedIn, () => Vec<Provider>);
route!("Allows a provider.", AddProvider, Post "/api/v1/providers", Admin, ProviderForm => Provider);
route!("Changes a provider.", ChangeProvider { id: ProviderId }, Put "/api/v1/providers/{id}", Admin, ProviderForm => Provider);
route!("Removes a provider; connections that use it stop renewing.", RemoveProvider { id: ProviderId }, Delete "/api/v1/providers/{id}", Admin, () => ());
route!("Reads an issuer's metadata (RFC 8414, OpenID Connect Discovery).", LookUpIssuer, Post "/api/v1/providers/discovery", Admin, IssuerLookup => IssuerMetadata);
route!("Makes a site token in the sandbox; there only while the sandbox runs.", AddSandboxSiteToken, Post "/api/v1/sandbox/site-tokens", Member, NewSandboxSiteToken => SandboxSiteToken);
route!("Makes a client in the sandbox; there only while the sandbox runs.", AddSandboxClient, Post "/api/v1/sandbox/clients", Member, NewSandboxClient => SandboxClient);
