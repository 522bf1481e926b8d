//! The operator's default token: one site token in the server's settings, for all who may obtain tokens.
//!
//! It never leaves the server. People see whose it is and until when it lives; a call of the gateway that names its site
//! and comes without a token goes out with it.

use serde::{Deserialize, Serialize};

use super::route;
use crate::site::DefaultToken;

/// Whether there is a default token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DefaultTokens {
    /// It; `None` when the operator set none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<DefaultToken>,
}

route!("The operator's default token, without the token itself.", ReadDefaultToken, Get "/api/v1/default-token", SignedIn, () => DefaultTokens);
