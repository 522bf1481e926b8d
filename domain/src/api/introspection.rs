//! What a provider knows of a token, and ending one before its time.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::route;
use super::token::ClientProof;
use crate::id::ProviderId;
use crate::provider::Place;
use crate::secret::Secret;

/// A token, and the client that proves who it is to ask about it or to end it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenQuestion {
    /// The provider to ask.
    pub provider: ProviderId,
    /// Which part of it.
    #[serde(default)]
    pub place: Place,
    /// The client id, 1 to 512 characters.
    pub client_id: String,
    /// What proves the client's identity.
    pub proof: ClientProof,
    /// The access token.
    pub token: Secret,
}

/// What the provider says of a token (RFC 7662 §2.2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Introspection {
    /// Whether it is good now.
    pub active: bool,
    /// All else the provider says of it; empty when it is not active.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub claims: Map<String, Value>,
    /// The host asked.
    pub host: String,
    /// How long the provider took, over all tries, in milliseconds.
    pub took_ms: u64,
    /// After how many tries.
    pub tries: u32,
}

/// A token that is no good any more. A provider says the same of one that was none before (RFC 7009 §2.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Revocation {
    /// The host asked.
    pub host: String,
    /// How long the provider took, over all tries, in milliseconds.
    pub took_ms: u64,
    /// After how many tries.
    pub tries: u32,
}

route!("Asks the provider whether a token is good now (RFC 7662).", IntrospectToken, Post "/api/v1/introspect", Member, TokenQuestion => Introspection);
route!("Revokes a token at the provider (RFC 7009).", RevokeToken, Post "/api/v1/revoke", Member, TokenQuestion => Revocation);
