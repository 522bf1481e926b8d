use serde::{Deserialize, Serialize};

use super::{SiteId, SitePlace};
use crate::id::ProviderId;
use crate::time::Timestamp;

/// The operator's default token, as everyone may know it. The token itself never leaves the server: a call without a token
/// gets it there, for this site only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DefaultToken {
    /// Whose API it is for.
    pub provider: ProviderId,
    /// The one site it is for.
    pub site: SiteId,
    /// The site's name, for people.
    pub name: String,
    /// Whom the token says it is for.
    pub identity: Option<String>,
    /// When the token says it ends.
    pub expires_at: Option<Timestamp>,
}

impl DefaultToken {
    /// The one place it is for.
    pub fn place(&self) -> SitePlace {
        SitePlace { provider: self.provider.clone(), site: self.site.clone(), device: None }
    }
}
