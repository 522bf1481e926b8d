//! Obtaining a worker token, and checking one.

use serde::{Deserialize, Serialize};

use super::route;
use crate::id::ProviderId;
use crate::provider::{ClientAuthentication, Place};
use crate::secret::Secret;
use crate::time::Timestamp;

/// A request for a worker token: the client-credentials grant (RFC 6749 §4.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenRequest {
    /// The provider to ask.
    pub provider: ProviderId,
    /// Which part of it.
    #[serde(default)]
    pub place: Place,
    /// The client id, 1 to 512 characters.
    pub client_id: String,
    /// The scopes to ask for; may be empty.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// What proves the client's identity.
    pub proof: ClientProof,
}

/// What proves a client's identity, as it travels to our server: a private key never does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ClientProof {
    /// Secret in the `Authorization` header.
    ClientSecretBasic {
        /// The client secret.
        client_secret: Secret,
    },
    /// Secret in the form body.
    ClientSecretPost {
        /// The client secret.
        client_secret: Secret,
    },
    /// An assertion our server signs with the secret.
    ClientSecretJwt {
        /// The client secret.
        client_secret: Secret,
    },
    /// An assertion the browser signed.
    PrivateKeyJwt {
        /// The signed JWT.
        client_assertion: Secret,
    },
}

impl ClientProof {
    /// The method's name.
    pub const fn method(&self) -> ClientAuthentication {
        match self {
            Self::ClientSecretBasic { .. } => ClientAuthentication::ClientSecretBasic,
            Self::ClientSecretPost { .. } => ClientAuthentication::ClientSecretPost,
            Self::ClientSecretJwt { .. } => ClientAuthentication::ClientSecretJwt,
            Self::PrivateKeyJwt { .. } => ClientAuthentication::PrivateKeyJwt,
        }
    }
}

/// A token response (RFC 6749 §5.1), with how it was obtained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenAnswer {
    /// The access token.
    pub access_token: Secret,
    /// `Bearer` and its kind.
    pub token_type: String,
    /// Seconds of life from `received_at`; `None` when the provider named none that can be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u64>,
    /// The scopes granted, if named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// When our server had the whole answer, by the server's clock.
    pub received_at: Timestamp,
    /// The host asked.
    pub host: String,
    /// How long the provider took, over all tries, in milliseconds.
    pub took_ms: u64,
    /// After how many tries.
    pub tries: u32,
}

/// A token whose signature is to be checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VerificationRequest {
    /// The provider said to have issued it.
    pub provider: ProviderId,
    /// Which part of it.
    #[serde(default)]
    pub place: Place,
    /// The token.
    pub access_token: Secret,
}

/// Whether a token's signature is the provider's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Verification {
    /// Signed with a key of the provider.
    Verified {
        /// The key's id.
        key_id: Option<String>,
        /// The algorithm, such as `RS256`.
        algorithm: String,
        /// Where the key was read.
        jwks_uri: String,
    },
    /// Not to be trusted, and why.
    NotVerified {
        /// Why, for a person.
        reason: String,
    },
}

route!("Obtains a worker token with the client-credentials grant.", ObtainToken, Post "/api/v1/token", Member, TokenRequest => TokenAnswer);
route!("Checks a token's signature against the provider's published keys.", VerifyToken, Post "/api/v1/token/verification", Member, VerificationRequest => Verification);
