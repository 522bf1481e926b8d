//! The operator's default token: one site token in the server's settings, for all who may obtain tokens.
//!
//! It never leaves the server. People see whose it is and until when it lives; a call of the gateway that names its site
//! and comes without a token goes out with it.

use serde::{Deserialize, Serialize};

use super::route;
use crate::id::ProviderId;
use crate::site::SiteId;
use crate::time::Timestamp;

/// What people see of the default token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DefaultToken {
    /// The provider whose API it is for.
    pub provider: ProviderId,
    /// The site it is for, and only that one.
    pub site: SiteId,
    /// The site's name.
    pub name: String,
    /// Whose it is: its `identity` claim, where it is a JWT that has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// When it expires: its `exp` claim; `None` when it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// Whether there is a default token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DefaultTokens {
    /// It; `None` when the operator set none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<DefaultToken>,
}

route!("The operator's default token, without the token itself.", ReadDefaultToken, Get "/api/v1/default-token", Member, () => DefaultTokens);
